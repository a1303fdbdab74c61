# SPDX-License-Identifier: Apache-2.0
"""Hypotheses, and the case as it would be under them.

A hypothesis changes settings, decisions or which rows are there; it never changes what a row says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import msgspec

from tocsin.core.errors import InputError
from tocsin.core.settings import CaseSettings, Period
from tocsin.core.settings.case import KnownSettings
from tocsin.core.tables import TABLES
from tocsin.core.words import _
from tocsin.journal import Entry
from tocsin.journal.chain import Json
from tocsin.scope.reopened import NOTE
from tocsin.store.case import Case
from tocsin.store.overlay import Overlay
from tocsin.store.query import literal

DECIDED: Final = "detect:suspect:decided"
BY_SOURCE: Final = ("events", "set_aside", "sequences", "file_clocks", "files", "accounting")
"""Tables of ingestion of which a source, or a file, can be left out."""

Said = dict[str, object]


@dataclass(frozen=True, slots=True)
class Window:
    """An account, and the stretch in which it is supposed to be in question; a missing bound is open."""

    account: str
    since: datetime | None = None
    until: datetime | None = None
    p: float | None = None
    """Null: illegitimate; else doubtful with this probability."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is supposed, all together."""

    dropped: tuple[str, ...] = ()
    """Sources whose logs are left out."""

    distrusted: tuple[str, ...] = ()
    """Sources that the attacker could have reached."""

    added: tuple[Window, ...] = ()
    cleared: tuple[str, ...] = ()
    """Accounts held to be legitimate."""

    widened: timedelta | None = None
    """By how much every period in question begins earlier and ends later."""

    threshold: float | None = None
    """From which p on detection proposes."""

    without: tuple[str, ...] = ()
    """Paths of log files, as `files` has them, that are left out."""

    def said(self) -> list[Said]:
        """The hypotheses as codes with their values."""
        told = [_said("drop_source", source=name) for name in self.dropped]
        told += [_said("distrust_source", source=name) for name in self.distrusted]
        told += [_said("add_account", account=one.account, **_bounds(one), p=one.p) for one in self.added]
        told += [_said("clear_account", account=name) for name in self.cleared]
        if self.widened is not None:
            told.append(_said("widen", hours=self.widened.total_seconds() / 3600))
        if self.threshold is not None:
            told.append(_said("threshold", p=self.threshold))
        return told + ([_said("without_files", files=len(self.without))] if self.without else [])

    @property
    def changes_logs(self) -> bool:
        """Whether completeness has to be looked at anew."""
        return bool(self.dropped or self.distrusted or self.without)


def suppose(case: Case, asked: Asked) -> Overlay:
    """The case as it would be.

    Raises InputError for a source or file that it has not, or for no hypothesis.
    """
    if not asked.said():
        raise InputError(
            _("No hypothesis was given."),
            do=_("Give one: --drop, --distrust, --account, --clear, --widen, --threshold or --without."),
            code="usage",
        )
    _refuse_unknown(case, asked)
    overlay = Overlay(case.folder, by=case.by, settings=_settings(case, asked), kept=_kept(case, asked))
    overlay.suppose_entries(_entries(case.journal.entries(), asked))
    return overlay


def files_that_arrived(case: Case) -> tuple[str, ...]:
    """Paths of the files that the last run of the scope stage found new."""
    note = case.generation.stages.get(NOTE)
    found = json.loads(note).get("fresh", []) if note else []
    return tuple(str(path) for path in found)


def _refuse_unknown(case: Case, asked: Asked) -> None:
    sources = [source.name for source in case.settings.sources]
    for name in (*asked.dropped, *asked.distrusted):
        if name not in sources:
            raise InputError(
                _("There is no source '{name}'."),
                do=_("Known: {known}."),
                code="no_source",
                name=name,
                known=", ".join(sources),
            )
    held = _file_numbers(case, asked.without)
    for path in asked.without:
        if path not in held:
            raise InputError(
                _("No log of this case is '{name}'."),
                do=_("Name it as `tocsin table CASE files` does."),
                code="no_file",
                name=path,
            )


