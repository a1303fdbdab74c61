# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL through psycopg: rows as they leave the server, one by one, in one repeatable-read transaction.

Types without an exact likeness in JSON are taken as the text that PostgreSQL writes; instants in UTC with
their offset. The address goes to libpq as it is: https://www.postgresql.org/docs/current/libpq-connect.html.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module

from tocsin.collect.databases.database import Bound, Column, Database, Row
from tocsin.collect.databases.told import Kind, Trouble
from tocsin.collect.databases.values import json_text

AS_THEY_ARE = {"bool", "int2", "int4", "int8", "oid", "float4", "float8", "bytea"}
"""Types that psycopg reads exactly; all others are taken as text."""

SETTINGS = (
    "set time zone 'UTC'",
    "set datestyle to 'ISO'",
    "set intervalstyle to 'iso_8601'",
    "set client_encoding to 'UTF8'",
)

PATIENCE_S = 15

_INSTANT = re.compile(r"(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)(?:(\+00)|)( BC)?")
_LOGIN = re.compile(
    r"(?i)authentication failed|no password supplied|pg_hba\.conf|does not exist|not permitted"
)
_TOLD_CLASSES = ("08", "0A", "28", "3D", "3F", "40", "42", "53", "54", "55", "57", "58")
"""SQLSTATE classes whose messages name objects and never quote a value of a row."""

_BROKEN_CLASSES = ("08", "40", "53", "57", "58")


class Postgresql(Database):
    """psycopg 3."""

    dialect = "postgres"
    driver = "psycopg"
    mark = "%s"

    def connect(self) -> None:
        """Repeatable read: one state throughout. A standby takes it too."""
        psycopg = self.load_driver(lambda module: (module.Error,))
        options: dict[str, str | int] = {} if self.password is None else {"password": self.password}
        if "connect_timeout" not in self.address.options:
            options["connect_timeout"] = PATIENCE_S
        url = self.address.url.partition("://")[2]
        self._connection = psycopg.connect(f"postgresql://{url}", **options)
        self._connection.read_only = True
        self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        for setting in SETTINGS:
            self._connection.execute(setting)
        self._lists = _take_text(psycopg.postgres.types, self._connection.adapters)

    def close(self) -> None:
        """Whatever the server has become."""
        if hasattr(self, "_connection"):
            self._connection.close()

    def describe(self, query: str) -> list[Column]:
        """Asked of the server without reading a row."""
        cursor = self._connection.execute(f"select * from (\n{query}\n) q limit 0".encode())
        return [
            Column(column.name, column.type_display, column.type_code in self._lists)
            for column in cursor.description or ()
        ]

    def inner_sql(self, query: str) -> str:
        """A sign of psycopg's own, doubled."""
        return query.replace("%", "%%")

    def fetch(self, sql: str, bound: Sequence[Bound] = ()) -> Iterator[Row]:
        """libpq's single-row mode: https://www.postgresql.org/docs/current/libpq-single-row-mode.html."""
        with self._connection.cursor() as cursor:
            yield from cursor.stream(sql.encode(), [str(value) for value in bound] or None)

    def trouble(self, error: Exception, *, connecting: bool) -> Trouble:
        """See https://www.postgresql.org/docs/current/errcodes-appendix.html."""
        state = str(getattr(error, "sqlstate", None) or "")
        if connecting and not state.startswith("42"):
            return Trouble(Kind.LOGIN if _is_login(error) else Kind.UNREACHABLE, state, str(error))
        if not state or state.startswith(_BROKEN_CLASSES):
            return Trouble(Kind.BROKEN, state, str(error) if state else type(error).__name__)
        message = str(getattr(getattr(error, "diag", None), "message_primary", "") or "")
        return Trouble(Kind.QUERY, state, message if state.startswith(_TOLD_CLASSES) else "")


def _is_login(error: Exception) -> bool:
    """Whether the server was there and refused."""
    connection = getattr(error, "pgconn", None)
    asked = bool(getattr(connection, "used_password", False) or getattr(connection, "needs_password", False))
    return asked or bool(_LOGIN.search(str(error)))


def _take_text(types: object, adapters: object) -> set[int]:
    """Have all but a few types read as text; the numbers of the types that are lists."""
    loader = import_module("psycopg.adapt").Loader
    special = {"timestamptz": _instant, "timestamp": _instant, "json": json_text, "jsonb": json_text}
    lists = set()
    for info in types:  # type: ignore[attr-defined]
        if info.array_oid:
            lists.add(info.array_oid)
        if info.name not in AS_THEY_ARE:
            adapters.register_loader(info.oid, _loader(loader, special.get(info.name, _text)))  # type: ignore[attr-defined]
    adapters.register_loader(0, _loader(loader, _text))  # type: ignore[attr-defined]
    return lists


def _loader(base: type, function: Callable[[bytes], object]) -> type:
    return type("TextOf", (base,), {"load": lambda _self, content: function(bytes(content))})


def _text(content: bytes) -> str:
    return content.decode("utf-8", "backslashreplace")


def _instant(content: bytes) -> str:
    """ISO 8601 with its T; `infinity` and years before ours stay as PostgreSQL writes them."""
    text = _text(content)
    found = _INSTANT.fullmatch(text)
    if found is None or found[4]:
        return text
    return f"{found[1]}T{found[2]}{'+00:00' if found[3] else ''}"
