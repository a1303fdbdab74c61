# SPDX-License-Identifier: Apache-2.0
"""What each kind of database offers: its columns, and rows in order, within one transaction that only reads.

A query is taken as it is, within a SELECT of ours that sets the order and where to begin.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import ModuleType, TracebackType
from typing import ClassVar

from tocsin.collect.databases.address import Address
from tocsin.collect.databases.told import Trouble, error_of
from tocsin.core.errors import InputError
from tocsin.core.extras import load_extra
from tocsin.core.words import _

Row = Sequence[object]
Bound = int | float | str | Decimal


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the query's answer."""

    name: str
    type: str = ""
    """As the driver or the server names it; empty where nothing depends on it."""

    is_list: bool = False


@dataclass
class Database(ABC):
    """One connection. A context: the transaction ends with it."""

    address: Address
    password: str | None = field(repr=False)
    source: str
    """Whose password it is."""

    folder: Path
    """The case: the path of a file starts there."""

    dialect: ClassVar[str]
    """As sqlglot names it."""

    driver: ClassVar[str]
    """The module to import."""

    errors: tuple[type[Exception], ...] = field(default=(), init=False)

    @abstractmethod
    def connect(self) -> None:
        """Open the connection, and a transaction that only reads and sees one state throughout."""

    @abstractmethod
    def close(self) -> None:
        """End both; never fails."""

    @abstractmethod
    def describe(self, query: str) -> list[Column]:
        """The columns of the answer, without reading a row."""

    @abstractmethod
    def fetch(self, sql: str, bound: Sequence[Bound] = ()) -> Iterator[Row]:
        """Rows one by one: the memory holds some, whatever the answer's size."""

    @abstractmethod
    def trouble(self, error: Exception, *, connecting: bool) -> Trouble:
        """What an error of the driver means."""

    mark = "?"
    """How a value that is bound stands in SQL."""

    def quoted(self, name: str) -> str:
        """A name of a column as the database quotes it."""
        doubled = name.replace('"', '""')
        return f'"{doubled}"'

    def column_sql(self, column: Column) -> str:
        """The column as text where the driver would lose some of it; else as it is."""
        return f"q.{self.quoted(column.name)}"

    def bound_sql(self, column: Column) -> str:
        """The value that is bound, of the column's type."""
        del column
        return self.mark

    def bind(self, value: Bound, column: Column) -> Bound:
        """A watermark as it came in its record, as the driver takes it."""
        del column
        return value

    def inner_sql(self, query: str) -> str:
        """The query, where it stands within another and a value is bound."""
        return query

    def select_sql(self, query: str, columns: Sequence[Column], watermark: Column, *, bounded: bool) -> str:
        """All columns in order of the watermark, from the value that is bound on when it is."""
        listed = ",\n    ".join(
            f"{self.column_sql(column)} as {self.quoted(column.name)}" for column in columns
        )
        name = f"q.{self.quoted(watermark.name)}"
        inner = self.inner_sql(query) if bounded else query
        where = f"where {name} >= {self.bound_sql(watermark)}\n" if bounded else ""
        return f"select\n    {listed}\nfrom (\n{inner}\n) q\n{where}order by {name}"

    def whole_sql(self, query: str, columns: Sequence[Column]) -> str:
        """All columns of all rows, in the order of the query."""
        del columns
        return query

    def nulls_sql(self, query: str, watermark: Column) -> str:
        """One row when some row has no watermark."""
        name = f"q.{self.quoted(watermark.name)}"
        return f"select 1 from (\n{query}\n) q where {name} is null limit 1"

    def rows(self, sql: str, bound: Sequence[Bound] = ()) -> Generator[Row, None, None]:
        """As `fetch`; raises MachineError when the database breaks off, InputError when it refuses."""
        with self.telling():
            yield from self.fetch(sql, bound)

    def columns(self, query: str) -> list[Column]:
        """As `describe`; raises InputError for two columns of one name, or none."""
        with self.telling():
            columns = self.describe(query)
        names = [column.name for column in columns]
        for name in names:
            if names.count(name) > 1 or not name:
                raise InputError(
                    _("Two columns of the query's answer are named “{name}”, or one has no name."),
                    do=_("Give each its own name, as in: select a.id, b.id as other_id."),
                    where=self.address.shown,
                    code="same_column",
                    name=name,
                )
        return columns

    @contextmanager
    def telling(self, *, connecting: bool = False) -> Iterator[None]:
        """Errors of the driver become ours."""
        try:
            yield
        except self.errors as error:
            trouble = self.trouble(error, connecting=connecting)
            raise error_of(trouble, self.address, self.source, self.password) from None

    def load_driver(self, errors: Callable[[ModuleType], tuple[type[Exception], ...]]) -> ModuleType:
        """The driver; raises InputError when it is not installed."""
        module = load_extra(self.driver, extra="collect")
        self.errors = errors(module)
        return module

    def __enter__(self) -> Database:
        with self.telling(connecting=True):
            self.connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
