# SPDX-License-Identifier: Apache-2.0
"""A backup that is a SQLite file, as rows of texts: read only, without its triggers, views or extensions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyarrow as pa

from tocsin.core.errors import InputError
from tocsin.core.suggest import suggest
from tocsin.core.words import _
from tocsin.ingest.read.inputs import Input
from tocsin.store.engine import Engine
from tocsin.store.query import quote

MAGIC = b"SQLite format 3\x00"
_BATCH = 50_000


def is_backup(stream: Input) -> bool:
    """Whether a file is a SQLite database."""
    if stream.member is not None:
        return False
    with stream.path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def load_backup(engine: Engine, stream: Input, table: str | None, into: str) -> None:
    """Keep a table of a SQLite file as a table of texts; raises InputError for a table that is not there."""
    try:
        with closing(_opened(stream.path)) as database:
            name = _chosen(database, table, stream.label)
            cursor = database.execute(f"select * from {quote(name)}")
            schema = pa.schema([(column[0], pa.string()) for column in cursor.description])
            engine.register("backup_rows", schema.empty_table())
            engine.create(into, "select * from backup_rows")
            for batch in _batches(cursor, schema):
                engine.register("backup_rows", batch)
                engine.run(f"insert into {quote(into)} select * from backup_rows")
            engine.unregister("backup_rows")
    except sqlite3.Error:
        raise InputError(
            _("This database cannot be read to its end."),
            do=_("Take another backup, or leave this one out."),
            where=stream.label,
            code="unreadable",
        ) from None


def _opened(path: Path) -> sqlite3.Connection:
    # Immutable: neither journal nor lock is written beside a file that may be evidence.
    database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    database.text_factory = lambda text: text.decode("utf-8", "backslashreplace")
    database.execute("pragma trusted_schema = off")
    return database


def _chosen(database: sqlite3.Connection, table: str | None, label: str) -> str:
    listed = database.execute(
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite^_%' escape '^'"
        " order by name"
    ).fetchmany(1000)
    names = [str(name) for (name,) in listed]
    if table in names:
        return str(table)
    if table is None and len(names) == 1:
        return names[0]
    raise InputError(
        _("This database has no table '{name}'."),
        do=suggest(table or "", names),
        where=label,
        code="no_table",
        name=table or "",
    )


def _batches(cursor: sqlite3.Cursor, schema: pa.Schema) -> Iterator[pa.Table]:
    while rows := cursor.fetchmany(_BATCH):
        columns = [[_text(value) for value in column] for column in zip(*rows, strict=True)]
        yield pa.table([pa.array(column, pa.string()) for column in columns], schema=schema)


def _text(value: object) -> str | None:
    return None if value is None or isinstance(value, bytes) else str(value)
