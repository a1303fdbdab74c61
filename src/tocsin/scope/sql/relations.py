# SPDX-License-Identifier: Apache-2.0
"""The parts of a query that is written anew: what it gives, and which rows of which tables stand behind it.

A leaf is one place where a query reads a table. A row of a result carries the number of the row behind it for
each leaf, or a list of them where rows were put together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tocsin.scope.sql.schema import BaseTable
from tocsin.store.query import quote

ROW = "__row"
CALLS = '"logged calls"'
CALL = '"__call"'


@dataclass(frozen=True, slots=True)
class Ref:
    """A column of a leaf that stands behind an output."""

    leaf: int
    column: str
    derived: bool = False
    """Only a count, a sum or the like of it."""

    decrypted: bool = False

    def as_derived(self) -> Ref:
        """The same behind an aggregate."""
        return Ref(self.leaf, self.column, derived=True, decrypted=self.decrypted)


Refs = frozenset[Ref]
NOTHING: Refs = frozenset()


@dataclass(frozen=True, slots=True)
class Output:
    """A column of a result."""

    name: str
    refs: Refs
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Leaf:
    """One reading of a table."""

    number: int
    table: BaseTable

    @property
    def column(self) -> str:
        """Its column in results, quoted."""
        return quote(f"__r{self.number}")


@dataclass(frozen=True, slots=True)
class Relation:
    """A query written anew."""

    sql: str
    outputs: tuple[Output, ...]
    leaves: Mapping[int, bool]
    """Leaf → whether it carries a list of rows."""

    flat: bool = False
    """It has the rows of all calls at once, each under its `__call`; else it stands within one call."""


@dataclass(slots=True)
class Source:
    """What stands in a from, under its alias."""

    alias: str
    columns: dict[str, Output]
    """By folded name; the name is the one to write."""

    leaves: dict[int, str]
    """Leaf → the column that carries its row."""

    listed: frozenset[int] = frozenset()


@dataclass(slots=True)
class Scope:
    """The sources that a select sees, and those around it."""

    outer: Scope | None
    sources: dict[str, Source] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)
    """Columns that a join makes one (`using`)."""

    held: list[str] = field(default_factory=list)
    """That rows held at the time of the call: asked when all sources are joined, see `held_sql`."""

    present: list[str] = field(default_factory=list)
    """Columns of the other sources, never null."""

    def held_sql(self) -> list[str]:
        """One condition that names every source: the engine joins by what is equal, and asks it last."""
        if not self.held:
            return []
        tests = " and ".join(self.held)
        if len(self.held) + len(self.present) == 1:
            return [tests]
        present = " and ".join(f"{column} is not null" for column in self.present) or "true"
        return [f"case when {present} then {tests} else false end"]
