# SPDX-License-Identifier: Apache-2.0
"""Who a row is about, as SQL over its columns: from the strongest number that it has down to name and birth.

The same key in two rows is the same person as far as files alone can tell; a NIR without a birth date or a
given name is one insured person's and perhaps several people's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tocsin.scope.profiles.columns import DATE, Column
from tocsin.scope.profiles.kinds import KINDS, cleaned_sql, date_sql, fits_sql

TRAITS = (
    "person",
    "nir",
    "ins",
    "family_name",
    "used_name",
    "given_names",
    "sex",
    "birth_date",
    "birth_place",
    "phone",
    "email",
)
"""Columns of ours that tell persons apart."""

OTHERS_TRAITS = ("rpps", "adeli", "nir", "full_name", "family_name", "given_names", "phone", "email")
"""What tells guardians and professionals apart, who are persons and not the subject of a row."""


def trait_sql(columns: Sequence[Column], ours: str) -> str:
    """Our column from theirs, of `typed`; the first filled of several; `null` when there is none."""
    parts = [f"c{place}" for place, column in enumerate(columns) if column.ours == ours]
    if not parts:
        return "null::date" if ours == "birth_date" else "null::varchar"
    return parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"


def typed_sql(columns: Sequence[Column]) -> str:
    """The relation `batch`, as `cells` makes it: each value as it is compared, null where it has not its
    form."""
    return f"select {', '.join(forms_of(columns)) or '1'} from {cleaned_batch(columns)}"


def forms_of(columns: Sequence[Column]) -> list[str]:
    """`c0`, `c1`… of `cleaned_batch`, of the columns that are compared at all."""
    return [form_sql(place, column) for place, column in enumerate(columns) if is_compared(column)]


def form_sql(place: int, column: Column) -> str:
    """`c0`, `c1`… of `cleaned_batch`."""
    return f"{_in_form(column, f'k{place}')} as c{place}"


def cleaned_batch(columns: Sequence[Column]) -> str:
    """The rows of `batch`, cleaned once: `k0`, `k1`… beside its own columns."""
    parts = [f"{_cleaned(n, c)} as k{n}" for n, c in enumerate(columns) if is_compared(c)]
    return f"(select {', '.join(['*', *parts])} from batch)"


def is_compared(column: Column) -> bool:
    """Whether its values are held to a form, or tell persons apart."""
    return column.kind is not None or column.ours in TRAITS or column.trait in OTHERS_TRAITS


def bare_places(columns: Sequence[Column]) -> list[int]:
    """Of the columns that `cleaned_batch` reads without the signs that people put between digits."""
    return [place for place, column in enumerate(columns) if _bare(column) is not None]


def _bare(column: Column) -> str | None:
    return KINDS[column.kind].bare if column.kind in KINDS else None


def _cleaned(place: int, column: Column) -> str:
    value, bare = f"v{place}", _bare(column)
    if bare is not None:
        return bare.replace("{v}", f"b{place}")
    if column.kind == DATE or column.ours == "birth_date":
        return date_sql(value)
    if column.kind is None or column.kind in _AS_WRITTEN:
        return value
    return cleaned_sql(KINDS[column.kind], value)


_AS_WRITTEN: Final = ("email", "iban")
"""Kinds whose values mostly stand as they are compared: held to the form before they are cleaned."""


def _in_form(column: Column, cleaned: str) -> str:
    kind = KINDS.get(column.kind or "")
    if kind is None:
        return cleaned
    if kind.name not in _AS_WRITTEN:
        return f"case when {fits_sql(kind, cleaned)} then {cleaned} end"
    clean = cleaned_sql(kind, cleaned)
    return f"case when {fits_sql(kind, cleaned)} then {cleaned} when {fits_sql(kind, clean)} then {clean} end"


def person_key_sql(traits: str = "t", name: str = "t.name", given: str = "t.given") -> str:
    """The key of a row of TRAITS; null where it names nobody. `name` and `given` are folded, of the same row:
    family name, or else the one in use, and given names."""
    t = {of: f"{traits}.{of}" for of in TRAITS}
    return (
        f"case when {t['ins']} is not null then 'i' || left({t['ins']}, 13)"
        f" when {t['nir']} is not null and ({t['birth_date']} is not null or {t['given_names']} is not null)"
        f" then 'n' || left({t['nir']}, 13) || coalesce({t['birth_date']}::varchar, '')"
        f" || coalesce({given}, '')"
        f" when {t['person']} is not null then 'l' || {t['person']}"
        f" when {name} is not null and {given} is not null and {t['birth_date']} is not null"
        f" then 'b' || {name} || '/' || {given} || {t['birth_date']}::varchar"
        f" when {t['nir']} is not null then 'n' || left({t['nir']}, 13)"
        f" when {t['email']} is not null then 'e' || {t['email']} end"
    )


def others_key_sql(columns: Sequence[Column], role: str) -> str | None:
    """The key of the guardian or professional of a row of `typed`; None where no column tells one."""
    said = {
        trait: [f"c{place}" for place, c in enumerate(columns) if c.role == role and c.trait == trait]
        for trait in OTHERS_TRAITS
    }
    parts = [f"'{trait}' || {_one(said[trait])}" for trait in ("rpps", "adeli", "nir") if said[trait]]
    names = [_one(said[trait]) for trait in ("full_name", "family_name", "given_names") if said[trait]]
    if said["full_name"] or said["family_name"]:
        whole = " || '/' || ".join(f"coalesce({folded_sql(name)}, '')" for name in names)
        parts.append(f"'b' || nullif(trim({whole}, '/'), '')")
    parts += [f"'{trait}' || {_one(said[trait])}" for trait in ("phone", "email") if said[trait]]
    return f"coalesce({', '.join(parts)})" if parts else None


def _one(columns: Sequence[str]) -> str:
    return f"coalesce({', '.join(columns)})" if len(columns) > 1 else columns[0]


def folded_sql(text: str) -> str:
    """Without case, accents or signs."""
    return f"regexp_replace(upper(strip_accents({text})), '[^A-Z]', '', 'g')"
