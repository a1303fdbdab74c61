# SPDX-License-Identifier: Apache-2.0
"""The statement that reads an AuditEvent of any version: one shape for all, then the columns.

Steps: the JSON as a struct with the members of every version (`j`); agents and entities in one shape; the
requestor, the client, the persons, the thing asked for. Nothing is invented: no requestor, no account. Codes
stay JSON text and are looked for as `"code":"…"`: a code stands in a Coding in one version, in a
CodeableConcept in another.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from tocsin.ingest.times import instant_sql
from tocsin.store.query import literal

_IDENTIFIER = {"system": "VARCHAR", "value": "VARCHAR", "type": "JSON"}
_REFERENCE = {"reference": "VARCHAR", "type": "VARCHAR", "display": "VARCHAR", "identifier": _IDENTIFIER}
_AGENT = {
    "type": "JSON",
    "role": "JSON",
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
    "type": "JSON",
    "role": "JSON",
    "name": "VARCHAR",
    "query": "VARCHAR",
}
_SHAPE = {
    "resourceType": "VARCHAR",
    "id": "VARCHAR",
    "meta": "JSON",
    "type": "JSON",
    "subtype": "JSON",
    "category": "JSON",
    "code": "JSON",
    "action": "VARCHAR",
    "recorded": "VARCHAR",
    "period": {"start": "VARCHAR"},
    "occurredPeriod": {"start": "VARCHAR"},
    "occurredDateTime": "VARCHAR",
    "outcome": "JSON",
    "patient": _REFERENCE,
    "event": {
        "type": "JSON",
        "subtype": "JSON",
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
_REFERENCE_OF = "coalesce(e.what.reference, e.reference.reference)"
_IS_REQUEST_ID = """coalesce(contains(e.type, '"code":"XrequestId"'), false)"""
_IS_PATIENT = (
    f"coalesce(starts_with({_REFERENCE_OF}, 'Patient/') or contains({_REFERENCE_OF}, '/Patient/') "
    "or e.what.type = 'Patient', false)"
)
_NAMES_SOMETHING = (
    f"coalesce(not starts_with({_REFERENCE_OF}, '#'), e.name is not null or "
    "coalesce(e.what.identifier.value, e.identifier.value) is not null)"
)
"""What is contained in the audit event (an OperationOutcome, say) is not what was asked for."""

_IS_ORGANISATION = (
    """not coalesce(a.requestor, false) and (coalesce(contains(a.type, '"code":"PROV"'), false) """
    "or coalesce(contains(a.who.reference, 'Organization/'), false))"
)
"""The user's organisation: BALP has an agent of its own for it."""
_LAST_THING, _REQUEST_ID, _QUERY, _NOTHING = 4, 5, 6, 7
"""Ranks of `_thing_rank_sql`."""

SOURCE_ROLE, DESTINATION_ROLE, APPLICATION = "110153", "110152", "110150"
_HUMANS = ("humanuser", "IRCP", "UserOauthAgent", "UserSamlAgent")
_MACHINES = ("110150", "110151", "110152", "110153", "110154", "110155", "dataprocessor")
_SEARCHES = ("110112", "search", "search-type", "search-system", "search-compartment")
_READS = ("read", "vread", "history", "history-instance", "history-type", "history-system")
ADMIN = ("110128", "110129", "110130", "110131", "110133", "110134", "110135", "110136", "110137")
"""DICOM PS3.16 CID 403: changes of configuration, of security attributes and of audit recording."""
_PEOPLE = "('Practitioner', 'PractitionerRole', 'Patient', 'Person', 'RelatedPerson')"
_NO_RECORDS = (
    "('Patient', 'Person', 'RelatedPerson', 'Practitioner', 'PractitionerRole', 'Organization', 'Device')"
)
_PROFESSIONALS = r"'(^|[:/.])(rpps|adeli)|1\.2\.250\.1\.71\.4\.2\.1$'"
ADDRESS = (
    r"'^(\d{1,3}\.){3}\d{1,3}(:\d{1,5})?$"
    r"|^\[?[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(%\w+)?\]?(:\d{1,5})?$'"
)
TARGET = r"'^(?:[A-Z]{3,7} )?([^\s<|]+)(?:[ \r\n]|$)'"
RESOURCE_OF_PATH = r"'(?:^|/)([A-Z][A-Za-z]+)(?:/_search|/\$[\w-]+)?/?$'"


def parsed_sql(zone: str | None) -> str:
    """The records with what COLUMNS and FLAGS use; `zone` is for times that carry none."""
    return f"""
    with resources as (
        select
            *,
            -- malformed JSON is null; what is no object has no members
            try(json_transform(json_text, {literal(json.dumps(_SHAPE))})) as j
        from (
            -- `content` stands before `record` where the format rewrote the record
            select *, coalesce(*columns(lambda c: c in ('content', 'record'))) as json_text
            from records
        )
    ),

    shaped as (
        select
            *,
            coalesce(j.agent, j.participant) as agents,
            coalesce(j.entity, j.object) as entities,
            concat(j.type, j.subtype, j.category, j.code, j.event.type, j.event.subtype) as codes,
            upper(coalesce(j.action, j.event.action)) as letter,
            case when starts_with(j.outcome, '{{') then j.outcome->>'$.code.code'
                else coalesce(trim(j.outcome, '"'), j.event.outcome) end as outcome_code,
            coalesce(j.period.start, j.occurredPeriod.start, j.occurredDateTime) as acted_text,
            coalesce(j.recorded, j.event.dateTime) as recorded_text
        from resources
    ),

    placed as (
        select
            *,
            list_transform(agents, lambda a: coalesce(a.requestor, false)) as asks,
            list_transform(agents, lambda a: {_machine_sql()}) as machines,
            list_position(list_transform(agents, lambda a: {_IS_ORGANISATION}), true) as organisation_at,
            case when j.contained is null
                then list_transform(entities, lambda e: {_is_person_sql(contained=False)})
                else list_transform(entities, lambda e: {_is_person_sql(contained=True)}) end as are_persons,
            list_transform(entities, lambda e: {_thing_rank_sql()}) as things,
            {instant_sql("acted_text", "iso8601", zone)} as acted,
            {instant_sql("recorded_text", "iso8601", zone)} as recorded
        from shaped
    ),

    cast_of as (
        select
            * exclude (asks, machines, organisation_at, are_persons, things),
            agents[{_requestor_at_sql()}] as requestor,
            agents[{_client_at_sql()}] as client,
            agents[organisation_at].who as organisation,
            case when list_contains(are_persons, true)
                then list_transform(list_where(entities, are_persons), lambda e: {_person_sql("e")}) end as named,
            entities[list_position(things, {_QUERY})].query as query_sent,
            entities[list_position(things, {_REQUEST_ID})] as request_entity,
            case when list_min(things) < {_LAST_THING} or not list_contains(things, {_QUERY})
                then entities[case when list_min(things) <= {_LAST_THING}
                    then list_position(things, list_min(things)) end] end as thing
        from placed
    ),

    told as (
        select
            *,
            try(decode(from_base64(query_sent))) as query_text,
            {_persons_sql()} as persons,
            split_part({_reference_of("thing")}, '/_history/', 1) as thing_reference,
            coalesce({_kind_sql(_reference_of("thing"))}, thing.what.type) as thing_kind,
            {_net_sql("requestor")} as own_net,
            {_net_sql("client")} as client_net
        from cast_of
    )

    select
        *,
        len(persons) > 1 and len(list_distinct(list_transform(persons, lambda p: coalesce(p.domain, '')))) = len(persons)
            as is_one_person,
        case when query_sent is not null
            then regexp_extract(coalesce(query_text, query_sent), {TARGET}, 1) else '' end as target
    from told"""


def _reference_of(entity: str) -> str:
    return f"coalesce({entity}.what.reference, {entity}.reference.reference)"


def _identifier_of(entity: str) -> str:
    return f"coalesce({entity}.what.identifier, {entity}.identifier)"


def has_code_sql(text: str, codes: Iterable[str]) -> str:
    """Whether a Coding, a CodeableConcept or a list of them has one of these codes; never null."""
    found = " or ".join(f"""contains({text}, '"code":"{code}"')""" for code in codes)
    return f"coalesce({found}, false)"


def _agent_has(codes: Iterable[str], agent: str = "a") -> str:
    """Whether an agent has one of these codes, as its type (R4, R5) or as a role (before)."""
    return has_code_sql(f"concat({agent}.type, {agent}.role)", codes)


def bare_sql(reference: str) -> str:
    """The id in a reference: `http://…/Patient/x/_history/1` is x."""
    return f"nullif(split_part(split_part({reference}, '/_history/', 1), '/', -1), '')"


def _kind_sql(reference: str) -> str:
    """The resource type that a reference names, or null."""
    return f"nullif(split_part(split_part({reference}, '/_history/', 1), '/', -2), '')"


def _contained_sql(reference: str) -> str:
    return f"list_filter(j.contained, lambda c: c.id = substr({reference}, 2))[1]"


def _resolved_sql(reference: str, *, contained: bool = True) -> str:
    """The id a reference names. A contained resource has none of its own: its first identifier, or null."""
    if not contained:
        return f"case when not starts_with({reference}, '#') then {bare_sql(reference)} end"
    return (
        f"case when starts_with({reference}, '#') then {_contained_sql(reference)}.identifier[1].value "
        f"else {bare_sql(reference)} end"
    )


def path_sql(target: str) -> str:
    """The path of a request target: without scheme, host and query."""
    return f"regexp_replace(split_part({target}, '?', 1), '^[A-Za-z][A-Za-z0-9+.-]*://[^/]*', '')"


def cx_id_sql(value: str) -> str:
    """The id of an HL7 v2 CX (`id^^^name&oid&ISO^type`, the first of several); other texts as they are."""
    first = f"split_part(split_part({value}, '~', 1), '^', 1)"
    return f"nullif(case when contains({value}, '^^^') then {first} else {value} end, '')"


def cx_domain_sql(value: str) -> str:
    """The assigning authority of an HL7 v2 CX: its OID, else its name; null for other texts."""
    authority = f"split_part(split_part({value}, '~', 1), '^', 4)"
    parts = f"nullif(split_part({authority}, '&', 2), ''), nullif(split_part({authority}, '&', 1), '')"
    return f"case when contains({value}, '^^^') then coalesce({parts}) end"


def _domain_sql(identifier: str) -> str:
    oid = f"nullif(replace({identifier}.system, 'urn:oid:', ''), '')"
    return f"coalesce({cx_domain_sql(f'{identifier}.value')}, {oid})"


def _is_person_sql(*, contained: bool) -> str:
    """Whether an entity is the patient: by its role, or by what it refers to."""
    found = f"{has_code_sql('e.role', ['1'])} or {_IS_PATIENT}"
    if contained:
        kind = f"{_contained_sql(_REFERENCE_OF)}.resourceType"
        found += f" or (starts_with({_REFERENCE_OF}, '#') and coalesce({kind} = 'Patient', false))"
    return found


def _person_sql(entity: str) -> str:
    """Local id and assigning authority. A reference goes before an identifier, and has no authority."""
    reference, identifier = _reference_of(entity), _identifier_of(entity)
    return (
        f"{{'id': coalesce({_resolved_sql(reference)}, {cx_id_sql(f'{identifier}.value')}), "
        f"'domain': case when {reference} is null then {_domain_sql(identifier)} end}}"
    )


def _persons_sql() -> str:
    """Distinct persons in the order they are named; R5 names one at the top as well."""
    top = _person_sql("{'what': j.patient, 'reference': j.patient, 'identifier': j.patient.identifier}")
    every = f"case when j.patient is null then named else list_concat([{top}], named) end"
    return (
        "case when len(named) = 1 and j.patient is null and named[1].id is not null then named "
        "when len(named) > 0 or j.patient is not null "
        f"then list_filter({every}, lambda p, i: p.id is not null and list_position({every}, p) = i) end"
    )


def _requestor_at_sql() -> str:
    """Place of the agent that asked; among several, a person before a machine."""
    human = f"list_position(list_transform(agents, lambda a: coalesce(a.requestor, false) and {_agent_has(_HUMANS)}), true)"
    no_machine = (
        "list_position(list_transform(agents, "
        f"lambda a: coalesce(a.requestor, false) and not {_agent_has(_MACHINES)}), true)"
    )
    first = "list_position(asks, true)"
    return f"case when list_count(list_filter(asks, lambda x: x)) > 1 then coalesce({human}, {no_machine}, {first}) else {first} end"


def _machine_sql() -> str:
    """The role of a machine (DICOM CID 402) that is no requestor, or null."""
    is_person = f"coalesce({_kind_sql('a.who.reference')} in {_PEOPLE}, false)"
    role = r"""regexp_extract(concat(a.type, a.role), '"code":"(11015[0-3])"', 1)"""
    return f"case when not coalesce(a.requestor, false) and not {is_person} then {role} end"


def _client_at_sql() -> str:
    """Place of the system that called. Data flow from source to destination: who reads is the destination.

    Without BALP's rules, and with one of the two only, that one is "the software making the request".
    """
    flow = f"case when letter = 'R' then '{DESTINATION_ROLE}' else '{SOURCE_ROLE}' end"
    either = f"list_position(machines, '{SOURCE_ROLE}'), list_position(machines, '{DESTINATION_ROLE}')"
    return (
        f"coalesce(list_position(machines, '{APPLICATION}'), list_position(machines, {flow}), "
        f"case when not coalesce(contains(j.meta, 'IHE.BasicAudit'), false) then coalesce({either}) end)"
    )


def _thing_rank_sql() -> str:
    """How likely an entity is what was asked for; the query and the request id have ranks of their own."""
    return f"""case
                when e.query is not null then {_QUERY}
                when {_IS_REQUEST_ID} then {_REQUEST_ID}
                when not {_NAMES_SOMETHING} then {_NOTHING}
                when contains({_REFERENCE_OF}, '/') and not {_IS_PATIENT} then 1
                when {has_code_sql("e.role", ["1"])} then {_LAST_THING}
                when not {_IS_PATIENT} then 2
                else 3
            end"""


def _net_sql(agent: str) -> str:
    text = f"coalesce({agent}.network.address, {agent}.networkString, {agent}.networkUri)"
    kind = f"coalesce({agent}.network.type, '')"
    return f"case when {text} is not null then {{'text': {text}, 'kind': {kind}}} end"


def _account_sql(agent: str) -> str:
    who = f"coalesce({agent}.who.reference, {agent}.reference.reference)"
    names = ", ".join(f"nullif({agent}.{member}, '')" for member in ("altId", "who.display", "name"))
    identifiers = ", ".join(f"nullif({agent}.{member}.value, '')" for member in ("who.identifier", "userId"))
    return f"coalesce({identifiers}, {_resolved_sql(who)}, {names})"


def _name_of_sql(reference: str) -> str:
    identifier, text = f"nullif({reference}.identifier.value, '')", _resolved_sql(f"{reference}.reference")
    return f"coalesce({identifier}, {text}, {reference}.display)"


def _professional_sql() -> str:
    found = "coalesce(requestor.who.identifier, requestor.userId)"
    is_one = (
        f"regexp_matches(lower({found}.system), {_PROFESSIONALS}) "
        f"or {has_code_sql(f'{found}.type', ['RPPS', 'ADELI', 'IDNPS'])}"
    )
    return f"case when {is_one} then {found}.value end"


_FAILED = "outcome_code in ('4', '8', '12', 'error', 'fatal')"
_NET = "coalesce(own_net, client_net)"
_IS_ADDRESS = f"(regexp_matches({_NET}.text, {ADDRESS}) and {_NET}.kind in ('', '1', '2'))"
_PATH = path_sql("target")
_SEVERAL_IN_ONE = (
    "len(list_filter(entities, "
    "lambda e: contains(coalesce(e.what.identifier.value, e.identifier.value), '^^^') "
    "and contains(coalesce(e.what.identifier.value, e.identifier.value), '~'))) > 0"
)
_IS_TOKEN = " and ".join(f"not starts_with(p, '{start}')" for start in ("http:", "https:", "urn:oid:"))

_ACTION = f"""case
    when {has_code_sql("codes", ["110122"])} then case when {_FAILED} then 'login_failed' else 'login' end
    when {has_code_sql("codes", ["110123"])} then 'logout'
    when {has_code_sql("codes", ["110114"])} then case when {_FAILED} then 'login_failed' else 'other' end
    when {has_code_sql("codes", ["110106"])} then 'export'
    when {has_code_sql("codes", _SEARCHES)} then 'search'
    when {has_code_sql("codes", _READS)} then 'read'
    when {has_code_sql("codes", ["create"])} then 'create'
    when {has_code_sql("codes", ["update", "patch"])} then 'update'
    when {has_code_sql("codes", ["delete"])} then 'delete'
    when {has_code_sql("codes", ADMIN)} then 'admin'
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
    nullif(thing_reference, ''), thing.name, thing.what.identifier.value, thing.identifier.value,
    case when target <> '' then coalesce(try(url_decode({_PATH})), {_PATH}) end
)"""

_HAS_RECORD = f"thing_kind not in {_NO_RECORDS}"

_DETAIL = """case
    when contains(json_text, '"text"') then json_merge_patch(json_text, '{"text": null}')::varchar
    when contains(json_text, chr(10)) then json(json_text)::varchar
    else json_text
end"""
"""The resource without its narrative, which tells the same again."""

COLUMNS = {
    "occurred_at": "coalesce(acted, recorded)",
    "recorded_at": "recorded",
    "account": _account_sql("requestor"),
    "account_name": "coalesce(nullif(requestor.name, ''), requestor.who.display)",
    "professional_id": _professional_sql(),
    "organisation": f"coalesce(organisation.identifier.value, {bare_sql('organisation.reference')}, organisation.display)",
    "session": f"list_filter(requestor.policy, lambda p: {_IS_TOKEN})[1]",
    "address": f"case when {_IS_ADDRESS} then {_NET}.text end",
    "network": f"case when not {_IS_ADDRESS} then {_NET}.text end",
    "client": _name_of_sql("client.who"),
    "request": f"coalesce(nullif({_identifier_of('request_entity')}.value, ''), j.id)",
    "node": f"coalesce({_name_of_sql('j.source.observer')}, j.source.identifier.value)",
    "action": _ACTION,
    "object_type": (
        f"coalesce(thing_kind, case when target <> '' then nullif(regexp_extract({_PATH}, {RESOURCE_OF_PATH}, 1), '') end)"
    ),
    "object": _OBJECT,
    "person": "case when len(persons) = 1 or is_one_person then persons[1].id end",
    "person_domain": "persons[1].domain",
    "persons": "case when len(persons) > 1 and not is_one_person then list_transform(persons, lambda p: p.id) end",
    "record_type": f"case when {_HAS_RECORD} then thing_kind end",
    "record": f"case when {_HAS_RECORD} then {bare_sql('thing_reference')} end",
    "query": "coalesce(query_text, query_sent)",
    "outcome": _OUTCOME,
    "status": "outcome_code",
    "detail": _DETAIL,
}
"""Event column: expression over `parsed_sql`."""

FLAGS = (
    ("clock_disagrees", "abs(date_diff('second', acted, recorded)) > 300"),
    ("several_identifiers", f"coalesce(is_one_person, false) or coalesce({_SEVERAL_IN_ONE}, false)"),
    ("query_not_base64", "query_sent is not null and query_text is null"),
)
"""(flag, condition) pairs over `parsed_sql`."""
