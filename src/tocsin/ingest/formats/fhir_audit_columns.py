# SPDX-License-Identifier: Apache-2.0
"""The event columns of an AuditEvent, over what `fhir_audit_sql.parsed_sql` gives."""

from __future__ import annotations

from tocsin.ingest.formats.audit_sql import (
    CLOCK_FLAG,
    PERSON_COLUMNS,
    QUERY_FLAG,
    action_sql,
    address_sql,
    bare_sql,
    has_code_sql,
    network_sql,
    outcome_sql,
    target_kind_sql,
    target_path_sql,
)
from tocsin.ingest.formats.fhir_audit_sql import identifier_of_sql, resolved_sql

_NO_RECORDS = (
    "['Patient', 'Person', 'RelatedPerson', 'Practitioner', 'PractitionerRole', 'Organization', 'Device']"
)
"""Resources that are people, or their places and machines: not records about a person."""

_PROFESSIONALS = r"'(^|[:/.])(rpps|adeli)|1\.2\.250\.1\.71\.4\.2\.1$'"
_NET = "coalesce(own_net, client_net)"
_VALUE_OF = "coalesce(e.what.identifier.value, e.identifier.value)"
_SEVERAL_IN_ONE = (
    f"len(list_filter(entities, lambda e: contains({_VALUE_OF}, '^^^') and contains({_VALUE_OF}, '~'))) > 0"
)
_IS_TOKEN = " and ".join(f"not starts_with(p, '{start}')" for start in ("http:", "https:", "urn:oid:"))
"""A policy that is no address of one: BALP puts the token's id there, or its last 32 characters."""

_HAS_RECORD = f"not list_contains({_NO_RECORDS}, thing_kind)"
_DETAIL = """case
    when j is null then null
    when contains(json_text, '"text"') then json_merge_patch(json_text, '{"text": null}')::varchar
    when contains(json_text, chr(10)) then json(json_text)::varchar
    else json_text
end"""
"""The resource without its narrative, which tells the same again."""


def _account_sql(agent: str) -> str:
    who = f"coalesce({agent}.who.reference, {agent}.reference.reference)"
    names = ", ".join(f"nullif({agent}.{member}, '')" for member in ("altId", "who.display", "name"))
    identifiers = ", ".join(f"nullif({agent}.{member}.value, '')" for member in ("who.identifier", "userId"))
    return f"coalesce({identifiers}, {resolved_sql(who)}, {names})"


def _name_of_sql(reference: str) -> str:
    identifier, text = f"nullif({reference}.identifier.value, '')", resolved_sql(f"{reference}.reference")
    return f"coalesce({identifier}, {text}, {reference}.display)"


def _professional_sql() -> str:
    found = "coalesce(requestor.who.identifier, requestor.userId)"
    is_one = (
        f"regexp_matches(lower({found}.system), {_PROFESSIONALS}) "
        f"or {has_code_sql(f'{found}.type', ['RPPS', 'ADELI', 'IDNPS'])}"
    )
    return f"case when {is_one} then {found}.value end"


def _organisation_sql() -> str:
    reference = bare_sql("organisation.reference")
    return f"coalesce(organisation.identifier.value, {reference}, organisation.display)"


COLUMNS = {
    "occurred_at": "coalesce(acted, recorded)",
    "recorded_at": "recorded",
    "account": _account_sql("requestor"),
    "account_name": "coalesce(nullif(requestor.name, ''), requestor.who.display)",
    "professional_id": _professional_sql(),
    "organisation": _organisation_sql(),
    "session": f"list_filter(requestor.policy, lambda p: {_IS_TOKEN})[1]",
    "address": address_sql(_NET),
    "network": network_sql(_NET),
    "client": _name_of_sql("client.who"),
    "request": f"coalesce(nullif({identifier_of_sql('request_entity')}.value, ''), j.id)",
    "node": f"coalesce({_name_of_sql('j.source.observer')}, j.source.identifier.value)",
    "action": action_sql(),
    "object_type": f"coalesce(thing_kind, {target_kind_sql('target')})",
    "object": (
        "coalesce(nullif(thing_reference, ''), thing.name, "
        f"{identifier_of_sql('thing')}.value, {target_path_sql('target')})"
    ),
    **PERSON_COLUMNS,
    "record_type": f"case when {_HAS_RECORD} then thing_kind end",
    "record": f"case when {_HAS_RECORD} then {bare_sql('thing_reference')} end",
    "query": "coalesce(query_text, query_sent)",
    "outcome": outcome_sql(),
    "status": "outcome_code",
    "detail": _DETAIL,
}
"""Event column: expression over `parsed_sql`."""

FLAGS = (
    CLOCK_FLAG,
    ("several_identifiers", f"is_one_person or coalesce({_SEVERAL_IN_ONE}, false)"),
    QUERY_FLAG,
)
"""(flag, condition) pairs over `parsed_sql`."""
