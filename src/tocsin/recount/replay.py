# SPDX-License-Identifier: Apache-2.0
"""Replays a logged search on the tables as they were at the event, with the standard library's SQLite.

The one final `order by … limit … offset` is taken apart: SQLite sorts, and the page is cut here,
so that persons who tie at its edge are seen.
"""

from __future__ import annotations

import itertools
import re
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import parse_qsl

from tocsin.recount.catalogue import Rule
from tocsin.recount.errors import CannotRecount
from tocsin.recount.events import Event
from tocsin.recount.instants import EPOCH, write_instant
from tocsin.recount.mapping import MISSING, follow, read_path
from tocsin.recount.registries import Listing
from tocsin.recount.values import Table, get_text, text_of


@dataclass(frozen=True, slots=True)
class Found:
    person: str | None
    record: str | None
    certain: bool
    """False: an order that is not total decides whether it stood on the page."""


@dataclass(frozen=True, slots=True)
class Page:
    found: tuple[Found, ...]
    exact: bool
    record_type: str | None


@dataclass(frozen=True, slots=True)
class NoPage:
    """The replay cannot be run for this event."""

    reason: str
    limit: int | None


@dataclass(frozen=True, slots=True)
class Query:
    body: str
    order: tuple[str, ...]
    limit: str | None
    offset: str | None


CAST = re.compile(r"(?i)\bcast\s*\(\s*\$(\w+)\s+as\s+(\w+)\s*\)")
CASTS = {"integer", "int", "bigint", "text", "varchar"}
UNKNOWN_HERE = re.compile(
    r"(?i)\b(ilike|union|intersect|except|over|group\s+by|similar\s+to|regexp_\w+|date_\w+|strftime)\b|::|~"
)


def read_query(sql: str) -> Query:
    """Take the replay's own order, limit and offset apart from its body."""
    if UNKNOWN_HERE.search(sql) or any(kind.lower() not in CASTS for _, kind in CAST.findall(sql)):
        raise CannotRecount("a replay uses a clause that the recount does not run")
    body, offset = _cut(sql.strip().removesuffix(";"), "offset")
    body, limit = _cut(body, "limit")
    body, order = _cut(body, r"order\s+by")
    terms = tuple(_with_nulls_last(one) for one in _split(order or ""))
    return Query(_rewrite(body), terms, limit, offset)


def _cut(sql: str, keyword: str) -> tuple[str, str | None]:
    """The text before and after the last such keyword that stands outside parentheses."""
    for match in reversed(list(re.finditer(rf"(?i)\b{keyword}\b", sql))):
        before = sql[: match.start()]
        if before.count("(") == before.count(")"):
            return before.strip(), sql[match.end() :].strip()
    return sql, None


def _rewrite(sql: str) -> str:
    return re.sub(r"(?i)\boriginal\.(\w+)", r'"original.\1"', sql)


def _split(order: str) -> list[str]:
    """The terms of an order, at the commas that stand outside parentheses."""
    terms, depth, start = [], 0, 0
    for at, character in enumerate(order):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            terms.append(order[start:at])
            start = at + 1
    return [term.strip() for term in [*terms, order[start:]] if term.strip()]


def _with_nulls_last(term: str) -> str:
    term = _rewrite(term)
    return term if re.search(r"(?i)\bnulls\s+(first|last)\s*\Z", term) else f"{term} nulls last"


def _key_of(term: str) -> str:
    return re.sub(r"(?i)(\s+(asc|desc))?\s+nulls\s+(first|last)\s*\Z", "", term)


