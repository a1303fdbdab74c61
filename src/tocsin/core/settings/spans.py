# SPDX-License-Identifier: Apache-2.0
"""Lengths of time as people write them in a policy: "6 months", "180 days", "1 an".

A month is a month of the calendar: six months before 31 August is the last day of February. Nothing here
knows what a length is for.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tocsin.core.errors import InputError
from tocsin.core.words import _

_SPAN = re.compile(r"^\s*(\d{1,5})\s*([a-z]+)\s*$", re.IGNORECASE)

_HOURS = {"hour": 1, "hours": 1, "heure": 1, "heures": 1, "h": 1}
_DAYS = {"day": 1, "days": 1, "jour": 1, "jours": 1, "d": 1, "j": 1}
_WEEKS = {"week": 7, "weeks": 7, "semaine": 7, "semaines": 7}
_MONTHS = {"month": 1, "months": 1, "mois": 1, "year": 12, "years": 12, "an": 12, "ans": 12}

_FIRST = datetime(1, 1, 2, tzinfo=UTC)
_LAST = datetime(9999, 12, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: whole months of the calendar, and hours."""

    months: int = 0
    hours: int = 0

    def after(self, instant: datetime) -> datetime:
        """The instant that much later; the last one of the calendar when there is none."""
        return _moved(instant, self.months, self.hours)

    def before(self, instant: datetime) -> datetime:
        """The instant that much earlier; the first one of the calendar when there is none."""
        return _moved(instant, -self.months, -self.hours)


def parse_span(text: str) -> Span:
    """The length that a text says, in English or French; raises InputError."""
    found = _SPAN.match(text)
    unit = found[2].lower() if found else ""
    number = int(found[1]) if found else 0
    if unit in _MONTHS:
        return Span(months=number * _MONTHS[unit])
    if unit in _HOURS:
        return Span(hours=number)
    if unit in _DAYS or unit in _WEEKS:
        return Span(hours=24 * number * (_DAYS | _WEEKS)[unit])
    raise InputError(
        _("'{text}' is not a length of time."),
        do=_('Write it as "6 months", "180 days" or "1 year".'),
        code="bad_span",
        text=text,
    )


def _moved(instant: datetime, months: int, hours: int) -> datetime:
    at = instant.astimezone(UTC)
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    if not _FIRST.year < year < _LAST.year:
        return _FIRST if year <= _FIRST.year else _LAST
    day = min(at.day, calendar.monthrange(year, month + 1)[1])
    moved = at.replace(year=year, month=month + 1, day=day)
    try:
        return moved + timedelta(hours=hours)
    except OverflowError:
        return _FIRST if hours < 0 else _LAST
