# SPDX-License-Identifier: Apache-2.0
"""Dates as people type them: « 14/11/2025 8h40 », « hier 18h », « 14 novembre 2025 », 2025-11-14T08:40+01:00.

Day before month, in both languages. A date that may be two instants, or none, is refused, not guessed.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tocsin.core.errors import InputError
from tocsin.core.words import _

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier january janv jan",
            "fevrier february fevr fev feb",
            "mars march mar",
            "avril april avr apr",
            "mai may",
            "juin june jun",
            "juillet july juil jul",
            "aout august aug",
            "septembre september sept sep",
            "octobre october oct",
            "novembre november nov",
            "decembre december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_DAYS_AGO = {"aujourd'hui": 0, "aujourdhui": 0, "today": 0, "hier": 1, "yesterday": 1, "avant-hier": 2}
_TIME = re.compile(r"(?<![\d/.-])(\d{1,2})\s*(?:h|:)\s*(?:(\d{2})(?::?(\d{2}))?)?(?:\s*m(?:in|n)?)?\s*$")
_NUMBERS = re.compile(r"^(\d{1,2})[/.\- ](\d{1,2})(?:[/.\- ](\d{4}))?$")
_NAMED = re.compile(r"^(\d{1,2})(?:er)?\s+([a-z]+)\.?(?:\s+(\d{4}))?$")
_ISO = re.compile(r"^(\d{4})-(\d{2})-(\d{2})$")
_FILLERS = re.compile(r"^(?:le|on|since|depuis|du|from)\s+|\b(?:a|at|vers)\s+(?=\d{1,2}\s*(?:h|:))|,")


def read_instant(text: str, zone: str, now: datetime, *, end_of_day: bool = False) -> datetime:
    """The instant that somebody typed, with its zone.

    A date alone is its first instant; with `end_of_day` its last, that is the next day's first. Raises
    InputError for what is no date, and for a local time that summer time skips or repeats.
    """
    asked = _plain(text)
    if asked in ("maintenant", "now"):
        return now.astimezone(ZoneInfo(zone)).replace(second=0, microsecond=0)
    given = _iso(text.strip())
    if given is not None:
        return given.astimezone(ZoneInfo(zone))
    clock = _TIME.search(asked)
    rest = asked[: clock.start()].strip() if clock else asked
    day = _day(rest, now.astimezone(ZoneInfo(zone)).date())
    if day is None or (clock is None and not rest):
        raise _no_date(text)
    if clock is None:
        return _local(datetime.combine(day + timedelta(days=end_of_day), time()), zone, text)
    try:
        at = time(int(clock[1]), int(clock[2] or 0), int(clock[3] or 0))
    except ValueError:
        raise _no_date(text) from None
    return _local(datetime.combine(day, at), zone, text)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.strip().lower().replace("’", "'"))
    bare = "".join(c for c in folded if not unicodedata.combining(c))
    return re.sub(
        r"\s+", " ", _FILLERS.sub(" ", bare.replace("t", "T") if _is_iso_like(bare) else bare)
    ).strip()


def _is_iso_like(text: str) -> bool:
    return bool(re.match(r"^\d{4}-\d{2}-\d{2}t", text))


def _iso(text: str) -> datetime | None:
    """An instant with its own zone."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        return None
    return given if given.tzinfo is not None else None


def _day(text: str, today: date) -> date | None:
    if not text:
        return today
    if text in _DAYS_AGO:
        return today - timedelta(days=_DAYS_AGO[text])
    try:
        return _dated(text.removesuffix("T").strip(), today)
    except ValueError:
        return None


def _dated(text: str, today: date) -> date | None:
    """The day of a text that is a date; ValueError for the 31st of February and the like."""
    if found := _ISO.match(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMBERS.match(text):
        return _of_year(int(found[1]), int(found[2]), found[3], today)
    if (found := _NAMED.match(text)) and found[2] in _MONTHS:
        return _of_year(int(found[1]), _MONTHS[found[2]], found[3], today)
    return None


def _of_year(day: int, month: int, year: str | None, today: date) -> date:
    """Without a year, the last such day that has come."""
    if year is not None:
        return date(int(year), month, day)
    found = date(today.year, month, day)
    return found if found <= today else date(today.year - 1, month, day)


def _local(naive: datetime, zone: str, text: str) -> datetime:
    first = naive.replace(tzinfo=ZoneInfo(zone))
    back = first.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if back != naive or first.utcoffset() != first.replace(fold=1).utcoffset():
        raise InputError(
            _("On that day the clocks changed, and '{text}' is not one instant."),
            do=_("Write it with its offset, as 2025-10-26T02:30+01:00."),
            code="bad_instant",
            text=text.strip(),
        )
    return first


def _no_date(text: str) -> InputError:
    return InputError(
        _("'{text}' is not a date that I understand."),
        do=_("Write it as 14/11/2025 8h40, 'yesterday 18h' or 'now'."),
        code="bad_instant",
        text=text.strip(),
    )
