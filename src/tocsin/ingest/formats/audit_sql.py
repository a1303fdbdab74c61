# SPDX-License-Identifier: Apache-2.0
"""What both audit formats say in SQL: codes, addresses, HL7 identifiers, request targets.

Codes stay JSON text and are looked for as `"code":"…"`.
"""

from __future__ import annotations

from collections.abc import Iterable

SOURCE_ROLE, DESTINATION_ROLE, APPLICATION = "110153", "110152", "110150"
"""DICOM PS3.16 CID 402: data flow from the source to the destination."""

ADMIN = ("110128", "110129", "110130", "110131", "110133", "110134", "110135", "110136", "110137")
"""DICOM PS3.16 CID 403: changes of configuration, of security attributes and of audit recording."""

SEARCHES = ("110112", "search", "search-type", "search-system", "search-compartment")
READS = ("read", "vread", "history", "history-instance", "history-type", "history-system")
"""With SEARCHES: https://hl7.org/fhir/codesystem-restful-interaction.html."""

FAILED = "list_contains(['4', '8', '12', 'error', 'fatal'], outcome_code)"
"""Lists, not `in (…)`: from five words on the engine makes a join of that, and takes memory for it."""

_ADDRESS = (
    r"'^(\d{1,3}\.){3}\d{1,3}(:\d{1,5})?$"
    r"|^\[?[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(%\w+)?\]?(:\d{1,5})?$'"
)
_TARGET = r"'^(?:[A-Z]{3,7} )?([^\s<|]+)(?:[ \r\n]|$)'"
_RESOURCE_OF_PATH = r"'(?:^|/)([A-Z][A-Za-z]+)(?:/_search|/\$[\w-]+)?/?$'"


def has_code_sql(text: str, codes: Iterable[str]) -> str:
    """Whether a Coding, a CodeableConcept or a list of them has one of these codes; never null."""
    found = " or ".join(f"""contains({text}, '"code":"{code}"')""" for code in codes)
    return f"coalesce({found}, false)"


def bare_sql(reference: str) -> str:
    """The id in a reference: `http://…/Patient/x/_history/1` is x."""
    return f"nullif(split_part(split_part({reference}, '/_history/', 1), '/', -1), '')"


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


def address_sql(net: str) -> str:
    """The network address of an access point {text, kind}; null for names, telephones, URIs."""
    return f"case when {_is_address_sql(net)} then {net}.text end"


def network_sql(net: str) -> str:
    """What an access point has in place of an address."""
    return f"case when not {_is_address_sql(net)} then {net}.text end"


def _is_address_sql(net: str) -> str:
    return f"(regexp_matches({net}.text, {_ADDRESS}) and {net}.kind in ('', '1', '2'))"


def target_sql(query: str) -> str:
    """The request target in a query as it was sent (a URL, or a raw HTTP request); '' for other texts."""
    return f"case when {query} is not null then regexp_extract({query}, {_TARGET}, 1) else '' end"


def target_path_sql(target: str) -> str:
    """The percent-decoded path of a target; null when there is none."""
    path = path_sql(target)
    return f"case when {target} <> '' then coalesce(try(url_decode({path})), {path}) end"


def target_kind_sql(target: str) -> str:
    """The resource type that a target asks for, or null."""
    found = f"regexp_extract({path_sql(target)}, {_RESOURCE_OF_PATH}, 1)"
    return f"case when {target} <> '' then nullif({found}, '') end"


def action_sql() -> str:
    """The word for `codes` (event type and subtypes), `letter` (CRUDE), `outcome_code`, `query_sent`."""

    def has(*codes: str) -> str:
        return has_code_sql("codes", codes)

    return f"""case
    when {has("110122")} then case when {FAILED} then 'login_failed' else 'login' end
    when {has("110123")} then 'logout'
    when {has("110114")} then case when {FAILED} then 'login_failed' else 'other' end
    when {has("110106")} then 'export'
    when {has(*SEARCHES)} then 'search'
    when {has(*READS)} then 'read'
    when {has("create")} then 'create'
    when {has("update", "patch")} then 'update'
    when {has("delete")} then 'delete'
    when {has(*ADMIN)} then 'admin'
    when letter = 'C' then 'create'
    when letter = 'R' then 'read'
    when letter = 'U' then 'update'
    when letter = 'D' then 'delete'
    when letter = 'E' and query_sent is not null then 'search'
    else 'other'
end"""


def outcome_sql() -> str:
    """The word for `outcome_code`: R4's 4, 8, 12 are failures; what is not said is not known."""
    return (
        "case when outcome_code in ('0', 'success', 'information') then 'success' "
        f"when {FAILED} then 'failure' else 'unknown' end"
    )


def is_one_person_sql() -> str:
    """Whether several `persons` {id, domain} are identifiers of one: each of another authority."""
    domains = "list_distinct(list_transform(persons, lambda p: coalesce(p.domain, '')))"
    return f"coalesce(len(persons) > 1 and len({domains}) = len(persons), false)"


PERSON_COLUMNS = {
    "person": "case when len(persons) = 1 or is_one_person then persons[1].id end",
    "person_domain": "persons[1].domain",
    "persons": (
        "case when len(persons) > 1 and not is_one_person then list_transform(persons, lambda p: p.id) end"
    ),
}
"""Event columns from `persons` and `is_one_person`."""

QUERY_FLAG = ("query_not_base64", "query_sent is not null and query_text is null")
CLOCK_FLAG = ("clock_disagrees", "abs(date_diff('second', acted, recorded)) > 300")
"""(flag, condition) over `acted` and `recorded`, instants."""
