# SPDX-License-Identifier: Apache-2.0
"""Watching a case: look, read what has grown, weigh, tell; each time without reading is told too.

    glimpse ─ anything new? ─► batch: ingest, commit, weigh ─► ledger ─► standard output, courier

Whatever fails is told once and tried again; what was written meanwhile is read then. Killed at any moment, it
goes on where it was: events by the offsets of ingestion, alarms by the marks of the ledger.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from tocsin.core.errors import CaseLocked, MachineError, TocsinError
from tocsin.core.progress import Progress, silent
from tocsin.core.settings import CaseSettings, load_case
from tocsin.store.case import Case
from tocsin.watch.alarms import told_instant
from tocsin.watch.batch import Batch, Batches
from tocsin.watch.courier import Courier
from tocsin.watch.glimpse import Glimpse, glimpse
from tocsin.watch.ledger import FOLDER, Blind, Ledger
from tocsin.watch.silence import Silence, Spoke, usual_hours
from tocsin.watch.wanted import channels_of, check_wanted

STDOUT: Final = "stdout"
ALIVE: Final = ".alive"
"""Touched at each look: when it was last is when somebody still watched."""

UNWATCHED_S: Final = 10.0
"""A shorter time between two looks is no gap."""

FORGOTTEN_S: Final = 7 * 86_400
"""A source whose files were left alone for so long as watching begins is not expected to speak."""

LONGEST_WAIT_S: Final = 60.0
NAP_S: Final = 0.05

Told = Mapping[str, object]
Tell = Callable[[str, Told], None]
"""A state (watching, alarm, withheld, gap, back, left, silent…), and what there is to say."""


@dataclass(slots=True)
class Wishes:
    """How long to watch."""

    once: bool = False
    """One look, one batch, one attempt at each delivery: for cron."""

    until_idle: float | None = None
    """End once nothing was new for so many seconds and nothing is to be delivered."""

    stop: bool = False


@dataclass(slots=True)
class Watched:
    """What was done."""

    batches: int = 0
    events: int = 0
    alarms: int = 0
    undelivered: int = 0
    left: int = 0
    """Files that could not be read at the last look."""

    failing: str = ""
    """Code of what kept the last batch from being read; empty: nothing."""

    def told(self) -> dict[str, object]:
        """As JSON."""
        return asdict(self)


@dataclass(slots=True)
class _Memory:
    """Of one process."""

    signature: object = None
    """Of the files that the last batch read whole."""

    failures: int = 0
    not_before: float = 0.0
    last_new: float = 0.0
    took: float = 0.0
    """Seconds of the last batch that did not look at the whole."""

    left: dict[Path, str] = field(default_factory=dict)
    warned: set[tuple[str, str]] = field(default_factory=set)


class Watcher:
    """Watches one case; raises TocsinError at the beginning for what can never work."""

    def __init__(
        self,
        folder: Path,
        by: str,
        tell: Tell,
        wishes: Wishes,
        *,
        progress: Progress = silent,
        clock: Callable[[], float] = time.time,
        nap: Callable[[float], None] = time.sleep,
    ) -> None:
        self._folder = folder
        self._tell = tell
        self._wishes = wishes
        self._clock = clock
        self._nap = nap
        # Opening refuses what is no case, or was tampered with, before anything is promised.
        Case(folder, by=by, read_only=True).close()
        self._settings = self._read_settings()
        channels = channels_of(self._settings, folder, clock)
        self._ledger = Ledger(folder)
        self._courier = Courier(folder, channels, clock)
        names = [STDOUT, *(channel.name for channel in channels)]
        self._batches = Batches(folder, by, self._ledger, names, clock, progress)
        self._silence = Silence(self._settings.case.zone, self._settings.watch.silent_minutes)
        self._memory = _Memory(last_new=clock())
        self.watched = Watched()

    def watch(self) -> Watched:
        """Until stopped, or as long as the wishes say."""
        try:
            self._begin()
            if not self._wishes.once:
                self._courier.start()
            while True:
                self.look()
                if self._wishes.once or self._wishes.stop or self._is_idle():
                    return self._end()
                self._rest()
        finally:
            self._courier.close()
            self._ledger.close()

    def look(self) -> None:
        """One look at the files, a batch when there is something to read, and what is to be told."""
        now = self._clock()
        if now >= self._memory.not_before:
            try:
                self._settings = self._read_settings()
                self._see(glimpse(self._settings.sources, self._folder, now), now)
            except (TocsinError, OSError) as error:
                if self._wishes.once or self._wishes.stop:
                    raise
                self._fail(error, now)
        self._stay_alive(now)
        self._tell_silence(now)
        self._deliver()

    def _stay_alive(self, now: float) -> None:
        path = self._folder / FOLDER / ALIVE
        path.touch()
        os.utime(path, (now, now))

    def _begin(self) -> None:
        """Say how long nobody watched: what was written then is read now."""
        alive = self._folder / FOLDER / ALIVE
        now = self._clock()
        last = alive.stat().st_mtime if alive.exists() else None
        if last is not None and now - last > max(UNWATCHED_S, 3 * self._settings.watch.every):
            self._ledger.go_blind("not_watching", "", last)
            self._tell("gap", {"why": "not_watching", "about": "", "from": told_instant(last), "until": None})
        told = {"every": self._settings.watch.every, "sources": [s.name for s in self._settings.sources]}
        self._tell("watching", {**told, "deliveries": self._ledger.deliveries()})

    def _end(self) -> Watched:
        if self._wishes.once:
            self._courier.round(self._ledger)
            self._tell_troubles()
        self.watched.undelivered = sum(one["waiting"] for one in self._ledger.deliveries().values())
        self.watched.left = len(self._memory.left)
        return self.watched

    def _see(self, seen: Glimpse, now: float) -> None:
        for file in seen.files:
            if now - file.changed_at < FORGOTTEN_S:
                self._silence.heard(file.source, min(file.changed_at, now))
        signature = seen.signature
        if signature == self._memory.signature:
            return
        batch = self._batches.run(seen)
        self._memory.took = 0.0 if batch.detected else self._clock() - now
        self._memory.signature = None if batch.left else signature
        self._memory.last_new = self._clock()
        self._settle(batch)

    def _settle(self, batch: Batch) -> None:
        """What a batch that stands leaves to be said."""
        memory, watched = self._memory, self.watched
        memory.failures, memory.not_before = 0, 0.0
        watched.failing = ""
        watched.batches += 1
        watched.events += batch.events
        watched.alarms += len(batch.alarms)
        if batch.left:
            memory.not_before = self._clock() + min(LONGEST_WAIT_S, 5 * self._settings.watch.every)
        self._tell_left(batch)
        for gone in self._ledger.see_again(self._clock(), batch.events):
            self._tell("back", _told_blind(gone))
        for lost in batch.lost:
            self._tell("gap", _told_blind(lost))
        for code, text, where in batch.warnings:
            if (code, where) not in memory.warned:
                memory.warned.add((code, where))
                self._tell("warning", {"code": code, "text": text, "where": where})
        for kept in batch.withheld:
            self._tell("withheld", kept)
        if batch.events:
            self._tell("read", {"events": batch.events, "detected": batch.detected})
        if batch.detected:
            self._learn_hours()

    def _learn_hours(self) -> None:
        with Case(self._folder, by="", read_only=True) as case:
            self._silence.learn(usual_hours(case))

    def _tell_left(self, batch: Batch) -> None:
        """Files that cannot be read now: each once, as long as it lasts."""
        for path, error in batch.left.items():
            if path not in self._memory.left:
                self._tell("left", {"path": str(path), "error": error})
        self._memory.left = {path: error.code for path, error in batch.left.items()}

    def _fail(self, error: TocsinError | OSError, now: float) -> None:
        """Nothing could be read: told once, tried again a little later each time."""
        memory = self._memory
        code = error.code if isinstance(error, TocsinError) else "unreadable"
        memory.failures += 1
        waited = self._settings.watch.every * 2 ** min(memory.failures, 10)
        longest = self._settings.watch.every if isinstance(error, CaseLocked) else LONGEST_WAIT_S
        memory.not_before = now + min(waited, longest)
        self._ledger.go_blind(code, "", now)
        if self.watched.failing != code:
            self.watched.failing = code
            shown = error if isinstance(error, TocsinError) else MachineError(type(error).__name__)
            self._tell("trouble", {"channel": "", "why": code, "error": shown})

    def _tell_silence(self, now: float) -> None:
        for spoke in self._silence.changes(now):
            self._tell("silent" if spoke.is_silent else "speaks", _told_spoke(spoke))

    def _deliver(self) -> None:
        """Alarms to standard output, from the thread that owns it; then what the courier has to say."""
        for one in self._ledger.due(STDOUT, self._clock()):
            self._tell("alarm", asdict(one.alarm))
            self._ledger.delivered(one)
        self._tell_troubles()

    def _tell_troubles(self) -> None:
        while not self._courier.troubles.empty():
            trouble = self._courier.troubles.get()
            self._tell("trouble", {"channel": trouble.channel, "why": trouble.why})

    def _is_idle(self) -> bool:
        idle = self._wishes.until_idle
        if idle is None or self._clock() - self._memory.last_new < idle:
            return False
        return not any(one["waiting"] for one in self._ledger.deliveries().values())

    def _rest(self) -> None:
        """Until the next look, no shorter than the last batch took; a wish to stop is heard at once."""
        until = self._clock() + max(self._settings.watch.every, self._memory.took)
        while not self._wishes.stop and (left := until - self._clock()) > 0:
            self._nap(min(left, NAP_S * 4))

    def _read_settings(self) -> CaseSettings:
        settings = load_case(self._folder / "case.toml")
        check_wanted(settings)
        return settings


def _told_blind(blind: Blind) -> dict[str, object]:
    return {
        "why": blind.why,
        "about": blind.about,
        "from": told_instant(blind.from_at),
        "until": None if blind.until_at is None else told_instant(blind.until_at),
        "events": blind.events,
    }


def _told_spoke(spoke: Spoke) -> dict[str, object]:
    return {"source": spoke.source, "last": told_instant(spoke.last_at)}