def _file_numbers(case: Case, paths: Sequence[str]) -> dict[str, int]:
    if not paths:
        return {}
    with case.engine("files") as engine:
        rows = engine.rows(
            "select path, file_number from files where list_contains($paths, path) and not duplicate",
            paths=list(paths),
        )
    return {str(path): int(str(number)) for path, number in rows}


def _settings(case: Case, asked: Asked) -> CaseSettings:
    settings = case.settings
    covered = _covered(case, asked.dropped)
    sources = [
        msgspec.structs.replace(
            source,
            custody="attacker-reachable" if source.name in asked.distrusted else source.custody,
            # What a source without its logs would have told is a gap, not nothing.
            period=source.period or covered.get(source.name),
        )
        for source in settings.sources
    ]
    known = [_widened(one, asked.widened) for one in settings.known]
    detect = settings.detect
    if asked.threshold is not None:
        detect = msgspec.structs.replace(detect, threshold=asked.threshold)
    return msgspec.structs.replace(settings, sources=sources, known=known, detect=detect)


def _covered(case: Case, sources: Sequence[str]) -> dict[str, Period]:
    """The time of the events of each of these sources, and an hour around; none where it has no event."""
    spans = "select source, min(occurred_at), max(occurred_at) from events"
    with case.engine("events") as engine:
        rows = engine.rows(
            f"{spans} where list_contains($names, source) group by source", names=list(sources)
        )
    hour = timedelta(hours=1)
    return {
        str(source): Period(from_=first - hour, until=last + hour)
        for source, first, last in rows
        if isinstance(first, datetime) and isinstance(last, datetime)
    }


def _widened(known: KnownSettings, by: timedelta | None) -> KnownSettings:
    if by is None:
        return known
    return msgspec.structs.replace(
        known,
        from_=None if known.from_ is None else known.from_ - by,
        until=None if known.until is None else known.until + by,
    )


def _kept(case: Case, asked: Asked) -> dict[str, str]:
    """The conditions under which rows are there, by table."""
    conditions = []
    if asked.dropped:
        conditions.append(f"source not in ({', '.join(literal(name) for name in asked.dropped)})")
    kept = {name: list(conditions) for name in BY_SOURCE}
    numbers = sorted(_file_numbers(case, asked.without).values())
    if numbers:
        for name in BY_SOURCE:
            kept[name].append(f"file_number not in ({', '.join(map(str, numbers))})")
    assert all({"source", "file_number"} <= set(TABLES[name].column_names) for name in kept)  # noqa: S101
    return {name: " and ".join(ones) for name, ones in kept.items() if ones}


def _entries(entries: Iterable[Entry], asked: Asked) -> list[Entry]:
    """The journal's entries, their periods widened, and a decision for each account supposed."""
    held = [_widened_entry(entry, asked.widened) for entry in entries]
    decided = [_decision(one.account, one.p, **_bounds(one)) for one in asked.added]
    decided += [_decision(name, None, verdict="legitimate") for name in asked.cleared]
    last = len(held)
    at = held[-1].at if held else "1970-01-01T00:00:00+00:00"
    return [
        *held,
        *(Entry(last + n, at, "what-if", DECIDED, body, "", "") for n, body in enumerate(decided, 1)),
    ]


def _decision(
    account: str, p: float | None, verdict: str | None = None, **bounds: str | None
) -> dict[str, Json]:
    return {
        "selectors": {"account": account},
        "from": bounds.get("from_at"),
        "until": bounds.get("until_at"),
        "verdict": verdict or ("illegitimate" if p is None else "doubtful"),
        "p": p,
        "why": "what-if",
    }


def _widened_entry(entry: Entry, by: timedelta | None) -> Entry:
    if by is None or entry.kind != DECIDED:
        return entry
    body = dict(entry.body)
    for key, sign in (("from", -1), ("until", 1)):
        if body.get(key) is not None:
            body[key] = (datetime.fromisoformat(str(body[key])) + sign * by).isoformat()
    return replace(entry, body=body)


def _bounds(window: Window) -> dict[str, str | None]:
    return {
        "from_at": None if window.since is None else window.since.isoformat(),
        "until_at": None if window.until is None else window.until.isoformat(),
    }


def _said(code: str, **values: object) -> Said:
    return {"code": code, "values": values}
