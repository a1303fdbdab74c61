# SPDX-License-Identifier: Apache-2.0
"""SQL Server through pymssql, written from documentation: no server of its kind ran in the tests.

Instants are rendered by the server (ISO 8601, all their digits): the driver would cut them to microseconds.
SQL Server has no read-only transaction: the connection says that it only reads (ApplicationIntent), and
nothing is committed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tocsin.collect.databases.database import Bound, Column, Database, Row
from tocsin.collect.databases.told import Kind, Trouble

TIMES = ("date", "time", "datetime", "smalldatetime", "datetime2", "datetimeoffset")
PATIENCE_S = 15
_LOGIN = {4060, 18452, 18456, 18470, 18486, 18487, 18488}
_TOLD = {102, 156, 207, 208, 209, 229, 297, 300, 319, 1033, 8155, 8156, 15151, 33222, *_LOGIN}
"""Errors that name objects. https://learn.microsoft.com/sql/relational-databases/errors-events/"""

_BROKEN = {596, 1205, 3960, 6005, 10053, 10054, 20002, 20003, 20004, 20006, 20009, 20047, 40197, 40501, 40613}


class SqlServer(Database):
    """pymssql, with encryption unless the address says `?encryption=off`."""

    dialect = "tsql"
    driver = "pymssql"
    mark = "%s"

    def connect(self) -> None:
        """Autocommit is off: what follows is one transaction."""
        pymssql = self.load_driver(lambda module: (module.Error,))
        self._connection = pymssql.connect(
            server=self.address.host,
            port=str(self.address.port or 1433),
            user=self.address.user,
            password=self.password or "",
            database=self.address.name,
            login_timeout=PATIENCE_S,
            charset="UTF-8",
            appname="tocsin",
            encryption=self.address.options.get("encryption", "require"),
            read_only=True,
            autocommit=False,
        )

    def close(self) -> None:
        """Nothing is committed."""
        if hasattr(self, "_connection"):
            self._connection.close()

    def describe(self, query: str) -> list[Column]:
        """https://learn.microsoft.com/sql/relational-databases/system-dynamic-management-views/
        sys-dm-exec-describe-first-result-set-transact-sql"""
        cursor = self._connection.cursor()
        cursor.execute(
            "select name, system_type_name from sys.dm_exec_describe_first_result_set(%s, null, 0) "
            "where is_hidden = 0 order by column_ordinal",
            (query,),
        )
        return [Column(str(name or ""), str(kind or "")) for name, kind in cursor.fetchall()]

    def quoted(self, name: str) -> str:
        """Brackets."""
        doubled = name.replace("]", "]]")
        return f"[{doubled}]"

    def inner_sql(self, query: str) -> str:
        """A sign of the driver's own, doubled."""
        return query.replace("%", "%%")

    def column_sql(self, column: Column) -> str:
        """Style 126 is ISO 8601 with all digits, and the offset where there is one."""
        if column.type.partition("(")[0] in TIMES:
            return f"convert(varchar(40), q.{self.quoted(column.name)}, 126)"
        return f"q.{self.quoted(column.name)}"

    def bound_sql(self, column: Column) -> str:
        """Of the column's own type: an older `datetime` is rounded as the column is."""
        if column.type.partition("(")[0] in TIMES:
            return f"convert({column.type}, {self.mark}, 126)"
        return f"convert({column.type}, {self.mark})" if column.type else self.mark

    def whole_sql(self, query: str, columns: Sequence[Column]) -> str:
        """Within a SELECT of ours, so that instants are rendered; a query with its own ORDER BY needs TOP."""
        listed = ", ".join(f"{self.column_sql(column)} as {self.quoted(column.name)}" for column in columns)
        return f"select {listed} from (\n{query}\n) q"

    def nulls_sql(self, query: str, watermark: Column) -> str:
        """As the others, in this dialect."""
        return f"select top 1 1 as n from (\n{query}\n) q where q.{self.quoted(watermark.name)} is null"

    def fetch(self, sql: str, bound: Sequence[Bound] = ()) -> Iterator[Row]:
        """pymssql takes row after row from the wire."""
        cursor = self._connection.cursor()
        cursor.execute(sql, tuple(str(value) for value in bound) or None)
        while (row := cursor.fetchone()) is not None:
            yield row

    def trouble(self, error: Exception, *, connecting: bool) -> Trouble:
        """pymssql gives (number, message as bytes)."""
        given = error.args[0] if error.args and isinstance(error.args[0], tuple) else error.args
        number = given[0] if given and isinstance(given[0], int) else 0
        text = given[1] if len(given) > 1 and number in _TOLD else b""
        message = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
        if number in _LOGIN:
            return Trouble(Kind.LOGIN, str(number), message.partition("DB-Lib")[0])
        if connecting:
            return Trouble(Kind.UNREACHABLE, str(number or type(error).__name__))
        if number in _BROKEN or number == 0:
            return Trouble(Kind.BROKEN, str(number or type(error).__name__))
        return Trouble(Kind.QUERY, str(number), message.partition("DB-Lib")[0])