class Replayer:
    """The tables of a case in SQLite, seen as of one event at a time."""

    def __init__(self, registries: Iterable[Listing], records: Iterable[Listing]) -> None:
        self._listings = {one.table.name: one for one in [*registries, *records]}
        self._base = sqlite3.connect(":memory:")
        self._base.execute("pragma case_sensitive_like = on")
        for name, call in {"lower": str.lower, "upper": str.upper}.items():
            self._base.create_function(name, 1, _on_text(call), deterministic=True)
        self._base.execute('create table "tocsin now" (at integer)')
        self._loaded: set[str] = set()

    def replay(self, rule: Rule, event: Event) -> Page | NoPage:
        """Give the persons on the page that the event asked for."""
        if rule.collation not in (None, "binary"):
            raise CannotRecount(f"the recount does not sort by the collation {rule.collation!r}")
        query = read_query(rule.replay or "")
        values, missing = read_parameters(rule.parameters, event)
        bounds = self._bounds(query, values, rule.replay or "")
        if missing:
            return NoPage("missing_parameter", bounds[0] if bounds else None)
        if bounds is None:
            return NoPage("bad_parameter", self._limit(query, values))
        self._see_as_of(event.occurred_at)
        named = [name for name in self._listings if re.search(rf"\b{re.escape(name)}\b", query.body)]
        for name in named:
            self._load(name)
        rows = self._sorted_rows(query, values)
        found, total = cut_page(rows, *bounds)
        as_of = all(self._listings[name].has_history for name in named)
        exact = total and as_of and rule.collation is not None
        types = [name for name in named if self._listings[name].key == "record"]
        return Page(tuple(found), exact, types[0] if types else None)

    def _bounds(self, query: Query, values: dict[str, str], sql: str) -> tuple[int | None, int] | None:
        """Limit and offset; None when a parameter makes them senseless."""
        for name, kind in CAST.findall(sql):
            whole = re.fullmatch(r"[+-]?[0-9]{1,18}", values.get(name, "0").strip())
            if kind.lower() not in ("text", "varchar") and whole is None:
                return None
        limit = self._number(query.limit, values)
        offset = self._number(query.offset, values) or 0
        return None if offset < 0 or (limit is not None and limit < 0) else (limit, offset)

    def _limit(self, query: Query, values: dict[str, str]) -> int | None:
        """How many it gives at most, where only the offset is senseless."""
        limit = self._number(query.limit, values)
        return limit if limit is not None and limit >= 0 else None

    def _number(self, expression: str | None, values: dict[str, str]) -> int | None:
        if expression is None:
            return None
        try:
            (number,) = self._base.execute(f"select {expression}", values).fetchone()
        except sqlite3.Error:
            return None
        return int(number) if number is not None else None

    def _sorted_rows(self, query: Query, values: dict[str, str]) -> list[tuple[Found, tuple[object, ...]]]:
        keys = ", ".join(_key_of(term) for term in query.order)
        order = f" order by {', '.join(query.order)}" if query.order else ""
        parts = re.match(r"(?is)\A\s*select\s+(distinct\s+)?(.*?)\s+from\s+(.*)\Z", query.body)
        if parts is None or (parts[1] and not {_key_of(one) for one in query.order} <= {"person", "record"}):
            raise CannotRecount("a replay is not a plain select of persons or records")
        chosen = f"{parts[2]}, {keys}" if keys else parts[2]
        try:
            cursor = self._base.execute(f"select {parts[1] or ''}{chosen} from {parts[3]}{order}", values)
        except sqlite3.Error as error:
            raise CannotRecount(f"SQLite does not run a replay: {error}") from error
        names = [column[0] for column in cursor.description]
        if not {"person", "record"} & set(names[: len(names) - len(query.order)]):
            raise CannotRecount("a replay gives neither person nor record")
        return [(_found(names, row), row[len(row) - len(query.order) :]) for row in cursor.fetchall()]

    def _see_as_of(self, occurred_at: datetime) -> None:
        self._base.execute('delete from "tocsin now"')
        self._base.execute('insert into "tocsin now" values (?)', (_microseconds(occurred_at),))

    def _load(self, name: str) -> None:
        """Put a table in SQLite once, behind a view that shows it as of the event."""
        if name in self._loaded:
            return
        self._loaded.add(name)
        listing = self._listings[name]
        ours = [column for column in listing.table.columns if column not in ("valid_from", "valid_until")]
        theirs = list(dict.fromkeys(column for row in listing.rows for column in row.theirs))
        columns = [_quote(column) for column in [*ours, *(f"original.{column}" for column in theirs)]]
        stored = _quote(f"{name} rows")
        self._base.execute(f"create table {stored} ({', '.join([*columns, 'tocsin_from', 'tocsin_until'])})")
        marks = ", ".join("?" * (len(columns) + 2))
        self._base.executemany(
            f"insert into {stored} values ({marks})",
            (
                [_plain(row.ours.get(one)) for one in ours]
                + [_plain(row.theirs.get(one)) for one in theirs]
                + [_microseconds(row.valid.start), _microseconds(row.valid.until)]
                for row in listing.rows
            ),
        )
        as_of = (
            '(tocsin_from is null or tocsin_from <= (select at from "tocsin now"))'
            ' and (tocsin_until is null or (select at from "tocsin now") < tocsin_until)'
        )
        seen = as_of if listing.has_history else "true"
        self._base.execute(
            f"create view {_quote(name)} as select {', '.join(columns)} from {stored} where {seen}"
        )


