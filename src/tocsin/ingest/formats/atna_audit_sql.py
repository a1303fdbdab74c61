# SPDX-License-Identifier: Apache-2.0
"""The statement that reads an AuditMessage from the JSON form of `atna_xml`, and its event columns."""

from __future__ import annotations

import json

from tocsin.ingest.formats.audit_sql import (
    APPLICATION,
    CLOCK_FLAG,
    DESTINATION_ROLE,
    PERSON_COLUMNS,
    QUERY_FLAG,
    SOURCE_ROLE,
    action_sql,
    address_sql,
    bare_sql,
    cx_domain_sql,
    cx_id_sql,
    is_one_person_sql,
    network_sql,
    outcome_sql,
    target_kind_sql,
    target_path_sql,
    target_sql,
)
from tocsin.ingest.times import instant_sql
from tocsin.store.query import literal

_EVENT = {
    "EventActionCode": "VARCHAR",
    "EventDateTime": "VARCHAR",
    "EventOutcomeIndicator": "VARCHAR",
    "EventID": "JSON",
    "EventTypeCode": "JSON",
}
_PARTICIPANT = {
    "UserID": "VARCHAR",
    "AlternativeUserID": "VARCHAR",
    "UserName": "VARCHAR",
    "UserIsRequestor": "VARCHAR",
    "NetworkAccessPointID": "VARCHAR",
    "NetworkAccessPointTypeCode": "VARCHAR",
    "RoleIDCode": "JSON",
}
_OBJECT = {
    "ParticipantObjectID": "VARCHAR",
    "ParticipantObjectTypeCode": "VARCHAR",
    "ParticipantObjectTypeCodeRole": "VARCHAR",
    "ParticipantObjectIDTypeCode": [{"code": "VARCHAR", "originalText": "VARCHAR", "displayName": "VARCHAR"}],
    "ParticipantObjectQuery": ["VARCHAR"],
}
_SHAPE = {
    "kind": "VARCHAR",
    "syslog": {"time": "VARCHAR", "host": "VARCHAR"},
    "EventIdentification": [_EVENT],
    "ActiveParticipant": [_PARTICIPANT],
    "AuditSourceIdentification": [{"AuditSourceID": "VARCHAR"}],
    "ParticipantObjectIdentification": [_OBJECT],
}
_ASKS = "coalesce(lower(a.UserIsRequestor) in ('true', '1'), true)"
"""RFC 3881 §5.2.4: who is not said to be no requestor is one."""
_IS_MACHINE = """coalesce(contains(a.RoleIDCode, '"code":"11015'), false)"""
_ROLE_OF_MACHINE = (
    rf"""case when {_IS_MACHINE} then regexp_extract(a.RoleIDCode, '"code":"(11015[0-3])"', 1) end"""
)
_IS_PERSON = (
    "coalesce(o.ParticipantObjectTypeCodeRole = '1', false) "
    "and coalesce(o.ParticipantObjectTypeCode = '1', true)"
)
_QUERY_OF = "nullif(o.ParticipantObjectQuery[1], '')"
_ID = "o.ParticipantObjectID"
_NET = "coalesce(own_net, client_net)"
_SEVERAL_IN_ONE = f"len(list_filter(patients, lambda o: contains({_ID}, '^^^') and contains({_ID}, '~'))) > 0"
_NAMES_OF_TYPE = ", ".join(
    f"nullif(thing.ParticipantObjectIDTypeCode[1].{key}, '')"
    for key in ("originalText", "displayName", "code")
)


