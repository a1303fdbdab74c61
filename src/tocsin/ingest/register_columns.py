# SPDX-License-Identifier: Apache-2.0
"""How a register's columns become ours: one literal table of kinds, one SELECT."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tocsin.core.errors import InputError, SettingsError
from tocsin.core.suggest import suggest
from tocsin.core.words import _
from tocsin.ingest.times import instant_sql
from tocsin.store.query import literal, quote

REGISTRY_COLUMNS = (
    "person",
    "controller",
    "nir",
    "ins",
    "ins_oid",
    "birth_rank",
    "family_name",
    "used_name",
    "given_names",
    "sex",
    "birth_date",
    "birth_place",
    "phone",
    "email",
    "address",
    "address_lines",
    "postcode",
    "city",
    "country",
    "deceased",
    "guardian",
    "valid_from",
    "valid_until",
)
RECORD_COLUMNS = ("record", "person", "controller", "at", "created", "origin", "valid_from", "valid_until")
ACCOUNT_COLUMNS = (
    "account",
    "professional_id",
    "role",
    "organisation",
    "active_from",
    "active_until",
    "person",
    "may_see",
)
CONTACT_COLUMNS = ("account", "name", "email", "phone", "address", "contact_since")
"""Of the same directory, in a table of their own: detection never reads them."""

ADDRESS_PARTS = ("address_lines", "postcode", "city", "country")

CONTROLLER_COLUMNS = ("controller", "name", "finess")
RELATION_COLUMNS = ("person", "account", "professional_id", "organisation", "from", "until", "kind", "status")

_INSTANTS = {"valid_from", "valid_until", "at", "created", "active_from", "active_until", "from", "until"} | {
    "contact_since"
}
_FALSE = "('', '0', 'false', 'f', 'n', 'no', 'non')"


@dataclass(frozen=True, slots=True)
class Shape:
    """Which columns a register may have, and which it must."""

    known: Sequence[str]
    key: str


def register_sql(
    source: str,
    shape: Shape,
    columns: Mapping[str, str | list[str]],
    types: Mapping[str, str],
    zone: str,
    originals: Sequence[str],
) -> str:
    """A SELECT of ours from theirs.

    Raises SettingsError for a column of ours that does not exist, InputError for one of theirs.
    """
    _check(shape, columns, types)
    selected = []
    for ours in shape.known:
        if ours in ADDRESS_PARTS:
            continue
        selected.append(f"{_column_sql(ours, columns, types, zone)} as {quote(ours)}")
    if "valid_from" in shape.known:
        selected.append(f"{_original_sql(types, originals)} as original")
        selected.append("null::varchar[] as doubts, null::boolean as stands_in")
    return f"select {', '.join(selected)} from {source}"


def _check(shape: Shape, columns: Mapping[str, str | list[str]], types: Mapping[str, str]) -> None:
    for ours in columns:
        if ours not in shape.known:
            raise SettingsError(
                _("Unknown column '{ours}'."), do=suggest(ours, shape.known), code="unknown_key", ours=ours
            )
    if shape.key not in columns:
        raise SettingsError(
            _("The column '{key}' is missing."), do=_("Say which column it is."), code="no_key", key=shape.key
        )
    for theirs in columns.values():
        for name in [theirs] if isinstance(theirs, str) else theirs:
            if name not in types:
                raise InputError(
                    _("There is no column '{name}'."),
                    do=suggest(name, list(types)),
                    code="no_column",
                    name=name,
                )


def unread_instants_sql(
    columns: Mapping[str, str | list[str]], types: Mapping[str, str], zone: str
) -> dict[str, str]:
    """For each of our columns that is an instant: true where theirs says something that is none."""
    return {
        ours: f"{_text(theirs, types)} is not null and {_instant(theirs, types, zone)} is null"
        for ours, theirs in columns.items()
        if ours in _INSTANTS
    }


def instant_of_sql(theirs: str | list[str], types: Mapping[str, str], zone: str) -> str:
    """A column of theirs as an instant; null where it is none."""
    return _instant(theirs, types, zone)


def _column_sql(
    ours: str, columns: Mapping[str, str | list[str]], types: Mapping[str, str], zone: str
) -> str:
    if ours == "address":
        return _address_sql(columns, types)
    if ours == "ins_oid" and ours not in columns and "ins" in columns:
        ins = _text(columns["ins"], types)
        return f"nullif(split_part(split_part({ins}, '^', 4), '&', 2), '')"
    if ours not in columns:
        return "null"
    theirs = columns[ours]
    if ours in _INSTANTS:
        return _instant(theirs, types, zone)
    text = _text(theirs, types)
    if ours == "may_see":
        is_list = isinstance(theirs, str) and types[theirs].endswith("[]")
        return f"{quote(str(theirs))}::varchar[]" if is_list else _listed(text)
    return {
        "ins": f"nullif(split_part({text}, '^', 1), '')",
        "birth_date": _date(text),
        "birth_rank": f"try_cast({text} as bigint)",
        "deceased": f"lower(coalesce({text}, '')) not in {_FALSE}",
    }.get(ours, text)


def _text(theirs: str | list[str], types: Mapping[str, str]) -> str:
    names = [theirs] if isinstance(theirs, str) else theirs
    parts = [f"nullif(trim({_written(name, types[name])}), '')" for name in names]
    return parts[0] if len(parts) == 1 else f"nullif(concat_ws(' ', {', '.join(parts)}), '')"


def _written(name: str, kind: str) -> str:
    """As people write it: a table of statistics makes 12345.0 of the number 12345 where one is missing."""
    column = quote(name)
    if kind in ("DOUBLE", "FLOAT"):
        is_whole = f"{column} = trunc({column}) and abs({column}) < 1e15"
        return f"case when {is_whole} then {column}::bigint::varchar else {column}::varchar end"
    return f"{column}::varchar"


def _listed(text: str) -> str:
    """An empty cell says nothing: of a list of doctors and patients, only the patients' rows are limits."""
    parts = f"list_filter(string_split_regex({text}, '[ ,;|]+'), lambda id: id <> '')"
    return f"case when {text} is not null then {parts} end"