def cut_page(
    rows: list[tuple[Found, tuple[object, ...]]], limit: int | None, offset: int
) -> tuple[list[Found], bool]:
    """Who stood in [offset, offset + limit), and whether the order was total.

    Of rows that tie across an edge of the page anyone may have stood on it, unless a person has
    more rows among them than there are places off the page.
    """
    end = len(rows) if limit is None else offset + limit
    page: dict[tuple[str | None, str | None], bool] = {}
    total, at = True, 0
    for _, group in itertools.groupby(rows, key=lambda row: row[1]):
        tied = [(found.person, found.record) for found, _ in group]
        on_page = max(0, min(end, at + len(tied)) - max(offset, at))
        total = total and len(set(tied)) == 1
        for one in tied if on_page else []:
            certain = tied.count(one) > len(tied) - on_page
            page[one] = page.get(one, False) or certain
        at += len(tied)
    return [Found(person, record, certain) for (person, record), certain in page.items()], total


UNDECODED = re.compile("[\udc80-\udcff]")


def read_parameters(parameters: Table, event: Event) -> tuple[dict[str, str], bool]:
    """The parameters as text, and whether one is missing without a default, or cannot be decoded."""
    values: dict[str, str] = {}
    missing = False
    for name, said in parameters.items():
        table = said if isinstance(said, dict) else {"from": said}
        value = _read_parameter(get_text(table, "from") or "", event)
        value = text_of(table.get("default")) if value is None else value
        if value is None or UNDECODED.search(value):
            # What cannot be decoded is there and not known: no default stands for it.
            missing = True
        else:
            values[name] = value
    return values, missing


def _read_parameter(where: str, event: Event) -> str | None:
    kind, _, name = where.partition(":")
    if kind == "query":
        pairs = parse_qsl(event.query or "", keep_blank_values=True, errors="surrogateescape")
        return next((value for key, value in pairs if key == name), None)
    if kind == "detail":
        found = follow(event.body, read_path(name))
        return None if found is MISSING else text_of(found)
    raise CannotRecount(f"the recount does not read a parameter from {where!r}")


def _found(names: list[str], row: tuple[object, ...]) -> Found:
    values = dict(zip(reversed(names), reversed(row), strict=True))
    return Found(text_of(values.get("person")), text_of(values.get("record")), True)


def _on_text(call: Callable[[str], str]) -> Callable[[str | None], str | None]:
    return lambda value: call(value) if isinstance(value, str) else value


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return write_instant(value) if value.tzinfo else value.replace(tzinfo=UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | None) else text_of(value)


def _microseconds(instant: datetime | None) -> int | None:
    if instant is None:
        return None
    apart = instant - EPOCH
    return (apart.days * 86_400 + apart.seconds) * 1_000_000 + apart.microseconds
