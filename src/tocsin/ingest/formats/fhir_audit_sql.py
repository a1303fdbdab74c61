# SPDX-License-Identifier: Apache-2.0
"""The statement that reads an AuditEvent of any version: one shape for all, then the columns.

Steps: the JSON as a struct that has the members of every version (`j`); agents and entities in one shape; the
requestor, the client, the persons, the thing asked for. Nothing is invented: no requestor, no account.
"""

from __future__ import annotations

import json

from tocsin.ingest.times import instant_sql
from tocsin.store.query import literal

_CODING = {"system": "VARCHAR", "code": "VARCHAR", "display": "VARCHAR"}
_CONCEPT = {"coding": [_CODING]}
_EITHER = {**_CODING, **_CONCEPT}
"""R4 has a Coding where R5 has a CodeableConcept."""
_IDENTIFIER = {"system": "VARCHAR", "value": "VARCHAR", "type": _CONCEPT}
_REFERENCE = {"reference": "VARCHAR", "type": "VARCHAR", "display": "VARCHAR", "identifier": _IDENTIFIER}
_AGENT = {
    "type": _CONCEPT,
    "role": [_CONCEPT],
    "who": _REFERENCE,
    "reference": _REFERENCE,
    "userId": _IDENTIFIER,
    "altId": "VARCHAR",
    "name": "VARCHAR",
    "requestor": "BOOLEAN",
    "policy": ["VARCHAR"],
    "network": {"address": "VARCHAR", "type": "VARCHAR"},
    "networkString": "VARCHAR",
    "networkUri": "VARCHAR",
}
_ENTITY = {
    "what": _REFERENCE,
    "reference": _REFERENCE,
    "identifier": _IDENTIFIER,
    "type": _EITHER,
    "role": _EITHER,
    "name": "VARCHAR",
    "query": "VARCHAR",
}
_SHAPE = {
    "resourceType": "VARCHAR",
    "id": "VARCHAR",
    "meta": {"profile": ["VARCHAR"]},
    "type": _CODING,
    "subtype": [_EITHER],
    "category": [_CONCEPT],
    "code": _CONCEPT,
    "action": "VARCHAR",
    "recorded": "VARCHAR",
    "period": {"start": "VARCHAR"},
    "occurredPeriod": {"start": "VARCHAR"},
    "occurredDateTime": "VARCHAR",
    "outcome": "JSON",
    "patient": _REFERENCE,
    "event": {
        "type": _CODING,
        "subtype": [_EITHER],
        "action": "VARCHAR",
        "dateTime": "VARCHAR",
        "outcome": "VARCHAR",
    },
    "agent": [_AGENT],
    "participant": [_AGENT],
    "source": {"observer": _REFERENCE, "identifier": _IDENTIFIER},
    "entity": [_ENTITY],
    "object": [_ENTITY],
    "contained": [{"resourceType": "VARCHAR", "id": "VARCHAR", "identifier": [_IDENTIFIER]}],
}
_HELD = {"resourceType": None, "text": None, "recorded": None}
"""Members that columns hold whole, and the narrative, which tells the same again."""

SOURCE_ROLE, DESTINATION_ROLE, APPLICATION = "110153", "110152", "110150"
_HUMANS = "['humanuser', 'IRCP', 'UserOauthAgent', 'UserSamlAgent', 'PAT', 'AUT', 'INF']"
_MACHINES = "['110150', '110151', '110152', '110153', '110154', '110155', 'dataprocessor']"
_PROFESSIONALS = r"'(^|[:/.])(rpps|adeli)|1\.2\.250\.1\.71\.4\.2\.1$'"
_ADMIN = "['110128', '110129', '110130', '110131', '110133', '110134', '110135', '110136', '110137']"
_BESIDE = (
    "['Patient', 'Person', 'RelatedPerson', 'Practitioner', 'PractitionerRole', 'Organization', 'Device', '']"
)
_ADDRESS = (
    r"'^(\d{1,3}\.){3}\d{1,3}(:\d{1,5})?$"
    r"|^\[?[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(%\w+)?\]?(:\d{1,5})?$'"
)
_TARGET = r"'^(?:[A-Z]{3,7} )?([^\s<|]+)(?:[ \r\n]|$)'"
_RESOURCE_OF_PATH = r"'(?:^|/)([A-Z][A-Za-z]+)(?:/_search|/\$[\w-]+)?/?$'"


