# SPDX-License-Identifier: Apache-2.0
"""ATNA AuditMessage (DICOM PS3.15 §A.5, RFC 3881): bare XML, concatenated, or in syslog frames of any framing.

How each column is found is told in docs/reference/formats/atna-audit-message.md. A start or stop names no
patient; two identifiers of different authorities are one person.
"""

from __future__ import annotations

import json
import re

import pyarrow as pa

from tocsin.ingest.formats.atna_xml import audit_message
from tocsin.ingest.formats.fhir_audit_sql import (
    ADDRESS,
    ADMIN,
    APPLICATION,
    DESTINATION_ROLE,
    RESOURCE_OF_PATH,
    SOURCE_ROLE,
    TARGET,
    bare_sql,
    cx_domain_sql,
    cx_id_sql,
    has_code_sql,
    path_sql,
)
from tocsin.ingest.interface import NOT_MINE, Confidence, Cutter, Extraction, LogFormat, ReadOptions, Sample
from tocsin.ingest.read.syslog_frames import SyslogCutter, is_syslog
from tocsin.ingest.read.xml_content import with_content
from tocsin.ingest.read.xml_elements import XmlCutter, declared_encoding
from tocsin.ingest.times import instant_sql, zoneless_sql
from tocsin.store.query import literal

_MESSAGE = re.compile(r"<(?:[\w.-]+:)?AuditMessage[\s>]")
_CODE = {"code": "VARCHAR", "originalText": "VARCHAR", "displayName": "VARCHAR"}
_SHAPE = {
    "kind": "VARCHAR",
    "syslog": {"time": "VARCHAR", "host": "VARCHAR"},
    "EventIdentification": [
        {
            "EventActionCode": "VARCHAR",
            "EventDateTime": "VARCHAR",
            "EventOutcomeIndicator": "VARCHAR",
            "EventID": "JSON",
            "EventTypeCode": "JSON",
        }
    ],
    "ActiveParticipant": [
        {
            "UserID": "VARCHAR",
            "AlternativeUserID": "VARCHAR",
            "UserName": "VARCHAR",
            "UserIsRequestor": "VARCHAR",
            "NetworkAccessPointID": "VARCHAR",
            "NetworkAccessPointTypeCode": "VARCHAR",
            "RoleIDCode": "JSON",
        }
    ],
    "AuditSourceIdentification": [{"AuditSourceID": "VARCHAR"}],
    "ParticipantObjectIdentification": [
        {
            "ParticipantObjectID": "VARCHAR",
            "ParticipantObjectTypeCode": "VARCHAR",
            "ParticipantObjectTypeCodeRole": "VARCHAR",
            "ParticipantObjectIDTypeCode": [_CODE],
            "ParticipantObjectQuery": ["VARCHAR"],
        }
    ],
}
_ASKS = "coalesce(lower(a.UserIsRequestor) in ('true', '1'), true)"
"""RFC 3881: who is not said to be no requestor is one."""
_IS_MACHINE = """coalesce(contains(a.RoleIDCode, '"code":"11015'), false)"""
_IS_PERSON = "coalesce(o.ParticipantObjectTypeCodeRole = '1' and coalesce(o.ParticipantObjectTypeCode, '1') = '1', false)"
_QUERY_OF = "nullif(o.ParticipantObjectQuery[1], '')"
_ID = "o.ParticipantObjectID"
_PERSON_ID = (
    f"case when starts_with({_ID}, 'Patient/') or contains({_ID}, '/Patient/') then {bare_sql(_ID)} "
    f"else {cx_id_sql(_ID)} end"
)
_FAILED = "outcome_code in ('4', '8', '12')"
_NET = "coalesce(own_net, client_net)"
_IS_ADDRESS = f"(regexp_matches({_NET}.text, {ADDRESS}) and {_NET}.kind in ('', '1', '2'))"
_TYPE_OF_THING = "thing.ParticipantObjectIDTypeCode[1]"


