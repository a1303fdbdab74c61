# SPDX-License-Identifier: Apache-2.0
"""Deadlines for programs: the objects of `tocsin clocks --json`. Instants are ISO 8601, spans are seconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tocsin.declare.clocks.acts import Acts
from tocsin.declare.clocks.conflicts import Contradiction
from tocsin.declare.clocks.deadline import Deadline, Reached
from tocsin.declare.clocks.rules import Both

Told = dict[str, object]


def deadline_object(deadline: Deadline, zone: str) -> Told:
    """One deadline; `start` and `end` twice, in UTC and in the case's zone."""
    clock, met = deadline.clock, deadline.met
    return {
        "clock": clock.id,
        "title": _both(clock.title),
        "do": _both(clock.do),
        "to": _both(clock.to),
        "state": deadline.state.value,
        "why": deadline.why,
        "binds": deadline.binds.value,
        "capacity": deadline.capacity,
        "controller": deadline.controller,
        "to_be_confirmed": deadline.to_be_confirmed,
        "status": clock.status,
        "target": clock.target,
        "start": _utc(deadline.start),
        "start_local": _local(deadline.start, zone),
        "end": _utc(deadline.end),
        "end_local": _local(deadline.end, zone),
        "elapsed": _seconds(deadline.elapsed),
        "left": _seconds(deadline.left),
        "length": _seconds(deadline.length),
        "anchor": None if deadline.anchor is None else _reached_object(deadline.anchor),
        "term_basis": deadline.term_basis,
        "working_days": deadline.working_days,
        "alarms": [{"at": _utc(a.at), "before": _seconds(a.before), "due": a.due} for a in deadline.alarms],
        "met": None
        if met is None
        else {"at": _utc(met.at), "receipt": met.receipt, "by": met.by, "late": met.late},
        "then": list(clock.then),
        "law": _both(clock.law),
        "note": None if clock.note is None else _both(clock.note),
        "article": clock.article,
        "link": clock.link,
        "version": clock.version,
    }


def contradiction_object(found: Contradiction) -> Told:
    """Two acts out of order."""
    return {
        "code": "contradiction",
        "controller": found.controller,
        "first": _reached_object(found.first),
        "second": _reached_object(found.second),
        "accepted": found.accepted,
        "say": _both(found.say),
    }


def history_objects(acts: Acts) -> list[Told]:
    """Every value that each anchor has had; `current` marks the one that holds."""
    return [
        {
            **_reached_object(value.reached),
            "even_so": value.even_so,
            "current": number == len(values) - 1 and place not in acts.withdrawn,
        }
        for place, values in sorted(acts.values.items(), key=lambda item: (item[0][0], item[0][1] or ""))
        for number, value in enumerate(values)
    ]


def _both(text: Both) -> Told:
    return {"fr": text.fr, "en": text.en}


def _reached_object(reached: Reached) -> Told:
    return {
        "which": reached.which,
        "at": _utc(reached.at),
        "why": reached.why,
        "by": reached.by,
        "recorded_at": _utc(reached.recorded_at),
        "presumed": reached.presumed,
        "controller": reached.controller,
    }


def _utc(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _local(at: datetime | None, zone: str) -> str | None:
    return None if at is None else at.astimezone(ZoneInfo(zone)).isoformat()


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()
