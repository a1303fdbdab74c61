# SPDX-License-Identifier: Apache-2.0
"""Oracle through python-oracledb in its thin mode, from documentation: no such server ran in the tests.

Instants are rendered by the server: the driver gives a TIMESTAMP WITH TIME ZONE without its zone, and cuts
nine digits to six (github.com/oracle/python-oracledb, issues 7, 20 and 373). Decimals come as decimals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Protocol

from tocsin.collect.databases.database import Bound, Column, Database, Row
from tocsin.collect.databases.told import Kind, Trouble

FORMATS = {
    "DB_TYPE_DATE": 'YYYY-MM-DD"T"HH24:MI:SS',
    "DB_TYPE_TIMESTAMP": 'YYYY-MM-DD"T"HH24:MI:SS.FF9',
    "DB_TYPE_TIMESTAMP_TZ": 'YYYY-MM-DD"T"HH24:MI:SS.FF9TZH:TZM',
    "DB_TYPE_TIMESTAMP_LTZ": 'YYYY-MM-DD"T"HH24:MI:SS.FF9TZH:TZM',
}
_READERS = {
    "DB_TYPE_DATE": "to_date",
    "DB_TYPE_TIMESTAMP": "to_timestamp",
    "DB_TYPE_TIMESTAMP_TZ": "to_timestamp_tz",
    "DB_TYPE_TIMESTAMP_LTZ": "to_timestamp_tz",
}

PATIENCE_S = 15
ARRAY = 100
"""Rows of one round trip."""

_LOGIN = {"ORA-01005", "ORA-01017", "ORA-01045", "ORA-28000", "ORA-28001", "ORA-28009"}
_TOLD = {"ORA-00904", "ORA-00918", "ORA-00933", "ORA-00936", "ORA-00942", "ORA-01031", *_LOGIN}
"""Errors that name objects. https://docs.oracle.com/error-help/db/"""

_BROKEN = (
    "ORA-00028",
    "ORA-00600",
    "ORA-01013",
    "ORA-01089",
    "ORA-01555",
    "ORA-02396",
    "ORA-03113",
    "ORA-03114",
)


class _Cursor(Protocol):
    arraysize: int

    def var(self, kind: type, *, arraysize: int) -> object: ...


class _Metadata(Protocol):
    type_code: object
    scale: int | None


class Oracle(Database):
    """python-oracledb, thin: no Oracle library is needed. The address names the service."""

    dialect = "oracle"
    driver = "oracledb"
    mark = ":1"

    def connect(self) -> None:
        """A read-only transaction sees one state throughout (`set transaction read only`)."""
        oracledb = self.load_driver(lambda module: (module.Error,))
        self._connection = oracledb.connect(
            user=self.address.user,
            password=self.password or "",
            host=self.address.host,
            port=self.address.port or 1521,
            service_name=self.address.name,
            protocol=self.address.options.get("protocol", "tcp"),
            wallet_location=self.address.options.get("wallet_location"),
            tcp_connect_timeout=float(PATIENCE_S),
        )
        self._connection.outputtypehandler = _take_numbers
        cursor = self._connection.cursor()
        cursor.execute("alter session set time_zone = 'UTC'")
        cursor.execute("set transaction read only")

    def close(self) -> None:
        """Nothing is committed."""
        if hasattr(self, "_connection"):
            self._connection.close()

    def describe(self, query: str) -> list[Column]:
        """Parsed by the server, and not executed to a row."""
        cursor = self._connection.cursor()
        cursor.execute(f"select * from (\n{query}\n) q where 1 = 0")
        return [Column(str(column[0]), _type_name(column[1])) for column in cursor.description or ()]

    def column_sql(self, column: Column) -> str:
        """Rendered by the server."""
        name = f"q.{self.quoted(column.name)}"
        return f"to_char({name}, '{FORMATS[column.type]}')" if column.type in FORMATS else name

    def bound_sql(self, column: Column) -> str:
        """The same the other way."""
        if column.type in FORMATS:
            return f"{_READERS[column.type]}({self.mark}, '{FORMATS[column.type]}')"
        return self.mark

    def bind(self, value: Bound, column: Column) -> Bound:
        """A number that stands as text is one again: text would be compared in the session's own way."""
        return Decimal(str(value)) if column.type == "DB_TYPE_NUMBER" else value

    def whole_sql(self, query: str, columns: Sequence[Column]) -> str:
        """Within a SELECT of ours, so that instants are rendered."""
        listed = ", ".join(f"{self.column_sql(column)} as {self.quoted(column.name)}" for column in columns)
        return f"select {listed} from (\n{query}\n) q"

    def nulls_sql(self, query: str, watermark: Column) -> str:
        """As the others, in this dialect."""
        return f"select 1 from (\n{query}\n) q where q.{self.quoted(watermark.name)} is null and rownum = 1"

    def fetch(self, sql: str, bound: Sequence[Bound] = ()) -> Iterator[Row]:
        """Some rows at a time; large objects come as text and bytes."""
        cursor = self._connection.cursor()
        cursor.arraysize = ARRAY
        cursor.prefetchrows = ARRAY
        cursor.execute(sql, list(bound), fetch_lobs=False)
        yield from cursor

    def trouble(self, error: Exception, *, connecting: bool) -> Trouble:
        """python-oracledb's `full_code`: ORA-… of the server, DPY-… of the driver."""
        found = error.args[0] if error.args else None
        code = str(getattr(found, "full_code", "") or type(error).__name__)
        message = str(getattr(found, "message", "")).splitlines()[0:1]
        told = message[0].removeprefix(f"{code}: ") if message and code in _TOLD else ""
        if code in _LOGIN:
            return Trouble(Kind.LOGIN, code, told)
        if connecting:
            return Trouble(Kind.UNREACHABLE, code)
        if code in _BROKEN or code.startswith("DPY-"):
            return Trouble(Kind.BROKEN, code)
        return Trouble(Kind.QUERY, code, told)


def _type_name(code: object) -> str:
    return str(getattr(code, "name", code))


def _take_numbers(cursor: _Cursor, metadata: _Metadata) -> object:
    """Whole numbers as such, all others as decimals: the driver's own choice would be floats."""
    if _type_name(metadata.type_code) != "DB_TYPE_NUMBER":
        return None
    kind = int if metadata.scale == 0 else Decimal
    return cursor.var(kind, arraysize=cursor.arraysize)
