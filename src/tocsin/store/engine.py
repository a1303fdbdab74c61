# SPDX-License-Identifier: Apache-2.0
"""The only file that imports duckdb: limits, no network, values bound, a failing step named.

An engine is one connection to a database in memory; what does not fit spills beside the case, or to
memory-backed files when the case is sealed. Nothing about a person is ever put in an error: DuckDB's own
message may quote a value, so it is left out and only its kind is told.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from weakref import WeakSet

import duckdb
import pyarrow as pa

from tocsin.core.errors import InputError, MachineError
from tocsin.core.words import _
from tocsin.store.query import Query, literal, quote

Value = None | bool | int | float | str | datetime | list[str] | list[int]
Row = tuple[object, ...]

# Arrow's own allocator hands large blocks back to the system at once, which clears them anew each time: a
# fifth of the time of reading a log.
pa.set_memory_pool(pa.system_memory_pool())

_SIZE = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)B?\s*$", re.IGNORECASE)
ENGINE_SHARE = 0.7


def parse_size(text: str) -> int:
    """Bytes of "4GiB", "512MB", "1000"; raises InputError."""
    found = _SIZE.match(text)
    if not found:
        raise InputError(_("'{text}' is not a size."), do=_("Write it as 4GiB."), text=text)
    base = 1024 if found[3] else 1000
    return int(float(found[1]) * base ** " KMGT".index(found[2].upper() or " "))


def interrupt_all() -> None:
    """Stop what every engine of this process is computing; each then fails. For signals only."""
    for engine in list(_OPEN):
        with suppress(duckdb.Error, RuntimeError):  # one that has just been closed
            engine.connection.interrupt()


MOST_PLANNED = 16
"""Statements that an engine keeps planned: a case has no more formats than that at a time."""


LONG_STATEMENT = 14_000
"""Characters from which planning a statement anew costs more than one copy more of a chunk's rows, which a
prepared one makes; a shorter one is only bound once."""


class Engine:
    """A DuckDB connection that cannot reach out, with the memory it was given."""

    def __init__(
        self, *, memory: str = "4GiB", threads: int | None = None, spill: Path | None = None
    ) -> None:
        limit = self._limit = int(parse_size(memory) * ENGINE_SHARE)
        self.connection = duckdb.connect(
            config={
                "memory_limit": f"{limit}B",
                "threads": threads or os.cpu_count() or 1,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "allow_community_extensions": False,
                "temp_directory": "" if spill is None else str(spill),
            }
        )
        for setting in (
            "set TimeZone = 'UTC'",
            "set preserve_insertion_order = true",
            "set python_enable_replacements = false",
            "set enable_progress_bar = false",
            # Tables that live as long as the connection need no checkpoint: it packs them again and again.
            "set checkpoint_threshold = '1TB'",
            "set max_vacuum_tasks = 0",
            # A stage reads the same parts a dozen times: their footers are taken apart once.
            "set parquet_metadata_cache = true",
        ):
            self.connection.execute(setting)
        self._planned: dict[tuple[str, str, pa.Schema], _Planned] = {}
        _OPEN.add(self)

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def keep_blocks(self) -> None:
        """Hold on to memory once taken, for what comes next: for long work that spills.

        Handing it back and taking it anew is a twentieth of such work. Where the system does not grant so
        much of addresses beforehand, nothing changes.
        """
        with suppress(duckdb.Error):
            self.connection.execute(f"set block_allocator_memory = '{self._limit}B'")

    def close(self) -> None:
        """Free the memory and the spilled files."""
        _OPEN.discard(self)
        for planned in self._planned.values():
            planned.engine.close()
        self._planned.clear()
        self.connection.close()

    def run(self, query: Query | str, **binds: Value) -> None:
        """Execute for its effect."""
        self.rows(query, **binds)

    def rows(self, query: Query | str, **binds: Value) -> list[Row]:
        """All rows of a small result."""
        name, sql = _named(query)
        with _told(name, sql):
            found: list[Row] = self.connection.execute(sql, dict(binds) or None).fetchall()
        return found

    def value(self, query: Query | str, **binds: Value) -> object:
        """The first column of the only row, or None when there is none."""
        found = self.rows(query, **binds)
        return found[0][0] if found else None

    def count(self, query: Query | str, **binds: Value) -> int:
        """`value`, as a number; null is 0."""
        found = self.value(query, **binds)
        return int(found) if isinstance(found, (int, float)) else 0

    def create(self, name: str, query: Query | str, **binds: Value) -> None:
        """Keep a step's result as a temporary table of that name."""
        step, sql = _named(query)
        self._do(step, f"create or replace temp table {quote(name)} as {sql}", binds)

    def view(self, name: str, sql: str) -> None:
        """Give a text a name; nothing is computed."""
        self._do(name, f"create or replace temp view {quote(name)} as {sql}", {})

    def drop(self, name: str) -> None:
        """Forget a temporary table."""
        self.run(f"drop table if exists {quote(name)}")

    def view_of_files(self, name: str, paths: Sequence[Path]) -> None:
        """A view over Parquet files of one schema."""
        listed = ", ".join(literal(str(path)) for path in paths)
        self.view(name, f"select * from read_parquet([{listed}], hive_partitioning = false)")

    def register(self, name: str, table: pa.Table | pa.RecordBatchReader) -> None:
        """Give Arrow data a name, also one that a view had."""
        with _told(name, ""):
            self.connection.unregister(name)
            self.connection.execute(f"drop view if exists temp.{quote(name)}")
            self.connection.register(name, table)

    def unregister(self, name: str) -> None:
        """Forget Arrow data."""
        self.connection.unregister(name)

    def stream(self, query: Query | str, batch_rows: int, **binds: Value) -> Iterator[pa.RecordBatch]:
        """Batches of a large result, in its order."""
        name, sql = _named(query)
        with _told(name, sql):
            relation = self.connection.sql(sql, params=dict(binds) or None)
            reader = None if relation is None else relation.to_arrow_reader(batch_rows)
        while reader is not None:
            with _told(name, sql):
                batch = next(reader, None)
            if batch is None:
                return
            yield batch

    def table(self, query: Query | str, **binds: Value) -> pa.Table:
        """A whole result that fits in memory, in its order."""
        name, sql = _named(query)
        with _told(name, sql):
            return self.connection.sql(sql, params=dict(binds) or None).to_arrow_table()

    def one_piece_of(self, name: str, data: pa.Table, *ways: str, is_private: bool = False) -> pa.Table:
        """A statement's rows over Arrow data of that name, as many as it has at most.

        Each column is in one piece (2 GiB of text at most). The same statement over other data of the same
        columns is planned once: that costs up to 150 ms. Of several ways to say it, one that refuses a value
        gives way to the next, from then on. A private
        statement holds what records say: no error shows it.
        """
        with _told("composed", "" if is_private else ways[-1]):
            for way in ways[:-1]:
                planned = self._plan(name, way, data)
                if not planned.has_refused:
                    try:
                        return planned.rows_of(data)
                    except (duckdb.InvalidInputException, duckdb.ConversionException):
                        planned.has_refused = True
            return self._plan(name, ways[-1], data).rows_of(data)

    def _plan(self, name: str, sql: str, data: pa.Table) -> _Planned:
        key = (name, sql, data.schema)
        if key not in self._planned:
            if len(self._planned) >= MOST_PLANNED:
                self._planned.pop(next(iter(self._planned))).engine.close()
            self._planned[key] = _Planned(self.cursor(), name, sql, data)
        return self._planned[key]

    @contextmanager
    def one_thread_each(self) -> Iterator[None]:
        """Within this, a statement keeps to the thread that runs it: for several at a time."""
        threads = self.count("select current_setting('threads')")
        self.run("set threads = 1")
        try:
            yield
        finally:
            self.run(f"set threads = {threads}")

    def cursor(self) -> Engine:
        """A second connection to the same database, for another thread."""
        twin = object.__new__(Engine)
        twin.connection = self.connection.cursor()
        twin.connection.execute("set TimeZone = 'UTC'")
        twin._limit = self._limit
        twin._planned = {}
        _OPEN.add(twin)
        return twin

    def _do(self, step: str, sql: str, binds: dict[str, Value]) -> None:
        with _told(step, sql):
            self.connection.execute(sql, binds or None).fetchall()


