# SPDX-License-Identifier: Apache-2.0
"""One day of the period: its rhythm, its share of the month's traffic, and what was booked before.

Every draw of a day is under indices of that day, so days can be written in any order.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tocsin.replays.chance import Ints
from tocsin.replays.r5.clock import DAY, LOG_DAYS, LOG_FROM, Rhythm, day_weight, rhythm
from tocsin.replays.r5.scene import Scene

_RECENT = 20_000_000
"""At life size, the appointments that still interest anybody."""


@dataclass(frozen=True)
class Day:
    """A day in UTC, counted from the first of the logs."""

    scene: Scene
    number: int

    @property
    def since(self) -> int:
        """Its first millisecond."""
        return LOG_FROM + self.number * DAY

    @property
    def until(self) -> int:
        """The first millisecond of the next."""
        return self.since + DAY

    @cached_property
    def _rhythm(self) -> Rhythm:
        return rhythm(self.since, self.until)

    def part_of(self, in_period: int) -> int:
        """Give this day's part of a number for the whole period."""
        weights = day_weight(LOG_FROM + np.arange(LOG_DAYS, dtype=np.int64) * DAY)
        return int(in_period * weights[self.number] / weights.sum())

    def indices(self, count: int) -> Ints:
        """Give indices for draws that no other day uses."""
        return (np.int64(self.number) << 40) + np.arange(count, dtype=np.int64)

    def instants(self, stream: str, index: Ints) -> Ints:
        """Draw instants of the day."""
        return self._rhythm.at(self.scene.chance.fraction(f"at {stream}", index))

    def recent(self, stream: str, index: Ints, at: Ints) -> Ints:
        """Draw appointments booked by then, recent ones more often."""
        booked = self.scene.appointments.booked_before(at)
        window = np.minimum(booked, _RECENT * self.scene.size.scale)
        back = self.scene.chance.fraction(f"recent {stream}", index) ** 2 * window
        return np.maximum(booked - 1 - back.astype(np.int64), 0)
