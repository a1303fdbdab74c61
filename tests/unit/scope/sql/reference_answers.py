# SPDX-License-Identifier: Apache-2.0
"""Queries answered by a plain walk over the rows of one instant, cell by cell: the engine is held against it.

A query is built as an object that can both write its SQL and answer itself. No SQL engine, no parser and
nothing of the product takes part. Only what the generated queries need is here.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Value = None | int | str
Cell = tuple[str, int, str]
"""(table, number of the row's version, column)."""

Snapshot = Mapping[str, Sequence[tuple[int, Mapping[str, Value]]]]
"""Table → (number of the version, its values) of the rows of one instant."""


@dataclass(frozen=True)
class Row:
    """Named values, each with the cells that it came from."""

    values: Mapping[str, Value]
    cells: Mapping[str, frozenset[Cell]]


Env = Mapping[str, Row]


@dataclass(frozen=True)
class Expr:
    """A value over the rows of a from."""

    text: str
    value: Callable[[Env], Value]
    cells: Callable[[Env], frozenset[Cell]]


@dataclass(frozen=True)
class Test:
    """A condition; null is no."""

    text: str
    holds: Callable[[Env, Snapshot], bool]
    __test__ = False


@dataclass(frozen=True)
class Table:
    """A table of the database."""

    name: str
    columns: tuple[str, ...]

    @property
    def text(self) -> str:
        return self.name

    def rows(self, snapshot: Snapshot) -> Iterator[Row]:
        for number, values in snapshot[self.name]:
            yield Row(values, {c: frozenset({(self.name, number, c)}) for c in self.columns})


@dataclass(frozen=True)
class Join:
    """A further source: `join`, `left join`, or `cross join` without a test."""

    kind: str
    source: Table | Derived
    alias: str
    on: Test | None = None


@dataclass(frozen=True)
class Select:
    """One select."""

    source: Table | Derived
    alias: str
    outputs: tuple[tuple[str, Expr], ...]
    joins: tuple[Join, ...] = ()
    where: tuple[Test, ...] = ()
    distinct: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for name, _expr in self.outputs)

    @property
    def text(self) -> str:
        listed = ", ".join(f"{expr.text} as {name}" for name, expr in self.outputs)
        joins = "".join(
            f" {j.kind} {j.source.text} {j.alias}" + (f" on {j.on.text}" if j.on else "") for j in self.joins
        )
        where = " where " + " and ".join(test.text for test in self.where) if self.where else ""
        return (
            f"select {'distinct ' if self.distinct else ''}{listed}"
            f" from {self.source.text} {self.alias}{joins}{where}"
        )

    def envs(self, snapshot: Snapshot, outer: Env | None = None) -> list[Env]:
        envs: list[Env] = [{**(outer or {}), self.alias: row} for row in self.source.rows(snapshot)]
        for join in self.joins:
            envs = [wide for env in envs for wide in _joined(env, join, snapshot)]
        return [env for env in envs if all(test.holds(env, snapshot) for test in self.where)]

    def rows(self, snapshot: Snapshot, outer: Env | None = None) -> list[Row]:
        rows = [
            Row(
                {name: expr.value(env) for name, expr in self.outputs},
                {name: expr.cells(env) for name, expr in self.outputs},
            )
            for env in self.envs(snapshot, outer)
        ]
        return merged(rows, self.columns) if self.distinct else rows


@dataclass(frozen=True)
class Both:
    """A set operation."""

    left: Select
    word: str
    right: Select

    @property
    def columns(self) -> tuple[str, ...]:
        return self.left.columns

    @property
    def text(self) -> str:
        return f"{self.left.text} {self.word} {self.right.text}"

    def rows(self, snapshot: Snapshot) -> list[Row]:
        left, right = self.left.rows(snapshot), [self._renamed(row) for row in self.right.rows(snapshot)]
        keys = {name: {_key(row, self.columns) for row in rows} for name, rows in (("l", left), ("r", right))}
        if self.word == "union all":
            return [*left, *right]
        if self.word == "union":
            kept = [*left, *right]
        elif self.word == "intersect":
            kept = [row for row in (*left, *right) if _key(row, self.columns) in keys["l"] & keys["r"]]
        else:
            kept = [row for row in left if _key(row, self.columns) not in keys["r"]]
        return merged(kept, self.columns)

    def _renamed(self, row: Row) -> Row:
        pairs = list(zip(self.columns, self.right.columns, strict=True))
        return Row({a: row.values[b] for a, b in pairs}, {a: row.cells[b] for a, b in pairs})