class _Fed:
    """Arrow data under one name, which others may replace (the Arrow PyCapsule interface)."""

    def __init__(self, data: pa.Table) -> None:
        self.data = data

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.data.__arrow_c_stream__(requested_schema)


class _Planned:
    """A statement that stays planned or bound, on a connection of its own: a new name there would undo it."""

    def __init__(self, engine: Engine, name: str, sql: str, data: pa.Table) -> None:
        self.engine = engine
        self._empty = data.schema.empty_table()
        self._fed = _Fed(data)
        self.has_refused = False
        engine.connection.register(name, self._fed)
        self._bound = engine.connection.sql(sql) if len(sql) < LONG_STATEMENT else None
        if self._bound is None:
            engine.connection.execute(f"prepare planned as {sql}")

    def rows_of(self, data: pa.Table) -> pa.Table:
        """The statement's rows over these data, in one piece; the data are not kept."""
        self._fed.data = data
        try:
            found = self._bound
            if found is None:
                found = self.engine.connection.sql("execute planned")
            return found.to_arrow_table(max(1, data.num_rows)).combine_chunks()
        finally:
            self._fed.data = self._empty


def _named(query: Query | str) -> tuple[str, str]:
    return (query.name, query.sql) if isinstance(query, Query) else ("composed", query)


_OPEN: WeakSet[Engine] = WeakSet()

# DuckDB's own, what Arrow makes of them in a stream (OSError too), and RuntimeError for an interruption.
_FAILURES = (duckdb.Error, pa.ArrowException, OSError, RuntimeError)


@contextmanager
def _told(name: str, sql: str) -> Iterator[None]:
    """A failure of the engine, told by the step's name and nothing of what it read."""
    try:
        yield
    except _FAILURES as error:
        failure = _failed(name, sql, error)
    else:
        return
    raise failure from None  # DuckDB's message quotes values: it must not hang on behind


def _failed(name: str, sql: str, error: Exception) -> MachineError:
    message = str(error)
    if isinstance(error, duckdb.OutOfMemoryException) or "Out of Memory" in message:
        return MachineError(
            _("The step '{step}' needs more memory than it may use."),
            do=_("Raise [limits] memory in case.toml, or free space for its temporary files."),
            code="out_of_memory",
            step=name,
        )
    if "No space left" in message:
        return MachineError(
            _("The disk is full (step '{step}')."),
            do=_("Free space and run again."),
            code="disk_full",
            step=name,
        )
    failure = MachineError(
        _("The step '{step}' failed ({kind})."),
        do=_("Run again with --debug and report it."),
        step=name,
        kind=type(error).__name__,
    )
    failure.add_note(sql)
    if os.environ.get("TOCSIN_UNSAFE_ERRORS"):
        # DuckDB quotes the value that failed: for a developer with synthetic data only.
        failure.add_note(message)
    return failure