def parsed_sql(zone: str | None) -> str:
    """The records with what COLUMNS and FLAGS use; `zone` is for times that carry none."""
    return f"""
    with texts as (
        -- `content` stands before `record` where the format converted the record
        select *, coalesce(*columns(lambda c: c in ('content', 'record'))) as json_text
        from records
    ),

    resources as (
        select
            *,
            case when json_valid(json_text) and json_type(json_text) = 'OBJECT'
                then json_transform(json_text, {literal(json.dumps(_SHAPE))}) end as j
        from texts
    ),

    shaped as (
        select
            *,
            j.resourceType as resource_type,
            coalesce(j.agent, j.participant, []) as agents,
            list_transform(coalesce(j.entity, j.object, []), {_entity_sql("e")}) as entities,
            list_concat(
                [j.type.code, j.event.type.code],
                list_transform(coalesce(j.subtype, j.event.subtype), lambda s: coalesce(s.code, s.coding[1].code)),
                list_transform(j.code.coding, lambda c: c.code),
                list_transform(j.category, lambda c: c.coding[1].code)
            ) as codes,
            upper(coalesce(j.action, j.event.action)) as letter,
            case when j.outcome->>'$' like '{{%' then j.outcome->>'$.code.code'
                else coalesce(j.outcome->>'$', j.event.outcome) end as outcome_code,
            coalesce(j.period.start, j.occurredPeriod.start, j.occurredDateTime) as acted_text,
            coalesce(j.recorded, j.event.dateTime) as recorded_text,
            contains(coalesce(array_to_string(j.meta.profile, ' '), ''), 'IHE.BasicAudit') as is_balp
        from resources
    ),

    cast_of as (
        select
            *,
            list_filter(agents, lambda a: a.requestor) as requestors,
            list_filter(agents, lambda a: not coalesce(a.requestor, false)) as others,
            list_filter(
                list_concat(
                    case when j.patient is not null then [{_patient_sql("j.patient")}] end,
                    list_transform(
                        list_filter(entities, lambda e: e.role = '1' or e.kind = 'Patient'),
                        lambda e: {{'id': e.person, 'domain': e.domain}}
                    )
                ),
                lambda p: p.id is not null
            ) as named,
            list_filter(entities, lambda e: e.query is not null)[1].query as query_sent,
            list_filter(entities, lambda e: e.type = 'XrequestId')[1].value as request_id,
            list_filter(
                entities,
                lambda e: e.query is null and e.type is distinct from 'XrequestId'
                    and coalesce(e.kind, '') <> 'OperationOutcome' and coalesce(e.reference, e.name, e.value) is not null
            ) as things,
            {instant_sql("acted_text", "iso8601", zone)} as acted,
            {instant_sql("recorded_text", "iso8601", zone)} as recorded
        from shaped
    ),

    told as (
        select
            * exclude (agents, named),
            case when len(requestors) <= 1 then requestors[1] else coalesce(
                list_filter(requestors, lambda a: list_has_any({_codes_sql("a")}, {_HUMANS}))[1],
                list_filter(requestors, lambda a: not list_has_any({_codes_sql("a")}, {_MACHINES}))[1],
                requestors[1]
            ) end as requestor,
            {_client_sql()} as client,
            {_organisation_sql()} as organisation,
            case when len(named) > 1
                then list_filter(named, lambda p, i: list_position(named, p) = i) else named end as persons,
            coalesce(
                list_filter(things, lambda e: e.role is distinct from '1' and coalesce(e.kind, '') <> 'Patient')[1],
                list_filter(things, lambda e: e.role is distinct from '1')[1],
                things[1]
            ) as thing,
            try(decode(from_base64(query_sent))) as query_text
        from cast_of
    )

    select
        * exclude (things, requestors, others),
        {_net_sql("requestor", "client")} as net,
        len(persons) > 1 and len(list_distinct(list_transform(persons, lambda p: p.domain))) = len(persons)
            as is_one_person,
        regexp_extract(coalesce(query_text, query_sent), {_TARGET}, 1) as target
    from told"""


def bare_sql(reference: str) -> str:
    """The id in a reference: `http://…/Patient/x/_history/1` is x; what is contained has none of its own."""
    return f"nullif(split_part(split_part({reference}, '/_history/', 1), '/', -1), '')"


def _resolved_sql(reference: str) -> str:
    """The id a reference names; of a contained resource, its first identifier."""
    return (
        f"case when starts_with({reference}, '#') "
        f"then list_filter(j.contained, lambda c: c.id = substr({reference}, 2))[1].identifier[1].value "
        f"else {bare_sql(reference)} end"
    )


def _kind_sql(reference: str) -> str:
    """The resource type that a reference names."""
    return (
        f"case when starts_with({reference}, '#') "
        f"then list_filter(j.contained, lambda c: c.id = substr({reference}, 2))[1].resourceType "
        f"else nullif(split_part(split_part({reference}, '/_history/', 1), '/', -2), '') end"
    )


