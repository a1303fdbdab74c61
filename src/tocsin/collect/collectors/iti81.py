# SPDX-License-Identifier: Apache-2.0
"""IHE ITI-81, Retrieve ATNA Audit Event: FHIR search of AuditEvent by `date`, along `link[next]`.

IHE ITI TF-2 §3.81, FHIR R4 §3.1.1 (search) and §3.1.1.5 (paging). A span of time is walked to its end; a
server whose pages shift while they are read is walked once more, and each resource is taken once by its id.
Resources are kept as the bytes they came in, one a line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec

from tocsin.collect.answers import digest, one_line, partial, read_position, written_position
from tocsin.collect.asked import Reach, misfit
from tocsin.collect.collectors.fhir_bundle import Bundle, Entry, date_of, id_of, severities
from tocsin.collect.collectors.over_http import HttpCollector
from tocsin.collect.http import Web
from tocsin.collect.interface import Page
from tocsin.collect.windows import Window, check_period, check_window, last_instant, total_differs
from tocsin.core.errors import InputError, MachineError, Sentence
from tocsin.core.settings.inputs import SourceSettings
from tocsin.core.words import _

FHIR = {"accept": "application/fhir+json"}
WALKS = 2
"""Times that a span is walked when its total does not fit."""

MOST_IN_SPAN = 1_000_000
IDLE_PAGES = 50
"""Pages in a row that bring nothing new: the links lead in a circle that each time looks different."""

Note = tuple[str, Sentence]


class Iti81Keys(Reach, frozen=True, kw_only=True):
    """`collect = { from = "iti-81", … }`; the secret is an OAuth token."""

    params: dict[str, str] = {}
    """More search parameters, as in { "entity-type" = "…" }."""

    page: int = 500
    """`_count`: what is asked for; the server may give fewer."""

    window: int = 86_400
    """Seconds of one search."""

    settle: int = 300
    """Seconds that an event may take to be found."""


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """The span to go on with, from its beginning: what stands of it is known by the records themselves."""

    since: datetime


@dataclass(slots=True)
class _Span:
    """One span while it is walked."""

    seen: set[str]
    """Digests of id and resource: of all that stands of this span."""

    ids: set[str]
    """Digests of the ids alone."""

    met: set[str] = field(default_factory=set)
    """What the server gave in this walk, as `seen`."""

    totals: set[int] = field(default_factory=set)
    """What its pages told in this walk: several when it changed meanwhile."""

    outcomes: int = 0
    outside: int = 0
    changed: int = 0


class Iti81(HttpCollector[Iti81Keys]):
    """An audit record repository."""

    kind = "iti-81"
    title = "IHE ITI-81 (FHIR search of AuditEvent)"
    format = "fhir-audit-event"
    keys = Iti81Keys
    auth = "bearer"
    also_how = frozenset({"page", "window", "settle"})

    def check_asked(self, source: SourceSettings, asked: Iti81Keys) -> None:
        """See `HttpCollector.check_asked`."""
        check_period(source)
        check_window(source, asked.window, asked.settle)
        if asked.page < 1:
            raise misfit(source, "page", _("Write a number of lines, from 1."))
        if {"date", "_count"} & set(asked.params):
            raise misfit(source, "params", _("Take `date` and `_count` out: `period` and `page` say them."))

    def pages(self, source: SourceSettings, position: str | None) -> Iterator[Page]:
        """See `Collector.pages`."""
        asked = self.asked(source)
        before = read_position(position, Position, source.name)
        first = source.period.from_ if source.period is not None else None
        at = before.since if before is not None else first or datetime.min.replace(tzinfo=UTC)
        end = last_instant(source, asked.settle)
        seen = self._standing(at) if before is not None else set()
        with self.web(source, asked) as web:
            while at < end:
                window = Window(at, min(end, at + timedelta(seconds=asked.window)))
                yield from _walked(web, asked, source.name, window, _Span(seen, {mark[:16] for mark in seen}))
                at, seen = window.until, set()

    def _standing(self, since: datetime) -> set[str]:
        """What stands of the span that was being read when the last run ended."""
        if self.around.brought is None:
            return set()
        lines = self.around.brought.lines(_is_before(since))
        return {_mark(line) for line in lines if line.strip()}


def _mark(line: bytes) -> str:
    return digest(id_of(line)) + digest(line)


def _is_before(since: datetime) -> Callable[[str], bool]:
    def is_behind(position: str) -> bool:
        place = read_position(position, Position, "")
        return place is None or place.since < since

    return is_behind


def _walked(web: Web, asked: Iti81Keys, name: str, window: Window, span: _Span) -> Iterator[Page]:
    """The span's pages, and one without records whose position is behind it."""
    for _walk in range(WALKS):
        span.met, span.totals = set(), set()
        yield from _one_walk(web, asked, name, window, span)
        if span.totals <= {len(span.met)}:
            break
    behind = written_position(Position(since=window.until))
    yield Page(b"", behind, 0, notes=tuple(_notes(span)))


