# SPDX-License-Identifier: Apache-2.0
"""What each column is: as a person says, by its name, by its values; and how sure that is.

A name that the values contradict is not believed. What is not known is searched as prose, and said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tocsin.scope.profiles.interface import TEXT
from tocsin.scope.profiles.kinds import KINDS, cleaned_sql, date_sql, fits_sql, holds_sql
from tocsin.scope.profiles.naming import SUBJECT, Name, read_name
from tocsin.store.engine import Engine

SAMPLE_ROWS: Final = 2_000
DATE: Final = "date"
_BY_FIELD: Final = {"nir": "nir", "ins": "ins", "email": "email", "phone": "phone", "postcode": "postcode"}
_BY_CONTENT: Final = ("nir", "email", "iban", "phone")
_AMBIGUOUS: Final = ("full_name", "address", "insurer", "result", "specialty", "reimbursement", "position")
ENOUGH, NEARLY_ALL = 0.5, 0.9


@dataclass(frozen=True, slots=True)
class Column:
    """One column, understood."""

    name: str
    role: str
    ours: str | None
    """The column of a register that it is (`[registries.columns]`); null when it is none."""

    kind: str | None
    """Of KINDS, or `date`: what its values are held to."""

    category: str | None
    confidence: float
    """0 to 1: a judgement by rule, not a probability that somebody measured."""

    basis: str
    """confirmed, header and content, header, content, contradicted, unknown, prose."""

    trait: str | None = None
    """Of a guardian or a professional: what it says of them, in the words of `ours`; null of the subject."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Of the sample of one column, in values."""

    filled: int
    dates: int
    oldest_year: int | None
    fitting: Mapping[str, int]
    holding: Mapping[str, int]


def read_columns(engine: Engine, names: Sequence[str], confirmed: Mapping[str, str]) -> list[Column]:
    """Understand the columns of the relation `batch`, `v0`, `v1`… by place.

    `confirmed` maps a name to a category, or to `none`.
    """
    said = [read_name(name) for name in names]
    facts = _facts(engine, names, [_expected(one) for one in said])
    found = [
        _column(name, one, fact, confirmed.get(name))
        for name, one, fact in zip(names, said, facts, strict=True)
    ]
    found = [replace(column, trait=_trait(one)) for column, one in zip(found, said, strict=True)]
    taken = {column.ours for column in found}
    has_person = bool(taken & {"nir", "ins", "family_name", "given_names", "person"})
    return [_as_birth(column, has_person and "birth_date" not in taken) for column in found]


def _column(name: str, said: Name, facts: Facts, confirmed: str | None) -> Column:
    if confirmed is not None:
        category = None if confirmed == "none" else confirmed
        expected = _expected(said)
        return Column(name, said.role, _ours(said), expected, category, 1.0, "confirmed")
    if name == TEXT:
        return Column(name, SUBJECT, None, None, None, 0.0, "prose")
    by_name = _by_name(name, said, facts)
    if by_name is not None and by_name.basis != "contradicted":
        return by_name
    return (
        _by_content(name, said, facts) or by_name or Column(name, said.role, None, None, None, 0.0, "unknown")
    )


def _expected(said: Name) -> str | None:
    if said.number is not None:
        return said.number
    if said.field is None:
        return None
    if said.field.name == "bank":
        return "iban"
    return DATE if said.field.name == "birth_date" else _BY_FIELD.get(said.field.column or "")


def _ours(said: Name) -> str | None:
    if said.field is None or said.role != SUBJECT:
        return None
    return said.field.column


def _trait(said: Name) -> str | None:
    if said.field is None or said.role == SUBJECT:
        return None
    return said.number or said.field.column or said.field.name


