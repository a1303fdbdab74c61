# SPDX-License-Identifier: Apache-2.0
"""Native logs to events, records set aside and non-events, one record after another.

Every record ends in exactly one of the three.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from tocsin.recount.case import Case, Source
from tocsin.recount.cutting import Record
from tocsin.recount.errors import CannotRecount
from tocsin.recount.files import Budget, Content, read_contents, split_contained
from tocsin.recount.instants import find_zone
from tocsin.recount.mapping import Columns, Mapping, cut_records, is_skipped, read_columns, read_mapping
from tocsin.recount.values import text_of
from tocsin.recount.weblog import cut_web, decode_path, looks_like_web, read_web_columns

NEVER = 4
"""Beyond every strength of a verdict."""

WEB_FORMATS = ("web", "apache", "nginx", "combined", "common")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a record stands: its source, file, line (from 1) and item (from 0)."""

    source: str
    file: str
    line: int
    item: int

    @property
    def label(self) -> str:
        return f"{self.source}:{self.line}"


@dataclass(frozen=True, slots=True)
class Event:
    place: Place
    occurred_at: datetime
    columns: Columns
    body: object
    """The record as read, for parameters that stand in its detail."""
    path: str | None
    """The object as rules match it: percent-decoded, without its query."""
    retry_of: Place | None = None

    def text(self, column: str) -> str | None:
        return self.place.source if column == "source" else text_of(self.columns.get(column))

    def number(self, column: str) -> int | None:
        value = self.columns.get(column)
        return value if isinstance(value, int) else None

    @property
    def persons(self) -> tuple[str, ...]:
        """The local ids that the event itself names, each once."""
        named = self.columns.get("persons")
        listed = named if isinstance(named, tuple) else ()
        alone = self.text("person")
        return tuple(dict.fromkeys(([alone] if alone else []) + [str(one) for one in listed]))

    @property
    def query(self) -> str | None:
        if (query := self.text("query")) is not None:
            return query
        _, mark, query = (self.text("object") or "").partition("?")
        return query if mark else None

    @property
    def outcome(self) -> str:
        """An outcome that the log does not give is not known."""
        return self.text("outcome") or "unknown"


@dataclass(frozen=True, slots=True)
class SetAside:
    place: Place
    reason: str
    text: str
    columns: Columns
    """The columns that were read whole, and only those."""
    path: str | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A number of a node's own sequence, in the order of the files."""

    node: str | None
    sequence: int
    occurred_at: datetime | None
    place: Place
    node_unread: bool = False
    """The record was cut before its node."""


@dataclass(slots=True)
class SourceReading:
    """What one source holds. records = events + set_aside + the sum of non_events."""

    source: str
    files: int
    copies: int = 0
    """Of these files, those that another one contains from its beginning: listed, not read."""
    events: list[Event] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)
    non_events: Counter[str] = field(default_factory=Counter)
    marks: list[Mark] = field(default_factory=list)

    @property
    def records(self) -> int:
        return len(self.events) + len(self.set_aside) + self.non_events.total()


def read_source(case: Case, source: Source, budget: Budget) -> SourceReading:
    contents = read_contents(case.folder, source.paths, budget)
    mapping = _find_mapping(case.folder, source)
    kept, contained = split_contained(contents)
    reading = SourceReading(source.name, len(kept) + contained, contained)
    taker = _Taker(reading, source, mapping)
    for content in kept:
        for record in _cut(source, content, mapping):
            budget.spend_record()
            taker.take(content.path, record)
    reading.events = mark_retries(reading.events)
    return reading


def _find_mapping(folder: Path, source: Source) -> Mapping | None:
    if source.mapping is None:
        if source.format == "mapped":
            raise CannotRecount(f"source {source.name}: its mapping is missing")
        return None
    return read_mapping(folder / source.mapping)


def _cut(source: Source, content: Content, mapping: Mapping | None) -> Iterable[Record]:
    if mapping is not None:
        return cut_records(content.body, mapping)
    named = source.format is not None and any(word in source.format for word in WEB_FORMATS)
    if named or (source.format is None and looks_like_web(content.body)):
        return cut_web(content.body)
    raise CannotRecount(f"source {source.name}: the recount does not know its format")


