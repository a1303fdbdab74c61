# SPDX-License-Identifier: Apache-2.0
"""The hour that comes twice when clocks go back: which of its two passes an event of a file belongs to.

`fold` marks an instant that a local time does not settle: it is the later reading, and may be an hour older.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

from tocsin.recount.events import Event, SourceReading

HOUR = timedelta(hours=1)
NEAR = timedelta(hours=3)
JITTER = timedelta(minutes=1)


def settle_hours(reading: SourceReading) -> None:
    """Settle the instants of a source's events and of their numbers, file by file."""
    by_file = itertools.groupby(reading.events, key=lambda event: event.place.file)
    reading.events = [event for _, told in by_file for event in tell_passes(list(told))]
    settled = {event.place: event.occurred_at for event in reading.events}
    reading.marks = [
        replace(mark, occurred_at=settled.get(mark.place, mark.occurred_at)) for mark in reading.marks
    ]


def tell_passes(events: list[Event]) -> list[Event]:
    """The events of one file, in order of lines; where the lines tell the pass, the instant is settled."""
    days = dict.fromkeys(event.occurred_at.date() for event in events if event.occurred_at.fold)
    for day in days:
        events = _tell(
            events, [event.occurred_at.fold == 1 and event.occurred_at.date() == day for event in events]
        )
    return events


def _tell(events: list[Event], is_open: list[bool]) -> list[Event]:
    places = [place for place, one in enumerate(is_open) if one]
    times = [events[place].occurred_at for place in places]
    steps = [at for at, (a, b) in enumerate(itertools.pairwise(times), start=1) if b - a < -JITTER]
    if len(steps) != 1:
        return events
    settled = list(events)
    for at, place in enumerate(places):
        told = times[at].replace(fold=0) - (HOUR if at < steps[0] else timedelta())
        settled[place] = replace(events[place], occurred_at=told)
    return settled if _go_on(settled, settled[places[steps[0]]]) else events


def _go_on(events: list[Event], step: Event) -> bool:
    """Whether the lines near the change go on in time; one rise beside the step itself proves an order."""
    change = step.occurred_at.replace(minute=0, second=0, microsecond=0)
    near = [event for event in events if abs(event.occurred_at - change) <= NEAR]
    moves = [(b.occurred_at - a.occurred_at, b is step) for a, b in itertools.pairwise(near)]
    return all(move >= -JITTER for move, _ in moves) and any(
        move > timedelta() and not at_step for move, at_step in moves
    )
