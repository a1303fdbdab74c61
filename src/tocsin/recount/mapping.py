# SPDX-License-Identifier: Apache-2.0
"""A mapping: which event column stands where in a record.

Of a record cut in the middle it gives only the columns that were read whole; a column that is
absent from a whole record is null.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tocsin.recount.cutting import (
    CsvShape,
    Record,
    cut_csv,
    cut_json_array,
    cut_json_lines,
    cut_lines,
)
from tocsin.recount.errors import CannotRecount
from tocsin.recount.instants import NoTime, NoZone, find_zone, read_event_time
from tocsin.recount.partial_json import Twice
from tocsin.recount.values import (
    Table,
    canonical_address,
    get_flag,
    get_table,
    get_tables,
    get_text,
    get_texts,
    load_toml,
    number_of,
    refuse_unknown,
    text_of,
)

TIMES = ("occurred_at", "recorded_at")
NUMBERS = ("sequence", "items", "bytes", "status", "port")
# fmt: off
TEXTS = (
    "account", "account_name", "professional_id", "organisation", "session", "address", "network",
    "device", "user_agent", "client", "request", "node", "action", "object_type", "object",
    "person", "person_domain", "record_type", "record", "query", "file_name", "outcome",
)
# fmt: on
COLUMNS = (*TIMES, *TEXTS, "persons", *NUMBERS)
# fmt: off
ACTIONS = (
    "login", "login_failed", "logout", "search", "read", "list", "create", "update", "delete",
    "export", "download", "upload", "share", "admin", "other",
)
# fmt: on
OUTCOMES = frozenset({"success", "failure", "unknown"})

Columns = dict[str, object]
"""Columns of an event that are known: their value, or None when known to be absent."""


class _Missing:
    """Not found: null in a whole record, unknown in a cut one."""


MISSING = _Missing()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands in a record, and what is done to it."""

    find: Callable[[Record], object]
    time: str
    translations: dict[str, object] | None
    default: object
    prefix: str
    steps: tuple[str | int, ...] = ()
    """The JSON path, where it is one."""


@dataclass(frozen=True, slots=True)
class Skip:
    place: Place
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    reader: str
    zone: ZoneInfo | None
    fields: dict[str, Place]
    skips: tuple[Skip, ...]
    shape: CsvShape


# fmt: off
KNOWN_KEYS = (
    "reader", "zone", "fields", "skip", "sample", "csv", "delimiter", "quote", "header",
    "encoding", "name", "title", "product", "version",
)
PLACE_KEYS = (
    "path", "column", "between", "regex", "const", "time", "map", "default", "strip_prefix", "in",
)
# fmt: on


def read_mapping(path: Path) -> Mapping:
    toml = load_toml(path)
    refuse_unknown(toml, KNOWN_KEYS, path.name)
    fields = get_table(toml, "fields")
    for column in fields:
        if column not in COLUMNS:
            raise CannotRecount(f"{path.name}: {column!r} is no event column")
    return Mapping(
        reader=get_text(toml, "reader") or "",
        zone=find_zone(get_text(toml, "zone")),
        fields={column: _place(get_table(fields, column)) for column in fields},
        skips=tuple(Skip(_place(one), get_texts(one, "in")) for one in get_tables(toml, "skip")),
        shape=_shape({**toml, **get_table(toml, "csv")}),
    )


def cut_records(body: bytes, mapping: Mapping) -> Iterator[Record]:
    if mapping.reader == "csv":
        return cut_csv(body, mapping.shape)
    if mapping.reader == "lines":
        return cut_lines(body)
    readers = {"json-lines": cut_json_lines, "json-array": cut_json_array}
    if mapping.reader not in readers:
        raise CannotRecount(f"the recount does not know the reader {mapping.reader!r}")
    return (_without_doubt(record, mapping) for record in readers[mapping.reader](body))


def _without_doubt(record: Record, mapping: Mapping) -> Record:
    """The record, or nothing of it where an object on the way to a value that is read has a key twice."""
    places = (*mapping.fields.values(), *(skip.place for skip in mapping.skips))
    if not record.whole or not any(_meets_twice(record.body, place.steps) for place in places):
        return record
    return replace(record, body={}, whole=False, problem="key_twice")


def _meets_twice(value: object, steps: tuple[str | int, ...]) -> bool:
    for number, step in enumerate(steps):
        if isinstance(value, Twice):
            return True
        if step == "*" and isinstance(value, list):
            return any(_meets_twice(one, steps[number + 1 :]) for one in value)
        value = _step(value, step)
    return False


def is_skipped(record: Record, mapping: Mapping) -> bool:
    return any(
        text_of(value) in skip.values
        for skip in mapping.skips
        if (value := skip.place.find(record)) is not MISSING
    )


