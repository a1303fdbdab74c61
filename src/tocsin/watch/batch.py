# SPDX-License-Identifier: Apache-2.0
"""One batch: ingest what has grown, weigh it, raise alarms; now and then, detect over the whole.

The case is open for as long as a batch takes, so that people can decide and contain between two.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from tocsin.core.errors import InputError, Sentence
from tocsin.core.progress import Progress, silent
from tocsin.detect.run import run as detect
from tocsin.ingest.prefixes import Prefixes
from tocsin.ingest.run import run as ingest
from tocsin.store.case import Case
from tocsin.store.parts import Part
from tocsin.watch.alarms import Alarm, Found, alarm_id, told_instant
from tocsin.watch.cleared import clearing_of, keep_back
from tocsin.watch.glimpse import Glimpse
from tocsin.watch.ledger import Blind, Ledger, is_new_episode
from tocsin.watch.packing import pack_events
from tocsin.watch.tails import follow_tails, present_files
from tocsin.watch.weighing import Weighed, acts_of, found_of, paces_of, weigh

DETECTED: Final = "detected_until"
"""Log time up to which the whole was looked at."""

LOG_AT: Final = "log_at"
MOST_LEFT: Final = 1000
"""Files that one batch may leave aside: each costs a look at all of them."""

Warned = tuple[str, Sentence, str]


@dataclass(slots=True)
class Batch:
    """What one batch did."""

    events: int = 0
    alarms: list[Alarm] = field(default_factory=list)
    left: dict[Path, InputError] = field(default_factory=dict)
    """Files that could not be read now, and why."""

    warnings: list[Warned] = field(default_factory=list)
    by_source: dict[str, datetime] = field(default_factory=dict)
    detected: bool = False
    withheld: list[dict[str, object]] = field(default_factory=list)
    """Alarms that a person's verdict keeps back, each told once."""

    lost: list[Blind] = field(default_factory=list)
    """Ends of files that may be missing."""


