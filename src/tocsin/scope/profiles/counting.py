# SPDX-License-Identifier: Apache-2.0
"""Counts one chunk of rows: each column by its kind, prose by what is found in it, persons by their keys.

Every step is one statement over the relation `batch`; the sums of chunks add up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pyarrow as pa

from tocsin.scope.profiles.cells import with_bare
from tocsin.scope.profiles.columns import Column
from tocsin.scope.profiles.holding import hold
from tocsin.scope.profiles.kinds import KINDS, holds_sql
from tocsin.scope.profiles.naming import GUARDIAN, PROFESSIONAL
from tocsin.scope.profiles.people import (
    TRAITS,
    bare_places,
    cleaned_batch,
    folded_sql,
    form_sql,
    is_compared,
    others_key_sql,
    person_key_sql,
    trait_sql,
    typed_sql,
)
from tocsin.scope.profiles.prose import search_prose
from tocsin.store.engine import Engine

TEST_OIDS = ("1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.11")
"""INS of tests and demonstrations: nobody's."""


@dataclass
class Tally:
    """What was counted so far in one table of a file."""

    columns: Sequence[Column]
    rows: int = 0
    filled: list[int] = field(init=False)
    """Rows in which something stands, by column."""

    fitting: list[int] = field(init=False)
    false_keys: list[int] = field(init=False)
    in_prose: dict[str, int] = field(default_factory=dict)
    false_in_prose: int = 0
    held: Counter[str] = field(default_factory=Counter)
    """Identifiers held by kind, each as often as it stands there."""

    def __post_init__(self) -> None:
        for name in ("filled", "fitting", "false_keys"):
            setattr(self, name, [0] * len(self.columns))

    @cached_property
    def formed(self) -> list[int]:
        """The places of the columns whose values are held to a form."""
        return [place for place, column in enumerate(self.columns) if column.kind is not None]

    @cached_property
    def counts_sql(self) -> str:
        """Two numbers of each formed column: values of the form, and those whose key holds."""
        parts = (_counts(place, self.columns[place].kind or "") for place in self.formed)
        return f"select {', '.join(parts)} from typed"

    def add(self, other: Tally) -> None:
        """Add what was counted in another chunk of the same table."""
        for mine, theirs in (
            (self.filled, other.filled),
            (self.fitting, other.fitting),
            (self.false_keys, other.false_keys),
        ):
            mine[:] = map(sum, zip(mine, theirs, strict=True))
        for name, found in other.in_prose.items():
            self.in_prose[name] = self.in_prose.get(name, 0) + found
        self.false_in_prose += other.false_in_prose
        self.rows += other.rows
        self.held += other.held


def count_chunk(engine: Engine, columns: Sequence[Column], chunk: pa.Table) -> Tally:
    """Count a chunk of `cells.trimmed`; its identifiers go into the tables of `holding`."""
    tally = Tally(columns, chunk.num_rows)
    engine.register("batch", with_bare(chunk, bare_places(columns)))
    try:
        _count(engine, tally, chunk)
    finally:
        engine.unregister("batch")
    return tally


def _count(engine: Engine, tally: Tally, chunk: pa.Table) -> None:
    _count_filled(tally, chunk)
    if any(is_compared(column) for column in tally.columns):
        engine.create("typed", typed_sql(tally.columns))
        _count_forms(engine, tally)
        for place, column in enumerate(tally.columns):
            if column.kind in KINDS and column.kind != "postcode":
                _find_values(engine, tally, place, column)
        _find_persons(engine, tally)
        _find_others(engine, tally)
        engine.drop("typed")
    for place, column in enumerate(tally.columns):
        if column.kind is None:
            for category, found, false in search_prose(engine, tally.held, chunk.column(place)):
                tally.in_prose[category] = tally.in_prose.get(category, 0) + found
                tally.false_in_prose += false


def _count_filled(tally: Tally, chunk: pa.Table) -> None:
    for place, column in enumerate(tally.columns):
        filled = chunk.num_rows - chunk.column(place).null_count
        tally.filled[place] += filled
        if column.kind is None:
            tally.fitting[place] += filled


