# SPDX-License-Identifier: Apache-2.0
"""Dumps of databases: rows of `insert into` (MySQL, PostgreSQL, SQLite) and of PostgreSQL's `copy`.

The text is cut, never run. What is neither is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import ClassVar, Final

import pyarrow as pa

from tocsin.scope.profiles.content import Content, Unreadable
from tocsin.scope.profiles.interface import Reader, Rows
from tocsin.store.dumps.rows import MARKS, DumpRows
from tocsin.store.dumps.statements import DamagedDump

BLOCK: Final = 1 << 20


class SqlDump(Reader):
    """Dumps."""

    name: ClassVar[str] = "sql"
    order: ClassVar[int] = 70

    def recognises(self, content: Content) -> bool:
        return MARKS.search(content.head) is not None and (
            content.ending in (".sql", ".dump")
            or content.head.lstrip().startswith((b"--", b"/*", b"INSERT", b"insert"))
        )

    def read(self, content: Content) -> Iterator[Rows]:
        for (table, columns), batches in groupby(_batches(content), _part):
            yield Rows(table.rpartition(".")[2], columns, (batch for _table, batch in batches))


def _part(found: tuple[str, pa.RecordBatch]) -> tuple[str, tuple[str, ...]]:
    return found[0], tuple(found[1].schema.names)


def _batches(content: Content) -> Iterator[tuple[str, pa.RecordBatch]]:
    with content.stream() as file:
        blocks = iter(lambda: file.read(BLOCK), b"")
        try:
            yield from DumpRows(blocks, is_strict=False).batches(lambda _table: True)
        except DamagedDump as error:
            reason = "too_large" if error.reason == "too_large" else "damaged"
            raise Unreadable(reason) from None