class Batches:
    """Batches of one case, and what is remembered from one to the next."""

    def __init__(
        self,
        folder: Path,
        by: str,
        ledger: Ledger,
        channels: Sequence[str],
        clock: Callable[[], float],
        progress: Progress = silent,
    ) -> None:
        self._folder = folder
        self._by = by
        self._ledger = ledger
        self._channels = channels
        self._clock = clock
        self._progress = progress
        self._weighed: set[Part] = set()
        self._sound: set[Part] = set()
        self._prefixes = Prefixes(clock)

    def run(self, glimpse: Glimpse) -> Batch:
        """Read what these files hold more than before, and weigh it.

        Raises TocsinError when nothing could be read at all; what was committed before stands.
        """
        batch = Batch()
        with Case(self._folder, by=self._by) as case:
            case.reader.trust(self._sound)
            self._ingest(case, glimpse, batch)
            weighed = weigh(case, self._ledger.marks(), self._weighed, self._ledger.quotas())
            batch.events, batch.by_source = weighed.events, weighed.by_source
            self._raise(case, batch, weighed.found, weighed)
            self._weighed.update(weighed.parts)
            batch.lost = follow_tails(
                self._ledger, glimpse, present_files(case, glimpse), batch.left, self._clock()
            )
            self._pack(case)
            self._detect_when_due(case, batch, weighed)
            self._remember(case)
        return batch

    def _ingest(self, case: Case, glimpse: Glimpse, batch: Batch) -> None:
        """One file that cannot be read does not blind the others."""
        paths = {file.path for file in glimpse.files}
        while True:
            try:
                report = ingest(case, self._progress, glimpse.following(batch.left), self._prefixes)
            except InputError as error:
                path = _path_of(error, paths)
                if path is None or path in batch.left or len(batch.left) >= MOST_LEFT:
                    raise
                batch.left[path] = error
            else:
                batch.warnings += report.warnings
                return

    def _pack(self, case: Case) -> None:
        """What was weighed in small parts is weighed in the large one."""
        before = set(case.generation.tables.get("events", ()))
        if before <= self._weighed and pack_events(case):
            self._weighed = set(case.generation.tables["events"])

    def _remember(self, case: Case) -> None:
        """Parts that this process has hashed, and those whose events it has weighed."""
        standing = set(case.generation.parts())
        self._weighed &= standing
        self._sound = {part for part in standing if part.path.startswith("events/")}

    def _detect_when_due(self, case: Case, batch: Batch, weighed: Weighed) -> None:
        """Over the whole, once the log has gone on for so long: what is slow shows by the day."""
        latest = [at for at in (weighed.last_at, _instant(self._ledger.said(LOG_AT))) if at is not None]
        if not latest or not case.settings.detect.enabled:
            return
        log_at = max(latest)
        self._ledger.say(LOG_AT, log_at.isoformat())
        until = _instant(self._ledger.said(DETECTED))
        every = timedelta(hours=case.settings.watch.detect_hours)
        if until is not None and log_at < until + every:
            return
        detect(case)
        batch.detected = True
        self._raise(case, batch, _standing_findings(case), None, log_at)
        self._ledger.set_quotas(paces_of(case, log_at))
        self._ledger.say(DETECTED, log_at.isoformat())

    def _raise(
        self,
        case: Case,
        batch: Batch,
        found: Iterable[Found],
        weighed: Weighed | None,
        log_at: datetime | None = None,
    ) -> None:
        """Make alarms of what is new, and settle them with the marks in one transaction."""
        now = self._clock()
        alarms: list[Alarm] = []
        episodes: dict[tuple[str, str], tuple[int, str]] = {}
        for one in found:
            if self._is_kept_back(case, batch, one, weighed.last_at if weighed else log_at):
                continue
            before = self._ledger.episode(one.account, one.reason)
            is_new = is_new_episode(
                before, one.first_at if weighed else one.last_at, case.settings.watch.repeat_days
            )
            number = (before[0] if before else 0) + is_new
            last_at = one.last_at if before is None else max(before[1], one.last_at)
            episodes[one.account, one.reason] = number, last_at.isoformat()
            if is_new:
                alarms.append(self._alarm(case, one, number, now, weighed.last_at if weighed else log_at))
        rows = [(*key, *told) for key, told in episodes.items()]
        self._ledger.settle(weighed.marks if weighed else {}, alarms, rows, self._channels)
        batch.alarms += alarms

    def _is_kept_back(self, case: Case, batch: Batch, one: Found, log_at: datetime | None) -> bool:
        """Whether a person holds the account legitimate, and nothing is new since."""
        until = one.last_at if log_at is None else max(log_at, one.last_at)
        clearing = clearing_of(case, self._ledger, one, until)
        if clearing is None:
            return False
        told = keep_back(case, self._ledger, clearing, one)
        batch.withheld += [] if told is None else [told]
        return True

    def _alarm(self, case: Case, one: Found, number: int, now: float, log_at: datetime | None) -> Alarm:
        """`log_at` is left out where a clock that runs ahead says more than now."""
        is_ahead = log_at is None or log_at > datetime.fromtimestamp(now, UTC)
        at = one.last_at if log_at is None or is_ahead else max(log_at, one.last_at)
        acts = acts_of(case, one.account, one.first_at, at)
        return Alarm(
            alarm=alarm_id(case.settings.case.id, one.account, one.reason, number),
            case=case.settings.case.id,
            account=one.account,
            reason=one.reason,
            p=one.p,
            words=one.words,
            first_at=told_instant(one.first_at),
            last_at=told_instant(one.last_at),
            log_at=told_instant(at),
            raised_at=told_instant(now),
            delay_s=(at - one.first_at).total_seconds(),
            events=acts.events,
            persons=acts.persons,
            event_ids=acts.event_ids,
        )


def _standing_findings(case: Case) -> list[Found]:
    """What the full detection holds of accounts, from its threshold on."""
    names = ("account", "detector", "p", "reasons", "first_at", "last_at")
    with case.engine("findings") as engine:
        rows = engine.rows(
            f"select {', '.join(names)} from findings where detector <> 'all' and session_id is null"
            " and account is not null and p >= $threshold order by account, detector",
            threshold=case.settings.detect.threshold,
        )
    return [made for row in rows if (made := found_of(*row)) is not None]


def _path_of(error: InputError, paths: Collection[Path]) -> Path | None:
    """The log file that an error is about; None when it is about something else."""
    where = error.where.file or ""
    return next((path for path in paths if where == str(path) or where.startswith(f"{path}!")), None)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
