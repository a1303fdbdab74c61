# SPDX-License-Identifier: Apache-2.0
"""Audit elements are cut out of whatever surrounds them; what could expand is never read."""

from __future__ import annotations

import pytest

from tests.unit.ingest.cutting import cut, marks, texts
from tocsin.core.errors import InputError
from tocsin.ingest.interface import Sample
from tocsin.ingest.read.lines import MAX_RECORD
from tocsin.ingest.read.xml_content import parse_audit
from tocsin.ingest.read.xml_elements import XmlCutter, declared_encoding

EVENT = b'<AuditEvent xmlns="http://hl7.org/fhir"><id value="1"/></AuditEvent>'


def test_elements_are_found_in_a_bundle_with_their_offset_and_line() -> None:
    content = b'<?xml version="1.0"?>\n<Bundle>\n<entry><resource>' + EVENT + b"</resource></entry></Bundle>"
    assert cut(XmlCutter(), content) == [(EVENT.decode(), 48, 3, None)]


def test_concatenated_documents_are_cut_whatever_their_prefix_or_quotes() -> None:
    content = (
        b'<?xml version="1.0"?><AuditMessage a=">" b=\'/>\'>1</AuditMessage>\n'
        b'<?xml version="1.0"?><d:AuditMessage xmlns:d="x" >2</d:AuditMessage >text<AuditMessage/>'
    )
    assert texts(XmlCutter(), content) == [
        "<AuditMessage a=\">\" b='/>'>1</AuditMessage>",
        '<d:AuditMessage xmlns:d="x" >2</d:AuditMessage >',
        "<AuditMessage/>",
    ]


def test_marks_in_comments_cdata_and_instructions_count_for_nothing() -> None:
    content = (
        b"<!-- <AuditMessage> --><AuditMessage><!-- </AuditMessage> --><![CDATA[</AuditMessage>]]>"
        b"<?x </AuditMessage> ?>1</AuditMessage><AuditMessages/>"
    )
    assert texts(XmlCutter(), content) == [content[23:-16].decode()]


def test_contained_event_is_part_of_the_event_that_contains_it() -> None:
    content = b"<AuditEvent><contained><AuditEvent>1</AuditEvent></contained></AuditEvent>"
    assert texts(XmlCutter(), content) == [content.decode()]


def test_element_that_never_ends_costs_only_itself() -> None:
    content = (
        b'<AuditMessage>1 <AuditMessage>2</AuditMessage></AuditMessage> <AuditMessage a="x <AuditMessage>3'
    )
    assert marks(XmlCutter(), content) == [
        ("<AuditMessage>1", "broken"),
        ("<AuditMessage>2</AuditMessage>", None),
        ("</AuditMessage>", "broken"),
        ('<AuditMessage a="x', "broken"),
        ("<AuditMessage>3", "broken"),
    ]


def test_document_type_sets_its_records_apart_and_no_others() -> None:
    bomb = b'<!DOCTYPE AuditMessage [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><AuditMessage>&b;</AuditMessage>'
    content = bomb + b"<AuditMessage>1</AuditMessage><!DOCTYPE Bundle><Bundle>" + EVENT + EVENT
    content += b'</Bundle><?xml version="1.0"?>' + EVENT
    assert [mark for _, mark in marks(XmlCutter(), content)] == ["dtd", None, "dtd", "dtd", None]


def test_nothing_is_resolved_when_an_element_is_parsed() -> None:
    assert parse_audit("<AuditMessage>&a;</AuditMessage>") is None
    assert parse_audit('<!DOCTYPE a [<!ENTITY a "x">]><AuditMessage>&a;</AuditMessage>') is None
    assert parse_audit("<AuditMessage><!DOCTYPE a></AuditMessage>") is None
    assert parse_audit("<AuditMessage>\x00</AuditMessage>") is None
    parsed = parse_audit("head <AuditMessage>é</AuditMessage> tail")
    assert parsed is not None
    assert (parsed[0].text, parsed[1]) == ("é", "head ")


def test_element_longer_than_any_record_is_marked_and_passed_over() -> None:
    content = b"<AuditMessage>" + b"x" * MAX_RECORD + b"</AuditMessage>" + EVENT
    found = cut(XmlCutter(), (content[at : at + (1 << 20)] for at in range(0, len(content), 1 << 20)))
    assert [(len(text), mark) for text, _, _, mark in found] == [(4_096, "too_long"), (len(EVENT), None)]


def test_comment_without_end_takes_the_rest() -> None:
    assert marks(XmlCutter(), EVENT + b"<!-- " + EVENT) == [
        (EVENT.decode(), None),
        ("<!-- " + EVENT.decode(), "broken"),
    ]


def test_declared_encoding_is_read() -> None:
    content = '<?xml version="1.0" encoding="ISO-8859-1"?><AuditMessage>é</AuditMessage>'.encode("latin-1")
    encoding = declared_encoding(Sample("a.xml", content, whole=True))
    assert marks(XmlCutter(encoding), content) == [("<AuditMessage>é</AuditMessage>", None)]


@pytest.mark.parametrize(
    "head", [b"", b"<a/>", b'<?xml version="1.0" encoding="EBCDIC-CP-FR"?>', b'<?xml encoding="x"?>']
)
def test_encoding_is_utf8_when_none_is_declared_that_can_be_cut(head: bytes) -> None:
    assert declared_encoding(Sample("a.xml", head, whole=True)) == "utf-8"


def test_utf16_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        declared_encoding(Sample("a.xml", "<?xml?><AuditMessage/>".encode("utf-16"), whole=True))
    assert caught.value.code == "utf16"


def test_grown_file_is_continued_behind_its_last_element() -> None:
    cutter = XmlCutter()
    cut(cutter, EVENT + b"\n" + EVENT + b"\n<AuditEvent")
    assert (cutter.continues, cutter.complete_bytes, cutter.complete_lines) == (True, 2 * len(EVENT) + 1, 1)
