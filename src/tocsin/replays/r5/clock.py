# SPDX-License-Identifier: Apache-2.0
"""When things happen: the period of the logs, the month of the share, and the rhythm of a day and week.

Instants are milliseconds since 1970 in UTC; Paris is two hours ahead over the whole period.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from tocsin.replays.chance import Floats, Ints

HOUR = 3_600_000
DAY = 24 * HOUR


def instant(text: str) -> int:
    """Read an ISO 8601 instant in UTC as milliseconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000


BOOKING_FROM = instant("2020-05-01T00:00:00")
MONTH_FROM = instant("2020-06-20T22:00:00")
MONTH_UNTIL = instant("2020-07-20T22:00:00")
BOOKING_UNTIL = instant("2020-07-22T22:00:00")

LOG_FROM = instant("2020-06-21T00:00:00")
LOG_DAYS = 32
LOG_UNTIL = LOG_FROM + LOG_DAYS * DAY

_HOURS = (
    0.9,
    0.6,
    0.5,
    0.6,
    1.4,
    4.0,
    8.0,
    10.0,
    9.0,
    7.5,
    6.0,
    7.0,
    8.0,
    8.0,
    7.5,
    6.5,
    5.5,
    5.0,
    4.5,
    4.0,
    3.2,
    2.5,
    1.8,
    1.2,
)
"""Weight of each hour, in UTC."""

_WEEKDAYS = (1.15, 1.15, 1.1, 1.1, 1.0, 0.45, 0.3)
_HOLIDAY = instant("2020-07-14T00:00:00")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Spreads things over a period as people live: by day, not by night, less at week-ends."""

    knots: Floats
    shares: Floats

    def at(self, fraction: Floats) -> Ints:
        """Give the instant by which this fraction of the period's things has happened."""
        found = np.interp(fraction, self.shares, self.knots).astype(np.int64)
        return np.minimum(found, int(self.knots[-1]) - 1)

    def share(self, at: Ints) -> Floats:
        """Give the fraction that has happened by an instant; 0 before the period, 1 after."""
        return np.interp(at, self.knots, self.shares)


def rhythm(since: int, until: int) -> Rhythm:
    """Make the rhythm of a period that begins and ends at full hours."""
    hours = np.arange(since, until, HOUR, dtype=np.int64)
    weights = np.array(_HOURS)[hours // HOUR % 24] * day_weight(hours)
    shares = np.concatenate([[0.0], np.cumsum(weights)])
    knots = np.append(hours, until).astype(np.float64)
    return Rhythm(knots=knots, shares=shares / shares[-1])


def day_weight(at: Ints) -> Floats:
    """Give how busy the day of an instant is, about 1 on a working day."""
    weights = np.array(_WEEKDAYS)[(at // DAY + 3) % 7]
    return np.where(at // DAY == _HOLIDAY // DAY, 0.35, weights)


def iso(at: int) -> str:
    """Write an instant in ISO 8601, UTC, with milliseconds."""
    return f"{datetime.fromtimestamp(at // 1_000, UTC):%Y-%m-%dT%H:%M:%S}.{at % 1_000:03d}Z"
