# SPDX-License-Identifier: Apache-2.0
"""Who will call, and when: calls per hour of the call centre from what arrives when, as an interval.

The rate of calls per notice is the organisation's, with its basis, or an assumption that says so. Calls that
notices of one day bring come on that day and the open days after it; within a day, evenly over its hours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tocsin.core.settings.notify import CallSettings
from tocsin.notify.planning.agents import agents_needed
from tocsin.notify.planning.schedule import DAY, Leaving

ASSUMED: Mapping[str, tuple[float, float]] = {
    "email": (0.005, 0.02),
    "sms": (0.01, 0.04),
    "post": (0.02, 0.06),
}
"""Calls per notice, low and high: no measured figure is public, and whoever reads the plan is told so."""


@dataclass(frozen=True, slots=True)
class CallDay:
    """One open day: calls at least and at most, in all and in its busiest hour, and who must answer then."""

    day: date
    low: float
    high: float
    peak_low: float
    peak_high: float
    agents_low: int
    agents_high: int
    hours: tuple[tuple[int, float, float], ...] = ()
    """Each open hour with its calls, at least and at most."""


def rates_of(settings: CallSettings) -> dict[str, tuple[float, float]]:
    """Calls per notice by channel: what is set goes before what is assumed."""
    return dict(ASSUMED) | {channel: (one[0], one[1]) for channel, one in settings.rates.items()}


def forecast(waves: Sequence[Leaving], settings: CallSettings) -> list[CallDay]:
    """Every open day with calls. Raises ValueError when nobody has that many agents."""
    rates = rates_of(settings)
    found: dict[datetime, list[float]] = {}
    for wave in waves:
        low, high = rates[wave.channel]
        for at, notices in wave.arrivals.items():
            for hour, share in _shares(at, settings):
                sums = found.setdefault(hour, [0.0, 0.0])
                sums[0] += notices * low * share
                sums[1] += notices * high * share
    days: dict[date, list[tuple[int, float, float]]] = {}
    for hour, (low, high) in sorted(found.items()):
        days.setdefault(hour.date(), []).append((hour.hour, low, high))
    return [_day(day, hours, settings) for day, hours in sorted(days.items())]


def _day(day: date, hours: list[tuple[int, float, float]], settings: CallSettings) -> CallDay:
    low, high = (sum(one[at] for one in hours) for at in (1, 2))
    peaks = [max(one[at] for one in hours) for at in (1, 2)]
    agents = [
        agents_needed(peak, minutes=settings.minutes, seconds=settings.seconds, share=settings.share)
        for peak in peaks
    ]
    return CallDay(day, low, high, peaks[0], peaks[1], agents[0], agents[1], tuple(hours))


def _shares(at: datetime, settings: CallSettings) -> list[tuple[datetime, float]]:
    """Open hours after an arrival and the share of its calls in each; together one."""
    whole = sum(settings.spread)
    shares: list[tuple[datetime, float]] = []
    day = at
    for part in settings.spread:
        hours = _open_hours(day, settings)
        while not hours:
            day = (day + DAY).replace(hour=0)
            hours = _open_hours(day, settings)
        shares += [(hour, part / whole / len(hours)) for hour in hours]
        day = (day + DAY).replace(hour=0)
    return shares


def _open_hours(at: datetime, settings: CallSettings) -> list[datetime]:
    """Of this day, from this hour on."""
    if at.isoweekday() not in settings.days:
        return []
    first, last = settings.hours
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return [midnight + timedelta(hours=hour) for hour in range(max(first, at.hour), last)]
