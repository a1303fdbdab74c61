# SPDX-License-Identifier: Apache-2.0
"""HL7 v2 messages (ER7) as an interface engine keeps them: queries, their answers, and feeds.

A query says what was asked (QPD, QRD), its answer whom was shown (PID) and how many (QAK-4); both have one
control id. Version 2 names applications and facilities: the person who asked is in no field, but for who
entered an ADT event (EVN-5). Messages are not kept in `detail`, for they hold the whole record.
"""

from __future__ import annotations

from tocsin.core.errors import Sentence
from tocsin.core.words import _
from tocsin.ingest.interface import NOT_MINE, Confidence, Cutter, Extraction, LogFormat, ReadOptions, Sample
from tocsin.ingest.read.hl7_messages import STARTS, Hl7Cutter
from tocsin.ingest.times import instant_sql, zoneless_sql
from tocsin.store.query import load_query

_LOOKED_AT = 100
_FEWEST_FIELDS = 9
_ENVELOPES = "('FHS', 'BHS', 'BTS', 'FTS')"

_ACTION = """case
    when is_query then case when len(named) > 0 then 'read' else 'search' end
    when is_answer then 'read'
    when kind <> 'ADT' then 'other'
    when trigger_event in ('A01', 'A04', 'A05', 'A14', 'A28') then 'create'
    when trigger_event in ('A08', 'A31', 'A40', 'A47') then 'update'
    when trigger_event in ('A23', 'A29') then 'delete'
    else 'other'
end"""

_OUTCOME = """case
    when qak[3] in ('AE', 'AR') or msa[2] in ('AE', 'AR', 'CE', 'CR') then 'failure'
    when qak[3] in ('OK', 'NF') or msa[2] in ('AA', 'CA') then 'success'
    else 'unknown'
end"""

_DETAIL = """nullif(json_merge_patch('{}', json_object(
    'type', msh[9],
    'sending_facility', nullif(msh[4], ''),
    'receiver', nullif(concat_ws('/', nullif(msh[5], ''), nullif(msh[6], '')), ''),
    'processing', nullif(msh[11], ''),
    'version', nullif(msh[12], ''),
    'query_name', nullif(qpd[2], ''),
    'query_tag', nullif(coalesce(qpd[3], qak[2]), ''),
    'answer', nullif(coalesce(qak[3], msa[2]), ''),
    'control_id', nullif(msh[10], '')
))::varchar, '{}')"""


class Hl7Messages(LogFormat):
    """Message files and MLLP captures."""

    name = "hl7v2"
    title = "HL7 v2 messages (files, batches, MLLP captures)"

    def sniff(self, sample: Sample) -> Confidence:
        """By its first bytes, and the share of messages that have a type."""
        found = [match.start("begin") for match in STARTS.finditer(sample.head)][:_LOOKED_AT]
        if not found or sample.head[: found[0]].strip(b"\xef\xbb\xbf \t\r\n\x0b\x1c\x00"):
            return NOT_MINE
        heads = [sample.head[start : start + 300] for start in found]
        asked = [head for head in heads if head.startswith(b"MSH")]
        mine = sum(_has_type(head) for head in asked)
        if not mine or mine * 2 < len(asked):
            return NOT_MINE
        reason = _("{mine} of the first {count} messages have a type")
        return Confidence(
            0.5 + 0.49 * mine / len(asked), Sentence(reason, {"mine": mine, "count": len(asked)})
        )

    def cutter(self, sample: Sample, options: ReadOptions) -> Cutter:
        """One record a message."""
        del sample, options
        return Hl7Cutter()

    def extraction(self, options: ReadOptions) -> Extraction:
        """MSH-7 may carry its offset."""
        return Extraction(
            parsed=load_query("tocsin.ingest", "hl7_messages").sql,
            columns={
                "occurred_at": instant_sql("time_written", "iso8601", options.zone),
                "account": "nullif(split_part(evn[6], hat, 1), '')",
                "client": "nullif(split_part(msh[3], hat, 1), '')",
                "organisation": "nullif(split_part(msh[4], hat, 1), '')",
                "request": "coalesce(nullif(msa[3], ''), msh[10])",
                "action": _ACTION,
                "outcome": _OUTCOME,
                "object_type": "msh[9]",
                "person": "case when len(named) = 1 then named[1] end",
                "persons": "case when len(named) > 1 then named end",
                "person_domain": "nullif(coalesce(nullif(split_part(authority, '&', 2), ''), authority), '')",
                "query": "coalesce(qpd[4], qrd[9])",
                "items": "coalesce(nullif(qak[5], ''), case when is_answer then len(shown)::varchar end)",
                "detail": _DETAIL,
            },
            broken=f"first_segment <> 'MSH' or len(msh) < {_FEWEST_FIELDS} or kind = ''",
            non_event=f"case when first_segment in {_ENVELOPES} then 'header' end",
            zoneless=zoneless_sql("time_written", "iso8601", options.zone),
        )


def _has_type(head: bytes) -> bool:
    """Whether MSH-9 holds a message type."""
    fields = head.split(head[3:4])
    return len(fields) >= _FEWEST_FIELDS and fields[8][:3].isalnum() and fields[8][:3].isupper()
