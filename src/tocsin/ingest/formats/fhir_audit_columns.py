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
    network_sql,
    outcome_sql,
    target_kind_sql,
    target_path_sql,
)

_NO_RECORDS = (
    "Patient",
    "Person",
    "RelatedPerson",
    "Practitioner",
    "PractitionerRole",
    "Organization",
    "Device",
)
"""Resources that are people, or their places and machines: not records about a person."""

_HAS_RECORD = f"""case
    when thing_kind is null then false
    {" ".join(f"when thing_kind = '{kind}' then false" for kind in _NO_RECORDS)}
    else true
end"""
_DETAIL = """case
    when not is_json then null
    when case when contains(json_text, 'xt"') then contains(json_text, '"text"') else false end
        then json_merge_patch(json_text, '{"text": null}')::varchar
    when contains(json_text, chr(10)) then json(json_text)::varchar
    else json_text
end"""
"""The resource without its narrative, which tells the same again. An `x` is rare where quotes are not."""

COLUMNS = {
    "occurred_at": "coalesce(acted, recorded)",
    "recorded_at": "recorded",
    "account": "account",
    "account_name": "account_name",
    "professional_id": "professional_id",
    "organisation": "organisation",
    "session": "session",
    "address": address_sql("net"),
    "network": network_sql("net"),
    "client": "client",
    "request": "coalesce(nullif(request_id, ''), resource_id)",
    "node": "node",
    "action": action_sql(),
    "object_type": f"coalesce(thing_kind, {target_kind_sql('target')})",
    "object": f"coalesce(nullif(thing_reference, ''), thing_name, {target_path_sql('target')})",
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
    ("several_identifiers", "is_one_person or coalesce(are_several_in_one, false)"),
    QUERY_FLAG,
)
"""(flag, condition) pairs over `parsed_sql`."""
