# SPDX-License-Identifier: Apache-2.0
"""The state of preservation of a case: each source against the clock, each kind of log, each request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.core.settings import SourceSettings
from tocsin.core.settings.spans import parse_span
from tocsin.preserve.expiry import Expiry, by_urgency, weigh
from tocsin.preserve.period import Needed, needed_period
from tocsin.preserve.requests import Correspondence, Exchange, Status, fold
from tocsin.preserve.source_files import files_of
from tocsin.preserve.texts import Need, needs
from tocsin.store.case import Case
from tocsin.store.query import load_query

_KINDS_OF_FORMATS = {
    "web-access": "gateway",
    "nginx-json": "gateway",
    "caddy-json": "gateway",
    "traefik-json": "gateway",
    "atna-audit-message": "application",
    "fhir-audit-event": "application",
}
"""What a format is presumed to tell, where case.toml does not say."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source of case.toml."""

    settings: SourceSettings
    kind: str | None
    is_presumed: bool
    """The kind comes from the format, not from case.toml."""

    first_at: datetime | None
    last_at: datetime | None
    events: int
    expiry: Expiry
    files: int
    bytes: int
    missing: tuple[str, ...]
    """Files that were read and are no longer there."""

    is_copied: bool
    """A verified copy holds what is there now, as far as number and size tell."""

    custody: str
    custody_answered: bool
    """The custody is what somebody answered, and differs from case.toml."""

    exchange: Exchange | None


@dataclass(frozen=True, slots=True)
class NeedState:
    """One kind of log that a case of this kind needs."""

    kind: str
    need: Need
    holder: str
    sources: tuple[str, ...]
    """Sources of the case that tell it."""

    exchange: Exchange | None

    @property
    def is_lacking(self) -> bool:
        """Neither in the case nor answered."""
        return not self.sources and (self.exchange is None or not self.exchange.receipts)


@dataclass(frozen=True, slots=True)
class Preservation:
    """The whole, at one instant."""

    now: datetime
    needed: Needed
    sources: tuple[SourceState, ...]
    """The most urgent first."""

    needs: tuple[NeedState, ...]
    correspondence: Correspondence

    @property
    def of_unknown_kind(self) -> tuple[str, ...]:
        """Sources that fill no line of the needs: neither case.toml nor their format says what they tell."""
        return tuple(sorted(state.settings.name for state in self.sources if state.kind is None))

    @property
    def needs_person(self) -> bool:
        """Whether somebody has to copy, ask, remind or look."""
        statuses = {e.status(self.now) for e in self.correspondence.exchanges.values()}
        return bool(
            statuses & {Status.OVERDUE, Status.REFUSED}
            or any(state.expiry.is_urgent or state.missing for state in self.sources)
            or any(state.is_lacking and state.need.must and state.exchange is None for state in self.needs)
        )


def look(case: Case, now: datetime, accounts: Sequence[str] = ()) -> Preservation:
    """What must be preserved, as of `now`; nothing is written, no file is read."""
    needed = needed_period(case, now, accounts)
    correspondence = fold(case.journal.entries())
    spans, read = _spans(case), _read_files(case)
    sources = [
        _source_state(case, source, now, needed, correspondence, spans, read)
        for source in case.settings.sources
    ]
    sources.sort(key=lambda state: (*by_urgency(state.expiry), state.settings.name))
    return Preservation(
        now, needed, tuple(sources), tuple(_need_states(case, sources, correspondence)), correspondence
    )


Span = tuple[datetime, datetime, int]


def _spans(case: Case) -> dict[str, Span]:
    if not case.has("events"):
        return {}
    with case.engine("events") as engine:
        rows = engine.rows(load_query("tocsin.preserve", "source_spans"))
    return {str(name): (first, last, events) for name, first, last, events in rows}  # type: ignore[misc]


def _read_files(case: Case) -> dict[str, list[tuple[str, str]]]:
    """Path and format of each file that was read, by source."""
    found: dict[str, list[tuple[str, str]]] = {}
    if case.has("files"):
        with case.engine("files") as engine:
            rows = engine.rows(load_query("tocsin.preserve", "read_files"))
        for source, path, kind in rows:
            found.setdefault(str(source), []).append((str(path), str(kind)))
    return found


def _source_state(
    case: Case,
    source: SourceSettings,
    now: datetime,
    needed: Needed,
    correspondence: Correspondence,
    spans: dict[str, Span],
    read: dict[str, list[tuple[str, str]]],
) -> SourceState:
    paths = files_of(source, case.folder)
    size = sum(path.stat().st_size for path in paths)
    copied = correspondence.copies.get(source.name)
    is_copied = copied is not None and (copied.files, copied.bytes) == (len(paths), size)
    first_at, last_at, events = spans.get(source.name, (None, None, 0))
    presumed = {
        _KINDS_OF_FORMATS[kind] for _path, kind in read.get(source.name, []) if kind in _KINDS_OF_FORMATS
    }
    answer = correspondence.custody.get(source.name)
    return SourceState(
        source,
        source.kind or (min(presumed) if len(presumed) == 1 else None),
        source.kind is None and len(presumed) == 1,
        first_at,
        last_at,
        events,
        weigh(
            parse_span(source.retention) if source.retention else None,
            now=now,
            needed_from=needed.from_at,
            first_at=first_at,
            is_copied=is_copied,
        ),
        len(paths),
        size,
        tuple(path for path, _kind in read.get(source.name, []) if not (case.folder / path).exists()),
        is_copied,
        answer.custody if answer else source.custody,
        answer is not None and answer.custody != source.custody,
        correspondence.exchanges.get(source.name),
    )


def _need_states(
    case: Case, sources: Sequence[SourceState], correspondence: Correspondence
) -> list[NeedState]:
    organisation = case.settings.case.organisation or ""
    return [
        NeedState(
            kind,
            need,
            need.usual_for.get(organisation, need.usual),
            tuple(state.settings.name for state in sources if state.kind == kind),
            correspondence.exchanges.get(kind),
        )
        for kind, need in needs().items()
        if organisation not in need.not_for
    ]