def _date(text: str) -> str:
    return (
        f"coalesce(try_cast({text} as date), try_strptime({text}, '%d/%m/%Y')::date, "
        f"try_strptime({text}, '%Y%m%d')::date)"
    )


def _instant(theirs: str | list[str], types: Mapping[str, str], zone: str) -> str:
    if isinstance(theirs, str) and types[theirs] == "TIMESTAMP WITH TIME ZONE":
        return quote(theirs)
    text = _text(theirs, types)
    at_zone = f"at time zone {literal(zone)}"
    is_date = rf"regexp_full_match({text}, '\d{{4}}-\d\d-\d\d')"
    french = f"try_strptime({text}, ['%d/%m/%Y %H:%M:%S', '%d/%m/%Y %H:%M', '%d/%m/%Y'])"
    return (
        f"coalesce({instant_sql(text, 'iso8601', zone)}, "
        f"case when {is_date} then try_cast({text} as date)::timestamp {at_zone} end, {french} {at_zone})"
    )


def _address_sql(columns: Mapping[str, str | list[str]], types: Mapping[str, str]) -> str:
    if "address" in columns:
        return _text(columns["address"], types)
    parts = [_text(columns[name], types) for name in ADDRESS_PARTS if name in columns]
    return f"nullif(concat_ws(', ', {', '.join(parts)}), '')" if parts else "null"


def _original_sql(types: Mapping[str, str], originals: Sequence[str]) -> str:
    present = [name for name in originals if name in types]
    if not present:
        return "null"
    pairs = ", ".join(f"{literal(name)}, {quote(name)}" for name in present)
    return f"json_object({pairs})::varchar"