@dataclass(slots=True)
class _Taker:
    """Puts the records of one source where they belong: non-event, set aside, or event."""

    reading: SourceReading
    source: Source
    mapping: Mapping | None
    seen: set[tuple[str, str]] = field(default_factory=set)

    def take(self, file: str, record: Record) -> None:
        columns, problem = _columns(self.source, self.mapping, record)
        non_event = record.non_event or self._why_no_event(record, columns)
        if non_event is not None or record.problem or problem:
            columns = _without_twice(columns)
        place = Place(self.source.name, file, record.line, record.item)
        if non_event is not None:
            self.reading.non_events[non_event] += 1
        else:
            self._keep(place, record, columns, problem)
        if non_event in (None, "skip_rule"):
            self.reading.marks.extend(_marks(columns, place, cut=record.problem is not None))

    def _why_no_event(self, record: Record, columns: Columns) -> str | None:
        if record.problem is not None:
            return None
        if self.mapping is not None and is_skipped(record, self.mapping):
            return "skip_rule"
        request = text_of(columns.get("request"))
        if request is None:
            return None
        if (request, record.text) in self.seen:
            return "duplicate_record"
        self.seen.add((request, record.text))
        return None

    def _keep(self, place: Place, record: Record, columns: Columns, problem: str | None) -> None:
        occurred_at = columns.get("occurred_at")
        reason = record.problem or problem
        path = _path(self.mapping, text_of(columns.get("object")))
        if reason is None and isinstance(occurred_at, datetime):
            given = {name: value for name, value in columns.items() if value is not None}
            self.reading.events.append(Event(place, occurred_at, given, record.body, path))
        else:
            self.reading.set_aside.append(SetAside(place, reason or "no_time", record.text, columns, path))


def _columns(source: Source, mapping: Mapping | None, record: Record) -> tuple[Columns, str | None]:
    if mapping is None:
        return read_web_columns(record)
    return read_columns(record, mapping, find_zone(source.zone) or mapping.zone)


def _without_twice(columns: Columns) -> Columns:
    """Without a time that came twice: of a record that is no event nothing tells which of the two it was."""
    occurred_at = columns.get("occurred_at")
    if not isinstance(occurred_at, datetime) or not occurred_at.fold:
        return columns
    return {name: value for name, value in columns.items() if name != "occurred_at"}


def _path(mapping: Mapping | None, found: str | None) -> str | None:
    """A web log's object is decoded already; a mapped one may still carry its query and escapes."""
    if found is None or mapping is None:
        return found
    return decode_path(found.partition("?")[0])


def _marks(columns: Columns, place: Place, *, cut: bool) -> Iterator[Mark]:
    sequence, occurred_at = columns.get("sequence"), columns.get("occurred_at")
    if isinstance(sequence, int):
        at = occurred_at if isinstance(occurred_at, datetime) else None
        node = text_of(columns.get("node"))
        yield Mark(node, sequence, at, place, cut and node is None)


# fmt: off
SAME_IN_A_RETRY = (
    "request", "account", "action", "object", "query", "person", "persons", "record_type",
    "record", "file_name",
)
# fmt: on


def mark_retries(events: list[Event]) -> list[Event]:
    """Give each later attempt of a request the place of its first attempt.

    One request may log several things it showed: only the same thing asked again is a retry.
    """
    first: dict[tuple[object, ...], Place] = {}
    retry_of: dict[Place, Place] = {}
    for event in sorted(events, key=lambda one: (one.occurred_at, one.place)):
        if event.text("request") is None:
            continue
        key = tuple(event.columns.get(column) for column in SAME_IN_A_RETRY)
        if key in first:
            retry_of[event.place] = first[key]
        first.setdefault(key, event.place)
    return [replace(event, retry_of=retry_of.get(event.place)) for event in events]


def find_spent_retries(events: Iterable[Event], strength: Callable[[Event], int]) -> set[Place]:
    """Of events in scope, the retries of which an earlier attempt had succeeded: they show nothing more.

    An attempt that is held less gravely (a greater `strength`) does not tell for one held more so.
    """
    told: dict[Place, int] = {}
    spent: set[Place] = set()
    for event in sorted(events, key=lambda one: (one.retry_of is not None, one.occurred_at, one.place)):
        first = event.retry_of or event.place
        if event.retry_of is not None and told.get(first, NEVER) <= strength(event):
            spent.add(event.place)
        if event.outcome == "success":
            told[first] = min(told.get(first, NEVER), strength(event))
    return spent


def read_events(case: Case, budget: Budget) -> list[SourceReading]:
    return [read_source(case, source, budget) for source in case.sources]
