# SPDX-License-Identifier: Apache-2.0
"""Drivers of databases that no test can start: connections that follow DB-API and note what they are asked.

They show what is sent, and how an answer of the documented shape is taken; not that the server agrees.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import SimpleNamespace


class OracleError(Exception):
    """As `oracledb.Error`: its argument tells the code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(SimpleNamespace(full_code=code, message=f"{code}: {message}\nHelp: …"))


class MssqlError(Exception):
    """As `pymssql.Error`: (number, message as bytes)."""


class Cursor:
    """Answers in turn."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self.arraysize = 1
        self.prefetchrows = 1
        self.description: list[tuple[object, ...]] | None = None
        self._rows: Iterator[tuple[object, ...] | Exception] = iter(())

    def execute(self, sql: str, bound: Sequence[object] | None = None, **options: object) -> None:
        self._driver.asked.append((sql, None if bound is None else list(bound)))
        self._driver.options.append(options)
        for start, answer in self._driver.answers:
            if start in sql:
                if isinstance(answer, Exception):
                    raise answer
                self.description, rows = answer
                self._rows = iter(rows)
                return

    def fetchone(self) -> tuple[object, ...] | None:
        found = next(self._rows, None)
        if isinstance(found, Exception):
            raise found
        return found

    def fetchall(self) -> list[tuple[object, ...]]:
        return [row for row in self._rows if not isinstance(row, Exception)]

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        while (row := self.fetchone()) is not None:
            yield row

    def var(self, kind: type, *, arraysize: int) -> tuple[type, int]:
        return kind, arraysize


Answer = tuple[list[tuple[object, ...]], list[tuple[object, ...] | Exception]]


class Driver:
    """The module, the connection and what they were asked, in one."""

    def __init__(self, error: type[Exception], answers: list[tuple[str, Answer | Exception]]) -> None:
        self.Error = error
        self.answers = answers
        self.asked: list[tuple[str, list[object] | None]] = []
        self.options: list[dict[str, object]] = []
        self.given: dict[str, object] = {}
        self.outputtypehandler: object = None
        self.is_closed = False
        self.refuses: Exception | None = None

    def connect(self, **given: object) -> Driver:
        self.given = given
        if self.refuses is not None:
            raise self.refuses
        return self

    def cursor(self) -> Cursor:
        return Cursor(self)

    def close(self) -> None:
        self.is_closed = True