class AtnaAuditMessage(LogFormat):
    """Whatever writes ATNA audit messages."""

    name = "atna-audit-message"
    title = "ATNA AuditMessage (DICOM PS3.15, RFC 3881), in syslog or not"

    def sniff(self, sample: Sample) -> Confidence:
        """By the element, which no other log has."""
        text = sample.text
        if _MESSAGE.search(text) is None or not (is_syslog(sample) or text.lstrip().startswith("<")):
            return NOT_MINE
        if "EventIdentification" not in text:
            return Confidence(0.6, "AuditMessage elements without an EventIdentification")
        return Confidence(0.98, f"AuditMessage elements{' in syslog frames' if is_syslog(sample) else ''}")

    def cutter(self, sample: Sample, options: ReadOptions) -> Cutter:
        """Frames where the file begins with one; else elements."""
        del options
        return SyslogCutter() if is_syslog(sample) else XmlCutter(declared_encoding(sample))

    def extraction(self, options: ReadOptions) -> Extraction:
        """A zone given holds for event times that carry none; a syslog time without year is no time."""
        zone = options.zone
        return Extraction(
            parsed=_parsed_sql(zone),
            columns=_COLUMNS,
            broken="mark is distinct from 'dtd' and coalesce(j.kind, '') <> 'AuditMessage'",
            set_aside="case when mark = 'dtd' then 'dtd' end",
            zoneless=f"coalesce({zoneless_sql('event.EventDateTime', 'iso8601', zone)}, false)",
            flags=_FLAGS,
        )

    def convert(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The message as JSON."""
        return with_content(batch, audit_message)


def _parsed_sql(zone: str | None) -> str:
    return f"""
    with messages as (
        select
            *,
            try(json_transform(json_text, {literal(json.dumps(_SHAPE))})) as j
        from (
            -- `content` stands before `record`
            select *, coalesce(*columns(lambda c: c in ('content', 'record'))) as json_text
            from records
        )
    ),

    shaped as (
        select
            *,
            j.EventIdentification[1] as event,
            concat(j.EventIdentification[1].EventID, j.EventIdentification[1].EventTypeCode) as codes,
            upper(j.EventIdentification[1].EventActionCode) as letter,
            j.EventIdentification[1].EventOutcomeIndicator as outcome_code,
            j.ActiveParticipant as agents,
            j.ParticipantObjectIdentification as objects
        from messages
    ),

    placed as (
        select
            *,
            list_position(list_transform(agents, lambda a: {_ASKS} and not {_IS_MACHINE}), true) as person_at,
            list_position(list_transform(agents, lambda a: {_ASKS}), true) as first_at,
            list_transform(agents, lambda a: regexp_extract(a.RoleIDCode, '"code":"(11015[0-3])"', 1)) as machines,
            list_filter(objects, lambda o: {_IS_PERSON}) as patients,
            list_filter(objects, lambda o: {_QUERY_OF} is not null)[1].ParticipantObjectQuery[1] as query_sent,
            coalesce(
                list_filter(objects, lambda o: not {_IS_PERSON} and {_QUERY_OF} is null)[1],
                list_filter(objects, lambda o: {_QUERY_OF} is not null)[1]
            ) as thing
        from shaped
    ),

    cast_of as (
        select
            *,
            agents[coalesce(person_at, first_at)] as requestor,
            agents[{_client_at_sql()}] as client,
            list_filter(
                list_transform(patients, lambda o: {{'id': {_PERSON_ID}, 'domain': {cx_domain_sql(_ID)}}}),
                lambda p: p.id is not null
            ) as named,
            try(decode(from_base64(regexp_replace(query_sent, '\\s', '', 'g')))) as query_text
        from placed
    )

    select
        * exclude (agents, objects, machines),
        case when len(named) > 1 then list_filter(named, lambda p, i: list_position(named, p) = i)
            else named end as persons,
        case when requestor.NetworkAccessPointID <> ''
            then {_net_sql("requestor")} end as own_net,
        case when client.NetworkAccessPointID <> ''
            then {_net_sql("client")} end as client_net,
        case when query_sent is not null
            then regexp_extract(coalesce(query_text, query_sent), {TARGET}, 1) else '' end as target,
        {instant_sql("event.EventDateTime", "iso8601", zone)} as acted,
        {instant_sql("j.syslog.time", "iso8601", zone)} as recorded
    from cast_of"""


def _client_at_sql() -> str:
    """Place of the system that called. Data flow from source to destination: who reads is the destination."""
    flow = f"case when letter = 'R' then '{DESTINATION_ROLE}' else '{SOURCE_ROLE}' end"
    return f"coalesce(list_position(machines, {flow}), list_position(machines, '{APPLICATION}'))"


def _net_sql(agent: str) -> str:
    kind = f"coalesce({agent}.NetworkAccessPointTypeCode, '')"
    return f"{{'text': {agent}.NetworkAccessPointID, 'kind': {kind}}}"


_IS_ONE_PERSON = "(len(persons) > 1 and len(list_distinct(list_transform(persons, lambda p: coalesce(p.domain, '')))) = len(persons))"

_ACTION = f"""case
    when {has_code_sql("codes", ["110122"])} then case when {_FAILED} then 'login_failed' else 'login' end
    when {has_code_sql("codes", ["110123"])} then 'logout'
    when {has_code_sql("codes", ["110114"])} then case when {_FAILED} then 'login_failed' else 'other' end
    when {has_code_sql("codes", ["110106"])} then 'export'
    when {has_code_sql("codes", ["110112"])} then 'search'
    when {has_code_sql("codes", ADMIN)} then 'admin'
    when letter = 'C' then 'create'
    when letter = 'R' then 'read'
    when letter = 'U' then 'update'
    when letter = 'D' then 'delete'
    when letter = 'E' and query_sent is not null then 'search'
    else 'other'
end"""

_COLUMNS = {
    "occurred_at": "acted",
    "recorded_at": "recorded",
    "account": "coalesce(nullif(requestor.UserID, ''), requestor.AlternativeUserID)",
    "account_name": "requestor.UserName",
    "address": f"case when {_IS_ADDRESS} then {_NET}.text end",
    "network": f"case when not {_IS_ADDRESS} then {_NET}.text end",
    "client": "coalesce(nullif(client.UserID, ''), client.AlternativeUserID)",
    "node": "coalesce(j.syslog.host, j.AuditSourceIdentification[1].AuditSourceID)",
    "action": _ACTION,
    "object_type": (
        f"coalesce(case when target <> '' then nullif(regexp_extract({path_sql('target')}, {RESOURCE_OF_PATH}, 1), '') end, "
        f"nullif({_TYPE_OF_THING}.originalText, ''), nullif({_TYPE_OF_THING}.displayName, ''), {_TYPE_OF_THING}.code)"
    ),
    "object": (
        f"coalesce(case when target like '%/%' then coalesce(try(url_decode({path_sql('target')})), {path_sql('target')}) end, "
        "thing.ParticipantObjectID, "
        "patients[1].ParticipantObjectID)"
    ),
    "person": f"case when len(persons) = 1 or {_IS_ONE_PERSON} then persons[1].id end",
    "person_domain": "persons[1].domain",
    "persons": f"case when len(persons) > 1 and not {_IS_ONE_PERSON} then list_transform(persons, lambda p: p.id) end",
    "query": "coalesce(query_text, query_sent)",
    "outcome": f"case when outcome_code = '0' then 'success' when {_FAILED} then 'failure' else 'unknown' end",
    "status": "outcome_code",
    "detail": "json_text",
}

_FLAGS = (
    ("clock_disagrees", "abs(date_diff('second', acted, recorded)) > 300"),
    (
        "several_identifiers",
        f"coalesce({_IS_ONE_PERSON}, false) "
        f"or coalesce(len(list_filter(patients, lambda o: contains({_ID}, '^^^') and contains({_ID}, '~'))) > 0, false)",
    ),
    ("query_not_base64", "query_sent is not null and query_text is null"),
)
