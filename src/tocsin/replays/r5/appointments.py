# SPDX-License-Identifier: Apache-2.0
"""The appointments: each a function of its rank in the order of booking.

Numbers grow with the booking and three in four are not given, so that a number drawn at random often
misses, and whether it exists needs no look-up. Four bookings in a row are now and then one series.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tocsin.replays.chance import Chance, Flags, Ints
from tocsin.replays.r5.clock import (
    BOOKING_FROM,
    BOOKING_UNTIL,
    DAY,
    MONTH_FROM,
    MONTH_UNTIL,
    Rhythm,
    rhythm,
)
from tocsin.replays.r5.size import Size

ORIGINS = ("site", "practice-software", "partner-software")
SITE, PRACTICE_SOFTWARE, PARTNER_SOFTWARE = range(3)

_FIRST_NUMBER = 361_000_000
_NUMBERS_EACH = 4
_PARIS = 2 * 3_600_000


@dataclass(frozen=True)
class Appointments:
    """The appointments of one replay."""

    chance: Chance
    size: Size

    @cached_property
    def _segments(self) -> list[tuple[int, int, Rhythm]]:
        """First rank, count and rhythm: before the month, the month, after it."""
        bounds = (BOOKING_FROM, MONTH_FROM, MONTH_UNTIL, BOOKING_UNTIL)
        counts = (self.size.booked_before, self.size.booked_in_month, self.size.booked_after)
        firsts = (0, counts[0], counts[0] + counts[1])
        return [
            (first, count, rhythm(since, until))
            for first, count, since, until in zip(firsts, counts, bounds, bounds[1:], strict=False)
        ]

    @property
    def month(self) -> tuple[int, int]:
        """The ranks booked within the month of the share, half-open."""
        first, count, _ = self._segments[1]
        return first, first + count

    def number(self, rank: Ints) -> Ints:
        """Give the appointment's number, nine digits."""
        return _FIRST_NUMBER + rank * _NUMBERS_EACH + self.chance.below("number", rank, _NUMBERS_EACH)

    def rank(self, number: Ints) -> Ints:
        """Give the rank of the appointment with this number, -1 when there is none."""
        rank = (number - _FIRST_NUMBER) // _NUMBERS_EACH
        given = (rank >= 0) & (rank < self.size.appointments) & (self.number(rank) == number)
        return np.where(given, rank, -1)

    def booked_at(self, rank: Ints) -> Ints:
        """Give the instant of booking; never decreases with the rank."""
        booked = np.zeros(len(rank), dtype=np.int64)
        within = rank + self.chance.fraction("booked", rank)
        for first, count, pace in self._segments:
            here = (rank >= first) & (rank < first + count)
            booked[here] = pace.at((within[here] - first) / count)
        return booked

    def booked_before(self, at: Ints) -> Ints:
        """Give how many appointments were surely booked before an instant (one or two fewer at most)."""
        total = np.zeros(len(at), dtype=np.int64)
        for _, count, pace in self._segments:
            total += np.floor(pace.share(at) * count).astype(np.int64)
        return np.maximum(total - 2, 1)

    def starts_at(self, rank: Ints) -> Ints:
        """Give the instant of the appointment itself: a quarter of an hour in a working day to come."""
        wait = 1 + np.floor(60 * self.chance.fraction("wait", self._series(rank)) ** 3).astype(np.int64)
        later = np.where(self._in_series(rank), 7 * (rank & 3), 0)
        day = (self.booked_at(self._series(rank)) + _PARIS) // DAY + wait + later
        day += (day + 3) % 7 == 6
        return day * DAY - _PARIS + 8 * 3_600_000 + self.chance.below("quarter", rank, 44) * 900_000

    def person(self, rank: Ints) -> Ints:
        """Give the row of the patient."""
        return self.chance.below("patient", self._series(rank), self.size.persons)

    def origin(self, rank: Ints) -> Ints:
        """Give where it was booked, as an index in ORIGINS."""
        draw = self.chance.fraction("origin", self._series(rank))
        return (draw >= 0.6).astype(np.int64) + (draw >= 0.92)

    def practice(self, rank: Ints) -> Ints:
        """Give the practice; connected ones alone book by third-party software."""
        draw, origin = self.chance.fraction("practice", self._series(rank)), self.origin(rank)
        connected, everyone = self.size.connected, self.size.practices
        at_partner = draw**1.2 * connected
        at_own = connected + draw**1.4 * (everyone - connected)
        place = np.select(
            [origin == PARTNER_SOFTWARE, origin == SITE], [at_partner, draw**1.6 * everyone], at_own
        )
        return place.astype(np.int64)

    def _in_series(self, rank: Ints) -> Flags:
        return self.chance.happens("series", rank >> 2, 0.1)

    def _series(self, rank: Ints) -> Ints:
        return np.where(self._in_series(rank), rank & ~np.int64(3), rank)


def practice_number(practice: Ints) -> Ints:
    """Give the number by which a practice is known, five digits."""
    return 10_000 + (practice * 7_919 + 4_001) % 89_989