@dataclass(frozen=True)
class Derived:
    """A query in a from, in parentheses or under a name said before."""

    query: Select | Both
    name: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        return self.query.columns

    @property
    def text(self) -> str:
        return self.name or f"({self.query.text})"

    def rows(self, snapshot: Snapshot) -> Iterator[Row]:
        yield from self.query.rows(snapshot)


@dataclass(frozen=True)
class Page:
    """An order, a limit and an offset around a query."""

    order: tuple[tuple[str, bool], ...] = ()
    """(column, whether it descends)."""

    limit: int | None = None
    offset: int = 0

    @property
    def text(self) -> str:
        terms = ", ".join(f"{name}{' desc' if down else ''}" for name, down in self.order)
        order = f" order by {terms}" if terms else ""
        limit = "" if self.limit is None else f" limit {self.limit}"
        return f"{order}{limit}" + (f" offset {self.offset}" if self.offset else "")


@dataclass
class Shown:
    """The cells that a page showed for certain, and those that it may have shown."""

    sure: frozenset[Cell] = frozenset()
    possible: frozenset[Cell] = frozenset()
    rows: int = 0
    too_many: bool = False
    """More ways to break the ties than are worth trying."""

    blocks: list[int] = field(default_factory=list)


def merged(rows: Sequence[Row], columns: Sequence[str]) -> list[Row]:
    """Equal rows as one, with the cells of all of them."""
    found: dict[tuple[Value, ...], Row] = {}
    for row in rows:
        key = _key(row, columns)
        before = found.get(key, row)
        found[key] = Row(row.values, {c: before.cells[c] | row.cells[c] for c in columns})
    return list(found.values())


def show(rows: Sequence[Row], page: Page, *, most_ways: int = 3000) -> Shown:
    """Try every order that the page's terms allow, and see which cells are there in all, and in some."""
    if page.limit is None and not page.offset:
        cells = frozenset(cell for row in rows for cell in _cells(row))
        return Shown(cells, cells, len(rows))
    ordered = sorted(rows, key=lambda row: tuple(_Place(row.values[n], down) for n, down in page.order))
    first, last = page.offset, math.inf if page.limit is None else page.offset + page.limit
    shown = Shown(rows=max(0, min(len(rows), int(min(last, len(rows)))) - first))
    sure: set[Cell] = set()
    possible: set[Cell] = set()
    at = 0
    for _same, group in itertools.groupby(
        ordered, key=lambda row: tuple(row.values[n] for n, _ in page.order)
    ):
        block = list(group)
        places = int(min(last, at + len(block))) - max(first, at)
        at += len(block)
        if places <= 0:
            continue
        shown.blocks.append(len(block))
        if math.comb(len(block), places) > most_ways:
            shown.too_many = True
            return shown
        ways = [
            frozenset(cell for row in chosen for cell in _cells(row))
            for chosen in itertools.combinations(block, places)
        ]
        sure |= frozenset.intersection(*ways)
        possible |= frozenset.union(*ways)
    shown.sure, shown.possible = frozenset(sure), frozenset(possible)
    return shown


class _Place:
    """A value in an order: null is larger than all others, as in PostgreSQL."""

    def __init__(self, value: Value, down: bool) -> None:
        self.key = (value is None, value if value is not None else 0)
        self.down = down

    def __lt__(self, other: _Place) -> bool:
        low, high = (other, self) if self.down else (self, other)
        if low.key[0] != high.key[0]:
            return not low.key[0]
        return not low.key[0] and low.key[1] < high.key[1]  # type: ignore[operator]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Place) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


def _cells(row: Row) -> Iterator[Cell]:
    for cells in row.cells.values():
        yield from cells


def _key(row: Row, columns: Sequence[str]) -> tuple[Value, ...]:
    return tuple(row.values[name] for name in columns)


def _joined(env: Env, join: Join, snapshot: Snapshot) -> list[Env]:
    wide = [{**env, join.alias: row} for row in join.source.rows(snapshot)]
    kept = [one for one in wide if join.on is None or join.on.holds(one, snapshot)]
    if kept or join.kind != "left join":
        return kept  # type: ignore[return-value]
    nothing = Row(dict.fromkeys(join.source.columns), dict.fromkeys(join.source.columns, frozenset()))
    return [{**env, join.alias: nothing}]
