# SPDX-License-Identifier: Apache-2.0
"""However a stream is cut into blocks, the records are the same; whatever its bytes, each is counted."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.ingest.audit_scenes import balp_query, balp_read, patient
from tests.unit.ingest.cutting import Record, cut
from tests.unit.ingest.reading_logs import rows_read
from tocsin.ingest.formats.atna_audit_message import AtnaAuditMessage
from tocsin.ingest.formats.fhir_audit_event import FhirAuditEvent
from tocsin.ingest.interface import LogFormat, ReadOptions, Sample
from tocsin.ingest.read.json_values import JsonCutter
from tocsin.ingest.read.syslog_frames import SyslogCutter
from tocsin.ingest.read.xml_elements import XmlCutter

JSON_PIECES = [
    *(b"{", b"}", b"[", b"]", b'"', b",", b":", b"\\", b"\n", b"\r\n", b" ", b"1", b"true", b'"a"', b"\x00"),
    *(b'"resource":', b'"entry":[', b'"Records":[', b'"resourceType":"Bundle",', b'{"resource":{', b"\xff"),
    *(b"\xc3\xa9", b"\xef\xbb\xbf", b'{"a":1}', b'{"b":"x\\"y"},', b'\n{"c":[1,{"d":2}]}\n', b"x" * 40),
]
XML_PIECES = [
    *(b"<AuditMessage>", b"</AuditMessage>", b'<AuditMessage a="1">', b"<AuditMessage/>", b"text", b"\n"),
    *(b'<a:AuditEvent x=">">', b"</a:AuditEvent >", b"<x/>", b"<!-- <AuditMessage> -->", b"<!--", b"-->"),
    *(b"<![CDATA[ </AuditMessage> ]]>", b'<?xml version="1.0"?>', b"<?", b"<!DOCTYPE Bundle>", b"\xff", b'"'),
    *(b'<!DOCTYPE AuditMessage [<!ENTITY a "b">]>', b'<AuditMessage a="', b"\xc3\xa9", b" " * 40),
]
FRAME_PIECES = [
    *(b"<85>1 2020-01-01T00:00:00Z h a - - - ", b"<34>Jan  1 00:00:00 host tag: ", b"\n", b"\r\n", b"\xff"),
    *(
        b"<AuditMessage>x</AuditMessage>",
        b"<AuditMessage>\n</AuditMessage>",
        b"hello world",
        b"300 ",
        b"x" * 50,
    ),
    *(b"45 <34>Jan  1 00:00:00 host tag: <AuditMessage/>", b"2020-01-01T00:00:00Z host t: ", b"<!DOCTYPE x>"),
]
CUTTERS = {
    JsonCutter: JSON_PIECES,
    XmlCutter: XML_PIECES,
    SyslogCutter: FRAME_PIECES,
}
SIZES = st.lists(st.integers(1, 40), min_size=1, max_size=8)


def in_blocks(content: bytes, sizes: list[int]) -> list[bytes]:
    blocks, at, turn = [], 0, 0
    while at < len(content):
        size = sizes[turn % len(sizes)]
        blocks.append(content[at : at + size])
        at, turn = at + size, turn + 1
    return blocks


def check(content: bytes, records: list[Record]) -> None:
    """Offsets ascend and lead to the text; line numbers are counted from them."""
    last = -1
    for text, offset, line, mark in records:
        assert offset >= last
        last = offset
        assert line == content[:offset].count(b"\n") + 1
        if mark is None:
            assert content[offset:].startswith(text.encode())


@pytest.mark.parametrize("kind", CUTTERS)
@given(st.data())
@settings(max_examples=150)
def test_blocks_change_nothing(kind: type[JsonCutter], data: st.DataObject) -> None:
    content = b"".join(data.draw(st.lists(st.sampled_from(CUTTERS[kind]), max_size=24)))
    longest = data.draw(st.sampled_from([5, 30, 80, 1 << 20]))
    whole = cut(kind(max_record=longest), content)
    check(content, whole)
    blocks = in_blocks(content, data.draw(SIZES))
    assert cut(kind(max_record=longest, piece=data.draw(st.sampled_from([1, 3, 16]))), blocks) == whole


@pytest.mark.parametrize("kind", CUTTERS)
@given(content=st.binary(max_size=200), sizes=SIZES)
@settings(max_examples=50)
def test_any_bytes_are_cut(kind: type[JsonCutter], content: bytes, sizes: list[int]) -> None:
    check(content, cut(kind(piece=7), in_blocks(content, sizes)))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=8),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=6), children, max_size=3)
    ),
    max_leaves=8,
)


@given(
    values=st.lists(st.dictionaries(st.text(max_size=6), VALUES, max_size=3), max_size=6),
    indent=st.none() | st.just(1),
)
@settings(max_examples=100)
def test_values_come_out_of_any_envelope_as_they_went_in(
    values: list[dict[str, object]], indent: int | None
) -> None:
    entries = [{"fullUrl": "u", "resource": value} for value in values]
    for whole in (values, {"Records": values}, {"resourceType": "Bundle", "entry": entries, "link": []}):
        content = json.dumps(whole, indent=indent, ensure_ascii=False).encode()
        assert [json.loads(text) for text, _, _, _ in cut(JsonCutter(), content)] == values


MEMBERS = sorted(balp_read())
ODD = (
    VALUES
    | st.just({"reference": "Patient/1"})
    | st.just([{"coding": [{"code": 1}]}])
    | st.just([None, 3, {}])
)


@given(
    changes=st.dictionaries(st.sampled_from([*MEMBERS, "contained", "patient", "period"]), ODD, max_size=4)
)
@settings(max_examples=25)
def test_odd_members_lose_no_event(changes: dict[str, object]) -> None:
    events = [
        balp_read(),
        balp_read(id="odd") | changes,
        balp_query("Patient?a=b"),
        balp_read(entity=[patient("Patient/2")]),
    ]
    lines = "".join(json.dumps(event) + "\n" for event in events)
    rows = rows_read(FhirAuditEvent(), lines)
    assert len(rows) == 4
    assert [row["fate"] for row in rows if rows.index(row) != 1] == ["event"] * 3
    assert [row["person"] for row in rows][0::3] == ["P0001", "2"]


@pytest.mark.parametrize(
    ("form", "good", "pieces"),
    [
        (FhirAuditEvent(), json.dumps(balp_read()).encode(), JSON_PIECES),
        (AtnaAuditMessage(), b"<AuditMessage><EventIdentification/></AuditMessage>", XML_PIECES),
    ],
    ids=["fhir", "atna"],
)
@given(st.data())
@settings(max_examples=20)
def test_every_record_has_one_fate(
    form: LogFormat, good: bytes, pieces: list[bytes], data: st.DataObject
) -> None:
    noise = st.lists(st.sampled_from([*pieces, good, good[:-9]]), max_size=10)
    content = good + b"\n" + b"".join(data.draw(noise))
    sample = Sample("a", content, whole=True)
    cutter = form.cutter(sample, ReadOptions())
    rows = rows_read(form, content)
    assert len(rows) == len(cut(cutter, content))
    assert {row["fate"] for row in rows} <= {"event", "set_aside", "non_event"}
    assert all((row["reason"] == "") == (row["fate"] == "event") for row in rows)
