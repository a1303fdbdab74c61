# SPDX-License-Identifier: Apache-2.0
"""Every number of the report, with the query that gave it and what that query read.

A sheet asks named queries of one engine and puts their rows into the report; each number put there is
entered under its dotted path. Nothing enters the report with a number that no query gave.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

from tocsin.core.errors import MachineError
from tocsin.core.words import _
from tocsin.store.case import Case
from tocsin.store.engine import Engine, Value
from tocsin.store.query import Query, load_query

Row = dict[str, Any]
"""A row of a query, instants as text: what JSON holds."""

NUMBERS_THAT_MAY_BE_NULL: Final = ("ceiling", "bound")
"""A null of these says that nothing bounds the number: it has its entry too."""

BATCH_ROWS: Final = 10_000


def write_instant(instant: datetime) -> str:
    """`2024-06-11T08:02:00.000000Z`: UTC, microseconds."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


@dataclass(slots=True)
class Figures:
    """The numbers entered so far: dotted path to value, query and inputs."""

    inputs: str
    """Digest of the generation that the queries read."""

    entries: dict[str, Row] = field(default_factory=dict)

    def enter(self, path: str, value: object, query: Query) -> None:
        """Enter a value, or every number within it, as given by a query."""
        for place, number in list_numbers(path, value):
            self.entries[place] = {
                "value": number,
                "query": f"{query.name} {query.sha256}",
                "inputs": self.inputs,
            }


def list_numbers(path: str, value: object) -> Iterator[tuple[str, object]]:
    """Dotted paths of the numbers within a part of the report, lists by index."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from list_numbers(f"{path}.{key}", one)
    elif isinstance(value, list):
        for at, one in enumerate(value):
            yield from list_numbers(f"{path}.{at}", one)
    elif (isinstance(value, int | float) and not isinstance(value, bool)) or (
        value is None and path.endswith(NUMBERS_THAT_MAY_BE_NULL)
    ):
        yield path, value


def load_figure(name: str) -> Query:
    """A query of the report."""
    return load_query("tocsin.report", name)


@dataclass(slots=True)
class Sheet:
    """The report in the making."""

    case: Case
    engine: Engine
    figures: Figures
    parts: Row = field(default_factory=dict)

    def make(self, step: str, **binds: Value) -> None:
        """Keep a named query's rows under its name, for those after it."""
        self.engine.create(step, load_figure(step), **binds)

    def ask(self, name: str, **binds: Value) -> list[Row]:
        """The rows of a small named query."""
        batches = self.engine.stream(load_figure(name), BATCH_ROWS, **binds)
        return [_plain(row) for batch in batches for row in batch.to_pylist()]

    def ask_one(self, name: str, **binds: Value) -> Row:
        """The only row of a named query."""
        [row] = self.ask(name, **binds)
        return row

    def put(self, key: str, value: object, name: str) -> None:
        """Give the report a part, whose numbers a named query gave."""
        self.parts[key] = value
        self.enter(key, value, name)

    def enter(self, path: str, value: object, name: str) -> None:
        """Enter the numbers of a part as given by a named query; the last query to enter a number stays."""
        self.figures.enter(path, value, load_figure(name))


def check_levels(path: str, count: Row) -> None:
    """Raise MachineError unless floor ≤ best ≤ ceiling."""
    ceiling = count["ceiling"]
    if not count["floor"] <= count["best"] or (ceiling is not None and ceiling < count["best"]):
        raise MachineError(_("The counts of {path} are not in order."), do=_("Report it."), path=path)


def levels(row: Row) -> Row:
    """Floor, best and ceiling of a query's row."""
    return {key: row[key] for key in ("floor", "best", "ceiling")}


def by_key(rows: Iterable[Row], key: str) -> dict[str, list[Row]]:
    """Rows by the value of a column, without it."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(str(row[key]), []).append({k: v for k, v in row.items() if k != key})
    return found


def _plain(row: Row) -> Row:
    return {key: _plain_value(value) for key, value in row.items()}


def _plain_value(value: object) -> object:
    if isinstance(value, datetime):
        return write_instant(value)
    return value.isoformat() if isinstance(value, date) else value
