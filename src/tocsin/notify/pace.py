# SPDX-License-Identifier: Apache-2.0
"""Holds a sending to [notify.plan]: by domain, by channel, by hours of the day; over kills.

What was used up stands in the outbox, in the same transaction as what became of the notices; what is in
flight is counted as gone until somebody knows better. A limit that was raised holds from the next sending on.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from tocsin.core.errors import InputError
from tocsin.core.settings.notify import NotifySettings, PlanSettings
from tocsin.core.words import _
from tocsin.journal.chain import Json
from tocsin.notify.interface import Kind
from tocsin.notify.limits import Counted, Even, Limit, Opening
from tocsin.notify.outbox import Outbox, Room, Settled
from tocsin.store.case import Case
from tocsin.store.query import load_query

WHOLE: Final = "*"
"""The lane of a whole channel; a domain never looks like it."""


class Pace:
    """Of one channel. The lane of a notice is the domain of its mailbox if that has a limit, else empty."""

    def __init__(self, channel: Kind, planned: PlanSettings, zone: str) -> None:
        self._channel = channel
        self._limits: dict[str, Limit] = {}
        hours = planned.hours if channel != "post" else (0, 24)
        self._opening = Opening(planned.begins_at, hours, zone)
        if channel == "email":
            self._limits = {domain: Even(most) for domain, most in limited_domains(planned).items()}
            if planned.email_per_hour:
                self._limits[WHOLE] = Even(planned.email_per_hour)
        elif channel == "sms" and planned.sms_per_hour:
            self._limits[WHOLE] = Counted(planned.sms_per_hour, "hour", zone)
        elif channel == "post" and planned.post_per_day:
            self._limits[WHOLE] = Counted(planned.post_per_day, "day", zone)

    def room(self, db: sqlite3.Connection, now: float) -> Room:
        """Within a transaction of the outbox."""
        if self._opening.opens_at(now) > now:
            return Room({}, 0)
        flying = self._in_flight(db)
        rooms = {lane: limit.room(*self._held(db, lane, limit, flying, now)) for lane, limit in self._all()}
        whole = rooms.pop(WHOLE, None)
        return Room(rooms, whole)

    def note(self, db: sqlite3.Connection, settled: Sequence[Settled], now: float) -> None:
        """Count what was offered to the channel; within the transaction that records it."""
        if not self._limits:
            return
        offered: dict[str, int] = {}
        for one in settled:
            if one.is_offered:
                for lane in {one.row.lane, WHOLE}:
                    offered[lane] = offered.get(lane, 0) + 1
        for lane, count in offered.items():
            if lane in self._limits:
                used = self._level(db, lane, self._limits[lane], now) + count
                db.execute(
                    "insert or replace into pace values (?, ?, ?, ?)", (self._channel, lane, used, now)
                )

    def next_at(self, outbox: Outbox, now: float) -> float | None:
        """When a notice that is due may leave; None when none is held back by a limit."""
        lanes = outbox.due_lanes(self._channel, now)
        if not lanes:
            return None
        with outbox.changing() as db:
            opens, flying = self._opening.opens_at(now), self._in_flight(db)
            ready = {
                lane: limit.ready_at(*self._held(db, lane, limit, flying, now), now)
                for lane, limit in self._all()
            }
        first = min(ready.get(lane, now) for lane in lanes)
        return self._opening.opens_at(max(opens, first, ready.get(WHOLE, now)))

    def _all(self) -> list[tuple[str, Limit]]:
        return list(self._limits.items())

    def _held(
        self, db: sqlite3.Connection, lane: str, limit: Limit, flying: Mapping[str, int], now: float
    ) -> tuple[float, int]:
        """What is used up of a limit, and how many are in flight."""
        in_flight = sum(flying.values()) if lane == WHOLE else flying.get(lane, 0)
        return self._level(db, lane, limit, now), in_flight

    def _level(self, db: sqlite3.Connection, lane: str, limit: Limit, now: float) -> float:
        query = "select used, at from pace where channel = ? and lane = ?"
        used, at = db.execute(query, (self._channel, lane)).fetchone() or (0.0, 0.0)
        return limit.level(float(used), float(at), now)

    def _in_flight(self, db: sqlite3.Connection) -> dict[str, int]:
        query = "select lane, count(*) from notice where channel = ? and state = 'sending' group by lane"
        if not self._limits:
            return {}
        return {str(lane): int(count) for lane, count in db.execute(query, (self._channel,))}


def make_pace(case: Case, outbox: Outbox, channel: Kind) -> Pace:
    """For one sending; what waits is put into its lanes. Raises InputError for limits of no sense."""
    refuse_limits(case.settings.notify)
    planned = case.settings.notify.plan
    if channel == "email":
        domains = list(limited_domains(planned))
        with case.engine("recipients", "withdrawn") as engine:
            rows = engine.rows(load_query("tocsin.notify", "lanes"), domains=domains) if domains else ()
            outbox.put_into_lanes(channel, ((int(str(person)), str(domain)) for person, domain in rows))
    return Pace(channel, planned, case.settings.case.zone)


def limited_domains(planned: PlanSettings) -> dict[str, int]:
    """As mailboxes are compared: lower case; of two spellings the lower limit holds."""
    found: dict[str, int] = {}
    for domain, most in planned.domains.items():
        name = domain.strip().lstrip("@").lower()
        found[name] = min(most, found.get(name, most))
    return found


def refuse_limits(settings: NotifySettings) -> None:
    """Raise InputError for limits below one, and for hours that do not go up within a day."""
    planned = settings.plan
    limits = [planned.email_per_hour, planned.sms_per_hour, planned.post_per_day, *planned.domains.values()]
    first, end = planned.hours
    if any(one is not None and one < 1 for one in limits) or not 0 <= first < end <= 24:
        refuse_bounds("notify.plan")


def refuse_bounds(key: str) -> None:
    """Raise InputError that names a table of case.toml."""
    raise InputError(
        _("A value of [{key}] is out of bounds."),
        do=_("Limits are at least one, hours go up within a day, shares lie between 0 and 1."),
        code="out_of_bounds",
        key=key,
    )


def said_of(planned: PlanSettings) -> dict[str, Json]:
    """What a sending is held to, for the journal."""
    return {
        "begins_at": "" if planned.begins_at is None else instant_of(planned.begins_at.timestamp()),
        "hours": list[Json](planned.hours),
        "email_per_hour": planned.email_per_hour,
        "sms_per_hour": planned.sms_per_hour,
        "post_per_day": planned.post_per_day,
        "domains": dict[str, Json](limited_domains(planned)),
    }


def instant_of(at: float | None) -> str:
    """As it is journalled: UTC to the second; empty for None."""
    return "" if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
