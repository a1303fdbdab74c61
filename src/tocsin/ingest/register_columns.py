# SPDX-License-Identifier: Apache-2.0
"""How a register's columns become ours: one literal table of kinds, one SELECT."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tocsin.core.errors import InputError, SettingsError
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
CONTROLLER_COLUMNS = ("controller", "name", "finess")

_INSTANTS = {"valid_from", "valid_until", "at", "created", "active_from", "active_until"}
_ADDRESS_PARTS = ("address_lines", "postcode", "city", "country")
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
        if ours in _ADDRESS_PARTS:
            continue
        selected.append(f"{_column_sql(ours, columns, types, zone)} as {quote(ours)}")
    if "valid_from" in shape.known:
        selected.append(f"{_original_sql(types, originals)} as original")
    return f"select {', '.join(selected)} from {source}"


def _check(shape: Shape, columns: Mapping[str, str | list[str]], types: Mapping[str, str]) -> None:
    for ours in columns:
        if ours not in shape.known:
            raise SettingsError(
                f"Unknown column '{ours}'.", do=_nearest(ours, shape.known), code="unknown_key"
            )
    if shape.key not in columns:
        raise SettingsError(
            f"The column '{shape.key}' is missing.", do="Say which column it is.", code="no_key"
        )
    for theirs in columns.values():
        for name in [theirs] if isinstance(theirs, str) else theirs:
            if name not in types:
                raise InputError(
                    f"There is no column '{name}'.", do=_nearest(name, list(types)), code="no_column"
                )


def _nearest(word: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"Did you mean '{close[0]}'?" if close else f"There are: {', '.join(known[:30])}."


def _column_sql(
    ours: str, columns: Mapping[str, str | list[str]], types: Mapping[str, str], zone: str
) -> str:
    if ours == "address":
        return _address_sql(columns)
    if ours == "ins_oid" and ours not in columns and "ins" in columns:
        return f"nullif(split_part(split_part({_text(columns['ins'])}, '^', 4), '&', 2), '')"
    if ours not in columns:
        return "null"
    theirs = columns[ours]
    kind = types[theirs] if isinstance(theirs, str) else "VARCHAR"
    if ours in _INSTANTS:
        return _instant(theirs, kind, zone)
    text = _text(theirs)
    if ours == "may_see":
        return f"{quote(str(theirs))}::varchar[]" if kind.endswith("[]") else _listed(text)
    return {
        "ins": f"nullif(split_part({text}, '^', 1), '')",
        "birth_date": _date(text),
        "birth_rank": f"try_cast({text} as bigint)",
        "deceased": f"lower(coalesce({text}, '')) not in {_FALSE}",
    }.get(ours, text)


def _text(theirs: str | list[str]) -> str:
    names = [theirs] if isinstance(theirs, str) else theirs
    if len(names) == 1:
        return f"nullif(trim({quote(names[0])}::varchar), '')"
    parts = ", ".join(f"nullif(trim({quote(name)}::varchar), '')" for name in names)
    return f"nullif(concat_ws(' ', {parts}), '')"


def _listed(text: str) -> str:
    return f"case when {text} is null then [] else string_split_regex({text}, '[ ,;|]+') end"


def _date(text: str) -> str:
    return (
        f"coalesce(try_cast({text} as date), try_strptime({text}, '%d/%m/%Y')::date, "
        f"try_strptime({text}, '%Y%m%d')::date)"
    )


def _instant(theirs: str | list[str], kind: str, zone: str) -> str:
    if kind == "TIMESTAMP WITH TIME ZONE" and isinstance(theirs, str):
        return quote(theirs)
    text = _text(theirs)
    day = f"try_cast({text} as date)::timestamp at time zone {literal(zone)}"
    return f"coalesce({instant_sql(text, 'iso8601', zone)}, {day})"


def _address_sql(columns: Mapping[str, str | list[str]]) -> str:
    if "address" in columns:
        return _text(columns["address"])
    parts = [_text(columns[name]) for name in _ADDRESS_PARTS if name in columns]
    return f"nullif(concat_ws(', ', {', '.join(parts)}), '')" if parts else "null"


def _original_sql(types: Mapping[str, str], originals: Sequence[str]) -> str:
    present = [name for name in originals if name in types]
    if not present:
        return "null"
    pairs = ", ".join(f"{literal(name)}, {quote(name)}" for name in present)
    return f"json_object({pairs})::varchar"