def _by_name(name: str, said: Name, facts: Facts) -> Column | None:
    if said.field is None:
        return None
    expected = _expected(said)
    if expected is None or not facts.filled:
        sure = 0.5 if not facts.filled or said.field.name in _AMBIGUOUS else 0.8
        return Column(name, said.role, _ours(said), expected, said.category, sure, "header")
    fitting = facts.dates if expected == DATE else facts.fitting[expected]
    if fitting < ENOUGH * facts.filled:
        if expected == "iban":  # a BIC, a card number: still of a bank
            return Column(name, said.role, None, None, said.category, 0.6, "header")
        return Column(name, said.role, None, None, None, 0.1, "contradicted")
    sure = round(0.9 + 0.09 * fitting / facts.filled, 3)
    return Column(name, said.role, _ours(said), expected, said.category, sure, "header and content")


def _by_content(name: str, said: Name, facts: Facts) -> Column | None:
    for kind in _BY_CONTENT:
        enough = NEARLY_ALL * facts.filled
        if not facts.filled or facts.fitting[kind] < enough:
            continue
        if KINDS[kind].holds is not None and facts.holding[kind] < ENOUGH * facts.filled:
            continue
        sure = round(0.9 * facts.holding[kind] / facts.filled, 3)
        ours = kind if said.role == SUBJECT and kind != "iban" else None
        return Column(name, said.role, ours, kind, KINDS[kind].category, sure, "content")
    if facts.filled and facts.dates >= NEARLY_ALL * facts.filled and (facts.oldest_year or 9999) < 1985:
        return Column(name, said.role, None, DATE, None, 0.0, "content")
    return None


def _as_birth(column: Column, may_be: bool) -> Column:
    """Dates that go far back, beside a name or a number, are dates of birth more often than not."""
    if column.kind != DATE or column.category is not None or column.basis != "content":
        return column
    if not may_be:
        return Column(column.name, column.role, None, None, None, 0.0, "unknown")
    return Column(column.name, column.role, "birth_date", DATE, "identity.birth_date", 0.6, "content")


def _facts(engine: Engine, names: Sequence[str], expected: Sequence[str | None]) -> list[Facts]:
    """Of the first rows, in one statement over the values of all columns."""
    kinds = [KINDS[kind] for kind in dict.fromkeys([*_BY_CONTENT, *expected]) if kind in KINDS]
    cleaned = ", ".join(f"{cleaned_sql(kind, 'v')} as k{n}" for n, kind in enumerate(kinds))
    fits = ", ".join(f"{fits_sql(kind, f'k{n}')} as t{n}" for n, kind in enumerate(kinds))
    counts = ", ".join(
        f"count(*) filter (where t{n}), count(*) filter (where t{n} and {holds_sql(kind, f'k{n}')})"
        for n, kind in enumerate(kinds)
    )
    listed = ", ".join(f"v{place}" for place in range(len(names)))
    rows = engine.rows(
        f"with sample as (select [{listed}] as cells from batch limit {SAMPLE_ROWS}),"
        f" cells as (select unnest(range({len(names)})) as place, trim(unnest(cells)) as v from sample),"
        f" cleaned as (select place, {date_sql('v')} as day, {cleaned} from cells where v <> ''),"
        f" formed as (select *, {fits} from cleaned)"
        f" select place, count(*), count(day), min(year(day)), {counts} from formed group by place"
    )
    found = {int(str(row[0])): row[1:] for row in rows}
    nothing = (0, 0, None, *(0 for _ in kinds), *(0 for _ in kinds))
    return [
        _facts_of(found.get(place, nothing), [kind.name for kind in kinds]) for place in range(len(names))
    ]


def _facts_of(row: Sequence[object], kinds: Sequence[str]) -> Facts:
    filled, dates, oldest, *pairs = (None if number is None else int(str(number)) for number in row)
    numbers = [number or 0 for number in pairs]
    return Facts(
        filled or 0,
        dates or 0,
        oldest,
        dict(zip(kinds, numbers[::2], strict=True)),
        dict(zip(kinds, numbers[1::2], strict=True)),
    )
