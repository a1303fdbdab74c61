# SPDX-License-Identifier: Apache-2.0
"""SQLite databases: every table, read-only, without its views, triggers or extensions.

The library reads files alone: one within an archive is held in memory.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import ClassVar, Final

from tocsin.scope.profiles.content import Content, Unreadable
from tocsin.scope.profiles.interface import Reader, Rows, text_batches

TABLES: Final = 10_000
_MAGIC: Final = b"SQLite format 3\x00"


class SqliteTables(Reader):
    """Databases in a file."""

    name: ClassVar[str] = "sqlite"
    order: ClassVar[int] = 10

    def recognises(self, content: Content) -> bool:
        return content.head.startswith(_MAGIC)

    def read(self, content: Content) -> Iterator[Rows]:
        try:
            with closing(_opened(content)) as database:
                yield from _tables(database)
        except sqlite3.DatabaseError:
            raise Unreadable("damaged") from None


def _opened(content: Content) -> sqlite3.Connection:
    if content.member is None and content.compression is None:
        # Immutable: neither journal nor lock is written beside a file that may be evidence.
        database = sqlite3.connect(f"{content.path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    else:
        database = sqlite3.connect(":memory:")
        database.deserialize(content.whole())
    database.execute("pragma trusted_schema = off")
    database.execute("pragma cell_size_check = on")
    return database


def _tables(database: sqlite3.Connection) -> Iterator[Rows]:
    listed = database.execute(
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite^_%' escape '^'"
        " and sql not like 'create virtual%' order by name"
    ).fetchmany(TABLES)
    for (name,) in listed:
        quoted = '"' + str(name).replace('"', '""') + '"'
        cursor = database.execute(f"select * from {quoted}")
        columns = tuple(column[0] for column in cursor.description)
        yield Rows(str(name), columns, text_batches(columns, map(_row, cursor)))


def _row(row: tuple[object, ...]) -> tuple[str | None, ...]:
    return tuple(None if cell is None or isinstance(cell, bytes) else str(cell) for cell in row)
