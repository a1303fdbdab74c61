# SPDX-License-Identifier: Apache-2.0
"""HL7 v2 messages in an interface engine's log: each behind the engine's own time and words.

A message says what `hl7_messages` says that it does; the engine's time is when it wrote. The engine's lines
without a message are no records of this trail.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tocsin.core.errors import Sentence
from tocsin.core.words import _
from tocsin.ingest.formats.hl7_messages import Hl7Messages
from tocsin.ingest.interface import NOT_MINE, Confidence, Cutter, Extraction, LogFormat, ReadOptions, Sample
from tocsin.ingest.read.text_records import TextRecordsCutter
from tocsin.ingest.times import instant_sql, zoneless_sql
from tocsin.store.query import load_query

_TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d"
BEGINS = rf"^[\[(<\s]*(?:[A-Z]{{4,5}}[\])]?\s+[\[(]?)?{_TIME}|MSH\|\^~"
"""A line with the engine's time at its beginning, or with a message."""

_HEADED = re.compile(rf"^[\[(<\s]*(?:[A-Z]{{4,5}}[\])]?\s+[\[(]?)?{_TIME}")
_MESSAGE = re.compile(r"MSH\|\^~[^|]*(?:\|[^|\r\n]*){6}\|[A-Z][A-Z0-9]{2}")
_LOOKED_AT = 500


class Hl7EngineLog(LogFormat):
    """What Mirth Connect, Rhapsody and their like write when a channel logs its messages."""

    name = "hl7v2-engine-log"
    title = "HL7 v2 messages in an interface engine's log (Mirth Connect, Rhapsody and the like)"

    def sniff(self, sample: Sample) -> Confidence:
        """By lines that begin with a time, and messages that do not begin the file."""
        lines = sample.lines[:_LOOKED_AT]
        told = sum(_MESSAGE.search(line) is not None for line in lines)
        if not told or not _HEADED.match(lines[0]):
            return NOT_MINE
        reason = _("messages behind the words of an interface engine, {count} in its first lines")
        return Confidence(0.93, Sentence(reason, {"count": told}))

    def cutter(self, sample: Sample, options: ReadOptions) -> Cutter:
        """One record from one line with a time, or a message, to the next."""
        del sample, options
        return TextRecordsCutter(BEGINS)

    def extraction(self, options: ReadOptions) -> Extraction:
        """The messages' own; where one carries no time, the engine's counts, and is flagged."""
        messages = Hl7Messages().extraction(options)
        cut = load_query("tocsin.ingest", "engine_messages").sql
        read = messages.parsed.replace("from records", f"from (\n{cut}\n)")
        time = "coalesce(time_written, engine_time)"
        return replace(
            messages,
            parsed=f"select * replace (whole as record) from (\n{read}\n)",
            columns={
                **messages.columns,
                "occurred_at": instant_sql(time, "iso8601", options.zone),
                "recorded_at": instant_sql("engine_time", "iso8601", options.zone),
            },
            broken=f"has_message and ({messages.broken})",
            non_event="case when not has_message then 'skip_rule' end",
            zoneless=zoneless_sql(time, "iso8601", options.zone),
            flags=(("time_of_engine", "time_written is null"),),
        )