def read_columns(record: Record, mapping: Mapping, zone: ZoneInfo | None) -> tuple[Columns, str | None]:
    """The known columns of a record, and why it has no time (no_time, no_zone) if so."""
    columns: Columns = {} if not record.whole else dict.fromkeys(COLUMNS)
    problem = None if "occurred_at" in mapping.fields else "no_time"
    for column, place in mapping.fields.items():
        found = place.find(record)
        if found is MISSING and not record.whole:
            continue
        try:
            columns[column] = _value(column, None if found is MISSING else found, place, zone)
        except NoTime:
            problem = "no_time" if column == "occurred_at" else problem
        except NoZone:
            problem = "no_zone" if column == "occurred_at" else problem
    return columns, problem


def _value(column: str, found: object, place: Place, zone: ZoneInfo | None) -> object:
    if column in TIMES:
        return _time(column, found, place, zone)
    if column == "persons":
        return _persons(found, place)
    value = _translate(found, place)
    if column in NUMBERS:
        return number_of(value)
    text = text_of(value)
    if column == "address":
        return canonical_address(text)
    if column in ("action", "outcome"):
        text = (text or "").lower()
        return text if text in (ACTIONS if column == "action" else OUTCOMES) else None
    return text


def _time(column: str, found: object, place: Place, zone: ZoneInfo | None) -> datetime | None:
    if column != "occurred_at" and text_of(found) is None:
        return None
    return read_event_time(found, place.time, zone)


def _persons(found: object, place: Place) -> tuple[str, ...] | None:
    values = found if isinstance(found, list) else [found]
    texts = (text_of(_translate(value, place)) for value in values)
    return tuple(dict.fromkeys(text for text in texts if text is not None)) or None


def _translate(found: object, place: Place) -> object:
    text = text_of(found)
    if isinstance(found, str) and text is not None:
        found = text = text.removeprefix(place.prefix)
    if place.translations is not None and text in place.translations:
        return place.translations[text]
    if text is None or (place.translations is not None and place.default is not None):
        return place.default
    return found


def _shape(toml: Table) -> CsvShape:
    return CsvShape(
        delimiter=get_text(toml, "delimiter") or ",",
        quote=get_text(toml, "quote") or '"',
        header=get_flag(toml, "header") if "header" in toml else True,
        encoding=get_text(toml, "encoding") or "utf-8",
    )


def _place(table: Table) -> Place:
    refuse_unknown(table, PLACE_KEYS, "a mapping")
    return Place(
        find=_finder(table),
        time=get_text(table, "time") or "iso8601",
        translations=get_table(table, "map") if "map" in table else None,
        default=table.get("default"),
        prefix=get_text(table, "strip_prefix") or "",
        steps=read_path(get_text(table, "path") or "") if "path" in table and "const" not in table else (),
    )


def _finder(table: Table) -> Callable[[Record], object]:
    if "const" in table:
        return lambda _: table["const"]
    if "path" in table:
        steps = read_path(get_text(table, "path") or "")
        return lambda record: follow(record.body, steps)
    if "column" in table:
        return _cell_finder(table["column"])
    if "between" in table:
        before, after = get_texts(table, "between")
        return lambda record: _between(record.text, before, after)
    if "regex" in table:
        pattern = re.compile(get_text(table, "regex") or "")
        return lambda record: _matched(record.text, pattern)
    raise CannotRecount("a mapping's field says neither path, column, between, regex nor const")


def _cell_finder(column: object) -> Callable[[Record], object]:
    def find(record: Record) -> object:
        cells = record.body
        if isinstance(cells, dict):
            by_place = list(cells)[column - 1 : column] if isinstance(column, int) else [column]
            return cells.get(str(by_place[0]), MISSING) if by_place else MISSING
        if isinstance(cells, list) and isinstance(column, int) and 0 < column <= len(cells):
            return cells[column - 1]
        return MISSING

    return find


def _between(text: str, before: str, after: str) -> object:
    start = text.find(before)
    if start < 0:
        return MISSING
    end = text.find(after, start + len(before))
    return text[start + len(before) : end] if end >= 0 else MISSING


def _matched(text: str, pattern: re.Pattern[str]) -> object:
    match = pattern.search(text)
    value = match.group("value") if match else None
    return MISSING if value is None else value


STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[(\*)\]|\['([^']*)'\]")


def read_path(path: str) -> tuple[str | int, ...]:
    """The steps of a JSON path: names, places, and `*` for every element."""
    steps: list[str | int] = []
    at = 1
    while path.startswith("$") and at < len(path):
        match = STEP.match(path, at)
        if match is None:
            break
        name, place, star, quoted = match.groups()
        steps.append(int(place) if place else "*" if star else name or quoted or "")
        at = match.end()
    if not path.startswith("$") or at < len(path):
        raise CannotRecount(f"the recount does not read the path {path!r}")
    return tuple(steps)


def follow(value: object, steps: tuple[str | int, ...]) -> object:
    for number, step in enumerate(steps):
        if step == "*" and isinstance(value, list):
            inner = (follow(one, steps[number + 1 :]) for one in value)
            return [one for one in inner if one is not MISSING]
        value = _step(value, step)
    return value


def _step(value: object, step: str | int) -> object:
    if isinstance(value, dict) and isinstance(step, str):
        return value.get(step, MISSING)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return MISSING
