# SPDX-License-Identifier: Apache-2.0
"""A database's table or query as a source: rows in order of a watermark, or all rows read once.

Records are JSON lines, column names as keys. How ties and late commits are dealt with: `watermark.py`. Where
the query itself is not repeatable (no watermark, no order), rows that stand are known by their hashes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256

from tocsin.collect.databases.accepted import accept_select
from tocsin.collect.databases.address import parse_address
from tocsin.collect.databases.database import Column, Database, Row
from tocsin.collect.databases.opened import database_at, dialect_of
from tocsin.collect.databases.values import line_of, plain
from tocsin.collect.interface import Collector, Page
from tocsin.collect.recipes import overlap_of, query_of, read_recipe
from tocsin.collect.watermark import Overlap, Standing, Value, Window, order_of, parse_overlap
from tocsin.core.errors import InputError, Sentence, SettingsError
from tocsin.core.settings.inputs import SourceSettings
from tocsin.core.suggest import suggest
from tocsin.core.words import _

KEYS = ("from", "overlap", "recipe", "files")
PAGE_ROWS = 10_000
PAGE_BYTES = 4 << 20

Note = tuple[str, Sentence]


class DatabaseCollector(Collector):
    """PostgreSQL, MySQL and MariaDB, SQL Server, Oracle, SQLite."""

    kind = "database"
    title = "A table or a query of a database"

    def check(self, source: SourceSettings) -> None:
        """One SELECT, an address without a password, an overlap that goes with a watermark."""
        if source.database is None:
            raise SettingsError(
                _("The source '{name}' names no database."),
                do=_('Write database = "postgresql://user@host:5432/name".'),
                name=source.name,
            )
        for key in source.collect:
            if key not in KEYS:
                raise SettingsError(
                    _("Unknown key '{key}'."), do=suggest(key, KEYS), code="unknown_key", key=key
                )
        query, watermark = query_of(source)
        accept_select(query, dialect_of(source.database))
        _refuse_other_dialect(source, dialect_of(source.database))
        if parse_overlap(overlap_of(source)) and watermark is None:
            raise SettingsError(
                _("An overlap needs a watermark."), do=_('Write watermark = "id".'), code="bad_overlap"
            )

    def question(self, source: SourceSettings) -> str:
        """The kind and name of the database, the query, the watermark: not the machine, nor the overlap."""
        address = parse_address(source.database or "")
        asked = [address.kind, address.name, *query_of(source)]
        return sha256(json.dumps(asked).encode()).hexdigest()

    def pages(self, source: SourceSettings, position: str | None) -> Iterator[Page]:
        """See `Collector`."""
        query, watermark = query_of(source)
        url = source.database or ""
        query = accept_select(query, dialect_of(url))
        if watermark is None and position is not None and _is_whole(position) and not self.around.again:
            return
        with database_at(url, source.name, self.around.folder) as database:
            columns = database.columns(query)
            if watermark is None:
                yield from self._whole(database, query, columns, position)
            else:
                mark = _column_named(watermark, columns)
                _refuse_nulls(database, query, mark)
                overlap = parse_overlap(overlap_of(source))
                yield from self._behind(database, query, columns, mark, overlap, position)

    def _whole(
        self, database: Database, query: str, columns: list[Column], position: str | None
    ) -> Iterator[Page]:
        """All rows; of a second reading only those that do not stand, and how many stand no longer."""
        brought = self.around.brought
        was_whole = position is not None and _is_whole(position)
        lines = brought.lines(lambda _position: False) if brought is not None and position is not None else ()
        pages = _Pages(position=json.dumps({"whole": False}))
        with closing(Standing(lines)) as standing:
            for line in _lines(columns, database.rows(database.whole_sql(query, columns))):
                if standing.take(line):
                    pages.repeated += 1
                else:
                    pages.add(line)
                yield from pages.full()
            notes: list[Note] = _gone(standing.left) if position is not None else []
        if was_whole and pages.count:
            notes.append(_differs(pages.count))
        pages.position = json.dumps({"whole": True})
        yield pages.rest(notes)

    def _behind(
        self,
        database: Database,
        query: str,
        columns: list[Column],
        mark: Column,
        overlap: Overlap,
        position: str | None,
    ) -> Iterator[Page]:
        """The rows from the window on, without those that stand."""
        last: Value | None = None if position is None else json.loads(position).get("last")
        window = None if last is None else Window(overlap.start(last), last)
        sql = database.select_sql(query, columns, mark, bounded=window is not None)
        bound = [] if window is None else [database.bind(window.start, mark)]
        seen = _Seen([column.name for column in columns].index(mark.name), last)
        pages = _Pages(position=position or json.dumps({"last": None}))
        with closing(Standing(self._standing(window, mark))) as standing:
            for row, line in _rows(columns, database.rows(sql, bound)):
                is_in_window = seen.look(row)
                if is_in_window and standing.take(line):
                    pages.repeated += 1
                else:
                    pages.add(line)
                    seen.late += is_in_window
                pages.position = seen.position
                yield from pages.full()
            yield pages.rest([*seen.notes(), *_gone(standing.left)])

    def _standing(self, window: Window | None, mark: Column) -> Iterator[bytes]:
        """The rows brought before that the window gives again."""
        if window is None or self.around.brought is None:
            return
        for line in self.around.brought.lines(window.is_behind):
            if window.holds(json.loads(line).get(mark.name)):
                yield line


@dataclass(slots=True)
class _Pages:
    """Lines on their way to a page."""

    position: str
    repeated: int = 0
    count: int = 0
    _lines: list[bytes] = field(default_factory=list)
    _bytes: int = 0

    def add(self, line: bytes) -> None:
        self._lines.append(line)
        self._bytes += len(line)
        self.count += 1

    def full(self) -> Iterator[Page]:
        if self._bytes >= PAGE_BYTES or len(self._lines) >= PAGE_ROWS:
            yield self.rest([])

    def rest(self, notes: list[Note]) -> Page:
        page = Page(
            b"".join(self._lines),
            self.position,
            len(self._lines),
            notes=tuple(notes),
            repeated=self.repeated,
        )
        self._lines, self._bytes, self.repeated = [], 0, 0
        return page


@dataclass(slots=True)
class _Seen:
    """How far the watermark has come, and what is odd about it."""

    place: int
    """Of the watermark among the columns."""

    last: Value | None
    """The highest ever brought."""

    late: int = 0
    ties: int = 0
    _before: Value | None = None
    _is_behind: bool = True
    """Rows come in order: once one is beyond the last value, all are."""

    def look(self, row: Row) -> bool:
        """Whether the row lies where rows were brought from before."""
        value = plain(row[self.place])
        value = value if isinstance(value, int | float | str) else str(value)
        self.ties += value == self._before
        self._before = value
        self._is_behind = self._is_behind and self.last is not None and not _is_beyond(value, self.last)
        if not self._is_behind:
            self.last = value
        return self._is_behind

    @property
    def position(self) -> str:
        return json.dumps({"last": self.last}, ensure_ascii=False)

    def notes(self) -> Iterator[Note]:
        if self.ties:
            text = _(
                "The watermark is not unique: {n} rows have the same value as the row before. None is lost; "
                "rows are told apart by their whole content."
            )
            yield "watermark_not_unique", Sentence(text, {"n": self.ties})
        if self.late:
            text = _(
                "{n} rows came late, behind the watermark: they were committed after rows with a higher one. "
                "Others may have come later than the overlap reaches."
            )
            yield "late_rows", Sentence(text, {"n": self.late})


def _is_beyond(value: Value, last: Value) -> bool:
    """Whether it comes after the last: by its order; else, as rows come in order, by being another."""
    one, other = order_of(value), order_of(last)
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return one > other
    if isinstance(one, tuple) and isinstance(other, tuple):
        return one > other
    return value != last


def _rows(columns: list[Column], rows: Iterator[Row]) -> Iterator[tuple[Row, bytes]]:
    names = [column.name for column in columns]
    for row in rows:
        yield row, line_of(names, row)


def _lines(columns: list[Column], rows: Iterator[Row]) -> Iterator[bytes]:
    return (line for _row, line in _rows(columns, rows))


def _is_whole(position: str) -> bool:
    return json.loads(position).get("whole") is True


def _gone(count: int) -> list[Note]:
    if not count:
        return []
    text = _(
        "{n} rows that were brought before are no longer there as they were: somebody erased or altered "
        "them. They stand in the case."
    )
    return [("rows_gone", Sentence(text, {"n": count}))]


def _differs(count: int) -> Note:
    text = _("The answer is no longer the same: {n} rows are new, and were added to what stands.")
    return "answer_differs", Sentence(text, {"n": count})


def _refuse_other_dialect(source: SourceSettings, dialect: str) -> None:
    recipe = source.collect.get("recipe")
    if recipe is not None and read_recipe(str(recipe))[0].get("dialect") != dialect:
        raise SettingsError(
            _("The recipe '{name}' is for another kind of database."),
            do=_("Correct the address, or write a query."),
            code="other_database",
            name=str(recipe),
        )


def _column_named(name: str, columns: list[Column]) -> Column:
    """The column of that name, whatever its case where only one is meant; raises InputError."""
    exact = [column for column in columns if column.name == name]
    near = [column for column in columns if column.name.lower() == name.lower()]
    if len(exact or near) != 1:
        raise InputError(
            _("The query's answer has no column '{name}', which is the watermark."),
            do=suggest(name, [column.name for column in columns]),
            code="no_watermark",
            name=name,
        )
    return (exact or near)[0]


def _refuse_nulls(database: Database, query: str, mark: Column) -> None:
    with closing(database.rows(database.nulls_sql(query, mark))) as rows:
        if next(rows, None) is not None:
            raise InputError(
                _("Some rows have no watermark: they would never be read."),
                do=_("Choose a column that is never null, or leave those rows out in the query, and say so."),
                where=database.address.shown,
                code="null_watermark",
            )