def cx_id_sql(value: str) -> str:
    """The id of an HL7 v2 CX (`id^^^name&oid&ISO^type`, the first of several); other texts as they are."""
    return f"nullif(case when contains({value}, '^^^') then split_part(split_part({value}, '~', 1), '^', 1) else {value} end, '')"


def cx_domain_sql(value: str) -> str:
    """The assigning authority of an HL7 v2 CX: its OID, else its name."""
    authority = f"split_part(split_part({value}, '~', 1), '^', 4)"
    return (
        f"case when contains({value}, '^^^') then "
        f"coalesce(nullif(split_part({authority}, '&', 2), ''), nullif(split_part({authority}, '&', 1), '')) end"
    )


def _domain_sql(identifier: str) -> str:
    system = f"{identifier}.system"
    return f"coalesce({cx_domain_sql(f'{identifier}.value')}, nullif(replace({system}, 'urn:oid:', ''), ''))"


def _patient_sql(reference: str) -> str:
    text = f"{reference}.reference"
    return (
        f"{{'id': coalesce({_resolved_sql(text)}, {cx_id_sql(f'{reference}.identifier.value')}), "
        f"'domain': case when {text} is null then {_domain_sql(f'{reference}.identifier')} end}}"
    )


def _entity_sql(e: str) -> str:
    """One entity of any version, in one shape."""
    text = f"coalesce({e}.what.reference, {e}.reference.reference)"
    named = f"coalesce({e}.what.identifier, {e}.identifier)"
    return f"""lambda {e}: {{
                    'role': coalesce({e}.role.code, {e}.role.coding[1].code),
                    'type': coalesce({e}.type.code, {e}.type.coding[1].code),
                    'kind': coalesce({_kind_sql(text)}, {e}.what.type),
                    'reference': split_part({text}, '/_history/', 1),
                    'person': coalesce({_resolved_sql(text)}, {cx_id_sql(f"{named}.value")}),
                    'domain': case when {text} is null then {_domain_sql(named)} end,
                    'several': contains({named}.value, '^^^') and contains({named}.value, '~'),
                    'value': {named}.value,
                    'name': {e}.name,
                    'query': {e}.query
                }}"""


def _codes_sql(agent: str) -> str:
    roles = f"flatten(list_transform({agent}.role, lambda r: list_transform(r.coding, lambda c: c.code)))"
    return f"list_concat(list_transform({agent}.type.coding, lambda c: c.code), {roles}, [])"


def _with_code_sql(code: str) -> str:
    return f"list_filter(others, lambda a: list_contains({_codes_sql('a')}, {code}))[1]"


def _client_sql() -> str:
    """The system that called. Data flow from source to destination: who reads is the destination.

    Without BALP's rules, and with one of the two only, that one is "the software making the request".
    """
    flow = f"case when letter = 'R' then '{DESTINATION_ROLE}' else '{SOURCE_ROLE}' end"
    against = f"case when letter = 'R' then '{SOURCE_ROLE}' else '{DESTINATION_ROLE}' end"
    return (
        f"coalesce({_with_code_sql(literal(APPLICATION))}, {_with_code_sql(flow)}, "
        f"case when not is_balp then {_with_code_sql(against)} end)"
    )


def _organisation_sql() -> str:
    """The user's organisation: BALP has an agent of its own for it."""
    found = (
        f"list_filter(others, lambda a: list_contains({_codes_sql('a')}, 'PROV') "
        "or contains(a.who.reference, 'Organization/'))[1].who"
    )
    return f"coalesce({found}.identifier.value, {bare_sql(f'{found}.reference')}, {found}.display)"


def _net_sql(*agents: str) -> str:
    """Where the request came from: the requestor's network access point, else the client's."""
    texts = [f"coalesce({a}.network.address, {a}.networkString, {a}.networkUri)" for a in agents]
    kinds = [
        f"case when {text} is not null then coalesce({a}.network.type, '') end"
        for a, text in zip(agents, texts, strict=True)
    ]
    return f"{{'text': coalesce({', '.join(texts)}), 'kind': coalesce({', '.join(kinds)})}}"


def _account_sql(agent: str) -> str:
    who = f"coalesce({agent}.who.reference, {agent}.reference.reference)"
    return (
        f"coalesce(nullif({agent}.who.identifier.value, ''), nullif({agent}.userId.value, ''), {_resolved_sql(who)}, "
        f"nullif({agent}.altId, ''), nullif({agent}.who.display, ''), nullif({agent}.name, ''))"
    )


