# SPDX-License-Identifier: Apache-2.0
"""ATNA AuditMessage (DICOM PS3.15 §A.5, RFC 3881): bare XML, concatenated, or in syslog frames.

How each column is found is told in docs/reference/formats/atna-audit-message.md; the statement is in
`atna_audit_sql`. A start or stop names no patient; identifiers of different authorities are one person's.
"""

from __future__ import annotations

import re

import pyarrow as pa

from tocsin.core.errors import Sentence
from tocsin.core.words import _
from tocsin.ingest.formats.atna_audit_sql import COLUMNS, FLAGS, parsed_sql
from tocsin.ingest.formats.atna_xml import FREE, audit_message
from tocsin.ingest.interface import NOT_MINE, Confidence, Cutter, Extraction, LogFormat, ReadOptions, Sample
from tocsin.ingest.read.syslog_frames import SyslogCutter, headers_of, is_syslog
from tocsin.ingest.read.xml_content import with_content
from tocsin.ingest.read.xml_elements import XmlCutter, declared_encoding
from tocsin.ingest.times import zoneless_sql

_MESSAGE = re.compile(r"<(?:[\w.-]+:)?AuditMessage[\s>]")


class AtnaAuditMessage(LogFormat):
    """Whatever writes ATNA audit messages."""

    name = "atna-audit-message"
    title = "ATNA AuditMessage (DICOM PS3.15, RFC 3881), in syslog or not"
    free = FREE

    def sniff(self, sample: Sample) -> Confidence:
        """By the element, which no other log has."""
        text = sample.text
        if _MESSAGE.search(text) is None or not (is_syslog(sample) or text.lstrip().startswith("<")):
            return NOT_MINE
        if "EventIdentification" not in text:
            return Confidence(0.6, Sentence(_("AuditMessage elements without an EventIdentification"), {}))
        framed = _("AuditMessage elements in syslog frames")
        return Confidence(0.98, Sentence(framed if is_syslog(sample) else _("AuditMessage elements"), {}))

    def cutter(self, sample: Sample, options: ReadOptions) -> Cutter:
        """Frames where the file begins with one; else elements."""
        del options
        return SyslogCutter() if is_syslog(sample) else XmlCutter(declared_encoding(sample))

    def extraction(self, options: ReadOptions) -> Extraction:
        """A zone given holds for event times that carry none; a syslog time without year is no time."""
        zone = options.zone
        return Extraction(
            parsed=parsed_sql(zone),
            columns=COLUMNS,
            broken="mark is distinct from 'dtd' and coalesce(j.kind, '') <> 'AuditMessage'",
            set_aside="case when mark = 'dtd' then 'dtd' end",
            zoneless=f"coalesce({zoneless_sql('event.EventDateTime', 'iso8601', zone)}, false)",
            flags=FLAGS,
        )

    def convert(self, records: pa.Table) -> pa.Table:
        """The message as JSON."""
        return with_content(records, audit_message, headers_of)
