# SPDX-License-Identifier: Apache-2.0
"""SQLite: a file, opened for reading only (`mode=ro`; with `?immutable=1` in the address, not even locked).

`sqlite:///relative/to/the/case.db`, `sqlite:////absolute.db`. See https://sqlite.org/uri.html.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from tocsin.collect.databases.database import Bound, Column, Database, Row
from tocsin.collect.databases.told import Kind, Trouble
from tocsin.core.errors import InputError
from tocsin.core.words import _


class Sqlite(Database):
    """The standard library's own driver."""

    dialect = "sqlite"
    driver = "sqlite3"
    mark = "?1"

    def connect(self) -> None:
        """Raises InputError for a file that is not there."""
        self.errors = (sqlite3.Error,)
        path = (self.folder / self.address.name).resolve()
        if not path.is_file():
            raise InputError(_("There is no such file."), do=_("Check the path."), where=path, code="no_file")
        immutable = "&immutable=1" if self.address.options.get("immutable") == "1" else ""
        self._connection = sqlite3.connect(
            f"file:{quote(str(path))}?mode=ro{immutable}", uri=True, isolation_level=None
        )
        self._connection.text_factory = lambda text: text.decode("utf-8", "backslashreplace")
        self._connection.execute("pragma query_only = on")
        self._connection.execute("begin")
        self._connection.execute("select count(*) from sqlite_master").fetchone()

    def close(self) -> None:
        """No statement is left behind."""
        if hasattr(self, "_connection"):
            self._connection.close()

    def describe(self, query: str) -> list[Column]:
        """SQLite renames two columns of one name within a query: asked of the query itself."""
        cursor = self._connection.execute(query)
        names = [str(column[0]) for column in cursor.description or ()]
        cursor.close()
        return [Column(name) for name in names]

    def fetch(self, sql: str, bound: Sequence[Bound] = ()) -> Iterator[Row]:
        """A statement steps row by row by itself."""
        yield from self._connection.execute(sql, tuple(bound))

    def trouble(self, error: Exception, *, connecting: bool) -> Trouble:
        """See https://sqlite.org/rescode.html; its messages name tables and columns, never values."""
        name = getattr(error, "sqlite_errorname", "") or type(error).__name__
        busy = name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_IOERR", "SQLITE_INTERRUPT"))
        kind = (Kind.UNREACHABLE if connecting else Kind.BROKEN) if busy else Kind.QUERY
        return Trouble(kind, name, str(error))