def parsed_sql(zone: str | None) -> str:
    """The records with what COLUMNS and FLAGS use; `zone` is for event times that carry none."""
    return f"""
    with messages as (
        select
            *,
            -- the text is chosen, not the struct: that would be copied
            json_transform(
                case when json_valid(json_text) then json_text end,
                {literal(json.dumps(_SHAPE))}
            ) as j
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
            list_position(list_transform(agents, lambda a: {_ASKS} and not {_IS_MACHINE}), true) as human_at,
            list_position(list_transform(agents, lambda a: {_ASKS}), true) as first_at,
            list_transform(agents, lambda a: {_ROLE_OF_MACHINE}) as machines,
            list_filter(objects, lambda o: {_IS_PERSON}) as patients,
            list_filter(objects, lambda o: {_QUERY_OF} is not null)[1] as query_object,
            list_filter(objects, lambda o: not ({_IS_PERSON}) and {_QUERY_OF} is null)[1] as data_object,
            {instant_sql("j.EventIdentification[1].EventDateTime", "iso8601", zone)} as acted,
            {instant_sql("j.syslog.time", "iso8601", zone)} as recorded
        from shaped
    ),

{_cast_sql()},

    told as (
        select
            * exclude (agents, data_object, query_object),
            case when len(named) > 1
                then list_filter(named, lambda p, i: list_position(named, p) = i) else named end as persons,
            {_net_sql("requestor")} as own_net,
            {_net_sql("client")} as client_net,
            try(decode(from_base64(regexp_replace(query_sent, '\\s', '', 'g')))) as query_text
        from cast_of
    )

    select
        *,
        {is_one_person_sql()} as is_one_person,
        {target_sql("coalesce(query_text, query_sent)")} as target
    from told"""


def _cast_sql() -> str:
    """Who asked, through what, about whom."""
    return f"""    cast_of as (
        select
            * exclude (objects, machines),
            agents[coalesce(human_at, first_at)] as requestor,
            agents[{_client_at_sql()}] as client,
            coalesce(data_object, query_object) as thing,
            query_object.ParticipantObjectQuery[1] as query_sent,
            {_person_id_sql("lone")} as lone_id,
            {cx_domain_sql("lone")} as lone_domain,
            case when lone is null then list_filter(
                list_transform(
                    patients,
                    lambda o: {{'id': {_person_id_sql(_ID)}, 'domain': {cx_domain_sql(_ID)}}}
                ),
                lambda p: p.id is not null
            ) end as named
        from (
            select *, case when len(patients) = 1 then patients[1].ParticipantObjectID end as lone
            from placed
        )
    )"""


def _person_id_sql(text: str) -> str:
    return (
        f"case when starts_with({text}, 'Patient/') or contains({text}, '/Patient/') then {bare_sql(text)} "
        f"else {cx_id_sql(text)} end"
    )


def _client_at_sql() -> str:
    """Place of the system that called. Data flow from source to destination: who reads is the destination."""
    flow = f"case when letter = 'R' then '{DESTINATION_ROLE}' else '{SOURCE_ROLE}' end"
    return f"coalesce(list_position(machines, {flow}), list_position(machines, '{APPLICATION}'))"


def _net_sql(agent: str) -> str:
    kind = f"coalesce({agent}.NetworkAccessPointTypeCode, '')"
    net = f"{{'text': {agent}.NetworkAccessPointID, 'kind': {kind}}}"
    return f"case when {agent}.NetworkAccessPointID <> '' then {net} end"


COLUMNS = {
    "occurred_at": "acted",
    "recorded_at": "recorded",
    "account": "coalesce(nullif(requestor.UserID, ''), requestor.AlternativeUserID)",
    "account_name": "requestor.UserName",
    "address": address_sql(_NET),
    "network": network_sql(_NET),
    "client": "coalesce(nullif(client.UserID, ''), client.AlternativeUserID)",
    "node": "coalesce(j.syslog.host, j.AuditSourceIdentification[1].AuditSourceID)",
    "action": action_sql(),
    "object_type": f"coalesce({target_kind_sql('target')}, {_NAMES_OF_TYPE})",
    "object": (
        f"coalesce(case when contains(target, '/') then {target_path_sql('target')} end, "
        "thing.ParticipantObjectID, patients[1].ParticipantObjectID)"
    ),
    **PERSON_COLUMNS,
    "query": "coalesce(query_text, query_sent)",
    "outcome": outcome_sql(),
    "status": "outcome_code",
    "detail": "json_text",
}
"""Event column: expression over `parsed_sql`."""

FLAGS = (
    CLOCK_FLAG,
    ("several_identifiers", f"is_one_person or coalesce({_SEVERAL_IN_ONE}, false)"),
    QUERY_FLAG,
)
"""(flag, condition) pairs over `parsed_sql`."""
