# SPDX-License-Identifier: Apache-2.0
"""What an expert would write by hand for each of the samples: DuckDB SQL over the same block reader.

It gives every column of `events` that has a value in these samples, with line number and byte offset, in the
same order, as Parquet with zstd, by DuckDB's own writer, two chunks at a time; `same_columns` compares them.
It knows the samples: their spelling, their one agent and one person. It sets nothing aside, looks for no
duplicates, keeps no digests and accounts for nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from tocsin.ingest.interface import Cutter
from tocsin.ingest.read.inputs import Input

CHUNK_BYTES = 96 << 20

_ACTION = (
    "case {0} when 'GET' then 'read' when 'POST' then 'create' when 'PUT' then 'update' else 'other' end"
)
_OUTCOME = "case left({0}, 1) when '2' then 'success' when '3' then 'success' else 'failure' end"
_PATH = (
    "case when contains(split_part({0}, '?', 1), '%') then url_decode(split_part({0}, '?', 1)) "
    "else split_part({0}, '?', 1) end"
)
_QUERY = "nullif(split_part({0}, '?', 2), '')"

COMBINED = rf"""
select
    byte_offset as event_id,
    try_strptime(head[4] || ' ' || head[5], '[%d/%b/%Y:%H:%M:%S %z]')::timestamptz as occurred_at,
    line_number,
    byte_offset,
    nullif(head[3], '-') as account,
    head[1] as address,
    nullif(quoted[6], '-') as user_agent,
    {_ACTION.format("request[1]")} as action,
    {_PATH.format("request[2]")} as object,
    {_QUERY.format("request[2]")} as query,
    try_cast(reply[3] as bigint) as bytes,
    {_OUTCOME.format("reply[2]")} as outcome,
    reply[2] as status,
    json_object(
        'method', request[1], 'referer', quoted[4], 'vhost', null, 'ident', null, 'senseless', null, 'more', null
    )::varchar as detail
from (
    select
        *,
        string_split(quoted[1], ' ') as head,
        string_split(quoted[2], ' ') as request,
        string_split(quoted[3], ' ') as reply
    from (select *, string_split(record, '"') as quoted from records)
)"""

NGINX = rf"""
select
    byte_offset as event_id,
    v[1]::timestamptz as occurred_at,
    line_number,
    byte_offset,
    nullif(v[3], '') as account,
    v[2] as address,
    v[7] as user_agent,
    v[8] as request,
    {_ACTION.format("line[1]")} as action,
    {_PATH.format("line[2]")} as object,
    {_QUERY.format("line[2]")} as query,
    try_cast(v[6] as bigint) as bytes,
    {_OUTCOME.format("v[5]")} as outcome,
    v[5] as status,
    record as detail
from (
    select *, string_split(v[4], ' ') as line
    from (
        select *, json_extract_string(record, [
            '$.time_iso8601', '$.remote_addr', '$.remote_user', '$.request', '$.status', '$.body_bytes_sent',
            '$.http_user_agent', '$.request_id'
        ]) as v
        from records
    )
)"""

_STRUCT = """{"time":"TIMESTAMPTZ","level":"VARCHAR","user":{"id":"VARCHAR","role":"VARCHAR"},"ip":"VARCHAR",
"op":"VARCHAR","path":"VARCHAR","patient":"VARCHAR","request_id":"VARCHAR","status":"VARCHAR","bytes":"BIGINT",
"app":"VARCHAR","tags":"JSON"}"""

MAPPED_JSON = rf"""
select
    byte_offset as event_id,
    j.time as occurred_at,
    line_number,
    byte_offset,
    j.user.id as account,
    j.ip as address,
    j.app as client,
    j.request_id as request,
    {_ACTION.format("j.op")} as action,
    {_PATH.format("j.path")} as object,
    replace(j.patient, 'Patient/', '') as person,
    {_QUERY.format("j.path")} as query,
    j.bytes as bytes,
    'unknown' as outcome,
    j.status as status,
    json_object('level', j.level, 'tags', j.tags, 'user', json_object('role', j.user.role))::varchar as detail
