# SPDX-License-Identifier: Apache-2.0
"""Which events people hold to be illegitimate, doubtful or legitimate, and by which row.

Precedence: decided, answer, known, proposed; then the narrower selector; then the latest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from tocsin.recount.case import read_period
from tocsin.recount.errors import CannotRecount
from tocsin.recount.events import Event, Place, SetAside
from tocsin.recount.instants import Period
from tocsin.recount.values import (
    Table,
    canonical_address,
    get_flag,
    get_share,
    get_text,
    refuse_unknown,
    text_of,
)

SELECTORS = ("account", "session", "address", "device", "client", "user_agent", "file_name", "source")
ORIGINS = ("proposed", "known", "answer", "decided")
GRAVITY = ("legitimate", "doubtful", "illegitimate")
SILENCE = timedelta(minutes=30)
"""What ends a session that was not logged."""
KNOWN_KEYS = (*SELECTORS, "from", "until", "split", "verdict", "p", "decided_by", "decided_at", "why", "note")


@dataclass(frozen=True, slots=True)
class Suspect:
    selectors: tuple[tuple[str, str | None], ...]
    """Event columns and the value each must have; None: it must be absent."""
    period: Period
    verdict: str
    p: float | None
    origin: str
    decided_at: datetime | None
    narrowness: int
    """3 a session, 2 an account with something else, 1 an account, 0 anything else."""
    weighed: bool = False
    """A session that no person named: as narrow as the account that was to be split, and before it."""
    reach: Period | None = None
    """Of a session that was not logged: where what nobody read may belong to it. Null: its period."""

    def holds(self, event: Event) -> bool:
        return self.period.has(event.occurred_at) and all(
            event.text(column) == value for column, value in self.selectors
        )

    @property
    def widest(self) -> Period:
        """When something that nobody read may be in question."""
        return self.period if self.reach is None else self.reach

    def may_hold(self, record: SetAside) -> bool:
        """False only when a field read whole puts the record outside."""
        known: Table = {**record.columns, "source": record.place.source}
        occurred_at = known.get("occurred_at")
        if isinstance(occurred_at, datetime) and not self.widest.has(occurred_at):
            return False
        return all(text_of(known[column]) == value for column, value in self.selectors if column in known)


@dataclass(frozen=True, slots=True)
class Judged:
    event: Place
    verdict: str
    p: float | None


def strength_of(verdict: Judged) -> int:
    """1 when it enters the floor, 2 the best, 3 the ceiling alone."""
    if verdict.verdict == "illegitimate":
        return 1
    return 2 if verdict.p is not None and verdict.p >= 0.5 else 3


def read_known(tables: Iterable[Table]) -> list[Suspect]:
    return [_known(table) for table in tables]


def _known(table: Table) -> Suspect:
    refuse_unknown(table, KNOWN_KEYS, "[[known]]")
    split = get_flag(table, "split")
    verdict = "doubtful" if split else get_text(table, "verdict") or "illegitimate"
    p = get_share(table, "p")
    return _suspect(
        [(name, get_text(table, name)) for name in SELECTORS if name in table],
        read_period(table),
        verdict,
        1.0 if verdict == "illegitimate" and p is None else p,
        origin="known",
    )


def read_suspects(rows: Iterable[Table], sessions: Iterable[Table] = ()) -> list[Suspect]:
    """Rows of the table `suspects`; those that name a session need the table `sessions` too."""
    by_id = {text_of(session.get("session_id")): session for session in sessions}
    return [_from_row(row, by_id) for row in rows]


def _from_row(row: Table, sessions: dict[str | None, Table]) -> Suspect:
    selectors = [(name, text_of(row.get(name))) for name in SELECTORS if text_of(row.get(name)) is not None]
    period = reach = Period(_utc(row.get("from_at")), _utc(row.get("until_at")))
    session_id = text_of(row.get("session_id"))
    if session_id is not None:
        if session_id not in sessions:
            raise CannotRecount(f"the suspect session {session_id} is in no table of sessions")
        _, reach = _session(sessions[session_id], period, SILENCE)
        of_session, period = _session(sessions[session_id], period)
        said, selectors = selectors, list(dict([*selectors, *of_session]).items())
    p = row.get("p")
    origin = text_of(row.get("origin")) or "known"
    suspect = _suspect(
        selectors,
        period,
        text_of(row.get("verdict")) or "",
        float(p) if isinstance(p, int | float) else None,
        origin=origin,
        decided_at=_utc(row.get("decided_at")),
        of_session=session_id is not None,
    )
    suspect = replace(suspect, reach=reach)
    if session_id is None or origin != "known":
        return suspect
    return replace(suspect, narrowness=_narrowness({name for name, _ in said}), weighed=True)


def _session(
    session: Table, period: Period, silence: timedelta = timedelta()
) -> tuple[list[tuple[str, str | None]], Period]:
    """A logged session is its name; another is its account, device, address and client while it lasted.

    `silence` is added at both ends.
    """
    of_source: list[tuple[str, str | None]] = [("source", text_of(session.get("source")))]
    if (logged := text_of(session.get("logged_session"))) is not None:
        return [*of_source, ("session", logged)], period
    names = ("account", "device", "address", "client")
    exact = [(name, text_of(session.get(name))) for name in names]
    first, last = _utc(session.get("first_at")), _utc(session.get("last_at"))
    if first is None or last is None:
        raise CannotRecount("a session has no first or last instant")
    first -= silence
    start = max(first, period.start) if period.start else first
    after_last = last + silence + datetime.resolution
    until = min(after_last, period.until) if period.until else after_last
    return [*of_source, *exact, ("session", None)], Period(start, until)


def _suspect(
    selectors: list[tuple[str, str | None]],
    period: Period,
    verdict: str,
    p: float | None,
    *,
    origin: str,
    decided_at: datetime | None = None,
    of_session: bool = False,
) -> Suspect:
    if verdict not in GRAVITY or origin not in ORIGINS or not selectors:
        raise CannotRecount("a suspect has no selector, or an unknown verdict or origin")
    canonical = tuple(
        (name, canonical_address(value) if name == "address" else value) for name, value in selectors
    )
    narrowness = 3 if of_session else _narrowness({name for name, _ in selectors})
    return Suspect(canonical, period, verdict, p, origin, decided_at, narrowness)


def _narrowness(names: set[str]) -> int:
    if "session" in names:
        return 3
    return (2 if names - {"source", "account"} else 1) if "account" in names else 0


def _utc(value: object) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise CannotRecount("a suspect's instant has no zone")
    return value.astimezone(UTC)


def judge(events: Iterable[Event], suspects: list[Suspect]) -> tuple[list[Judged], list[Place]]:
    """One verdict for each event that a suspect row holds, and the events whose best rows disagree."""
    judged, conflicts = [], []
    for event in events:
        best = _first(event, suspects)
        verdict = _verdict(event, best)
        if event.occurred_at.fold:
            early = replace(event, occurred_at=event.occurred_at.replace(fold=0) - timedelta(hours=1))
            verdict = _weaker(event, verdict, _verdict(early, _first(early, suspects)))
        if verdict is not None:
            judged.append(verdict)
        if len({suspect.verdict for suspect in best}) > 1:
            conflicts.append(event.place)
    return judged, conflicts


def _first(event: Event, suspects: list[Suspect]) -> list[Suspect]:
    """The suspects of the first rank among those that hold the event."""
    holding = [suspect for suspect in suspects if suspect.holds(event)]
    first_rank = max((_rank(suspect) for suspect in holding), default=None)
    return [suspect for suspect in holding if _rank(suspect) == first_rank]


def _verdict(event: Event, best: list[Suspect]) -> Judged | None:
    if not best:
        return None
    graver = max(best, key=lambda one: (GRAVITY.index(one.verdict), one.p or 0.0))
    return Judged(event.place, graver.verdict, graver.p)


def _weaker(event: Event, late: Judged | None, early: Judged | None) -> Judged | None:
    """An event that may be an hour older: what holds in both readings; in one alone it is only doubtful."""
    found = [one for one in (late, early) if one is not None and one.verdict != "legitimate"]
    if len(found) < 2:
        return Judged(event.place, "doubtful", None) if found else late
    if all(one.verdict == "illegitimate" for one in found):
        return found[0]
    known = [one.p for one in found if one.p is not None]
    return Judged(event.place, "doubtful", min(known) if len(known) == 2 else None)


def _rank(suspect: Suspect) -> tuple[int, int, bool, datetime]:
    latest = suspect.decided_at or datetime.min.replace(tzinfo=UTC)
    return ORIGINS.index(suspect.origin), suspect.narrowness, suspect.weighed, latest
