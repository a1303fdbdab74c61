# SPDX-License-Identifier: Apache-2.0
"""Where a period ends: hours that elapse, days, working days and months of the calendar.

Hours are counted in UTC, so that a night of summer-time change is as long as it is; nights, Sundays and
public holidays are hours like others. Days and months end at the same hour of the case's zone. Regulation
1182/71, article 3, would begin at the next full hour (3(1)) and have two working days in a period of two days
or more (3(5)): neither moves an end that is computed here; the second is counted, to be shown.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Protocol
from zoneinfo import ZoneInfo

_FIXED_HOLIDAYS = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
_AFTER_EASTER = (1, 39, 50)
"""Easter Monday, Ascension Day, Whit Monday: days after Easter Sunday."""


class Term(Protocol):
    """A length of which one part at most is set."""

    @property
    def hours(self) -> int | None: ...
    @property
    def days(self) -> int | None: ...
    @property
    def working_days(self) -> int | None: ...
    @property
    def months(self) -> int | None: ...


def end_of(start: datetime, term: Term, zone: str) -> datetime | None:
    """The end in UTC, or None for a term that is not set. Raises OverflowError beyond the year 9999."""
    if term.hours is not None:
        return start.astimezone(UTC) + timedelta(hours=term.hours)
    local = start.astimezone(ZoneInfo(zone))
    if term.days is not None:
        return _at(local, local.date() + timedelta(days=term.days))
    if term.working_days is not None:
        return _at(local, _after_working_days(local.date(), term.working_days))
    if term.months is not None:
        return _at(local, _after_months(local.date(), term.months))
    return None


def count_working_days(start: datetime, end: datetime, zone: str) -> int:
    """Whole working days between two instants, each from midnight to midnight in the zone."""
    first, last = (at.astimezone(ZoneInfo(zone)) for at in (start, end))
    begins = first.date() if first.time() == first.time().min else first.date() + timedelta(days=1)
    days = (last.date() - begins).days
    return sum(is_working_day(begins + timedelta(days=n)) for n in range(days))


def is_working_day(day: date) -> bool:
    """Neither Saturday, nor Sunday, nor a public holiday of France (code du travail, L. 3133-1)."""
    return day.weekday() < 5 and day not in holidays_of(day.year)


@cache
def holidays_of(year: int) -> frozenset[date]:
    """Public holidays of metropolitan France; Alsace-Moselle and the overseas departments have others too."""
    easter = easter_of(year)
    moving = (easter + timedelta(days=days) for days in _AFTER_EASTER)
    return frozenset({*(date(year, month, day) for month, day in _FIXED_HOLIDAYS), *moving})


def easter_of(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous computus, Nature, 20 April 1876)."""
    golden = year % 19
    century, of_century = divmod(year, 100)
    leaps, rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - correction + 15) % 30
    quarter, left = divmod(of_century, 4)
    weekday = (32 + 2 * rest + 2 * quarter - epact - left) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _after_months(day: date, months: int) -> date:
    """The same day of a later month; its last one where it has no such day (Regulation 1182/71, 3(2)(c))."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _after_working_days(day: date, working_days: int) -> date:
    left = working_days
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return day


def _at(local: datetime, day: date) -> datetime:
    """The hour of the day in the zone; of an hour that is there twice or never, the earlier reading."""
    moved = local.replace(year=day.year, month=day.month, day=day.day)
    return min(moved.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
