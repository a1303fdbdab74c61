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

SEARCHES = ("search", "search-type", "search-system", "search-compartment")
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
    # Not `or`: what follows is then not asked of texts that had one already.
    found = " ".join(f"""when contains({text}, '"code":"{code}"') then true""" for code in codes)
    return f"case {found} else false end"


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
    """The word for `codes` (event type and subtypes), `letter` (CRUDE), `outcome_code`, `query_sent`.

    What none of several codes can be without is looked for before them: most events have few codes or none.
    """
    words = """regexp_matches(codes, '"code":"[a-z]')"""
    begins = [f"""contains(codes, '"code":"{begin}')""" for begin in ("1101", "11012", "11013")]
    return (
        f"case when not {begins[0]} then {_by_codes_sql(has_dicom=False)} "
        f"when {begins[1]} or {begins[2]} or {words} then {_by_codes_sql()} "
        f"else {_by_codes_sql(has_words=False)} end"
    )


def _by_codes_sql(*, has_dicom: bool = True, has_words: bool = True) -> str:
    """The word, by codes of DICOM, by those of FHIR, by the letter.

    Without words, the codes of DICOM are others than 11012x and 11013x.
    """
    failed = f"case when {FAILED} then 'login_failed' else"
    logins = (("110122", f"{failed} 'login' end"), ("110123", "'logout'"))
    others = (("110114", f"{failed} 'other' end"), ("110106", "'export'"), ("110112", "'search'"))
    dicom = (*(logins if has_words else ()), *others) if has_dicom else ()
    cases: list[tuple[tuple[str, ...], str]] = [((code,), word) for code, word in dicom]
    if has_words:
        cases += [(SEARCHES, "'search'"), (READS, "'read'"), (("create",), "'create'")]
        cases += [(("update", "patch"), "'update'"), (("delete",), "'delete'")]
        cases += [(ADMIN, "'admin'")] if has_dicom else []
    found = "\n    ".join(f"when {has_code_sql('codes', codes)} then {word}" for codes, word in cases)
    return f"""case
    {found}
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
    "person": "coalesce(lone_id, case when len(persons) = 1 or is_one_person then persons[1].id end)",
    "person_domain": "case when lone_id is null then persons[1].domain else lone_domain end",
    "persons": (
        "case when len(persons) > 1 and not is_one_person then list_transform(persons, lambda p: p.id) end"
    ),
}
"""Event columns from `persons` and `is_one_person`, or from `lone_id` and `lone_domain` where an event names
one person, as nearly always: a lambda over a list of one costs ten times more."""

QUERY_FLAG = ("query_not_base64", "query_sent is not null and query_text is null")
CLOCK_FLAG = ("clock_disagrees", "abs(date_diff('second', acted, recorded)) > 300")
"""(flag, condition) over `acted` and `recorded`, instants."""
