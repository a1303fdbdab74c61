# SPDX-License-Identifier: Apache-2.0
"""The statement that reads an AuditEvent of any version: who asked, through what, for what, about whom.

Steps: the JSON as a struct of the members that are read (`j`); the places of the requestor, the client, the
persons and the thing asked for in their lists; then plain texts. Structs are dropped as soon as may be: what
is carried along costs memory. Nothing is invented: no requestor, no account.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from tocsin.ingest.formats.audit_sql import (
    APPLICATION,
    DESTINATION_ROLE,
    SOURCE_ROLE,
    bare_sql,
    cx_domain_sql,
    cx_id_sql,
    has_code_sql,
    is_one_person_sql,
    target_sql,
)
from tocsin.ingest.formats.fhir_audit_shape import DSTU2, SHAPE
from tocsin.ingest.times import instant_sql
from tocsin.store.query import literal

_HUMANS = ("humanuser", "IRCP", "UserOauthAgent", "UserSamlAgent")
_MACHINES = ("110150", "110151", "110152", "110153", "110154", "110155", "dataprocessor")
_PEOPLE = "['Practitioner', 'PractitionerRole', 'Patient', 'Person', 'RelatedPerson']"
_PROFESSIONALS = r"'(^|[:/.])(rpps|adeli)|1\.2\.250\.1\.71\.4\.2\.1$'"
_REFERENCE_OF = "coalesce(e.what.reference, e.reference.reference)"
_VALUE_OF = "coalesce(e.what.identifier.value, e.identifier.value)"
_IS_PATIENT = (
    f"coalesce(starts_with({_REFERENCE_OF}, 'Patient/') or contains({_REFERENCE_OF}, '/Patient/') "
    "or e.what.type = 'Patient', false)"
)
_NAMES_SOMETHING = (
    f"coalesce(not starts_with({_REFERENCE_OF}, '#'), e.name is not null or {_VALUE_OF} is not null)"
)
"""What is contained in the audit event (an OperationOutcome, say) is not what was asked for."""

_IS_ORGANISATION = (
    """not coalesce(a.requestor, false) and (coalesce(contains(a.type, '"code":"PROV"'), false) """
    "or coalesce(contains(a.who.reference, 'Organization/'), false))"
)
"""The user's organisation: BALP has an agent of its own for it."""

_LONE_IDENTIFIER = "coalesce(lone.what.identifier, lone.identifier)"

_IS_TOKEN = " and ".join(f"not starts_with(p, '{start}')" for start in ("http:", "https:", "urn:oid:"))
"""A policy that is no address of one: BALP puts the token's id there, or its last 32 characters."""

_LAST_THING, _REQUEST_ID, _QUERY, _NOTHING = 4, 5, 6, 7
"""Ranks of `_thing_rank_sql`."""


def parsed_sql(zone: str | None, *, all_json: bool = False) -> str:
    """The records with what COLUMNS and FLAGS use; `zone` is for times that carry none.

    `all_json` spares the look at each record: the statement then fails on text that is no JSON.
    """
    return f"""
    with {_resources_sql(all_json=all_json).strip()},
{_placed_sql()},
{_cast_sql(zone)},
{_told_sql()}

    select
        *,
        {is_one_person_sql()} as is_one_person,
        {target_sql("coalesce(query_text, query_sent)")} as target
    from told"""


def _resources_sql(*, all_json: bool) -> str:
    """The JSON as a struct of the members that are read, null where it is not JSON."""
    unless_json = "" if all_json else "when not json_valid(json_text) then null"
    return f"""
    resources as (
        select
            *,
            json_transform(
                -- the text is chosen, not the struct: that would be copied
                case {unless_json}
                    when is_dstu2 then {_dstu2_sql()}::varchar
                    else json_text end,
                {literal(json.dumps(SHAPE))}
            ) as j
        from (
            select
                *,
                case when contains(json_text, 'pant"')
                    then contains(json_text, '"participant"') and not contains(json_text, '"agent"')
                    else false end as is_dstu2
            from (
                -- `content` stands before `record` where the format rewrote the record
                select *, coalesce(*columns(lambda c: c in ('content', 'record'))) as json_text
                from records
            )
        )
    ),

    -- one column for each member: a lambda that uses a member of a struct is given all of the struct
    members as (
        select
            * exclude (j, is_dstu2),
            j is not null as is_json,
            j.resourceType as resource_type,
            j.id as resource_id,
            j.agent as agents,
            j.entity as entities,
            j.patient as patient,
            j.contained as contained,
            j.source.observer as observer,
            j.source.identifier.value as source_id,
            j.meta as meta,
            concat(j.type, j.subtype, j.category, j.code) as codes,
            upper(j.action) as letter,
            j.outcome as outcome,
            coalesce(j.period.start, j.occurredPeriod.start, j.occurredDateTime) as acted_text,
            j.recorded as recorded_text
        from resources
    )"""


def _placed_sql() -> str:
    """Where the agents and entities that matter stand in their lists; all else as plain texts."""
    return f"""
    placed as (
        select
            * exclude (observer, source_id, meta, outcome),
            coalesce(contains(meta, 'IHE.BasicAudit'), false) as is_balp,
            case when starts_with(outcome, '{{') then outcome->>'$.code.code'
                else trim(outcome, '"') end as outcome_code,
            coalesce(
                nullif(observer.identifier.value, ''),
                {_resolved_sql("observer.reference", "contained")},
                observer.display,
                source_id
            ) as node,
            list_transform(agents, lambda a: coalesce(a.requestor, false)) as asks,
            list_transform(agents, lambda a: {_machine_sql()}) as machines,
            list_position(list_transform(agents, lambda a: {_IS_ORGANISATION}), true) as organisation_at,
            case when contained is null
                then list_transform(entities, lambda e: {_is_person_sql(contained=False)})
                else list_transform(entities, lambda e: {_is_person_sql(contained=True)}) end as are_persons,
            list_transform(entities, lambda e: {_thing_rank_sql()}) as things
        from members
    )"""


def _cast_sql(zone: str | None) -> str:
    """Who asked, through what, about whom; the two times."""
    return f"""
    cast_of as (
        select
            * exclude (
                agents,
                entities,
                patient,
                asks,
                machines,
                organisation_at,
                are_persons,
                things,
                lone,
                lone_reference
            ),
            agents[{_requestor_at_sql()}] as requestor,
            agents[{_client_at_sql()}] as client,
            case when organisation_at is not null then agents[organisation_at].who end as organisation,
            entities[{_THING_AT}] as thing,
            {_id_sql("lone_reference", _LONE_IDENTIFIER)} as lone_id,
            {_domain_sql("lone_reference", _LONE_IDENTIFIER)} as lone_domain,
            case when lone is null then {_named_sql()} end as named,
            len(list_filter(
                entities, lambda e: contains({_VALUE_OF}, '^^^') and contains({_VALUE_OF}, '~')
            )) > 0 as are_several_in_one,
            case when list_contains(things, {_QUERY})
                then entities[list_position(things, {_QUERY})].query end as query_sent,
            case when list_contains(things, {_REQUEST_ID}) then {_request_sql()} end as request_id,
            {instant_sql("acted_text", "iso8601", zone)} as acted,
            {instant_sql("recorded_text", "iso8601", zone)} as recorded
        from (
            select *, {_reference_of("lone")} as lone_reference
            from (
                -- the one person, as nearly always: told without a lambda, which costs ten times more
                select
                    *,
                    entities[
                        case when patient is null and contained is null
                                and len(list_filter(are_persons, lambda is_person: is_person)) = 1
                            then list_position(are_persons, true) end
                    ] as lone
                from placed
            )
        )
    )"""


def _told_sql() -> str:
    """All of it as plain texts."""
    return f"""
    told as (
        select
            * exclude (requestor, client, organisation, thing, named, contained),
            {_account_sql("requestor")} as account,
            coalesce(nullif(requestor.name, ''), requestor.who.display) as account_name,
            {_professional_sql("requestor")} as professional_id,
            list_filter(requestor.policy, lambda p: {_IS_TOKEN})[1] as session,
            {_name_of_sql("client.who")} as client,
            coalesce(
                organisation.identifier.value, {bare_sql("organisation.reference")}, organisation.display
            ) as organisation,
            {_net_sql("requestor", "client")} as net,
            split_part({_reference_of("thing")}, '/_history/', 1) as thing_reference,
            coalesce({_kind_sql(_reference_of("thing"))}, thing.what.type) as thing_kind,
            coalesce(thing.name, {_identifier_of("thing")}.value) as thing_name,
            case when len(named) > 1
                then list_filter(named, lambda p, i: p.id is not null and list_position(named, p) = i)
                else list_filter(named, lambda p: p.id is not null) end as persons,
            try(decode(from_base64(query_sent))) as query_text
        from cast_of
    )"""


_THING_AT = f"""case
                when list_min(things) < {_LAST_THING} or (
                    list_min(things) = {_LAST_THING} and not list_contains(things, {_QUERY})
                ) then list_position(things, list_min(things)) end"""
"""A patient is what was asked for only where nothing else is, and there is no query."""


def _dstu2_sql() -> str:
    """A DSTU2 event by the names of the later versions."""
    members = ", ".join(f"'{name}', json_text->'{path}'" for name, path in DSTU2.items())
    return f"json_merge_patch(json_text, json_object({members}))"


def _reference_of(entity: str) -> str:
    return f"coalesce({entity}.what.reference, {entity}.reference.reference)"


def _identifier_of(entity: str) -> str:
    return f"coalesce({entity}.what.identifier, {entity}.identifier)"


def _agent_has(codes: Iterable[str]) -> str:
    """Whether an agent has one of these codes, as its type (R4, R5) or as a role (before)."""
    return has_code_sql("concat(a.type, a.role)", codes)


def _kind_sql(reference: str) -> str:
    """The resource type that a reference names, or null."""
    return f"nullif(split_part(split_part({reference}, '/_history/', 1), '/', -2), '')"


def _contained_sql(reference: str, contained: str) -> str:
    return f"list_filter({contained}, lambda c: c.id = substr({reference}, 2))[1]"


def _resolved_sql(reference: str, contained: str) -> str:
    """The id a reference names. A contained resource has none of its own: its first identifier, or null."""
    return (
        f"case when starts_with({reference}, '#') "
        f"then {_contained_sql(reference, contained)}.identifier[1].value else {bare_sql(reference)} end"
    )


def _is_person_sql(*, contained: bool) -> str:
    """Whether an entity is the patient: by its role, or by what it refers to."""
    found = f"{has_code_sql('e.role', ['1'])} or {_IS_PATIENT}"
    if contained:
        kind = f"{_contained_sql(_REFERENCE_OF, 'contained')}.resourceType"
        found += f" or (starts_with({_REFERENCE_OF}, '#') and coalesce({kind} = 'Patient', false))"
    return found


def _person_sql(reference: str, identifier: str) -> str:
    """Local id and assigning authority."""
    named = f"coalesce({_resolved_sql(reference, 'contained')}, {cx_id_sql(f'{identifier}.value')})"
    return f"{{'id': {named}, 'domain': {_domain_sql(reference, identifier)}}}"


def _id_sql(reference: str, identifier: str) -> str:
    """Local id, where nothing is contained in the resource. A reference goes before an identifier …"""
    bare = f"case when not starts_with({reference}, '#') then {bare_sql(reference)} end"
    return f"coalesce({bare}, {cx_id_sql(f'{identifier}.value')})"


def _domain_sql(reference: str, identifier: str) -> str:
    """… and has no authority."""
    oid = f"nullif(replace({identifier}.system, 'urn:oid:', ''), '')"
    authority = f"coalesce({cx_domain_sql(f'{identifier}.value')}, {oid})"
    return f"case when {reference} is null then {authority} end"


def _request_sql() -> str:
    return f"{_identifier_of(f'entities[list_position(things, {_REQUEST_ID})]')}.value"


def _named_sql() -> str:
    """The persons in the order they are named; R5 names one at the top as well."""
    one = _person_sql(_reference_of("e"), _identifier_of("e"))
    entities = f"list_transform(list_where(entities, are_persons), lambda e: {one})"
    top = _person_sql("patient.reference", "patient.identifier")
    return (
        f"case when patient is not null then list_concat([{top}], {entities}) "
        f"when list_contains(are_persons, true) then {entities} end"
    )


def _requestor_at_sql() -> str:
    """Place of the agent that asked; among several, a person before a machine."""
    first = "list_position(asks, true)"
    human = _position_sql(_agent_has(_HUMANS))
    no_machine = _position_sql(f"not {_agent_has(_MACHINES)}")
    are_several = "len(list_filter(asks, lambda asking: asking)) > 1"
    return f"case when {are_several} then coalesce({human}, {no_machine}, {first}) else {first} end"


def _position_sql(condition: str) -> str:
    held = f"coalesce(a.requestor, false) and {condition}"
    return f"list_position(list_transform(agents, lambda a: {held}), true)"


def _machine_sql() -> str:
    """The role of a machine (DICOM CID 402) that is no requestor, or null."""
    is_person = f"coalesce(list_contains({_PEOPLE}, {_kind_sql('a.who.reference')}), false)"
    codes = "concat(a.type, a.role)"
    role = rf"""regexp_extract({codes}, '"code":"(11015[0-3])"', 1)"""
    found = f"case when not coalesce(a.requestor, false) and not {is_person} then {role} end"
    return f"""case when contains({codes}, '"code":"11015') then {found} end"""


def _client_at_sql() -> str:
    """Place of the system that called. Data flow from source to destination: who reads is the destination.

    Without BALP's rules, and with one of the two only, that one is "the software making the request".
    """
    flow = f"case when letter = 'R' then '{DESTINATION_ROLE}' else '{SOURCE_ROLE}' end"
    either = f"list_position(machines, '{SOURCE_ROLE}'), list_position(machines, '{DESTINATION_ROLE}')"
    return (
        f"coalesce(list_position(machines, '{APPLICATION}'), list_position(machines, {flow}), "
        f"case when not is_balp then coalesce({either}) end)"
    )


def _account_sql(agent: str) -> str:
    who = _resolved_sql(f"coalesce({agent}.who.reference, {agent}.reference.reference)", "contained")
    names = ", ".join(f"nullif({agent}.{member}, '')" for member in ("altId", "who.display", "name"))
    identifiers = ", ".join(f"nullif({agent}.{member}.value, '')" for member in ("who.identifier", "userId"))
    return f"coalesce({identifiers}, {who}, {names})"


def _name_of_sql(who: str) -> str:
    named = _resolved_sql(f"{who}.reference", "contained")
    return f"coalesce(nullif({who}.identifier.value, ''), {named}, {who}.display)"


def _professional_sql(agent: str) -> str:
    system = f"coalesce({agent}.who.identifier.system, {agent}.userId.system)"
    is_one = (
        f"regexp_matches(lower({system}), {_PROFESSIONALS}) "
        f"or {has_code_sql(f'{agent}.who.identifier.type', ['RPPS', 'ADELI', 'IDNPS'])}"
    )
    return f"case when {is_one} then coalesce({agent}.who.identifier.value, {agent}.userId.value) end"


def _net_sql(*agents: str) -> str:
    """The first access point that there is: its text, and its kind by the HL7 table of network types."""
    texts = [f"coalesce({a}.network.address, {a}.networkString, {a}.networkUri)" for a in agents]
    kinds = [
        f"when {text} is not null then coalesce({a}.network.type, '')"
        for a, text in zip(agents, texts, strict=True)
    ]
    return f"{{'text': coalesce({', '.join(texts)}), 'kind': case {' '.join(kinds)} end}}"


def _thing_rank_sql() -> str:
    """How likely an entity is what was asked for; the query and the request id have ranks of their own."""
    return f"""case
                when e.query is not null then {_QUERY}
                when {has_code_sql("e.type", ["XrequestId"])} then {_REQUEST_ID}
                when not {_NAMES_SOMETHING} then {_NOTHING}
                when contains({_REFERENCE_OF}, '/') and not {_IS_PATIENT} then 1
                when {has_code_sql("e.role", ["1"])} then {_LAST_THING}
                when not {_IS_PATIENT} then 2
                else 3
            end"""