def _name_of_sql(reference: str) -> str:
    return f"coalesce(nullif({reference}.identifier.value, ''), {_resolved_sql(f'{reference}.reference')}, {reference}.display)"


def _professional_sql() -> str:
    found = "coalesce(requestor.who.identifier, requestor.userId)"
    is_one = (
        f"regexp_matches(lower({found}.system), {_PROFESSIONALS}) "
        f"or list_has_any(list_transform({found}.type.coding, lambda c: c.code), ['RPPS', 'ADELI', 'IDNPS'])"
    )
    return f"case when {is_one} then {found}.value end"


_FAILED = "outcome_code in ('4', '8', '12', 'error', 'fatal')"
_IS_ADDRESS = f"regexp_matches(net.text, {_ADDRESS}) and net.kind in ('', '1', '2')"
_PATH = "regexp_replace(split_part(target, '?', 1), '^[A-Za-z][A-Za-z0-9+.-]*://[^/]*', '')"

_ACTION = f"""case
    when list_contains(codes, '110122') then case when {_FAILED} then 'login_failed' else 'login' end
    when list_contains(codes, '110123') then 'logout'
    when list_contains(codes, '110114') then case when {_FAILED} then 'login_failed' else 'other' end
    when list_contains(codes, '110106') then 'export'
    when list_contains(codes, '110112') then 'search'
    when list_has_any(codes, ['search', 'search-type', 'search-system', 'search-compartment']) then 'search'
    when list_has_any(codes, ['read', 'vread', 'history', 'history-instance', 'history-type', 'history-system'])
        then 'read'
    when list_contains(codes, 'create') then 'create'
    when list_has_any(codes, ['update', 'patch']) then 'update'
    when list_contains(codes, 'delete') then 'delete'
    when list_has_any(codes, {_ADMIN}) then 'admin'
    when letter = 'C' then 'create'
    when letter = 'R' then 'read'
    when letter = 'U' then 'update'
    when letter = 'D' then 'delete'
    when letter = 'E' and query_sent is not null then 'search'
    else 'other'
end"""

_OUTCOME = f"""case
    when outcome_code in ('0', 'success', 'information') then 'success'
    when {_FAILED} then 'failure'
    else 'unknown'
end"""

_OBJECT = f"""coalesce(
    nullif(thing.reference, ''), thing.name, thing.value,
    case when target <> '' then coalesce(try(url_decode({_PATH})), {_PATH}) end
)"""

COLUMNS = {
    "occurred_at": "coalesce(acted, recorded)",
    "recorded_at": "recorded",
    "account": _account_sql("requestor"),
    "account_name": "coalesce(nullif(requestor.name, ''), requestor.who.display)",
    "professional_id": _professional_sql(),
    "organisation": "organisation",
    "session": (
        "list_filter(requestor.policy, "
        "lambda p: not starts_with(p, 'http:') and not starts_with(p, 'https:') and not starts_with(p, 'urn:oid:'))[1]"
    ),
    "address": f"case when {_IS_ADDRESS} then net.text end",
    "network": f"case when not ({_IS_ADDRESS}) then net.text end",
    "client": _name_of_sql("client.who"),
    "request": "coalesce(nullif(request_id, ''), j.id)",
    "node": f"coalesce({_name_of_sql('j.source.observer')}, j.source.identifier.value)",
    "action": _ACTION,
    "object_type": f"coalesce(thing.kind, nullif(regexp_extract({_PATH}, {_RESOURCE_OF_PATH}, 1), ''))",
    "object": _OBJECT,
    "person": "case when len(persons) = 1 or is_one_person then persons[1].id end",
    "person_domain": "persons[1].domain",
    "persons": "case when len(persons) > 1 and not is_one_person then list_transform(persons, lambda p: p.id) end",
    "record_type": f"case when coalesce(thing.kind, '') not in (select unnest({_BESIDE})) then thing.kind end",
    "record": f"case when coalesce(thing.kind, '') not in (select unnest({_BESIDE})) then {bare_sql('thing.reference')} end",
    "query": "coalesce(query_text, query_sent)",
    "outcome": _OUTCOME,
    "status": "outcome_code",
    "detail": f"json_merge_patch(json_text, {literal(json.dumps(_HELD))})::varchar",
}
"""Event column: expression over `parsed_sql`."""

FLAGS = (
    ("clock_disagrees", "abs(date_diff('second', acted, recorded)) > 300"),
    (
        "several_identifiers",
        "is_one_person or list_contains(list_transform(entities, lambda e: e.several), true)",
    ),
    ("query_not_base64", "query_sent is not null and query_text is null"),
)
