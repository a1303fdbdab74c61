# SPDX-License-Identifier: Apache-2.0
"""The statement that reads an AuditEvent of any version: one shape for all, then who, what and whose.

Steps: the JSON as a struct with the members of every version (`j`); agents and entities in one shape; the
requestor, the client, the persons, the thing asked for. Nothing is invented: no requestor, no account.
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
from tocsin.ingest.formats.fhir_audit_shape import SHAPE
from tocsin.ingest.times import instant_sql
from tocsin.store.query import literal

_HUMANS = ("humanuser", "IRCP", "UserOauthAgent", "UserSamlAgent")
_MACHINES = ("110150", "110151", "110152", "110153", "110154", "110155", "dataprocessor")
_PEOPLE = "['Practitioner', 'PractitionerRole', 'Patient', 'Person', 'RelatedPerson']"
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


def parsed_sql(zone: str | None) -> str:
    """The records with what COLUMNS and FLAGS use; `zone` is for times that carry none."""
    return f"""
    with resources as (
        select
            *,
            -- malformed JSON is null; what is no object has no members
            case when json_valid(json_text)
                then json_transform(json_text, {literal(json.dumps(SHAPE))}) end as j
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
            case when list_contains(are_persons, true) then list_transform(
                list_where(entities, are_persons), lambda e: {_person_sql("e")}
            ) end as named,
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
        {is_one_person_sql()} as is_one_person,
        {target_sql("coalesce(query_text, query_sent)")} as target
    from told"""


def _reference_of(entity: str) -> str:
    return f"coalesce({entity}.what.reference, {entity}.reference.reference)"


def identifier_of_sql(entity: str) -> str:
    return f"coalesce({entity}.what.identifier, {entity}.identifier)"


def _agent_has(codes: Iterable[str], agent: str = "a") -> str:
    """Whether an agent has one of these codes, as its type (R4, R5) or as a role (before)."""
    return has_code_sql(f"concat({agent}.type, {agent}.role)", codes)


def _kind_sql(reference: str) -> str:
    """The resource type that a reference names, or null."""
    return f"nullif(split_part(split_part({reference}, '/_history/', 1), '/', -2), '')"


def _contained_sql(reference: str) -> str:
    return f"list_filter(j.contained, lambda c: c.id = substr({reference}, 2))[1]"


def resolved_sql(reference: str, *, contained: bool = True) -> str:
    """The id a reference names. A contained resource has none of its own: its first identifier, or null."""
    if not contained:
        return f"case when not starts_with({reference}, '#') then {bare_sql(reference)} end"
    return (
        f"case when starts_with({reference}, '#') then {_contained_sql(reference)}.identifier[1].value "
        f"else {bare_sql(reference)} end"
    )


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
    reference, identifier = _reference_of(entity), identifier_of_sql(entity)
    return (
        f"{{'id': coalesce({resolved_sql(reference)}, {cx_id_sql(f'{identifier}.value')}), "
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
