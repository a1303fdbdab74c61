# SPDX-License-Identifier: Apache-2.0
"""Counts one chunk of rows: each column by its kind, prose by what is found in it, persons by their keys.

Every step is one statement over the relation `batch`; sums are kept in a Tally from chunk to chunk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from tocsin.scope.profiles.columns import DATE, Column
from tocsin.scope.profiles.keys import TEST_OIDS
from tocsin.scope.profiles.kinds import KINDS, cleaned_sql, date_sql, fits_sql, holds_sql
from tocsin.scope.profiles.people import TRAITS, person_key_sql, trait_sql
from tocsin.scope.profiles.prose import search_prose
from tocsin.store.engine import Engine
from tocsin.store.query import literal, quote


@dataclass
class Tally:
    """What was counted so far in one table of a file."""

    columns: Sequence[Column]
    filled: list[int] = field(init=False)
    fitting: list[int] = field(init=False)
    false_keys: list[int] = field(init=False)
    in_prose: dict[str, int] = field(default_factory=dict)
    false_in_prose: int = 0

    def __post_init__(self) -> None:
        for name in ("filled", "fitting", "false_keys"):
            setattr(self, name, [0] * len(self.columns))

    @cached_property
    def counts_sql(self) -> str:
        """Three numbers a column."""
        parts = [_counts(column) for column in self.columns]
        return f"select {', '.join(parts)} from batch" if parts else "select 1 where false"

    @cached_property
    def prose(self) -> list[str]:
        """The columns that are searched, quoted."""
        return [quote(c.name) for c in self.columns if c.kind is None]


def count_chunk(engine: Engine, tally: Tally) -> None:
    """Count the relation `batch`."""
    for row in engine.rows(tally.counts_sql):
        for place in range(len(tally.columns)):
            filled, fitting, holding = (int(str(n)) for n in row[3 * place : 3 * place + 3])
            tally.filled[place] += filled
            tally.fitting[place] += fitting
            tally.false_keys[place] += fitting - holding
    _find_values(engine, tally)
    _find_persons(engine, tally)
    for name in tally.prose:
        for category, found, false in search_prose(engine, name):
            tally.in_prose[category] = tally.in_prose.get(category, 0) + found
            tally.false_in_prose += false


def _counts(column: Column) -> str:
    value = quote(column.name)
    filled = f"count(nullif({value}, ''))"
    if column.kind == DATE:
        return f"{filled}, count({date_sql(f'trim({value})')}), count({date_sql(f'trim({value})')})"
    if column.kind is None:
        return f"{filled}, {filled}, {filled}"
    kind = KINDS[column.kind]
    clean = cleaned_sql(kind, f"trim({value})")
    fits = fits_sql(kind, clean)
    holding = (
        f"count(*) filter (where {fits} and {holds_sql(kind, clean)})"
        if kind.holds or kind.name == "finess"
        else ""
    )
    fitting = f"count(*) filter (where {fits})"
    return f"{filled}, {fitting}, {holding or fitting}"


def _find_values(engine: Engine, tally: Tally) -> None:
    """The distinct identifiers of columns; those of guardians and professionals apart."""
    for column in tally.columns:
        if column.kind is None or column.kind in (DATE, "postcode"):
            continue
        kind = KINDS[column.kind]
        value = quote(column.name)
        clean = cleaned_sql(kind, f"trim({value})")
        label = literal(_label(column))
        if column.kind == "ins":
            tests = ", ".join(f"'{oid}'" for oid in TEST_OIDS)
            oid = f"regexp_extract({value}, '[0-9]+(?:[.][0-9]+)+')"
            label = f"case when {oid} in ({tests}) then 'ins_test' else {label} end"
        kept = f"left({clean}, 13)" if column.kind in ("nir", "ins") else clean
        engine.run(
            f"insert into found_here select distinct {label}, {kept} from batch where {fits_sql(kind, clean)}"
        )


def _label(column: Column) -> str:
    return column.kind or "" if column.role in ("subject", "professional") else f"{column.role}_{column.kind}"


def _find_persons(engine: Engine, tally: Tally) -> None:
    if not any(column.ours in TRAITS for column in tally.columns):
        return
    traits = ", ".join(f"{trait_sql(tally.columns, name)} as {name}" for name in TRAITS)
    rows = f"(select {traits} from batch) as t"
    engine.run(
        f"insert into found_here select distinct 'persons', {person_key_sql()} as key from {rows}"
        " where key is not null"
    )
    engine.run(
        f"insert into found_here select distinct 'local', t.person from {rows} where t.person is not null"
    )
    if any(column.ours == "ins" for column in tally.columns):
        engine.run(
            f"insert into ins_here select distinct left(t.ins, 13), t.birth_date, upper(left(t.sex, 1))"
            f" from {rows} where t.ins is not null"
        )