def _one_walk(web: Web, asked: Iti81Keys, name: str, window: Window, span: _Span) -> Iterator[Page]:
    link: str | None = "AuditEvent"
    bounds = [("date", f"ge{_written(window.since)}"), ("date", f"lt{_written(window.until)}")]
    params: list[tuple[str, str]] | None = [*bounds, ("_count", str(asked.page)), *asked.params.items()]
    place = written_position(Position(since=window.since))
    visited: set[str] = set()
    idle = 0
    while link is not None:
        bundle = Bundle.read(web.ask("GET", link, params=params, headers=FHIR).body, name)
        records, count, repeated, is_idle = _taken(bundle, name, window, span)
        idle = idle + 1 if is_idle else 0
        yield Page(records, place, count, repeated=repeated)
        link, params = bundle.next_link, None
        if link is not None:
            link = web.address(link)
            if link in visited or idle > IDLE_PAGES:
                raise _in_circle(name)
            visited.add(link)


def _taken(bundle: Bundle, name: str, window: Window, span: _Span) -> tuple[bytes, int, int, bool]:
    """(lines, records, records that stand already, whether nothing of it was new in this walk)."""
    span.totals |= set() if bundle.total is None else {bundle.total}
    lines: list[bytes] = []
    repeated = new = 0
    for entry in bundle.entry:
        if _is_outcome(entry, name, span):
            continue
        line = one_line(entry.resource)
        at = date_of(line)
        if at is not None and not window.since <= at < window.until:
            span.outside += 1
            continue
        mark = _mark(line)
        new += mark not in span.met
        span.met.add(mark)
        if mark in span.seen:
            repeated += 1
            continue
        span.changed += mark[:16] in span.ids
        span.seen.add(mark)
        span.ids.add(mark[:16])
        lines.append(line)
    if len(span.seen) > MOST_IN_SPAN:
        raise InputError(
            _("More than {most} records of the source '{name}' lie in one span of time."),
            do=_("Give a smaller window."),
            code="window_too_large",
            most=MOST_IN_SPAN,
            name=name,
        )
    return b"".join(lines), len(lines), repeated, not new


def _is_outcome(entry: Entry, name: str, span: _Span) -> bool:
    """Whether an entry tells of the search and is no record of it; raises when it tells of a failure."""
    if entry.search.mode != "outcome":
        return False
    span.outcomes += 1
    for severity in severities(entry.resource, name):
        if severity in ("fatal", "error"):
            raise partial(name, f"OperationOutcome {severity}")
    return True


def _notes(span: _Span) -> list[Note]:
    notes: list[Note] = []
    if span.totals - {len(span.met)}:
        notes.append(total_differs(max(span.totals - {len(span.met)}), len(span.met)))
    if span.outcomes:
        text = _("Warnings that the place adds to its answer, which may not be whole: {n}.")
        notes.append(("warnings", Sentence(text, {"n": span.outcomes})))
    if span.outside:
        text = _("Records outside the span that was asked for, which are left to the span of their own: {n}.")
        notes.append(("outside", Sentence(text, {"n": span.outside})))
    if span.changed:
        text = _("Records that came again under one id with different contents, and are all kept: {n}.")
        notes.append(("changed", Sentence(text, {"n": span.changed})))
    return notes


def _in_circle(name: str) -> MachineError:
    return MachineError(
        _("The links of the source '{name}' to a next page lead in a circle."),
        do=_("What was brought stands. Tell those who run the place."),
        code="link_loop",
        name=name,
    )


def _written(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
