# SPDX-License-Identifier: Apache-2.0
"""Counts one chunk of rows: each column by its kind, prose by what is found in it, persons by their keys.

Every step is one statement over the relation `batch`; sums are kept in a Tally from chunk to chunk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from tocsin.scope.profiles.columns import Column
from tocsin.scope.profiles.keys import TEST_OIDS
from tocsin.scope.profiles.kinds import KINDS, holds_sql
from tocsin.scope.profiles.naming import GUARDIAN, PROFESSIONAL
from tocsin.scope.profiles.people import (
    TRAITS,
    cleaned_batch,
    folded_sql,
    forms_of,
    others_key_sql,
    person_key_sql,
    trait_sql,
    typed_sql,
)
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
        """The rows, then three numbers a column."""
        parts = ["count(*)", *(_counts(place, column) for place, column in enumerate(self.columns))]
        return f"select {', '.join(parts)} from typed"

    @cached_property
    def prose(self) -> list[str]:
        """The columns that are searched, quoted."""
        return [quote(c.name) for c in self.columns if c.kind is None]


def count_chunk(engine: Engine, tally: Tally) -> None:
    """Count the relation `batch`."""
    engine.create("typed", typed_sql(tally.columns))
    [row] = engine.rows(tally.counts_sql)
    numbers = [int(str(number)) for number in row[1:]]
    for place in range(len(tally.columns)):
        filled, fitting, holding = numbers[3 * place : 3 * place + 3]
        tally.filled[place] += filled
        tally.fitting[place] += fitting
        tally.false_keys[place] += fitting - holding
    for place, column in enumerate(tally.columns):
        if column.kind in KINDS and column.kind != "postcode":
            _find_values(engine, place, column)
    _find_persons(engine, tally)
    _find_others(engine, tally)
    for name in tally.prose:
        for category, found, false in search_prose(engine, name):
            tally.in_prose[category] = tally.in_prose.get(category, 0) + found
            tally.false_in_prose += false
    engine.drop("typed")


def _counts(place: int, column: Column) -> str:
    filled = f"count(*) filter (where f{place})"
    if column.kind is None:
        return f"{filled}, {filled}, {filled}"
    fitting = f"count(c{place})"
    kind = KINDS.get(column.kind)
    if kind is None or (kind.holds is None and kind.name != "finess"):
        return f"{filled}, {fitting}, {fitting}"
    holding = f"c{place} is not null and {holds_sql(kind, f'c{place}')}"
    return f"{filled}, {fitting}, count(*) filter (where {holding})"


def _find_values(engine: Engine, place: int, column: Column) -> None:
    """The identifiers of a column; those of guardians apart."""
    value = f"left(c{place}, 13)" if column.kind in ("nir", "ins") else f"c{place}"
    label, source = literal(_label(column)), "typed"
    if column.kind == "ins":
        tests = ", ".join(f"'{oid}'" for oid in TEST_OIDS)
        oid = f"regexp_extract({quote(column.name)}, '[0-9]+(?:[.][0-9]+)+')"
        label = f"case when {oid} in ({tests}) then 'ins_test' else {label} end"
        source = f"(select {forms_of([column])[0]}, {quote(column.name)} from {cleaned_batch([column])})"
        value = "left(c0, 13)"
    engine.run(f"insert into found_here select {label}, {value} from {source} where {value} is not null")


def _label(column: Column) -> str:
    return column.kind or "" if column.role in ("subject", "professional") else f"{column.role}_{column.kind}"


def _find_persons(engine: Engine, tally: Tally) -> None:
    if not any(column.ours in TRAITS for column in tally.columns):
        return
    traits = ", ".join(f"{trait_sql(tally.columns, name)} as {name}" for name in TRAITS)
    rows = f"(select {traits} from typed) as t"
    engine.run(
        f"insert into found_here select 'persons', {person_key_sql()} as key from {rows}"
        " where key is not null"
    )
    ours = {column.ours for column in tally.columns}
    if "person" in ours:
        engine.run(f"insert into found_here select 'local', t.person from {rows} where t.person is not null")
    if "ins" in ours:
        engine.run(
            f"insert into ins_here select distinct left(t.ins, 13), t.birth_date, upper(left(t.sex, 1)),"
            f" {folded_sql('t.family_name')}, {folded_sql('t.given_names')}"
            f" from {rows} where t.ins is not null"
        )


def _find_others(engine: Engine, tally: Tally) -> None:
    """Guardians and professionals: persons, but not those whom the rows are about."""
    for label, role in (("guardians", GUARDIAN), ("professionals", PROFESSIONAL)):
        key = others_key_sql(tally.columns, role)
        if key is not None:
            engine.run(
                f"insert into found_here select '{label}', {key} as key from typed where key is not null"
            )
