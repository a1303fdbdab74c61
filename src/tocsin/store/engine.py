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
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from tocsin.core.errors import InputError, MachineError
from tocsin.store.query import Query, literal, quote

Value = None | bool | int | float | str | datetime | list[str] | list[int]
Row = tuple[object, ...]

_SIZE = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)B?\s*$", re.IGNORECASE)
ENGINE_SHARE = 0.7


def parse_size(text: str) -> int:
    """Bytes of "4GiB", "512MB", "1000"; raises InputError."""
    found = _SIZE.match(text)
    if not found:
        raise InputError(f"'{text}' is not a size.", do="Write it as 4GiB.")
    base = 1024 if found[3] else 1000
    return int(float(found[1]) * base ** " KMGT".index(found[2].upper() or " "))


class Engine:
    """A DuckDB connection that cannot reach out, with the memory it was given."""

    def __init__(
        self, *, memory: str = "4GiB", threads: int | None = None, spill: Path | None = None
    ) -> None:
        limit = int(parse_size(memory) * ENGINE_SHARE)
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
        ):
            self.connection.execute(setting)

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Free the memory and the spilled files."""
        self.connection.close()

    def run(self, query: Query | str, **binds: Value) -> None:
        """Execute for its effect."""
        self.rows(query, **binds)

    def rows(self, query: Query | str, **binds: Value) -> list[Row]:
        """All rows of a small result."""
        name, sql = _named(query)
        try:
            found: list[Row] = self.connection.execute(sql, dict(binds) or None).fetchall()
        except duckdb.Error as error:
            raise _failed(name, sql, error) from None
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
        """Give Arrow data a name."""
        self.connection.register(name, table)

    def unregister(self, name: str) -> None:
        """Forget Arrow data."""
        self.connection.unregister(name)

    def stream(self, query: Query | str, batch_rows: int, **binds: Value) -> Iterator[pa.RecordBatch]:
        """Batches of a large result, in its order."""
        name, sql = _named(query)
        try:
            relation = self.connection.sql(sql, params=dict(binds) or None)
            if relation is None:
                return
            yield from relation.to_arrow_reader(batch_rows)
        except duckdb.Error as error:
            raise _failed(name, sql, error) from None

    def table(self, query: Query | str, **binds: Value) -> pa.Table:
        """A whole result that fits in memory, in its order."""
        name, sql = _named(query)
        try:
            return self.connection.sql(sql, params=dict(binds) or None).to_arrow_table()
        except duckdb.Error as error:
            raise _failed(name, sql, error) from None

    def cursor(self) -> Engine:
        """A second connection to the same database, for another thread."""
        twin = object.__new__(Engine)
        twin.connection = self.connection.cursor()
        twin.connection.execute("set TimeZone = 'UTC'")
        return twin

    def _do(self, step: str, sql: str, binds: dict[str, Value]) -> None:
        try:
            self.connection.execute(sql, binds or None).fetchall()
        except duckdb.Error as error:
            raise _failed(step, sql, error) from None


def _named(query: Query | str) -> tuple[str, str]:
    return (query.name, query.sql) if isinstance(query, Query) else ("composed", query)


def _failed(name: str, sql: str, error: duckdb.Error) -> MachineError:
    kind = type(error).__name__
    if isinstance(error, duckdb.OutOfMemoryException):
        return MachineError(
            f"The step '{name}' needs more memory than it may use.",
            do="Raise [limits] memory in case.toml, or free space for its temporary files.",
            code="out_of_memory",
        )
    if "No space left" in str(error):
        return MachineError(
            f"The disk is full (step '{name}').", do="Free space and run again.", code="disk_full"
        )
    failure = MachineError(f"The step '{name}' failed ({kind}).", do="Run again with --debug and report it.")
    failure.add_note(sql)
    if os.environ.get("TOCSIN_UNSAFE_ERRORS"):
        # DuckDB quotes the value that failed: for a developer with synthetic data only.
        failure.add_note(str(error))
    return failure
