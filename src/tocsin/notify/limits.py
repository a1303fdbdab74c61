# SPDX-License-Identifier: Apache-2.0
"""How many notices may leave by now: limits by the hour or the day as pure arithmetic over instants.

A limit never lets more than its number leave in its span, whatever dies and resumes: what is in flight counts
as gone. Nothing is stored here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil, floor
from typing import Final, Literal, Protocol
from zoneinfo import ZoneInfo

HOUR_S: Final = 3600.0
BURSTS: Final = 60
"""A limit by the hour lets a sixtieth of itself leave at once: a minute's worth."""

_ROUNDING: Final = 1e-6
"""Of a fraction: instants in seconds since 1970 are kept to 2.4e-7 of a second."""


class Limit(Protocol):
    """Of one domain, or of a whole channel."""

    def level(self, used: float, at: float, now: float) -> float:
        """What is left at `now` of what was used up at `at`; instants in seconds since 1970."""

    def room(self, level: float, in_flight: int) -> int:
        """How many more may be claimed."""

    def ready_at(self, level: float, in_flight: int, now: float) -> float:
        """When there is room for one, if nothing in flight comes back."""


@dataclass(frozen=True, slots=True)
class Even:
    """So many in any hour, spread evenly: a leaking bucket (ITU-T I.371, generic cell rate algorithm).

    Let a be the capacity and i the seconds by which one leaks. In any hour no more than a + 3600/i − 1 leave,
    rounded up: i is chosen so that this is the limit.
    """

    per_hour: int

    @property
    def capacity(self) -> int:
        """What may leave at once."""
        return max(1, self.per_hour // BURSTS)

    @property
    def interval(self) -> float:
        """Seconds by which one more may leave."""
        return HOUR_S * (1 + _ROUNDING) / (self.per_hour - self.capacity + 1)

    def level(self, used: float, at: float, now: float) -> float:
        return max(0.0, used - max(0.0, now - at) / self.interval)

    def room(self, level: float, in_flight: int) -> int:
        return max(0, floor(self.capacity - level - in_flight + _ROUNDING))

    def ready_at(self, level: float, in_flight: int, now: float) -> float:
        return now + max(0.0, level + in_flight + 1 - self.capacity) * self.interval


@dataclass(frozen=True, slots=True)
class Counted:
    """So many by the clock's hour or by the day of the case's zone; they may leave together."""

    most: int
    span: Literal["hour", "day"]
    zone: str

    def level(self, used: float, at: float, now: float) -> float:
        return used if self._began(now) <= at else 0.0

    def room(self, level: float, in_flight: int) -> int:
        return max(0, self.most - ceil(level) - in_flight)

    def ready_at(self, level: float, in_flight: int, now: float) -> float:
        if self.room(level, in_flight):
            return now
        began = datetime.fromtimestamp(self._began(now), ZoneInfo(self.zone))
        if self.span == "hour":
            return began.timestamp() + HOUR_S
        return (began + timedelta(days=1)).timestamp()

    def _began(self, now: float) -> float:
        at = datetime.fromtimestamp(now, ZoneInfo(self.zone)).replace(minute=0, second=0, microsecond=0)
        if self.span == "day":
            at = at.replace(hour=0)
        return at.timestamp()


@dataclass(frozen=True, slots=True)
class Opening:
    """From when on, and between which hours of the day, notices may leave."""

    begins_at: datetime | None
    hours: tuple[int, int]
    zone: str

    def opens_at(self, now: float) -> float:
        """`now` when it is open."""
        at = datetime.fromtimestamp(now, UTC)
        if self.begins_at is not None and at < self.begins_at:
            at = self.begins_at
        local = at.astimezone(ZoneInfo(self.zone))
        first, end = self.hours
        if first <= local.hour < end:
            return max(now, at.timestamp())
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        day = midnight if local.hour < first else midnight + timedelta(days=1)
        return (day + timedelta(hours=first)).timestamp()
