# SPDX-License-Identifier: Apache-2.0
"""When notices leave and arrive, hour by hour, within the limits of channels and domains; pure arithmetic.

Working days are Monday to Friday: holidays are not known here. What a limit leaves over waits for the next
hour or day, so that the last delivery is never too early.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
NOON: Final = 12
_WORKING: Final = 5
MOST_HOURS: Final = 24 * 366 * 2


@dataclass(frozen=True, slots=True)
class Leaving:
    """Notices of one channel by the hour in which they arrive."""

    channel: str
    notices: int
    first_at: datetime | None
    last_at: datetime | None
    arrivals: Mapping[datetime, int]


def by_hours(
    channel: str,
    counts: Mapping[str, int],
    *,
    begins_at: datetime,
    per_hour: int,
    limits: Mapping[str, int],
    hours: tuple[int, int],
) -> Leaving:
    """E-mails or messages by domain; they arrive in the hour in which they leave.

    Raises ValueError when two years do not suffice.
    """
    left = Counter({domain: count for domain, count in counts.items() if count})
    found: dict[datetime, int] = {}
    for at in _open_hours(begins_at, hours):
        if not left:
            break
        room = per_hour
        # Domains with the longest way to go first: what has no limit fills the room that they leave.
        for domain in sorted(left, key=lambda one: (-left[one] / limits.get(one, per_hour), one)):
            sent = min(left[domain], limits.get(domain, per_hour), room)
            left[domain] -= sent
            room -= sent
            found[at] = found.get(at, 0) + sent
        left = +left
    if left:
        raise ValueError("two years do not suffice")
    return _leaving(channel, found)


def by_days(channel: str, count: int, *, begins_at: datetime, per_day: int, transit: int) -> Leaving:
    """Letters: posted on working days, delivered at noon so many working days later."""
    found: dict[datetime, int] = {}
    posted = _working(begins_at.replace(minute=0, second=0, microsecond=0))
    for _day in range(ceil(count / per_day) if count else 0):
        sent = min(per_day, count)
        count -= sent
        arrives = posted
        for _step in range(transit):
            arrives = _working(arrives + DAY)
        found[arrives.replace(hour=NOON)] = sent
        posted = _working(posted + DAY)
    return _leaving(channel, found)


def _leaving(channel: str, found: Mapping[datetime, int]) -> Leaving:
    held = {at: count for at, count in sorted(found.items()) if count}
    return Leaving(channel, sum(held.values()), min(held, default=None), max(held, default=None), held)


def _open_hours(begins_at: datetime, hours: tuple[int, int]) -> Iterator[datetime]:
    at = begins_at.replace(minute=0, second=0, microsecond=0)
    if at < begins_at:
        # What is left of an hour begun has not the room of a whole one.
        at += HOUR
    for _hour in range(MOST_HOURS):
        if hours[0] <= at.hour < hours[1]:
            yield at
        at += HOUR


def _working(at: datetime) -> datetime:
    while at.weekday() >= _WORKING:
        at += DAY
    return at
