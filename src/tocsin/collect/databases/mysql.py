# SPDX-License-Identifier: Apache-2.0
"""MySQL and MariaDB through PyMySQL: rows as they leave the server, in one read-only transaction.

TIMESTAMP is an instant and is read in UTC; DATETIME has no zone and stays local text, zero dates included.
TLS: `?ssl_ca=/path/ca.pem` in the address, or `?ssl=1` for the system's authorities.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Sequence
from decimal import Decimal
from importlib import import_module
from typing import Protocol

from tocsin.collect.databases.database import Bound, Column, Database, Row
from tocsin.collect.databases.told import Kind, Trouble
from tocsin.collect.databases.values import json_text

SETTINGS = (
    "set time_zone = '+00:00'",
    "set session transaction isolation level repeatable read",
    "start transaction with consistent snapshot, read only",
)

PATIENCE_S = 15

TIMESTAMP, DATETIME = 7, 12
JSON = 245
DECIMALS = ("0", "246")
_LOGIN = {1044, 1045, 1049, 1251, 1698, 1820, 2059, 3118, 3159, 4151}
_TOLD = {1054, 1060, 1064, 1109, 1142, 1143, 1146, 1227, 1305, 1356, 1370, *_LOGIN}
"""Errors that name objects, never a value. https://dev.mysql.com/doc/mysql-errors/8.0/en/"""

_BROKEN = {1040, 1053, 1152, 1158, 1159, 1160, 1161, 1205, 1213, 1317, 1927, 1969, 2006, 2013, 3024}


class _Result(Protocol):
    unbuffered_active: bool
    connection: object | None


class _Cursor(Protocol):
    _result: _Result | None
    connection: object | None


class Mysql(Database):
    """PyMySQL."""

    dialect = "mysql"
    driver = "pymysql"
    mark = "%s"

    def connect(self) -> None:
        """The cursor does not buffer: rows wait in the socket."""
        pymysql = self.load_driver(lambda module: (module.Error,))
        options = self.address.options
        self._connection = pymysql.connect(
            host=self.address.host or "127.0.0.1",
            port=self.address.port or 3306,
            unix_socket=options.get("unix_socket"),
            user=self.address.user,
            password=(self.password or "").encode(),
            database=self.address.name or None,
            charset="utf8mb4",
            conv=_conversions(),
            cursorclass=pymysql.cursors.SSCursor,
            connect_timeout=PATIENCE_S,
            ssl=ssl.create_default_context(cafile=options.get("ssl_ca")) if _has_tls(options) else None,
            local_infile=False,
        )
        for setting in SETTINGS:
            with self._connection.cursor() as cursor:
                cursor.execute(setting)

    def close(self) -> None:
        """At once: what was not read of the answer is not waited for."""
        if hasattr(self, "_connection"):
            self._connection._force_close()  # `close` would read the rest of the answer

    def describe(self, query: str) -> list[Column]:
        """Asked of the server without reading a row; it refuses two columns of one name itself (1060)."""
        with self._connection.cursor() as cursor:
            cursor.execute(f"select * from (\n{query}\n) q limit 0")
            return [Column(str(column[0]), str(column[1])) for column in cursor.description or ()]

    def quoted(self, name: str) -> str:
        """Back quotes, whatever the server's mode."""
        doubled = name.replace("`", "``")
        return f"`{doubled}`"

    def inner_sql(self, query: str) -> str:
        """A sign of the driver's own, doubled."""
        return query.replace("%", "%%")

    def bind(self, value: Bound, column: Column) -> Bound:
        """A decimal as such: MySQL would compare a text with a number as floats. An instant without its
        offset: the session is in UTC, and older servers do not take one."""
        if column.type in DECIMALS:
            return Decimal(str(value))
        return value.removesuffix("+00:00") if isinstance(value, str) else value

    def fetch(self, sql: str, bound: Sequence[Bound] = ()) -> Iterator[Row]:
        """Unbuffered."""
        cursor = self._connection.cursor()
        try:
            cursor.execute(sql, tuple(bound) or None)
            yield from cursor.fetchall_unbuffered()
        finally:
            _forget(cursor)

    def trouble(self, error: Exception, *, connecting: bool) -> Trouble:
        """By the server's number."""
        number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
        message = str(error.args[1]) if number in _TOLD or connecting else ""
        if number in _LOGIN:
            return Trouble(Kind.LOGIN, str(number), message)
        if connecting:
            return Trouble(Kind.UNREACHABLE, str(number), message)
        if number in _BROKEN or number == 0:
            return Trouble(Kind.BROKEN, str(number or type(error).__name__), message)
        return Trouble(Kind.QUERY, str(number), message)


def _forget(cursor: _Cursor) -> None:
    """What was not read of an answer stays unread: the driver would wait for it, even from a closed line."""
    if cursor._result is not None:
        cursor._result.unbuffered_active = False
        cursor._result.connection = None
    cursor.connection = None


def _has_tls(options: dict[str, str]) -> bool:
    return "ssl_ca" in options or options.get("ssl") == "1"


def _conversions() -> dict[object, object]:
    """Of types: numbers that JSON holds are numbers, all else is the text that the server sends."""
    converters = import_module("pymysql.converters")
    kept = {
        kind: function
        for kind, function in converters.conversions.items()
        if not isinstance(kind, int) or function in (int, float)
    }
    return kept | {TIMESTAMP: _instant, DATETIME: _local, JSON: lambda text: json_text(text.encode())}


def _local(text: str) -> str:
    return text.replace(" ", "T", 1)


def _instant(text: str) -> str:
    return f"{_local(text)}+00:00" if not text.startswith("0000") else text