from (select *, json_transform(record, '{_STRUCT}') as j from records)"""

MAPPED_CSV = r"""
select
    byte_offset as event_id,
    try_strptime(c[1], '%d/%m/%Y %H:%M:%S') at time zone 'Europe/Paris' as occurred_at,
    line_number,
    byte_offset,
    c[2] as account,
    c[3] as address,
    c[7] as request,
    case c[4] when 'READ' then 'read' when 'WRITE' then 'update' else 'other' end as action,
    c[5] as object_type,
    c[6] as person,
    case c[8] when 'OK' then 'success' when 'KO' then 'failure' else 'unknown' end as outcome,
    json_object('no', c[9])::varchar as detail
from (select *, string_split(record, ';') as c from records where line_number > 1)"""

_FHIR_STRUCT = """{"id":"VARCHAR","action":"VARCHAR","recorded":"TIMESTAMPTZ","outcome":"VARCHAR",
"agent":[{"who":{"identifier":{"value":"VARCHAR"},"display":"VARCHAR"},"requestor":"BOOLEAN",
"network":{"address":"VARCHAR"}}],
"source":{"observer":{"reference":"VARCHAR"}},
"entity":[{"what":{"reference":"VARCHAR"},"role":{"code":"VARCHAR"}}]}"""

FHIR = rf"""
select
    byte_offset as event_id,
    j.recorded as occurred_at,
    j.recorded as recorded_at,
    line_number,
    byte_offset,
    agent.who.identifier.value as account,
    agent.who.identifier.value as professional_id,
    agent.network.address as address,
    j.id as request,
    split_part(j.source.observer.reference, '/', 2) as node,
    'read' as action,
    split_part(thing, '/', 1) as object_type,
    thing as object,
    split_part(list_filter(j.entity, lambda e: e.role.code = '1')[1].what.reference, '/', 2) as person,
    split_part(thing, '/', 1) as record_type,
    split_part(thing, '/', 2) as record,
    case j.outcome when '0' then 'success' else 'failure' end as outcome,
    j.outcome as status,
    record as detail
from (
    select
        * replace (text as record),
        list_filter(j.agent, lambda a: a.requestor)[1] as agent,
        list_filter(j.entity, lambda e: e.role.code <> '1')[1].what.reference as thing
    from (select *, record as text, json_transform(record, '{_FHIR_STRUCT}') as j from records)
)"""


def _between(before: str, after: str = '"', text: str = "record") -> str:
    return f"split_part(split_part({text}, '{before}', 2), '{after}', 1)"


_FHIR_XML_DETAIL = """concat(
        '{"resourceType":"AuditEvent","id":"', id,
        '","type":{"system":"http://terminology.hl7.org/CodeSystem/audit-event-type","code":"rest"},"action":"', letter,
        '","recorded":"', recorded,
        '","outcome":"', code,
        '","agent":[{"who":{"identifier":{"system":"urn:oid:1.2.250.1.71.4.2.1","value":"', account,
        '"}},"requestor":true,"network":{"address":"', address,
        '","type":"2"}}],"source":{"observer":{"reference":"Device/', node,
        '"}},"entity":[{"what":{"reference":"Patient/', patient,
        '"},"type":{"code":"1"},"role":{"code":"1"}}]}'
    )"""

FHIR_XML = rf"""
select
    byte_offset as event_id,
    recorded::timestamptz as occurred_at,
    recorded::timestamptz as recorded_at,
    line_number,
    byte_offset,
    account,
    account as professional_id,
    address,
    id as request,
    node,
    case letter when 'R' then 'read' else 'update' end as action,
    'Patient' as object_type,
    'Patient/' || patient as object,
    patient as person,
    case code when '0' then 'success' else 'failure' end as outcome,
    code as status,
    {_FHIR_XML_DETAIL} as detail