def _count_forms(engine: Engine, tally: Tally) -> None:
    if not tally.formed:
        return
    [row] = engine.rows(tally.counts_sql)
    numbers = [int(str(number)) for number in row]
    for place, fitting, holding in zip(tally.formed, numbers[::2], numbers[1::2], strict=True):
        tally.fitting[place] += fitting
        tally.false_keys[place] += fitting - holding


def _counts(place: int, name: str) -> str:
    fitting = f"count(c{place})"
    kind = KINDS.get(name)
    if kind is None or (kind.holds is None and kind.name != "finess"):
        return f"{fitting}, {fitting}"
    holding = f"c{place} is not null and {holds_sql(kind, f'c{place}')}"
    return f"{fitting}, count(*) filter (where {holding})"


def _find_values(engine: Engine, tally: Tally, place: int, column: Column) -> None:
    """The identifiers of a column; those of guardians apart."""
    value = f"left(c{place}, 13)" if column.kind in ("nir", "ins") else f"c{place}"
    if column.kind == "ins":
        _find_ins(engine, tally, place, column)
    else:
        hold(engine, tally.held, _label(column), f"select {value} from typed where {value} is not null")


def _find_ins(engine: Engine, tally: Tally, place: int, column: Column) -> None:
    """Those of tests and demonstrations are nobody's."""
    tests = ", ".join(f"'{oid}'" for oid in TEST_OIDS)
    is_test = f"regexp_extract(v{place}, '[0-9]+(?:[.][0-9]+)+') in ({tests})"
    rows = f"(select {form_sql(place, column)}, {is_test} as is_test from {cleaned_batch(tally.columns)})"
    for label, asked in (("ins_test", "is_test"), (_label(column), "not is_test")):
        values = f"select left(c{place}, 13) from {rows} where c{place} is not null and {asked}"
        hold(engine, tally.held, label, values)


def _label(column: Column) -> str:
    return column.kind or "" if column.role in ("subject", "professional") else f"{column.role}_{column.kind}"


def _find_persons(engine: Engine, tally: Tally) -> None:
    if not any(column.ours in TRAITS for column in tally.columns):
        return
    rows = f"({_with_names(engine, tally.columns)}) as t"
    hold(engine, tally.held, "persons", f"select {person_key_sql()} as key from {rows} where key is not null")
    ours = {column.ours for column in tally.columns}
    if "person" in ours:
        hold(engine, tally.held, "local", f"select t.person from {rows} where t.person is not null")
    if "ins" in ours:
        engine.run(
            "insert into ins_here select distinct left(t.ins, 13), t.birth_date, upper(left(t.sex, 1)),"
            " case when t.family_name is not null then t.name end, t.given"
            f" from {rows} where t.ins is not null"
        )


def _with_names(engine: Engine, columns: Sequence[Column]) -> str:
    """The rows of `typed` as TRAITS, with `name` and `given` folded: each distinct name once."""
    said = {name: trait_sql(columns, name) for name in TRAITS}
    either = f"coalesce({said['family_name']}, {said['used_name']})"
    told = f"select {either} as v from typed union all select {said['given_names']} from typed"
    engine.create(
        "folded",
        f"select v, {folded_sql('v')} as plain from (select distinct v from ({told})) where v is not null",
    )
    traits = ", ".join(f"{sql} as {of}" for of, sql in said.items())
    return (
        "select t.*, n.plain as name, g.plain as given"
        f" from (select {traits}, {either} as either from typed) as t"
        " left join folded as n on n.v = t.either left join folded as g on g.v = t.given_names"
    )


def _find_others(engine: Engine, tally: Tally) -> None:
    """Guardians and professionals: persons, but not those whom the rows are about."""
    for label, role in (("guardians", GUARDIAN), ("professionals", PROFESSIONAL)):
        key = others_key_sql(tally.columns, role)
        if key is not None:
            hold(engine, tally.held, label, f"select {key} as key from typed where key is not null")
