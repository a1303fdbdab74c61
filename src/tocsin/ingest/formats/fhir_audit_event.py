# SPDX-License-Identifier: Apache-2.0
"""FHIR AuditEvent, from DSTU2 to R5, JSON or XML: alone, one a line, in an array, in a Bundle.

R4 profiles are read with it: IHE BALP (ITI.BasicAudit), ANS "Traçabilité d'événements". How each column is
found is told in docs/reference/formats/fhir-audit-event.md; the statement is in `fhir_audit_sql`.
"""

from __future__ import annotations

import json
import re

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.core.errors import Sentence
from tocsin.core.words import _
from tocsin.ingest.formats.fhir_audit_columns import COLUMNS, FLAGS
from tocsin.ingest.formats.fhir_audit_free import FREE
from tocsin.ingest.formats.fhir_audit_sql import parsed_sql
from tocsin.ingest.formats.fhir_xml import audit_event
from tocsin.ingest.interface import (
    NEXT_PAGE,
    NOT_MINE,
    Confidence,
    Cutter,
    Extraction,
    LogFormat,
    Mark,
    ReadOptions,
    Sample,
)
from tocsin.ingest.read.json_values import JsonCutter, bundle_has_next
from tocsin.ingest.read.lines import LinesCutter
from tocsin.ingest.read.syslog_frames import SyslogCutter, is_syslog
from tocsin.ingest.read.xml_content import add_content, with_content
from tocsin.ingest.read.xml_elements import XmlCutter, declared_encoding
from tocsin.ingest.salvage import close_json
from tocsin.ingest.times import zoneless_sql

_TYPE = re.compile(r'"resourceType"\s*:\s*"(?P<type>[A-Za-z]+)"')
_AUDIT_XML = re.compile(r"<(?:[\w.-]+:)?AuditEvent[\s/>]")
_FHIR_XML = "http://hl7.org/fhir"
_BAD_BYTE = re.compile(r"(\\+)(?=x[0-9a-f]{2})")


class FhirAuditEvent(LogFormat):
    """Whatever writes FHIR AuditEvent resources."""

    name = "fhir-audit-event"
    title = "FHIR AuditEvent (DSTU2 to R5, IHE BALP, ANS TDE), JSON or XML"
    free = FREE

    def sniff(self, sample: Sample) -> Confidence:
        """By the resource types that the beginning of the file names."""
        text = sample.text
        if text.lstrip().startswith(("{", "[", "\x1e")):
            return _sniff_json(text)
        if _AUDIT_XML.search(text) and _FHIR_XML in text:
            return Confidence(0.98, Sentence(_("FHIR AuditEvent elements"), {}))
        return NOT_MINE

    def cutter(self, sample: Sample, options: ReadOptions) -> Cutter:
        """Lines where each is an AuditEvent; else JSON values; XML elements; syslog frames around them."""
        del options
        if is_syslog(sample):
            return SyslogCutter()
        if sample.text.lstrip().startswith("<"):
            return XmlCutter(declared_encoding(sample))
        return LinesCutter() if _is_one_a_line(sample) else JsonCutter()

    def extraction(self, options: ReadOptions) -> Extraction:
        """FHIR instants carry their zone; a zone given holds for those that do not."""
        zone = options.zone
        return Extraction(
            parsed=parsed_sql(zone),
            hopeful=parsed_sql(zone, all_json=True),
            columns=COLUMNS,
            broken=f"mark is distinct from 'dtd' and not {_IS_OBJECT}",
            set_aside=_SET_ASIDE,
            non_event=f"case when {_IS_OTHER} then 'not_audit_resource' end",
            zoneless=" or ".join(
                f"coalesce({zoneless_sql(text, 'iso8601', zone)}, false)" for text in _TIMES
            ),
            flags=FLAGS,
            salvage=close_json,
        )

    def convert(self, records: pa.Table) -> pa.Table:
        """XML as the same resource in JSON; in JSON, the bytes that are not UTF-8 so that it stays JSON."""
        first = records.column("record")[0].as_py() if records.num_rows else ""
        if not first.lstrip("\ufeff \t\r\n").startswith(("{", "[", "\x1e")) and _has_xml(records):
            return with_content(records, audit_event)
        return _with_escaped(records)

    def warnings(self, sample: Sample) -> list[tuple[str, Sentence]]:
        """A page of a search whose other pages may be missing."""
        return [("next_page", NEXT_PAGE)] if bundle_has_next(sample) else []


_IS_OBJECT = r"""(is_json and case
    when starts_with(json_text, '{') then true else regexp_matches(json_text, '^\s*\{') end)"""
_IS_OTHER = (
    "(mark is null or mark = 'bad_encoding') "
    "and coalesce(resource_type, '') not in ('AuditEvent', 'AuditMessage', 'Bundle') "
    f"and {_IS_OBJECT}"
)
_SET_ASIDE = (
    "case when mark = 'dtd' then 'dtd' when resource_type = 'Bundle' then 'bundle' "
    "when resource_type = 'AuditMessage' then 'broken' end"
)
"""A Bundle within a Bundle, or as one line among lines, holds events that were not cut out of it."""
_TIMES = ("acted_text", "recorded_text")


def _sniff_json(text: str) -> Confidence:
    types = [found["type"] for found in _TYPE.finditer(text)]
    events = types.count("AuditEvent")
    if events:
        said = {"events": events, "count": len(types)}
        return Confidence(
            0.98, Sentence(_("{events} AuditEvent among the first {count} FHIR resources"), said)
        )
    if types:
        # A context resource kept beside the audit events: read, and counted as no event.
        found = _("FHIR resources ({kind}), no AuditEvent among the first")
        return Confidence(0.6, Sentence(found, {"kind": types[0]}))
    return NOT_MINE


def _is_one_a_line(sample: Sample) -> bool:
    """Whether half the lines are an AuditEvent each, and none holds others."""
    types = [_type_of(line) for line in sample.lines]
    events = types.count("AuditEvent")
    return 0 < events >= len(types) / 2 and not {"Bundle", "list"} & set(types)


def _type_of(line: str) -> str:
    """What a line is: a resource's type, a list (an envelope too), or nothing that is known."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return ""
    if isinstance(found, dict) and "Records" not in found:
        return str(found.get("resourceType"))
    return "list" if isinstance(found, (list, dict)) else ""


def _has_xml(records: pa.Table) -> bool:
    found = pc.any(pc.match_substring(records.column("record").cast(pa.string()), "<"))
    return bool(found.as_py())


def _with_escaped(table: pa.Table) -> pa.Table:
    """Bad bytes stand as `\\xNN`, which is no JSON: there the backslash is doubled, in a `content`."""
    is_bad = pc.equal(table.column("mark"), Mark.BAD_ENCODING.value)
    if not pc.any(is_bad).as_py():
        return table
    records, bad = table.column("record"), pc.fill_null(is_bad, False).to_pylist()
    texts = [_doubled(records[row].as_py()) if held else None for row, held in enumerate(bad)]
    return add_content(table, pa.array(texts, pa.string()))


def _doubled(text: str) -> str:
    return _BAD_BYTE.sub(lambda found: found[1] + "\\" * (len(found[1]) % 2), text)
