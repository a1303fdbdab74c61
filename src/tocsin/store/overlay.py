# SPDX-License-Identifier: Apache-2.0
"""A case as it would be: other settings, entries and rows, its stages run in memory; the case is not touched.

What stages write stands for as long as this object lives, in memory and nowhere else. Queries spill where the
case's own would: to memory-backed files when it is sealed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from tocsin.core.settings import CaseSettings
from tocsin.core.tables import TABLES, Table
from tocsin.journal import Entry, Journal
from tocsin.store.case import Case, Stage, ordered_rows
from tocsin.store.engine import Engine, Value
from tocsin.store.parts import Part
from tocsin.store.query import Query, quote

WHOLE = "whole_"
"""Before a table's name: all of its rows, where only some of them are supposed."""


class SupposedJournal(Journal):
    """The case's journal with some entries changed or added; nothing is ever written to it."""

    def __init__(self, held: Journal, entries: Sequence[Entry]) -> None:
        super().__init__(held.path.parent, read_only=True)
        self._supposed = tuple(entries)

    def entries(self) -> Iterator[Entry]:
        """All entries, as they are supposed."""
        return iter(self._supposed)


class Overlay(Case):
    """A case opened for reading, whose stages write to memory.

    `settings` and `entries` stand for the case's own where given; `kept` tells, by table, the SQL condition
    that a row must meet to be there at all.
    """

    def __init__(
        self,
        folder: Path,
        *,
        by: str,
        settings: CaseSettings | None = None,
        kept: Mapping[str, str] | None = None,
    ) -> None:
        self._kept = dict(kept or {})
        self._supposed: dict[str, pa.Table] = {}
        super().__init__(folder, by=by, read_only=True, settings=settings)

    def suppose_entries(self, entries: Sequence[Entry]) -> None:
        """Let the journal hold these entries, and no others."""
        self.journal = SupposedJournal(self.journal, entries)

    def attach(self, engine: Engine, table: Table, parts: Sequence[Part] | None = None) -> None:
        """Give the engine a table as it is supposed: what a stage wrote here, else the rows that are kept."""
        if table.name in self._supposed:
            engine.register(table.name, self._supposed[table.name])
        elif table.name in self._kept:
            whole = replace(table, name=f"{WHOLE}{table.name}")
            chosen = self.generation.tables.get(table.name, ()) if parts is None else parts
            self.reader.attach(engine, whole, chosen, self.key)
            engine.view(table.name, f"select * from {quote(whole.name)} where {self._kept[table.name]}")
        else:
            super().attach(engine, table, parts)

    def stage_is_current(self, name: str, inputs: str) -> bool:
        """Never: nothing of what is supposed was ever committed."""
        del name, inputs
        return False

    @contextmanager
    def stage(self, name: str, *reads: str) -> Iterator[Stage]:
        """One stage's run, whose commit lets its tables stand in memory."""
        with self.engine(*reads) as engine:
            yield OverlayStage(self, name, engine)

    def keep_supposed(self, tables: Mapping[str, pa.Table]) -> None:
        """Let these tables stand."""
        self._supposed.update(tables)


class OverlayStage(Stage):
    """A stage's run that writes to memory; it knows whole tables only."""

    def __init__(self, case: Overlay, name: str, engine: Engine) -> None:
        super().__init__(case, name, engine)
        self._overlay = case
        self._tables: dict[str, pa.Table] = {}

    def write(self, table_name: str, query: Query | str, **binds: Value) -> int:
        """Replace a table by a query's rows, in its total order. Returns the number of rows."""
        rows = self.engine.table(ordered_rows(TABLES[table_name], query), **binds)
        self._tables[table_name] = rows
        return int(rows.num_rows)

    def attach_written(self, table_name: str) -> None:
        """Give the engine a table as this stage has just written it, where it has."""
        if table_name in self._tables:
            self.engine.register(table_name, self._tables[table_name])

    def commit(self, inputs: str) -> None:
        """Let what was written stand, in memory."""
        del inputs
        self._overlay.keep_supposed(self._tables)