from (
    select
        *,
        {_between('<recorded value="')} as recorded,
        {_between('<value value="')} as account,
        {_between('<address value="')} as address,
        {_between('<id value="')} as id,
        {_between('<reference value="Device/')} as node,
        {_between('<action value="')} as letter,
        {_between('<reference value="Patient/')} as patient,
        {_between('<outcome value="')} as code
    from records
)"""

_ATNA_DETAIL = """concat(
        '{"kind":"AuditMessage","syslog":{"time":"', framed,
        '","host":"', node,
        '","tag":"xds"},"EventIdentification":[{"EventActionCode":"', letter,
        '","EventDateTime":"', acted,
        '","EventOutcomeIndicator":"', code,
        '","EventID":[{"codeSystemName":"DCM","originalText":"Patient Record","code":"110110"}]}],',
        '"ActiveParticipant":[{"UserID":"', account,
        '","UserIsRequestor":"true","NetworkAccessPointID":"', address,
        '","NetworkAccessPointTypeCode":"2",',
        '"RoleIDCode":[{"codeSystemName":"DCM","originalText":"Source Role ID","code":"110153"}]}],',
        '"AuditSourceIdentification":[{"AuditSourceID":"portal-1","AuditEnterpriseSiteID":"hospital"}],',
        '"ParticipantObjectIdentification":[{"ParticipantObjectID":"', cx,
        '","ParticipantObjectTypeCode":"1","ParticipantObjectTypeCodeRole":"1",',
        '"ParticipantObjectIDTypeCode":[{"codeSystemName":"RFC-3881","originalText":"Patient Number","code":"2"}]}]}'
    )"""

ATNA = rf"""
select
    byte_offset as event_id,
    acted::timestamptz as occurred_at,
    framed::timestamptz as recorded_at,
    line_number,
    byte_offset,
    account,
    address,
    case when letter <> 'R' then account end as client,
    node,
    case letter when 'R' then 'read' else 'update' end as action,
    cx as object,
    split_part(cx, '^', 1) as person,
    split_part(cx, '&', 2) as person_domain,
    case code when '0' then 'success' else 'failure' end as outcome,
    code as status,
    {_ATNA_DETAIL} as detail
from (
    select
        *,
        {_between('EventDateTime="')} as acted,
        {_between("<85>1 ", " ")} as framed,
        {_between('UserID="')} as account,
        {_between('NetworkAccessPointID="')} as address,
        split_part(record, ' ', 3) as node,
        {_between('EventActionCode="')} as letter,
        replace({_between('ParticipantObjectID="')}, '&amp;', '&') as cx,
        {_between('EventOutcomeIndicator="')} as code
    from records
)"""

STATEMENTS = {
    "combined": COMBINED,
    "nginx-json": NGINX,
    "json-lines": MAPPED_JSON,
    "csv": MAPPED_CSV,
    "fhir": FHIR,
    "fhir-xml": FHIR_XML,
    "json-array": MAPPED_JSON,
    "atna": ATNA,
}


@dataclass(frozen=True, slots=True)
class HandWritten:
    """One sample, read by hand-written SQL."""

    statement: str
    cutter: Cutter

    def run(self, path: Path, folder: Path) -> int:
        """Write Parquet files into the folder; returns the number of events."""
        database = duckdb.connect(config={"threads": os.cpu_count() or 1, "memory_limit": "2800MiB"})
        database.execute("set timezone = 'UTC'")
        waiting: list[Future[int]] = []
        total = 0
        with ThreadPoolExecutor(2) as pool:
            for number, records in enumerate(self._chunks(path)):
                waiting.append(
                    pool.submit(self._copy, database.cursor(), records, folder / f"{number}.parquet")
                )
                if len(waiting) > 2:
                    total += waiting.pop(0).result()
            total += sum(future.result() for future in waiting)
        database.close()
        return total

    def _copy(self, connection: duckdb.DuckDBPyConnection, records: pa.Table, target: Path) -> int:
        connection.register("records", records)
        connection.execute("set timezone = 'UTC'")
        connection.execute(
            f"copy (select 'log' as source, 0 as file_number, * from ({self.statement}) order by account nulls first, occurred_at, event_id) "
            f"to '{target}' (format parquet, compression zstd)"
        )
        connection.close()
        return int(records.num_rows)

    def _chunks(self, path: Path) -> Iterator[pa.Table]:
        waiting: list[pa.RecordBatch] = []
        size = 0
        start = 0
        for batch in self.cutter.cut(Input(path).blocks()):
            waiting.append(batch)
            size = batch.column("byte_offset")[batch.num_rows - 1].as_py() - start
            if size >= CHUNK_BYTES:
                yield pa.Table.from_batches(waiting)
                waiting, start = [], start + size
        if waiting:
            yield pa.Table.from_batches(waiting)
