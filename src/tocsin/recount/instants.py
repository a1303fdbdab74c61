# SPDX-License-Identifier: Apache-2.0
"""The times of logs and registries as instants in UTC, to the microsecond; and half-open periods.

A time without its zone takes the zone given, and is refused when there is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tocsin.recount.errors import CannotRecount
from tocsin.recount.values import text_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST = datetime(1, 1, 2, tzinfo=UTC)
LAST = datetime(9999, 12, 30, 23, 59, 59, tzinfo=UTC)
TIMED = re.compile(r"\d{4}-?\d{2}-?\d{2}[Tt ]\d{2}:?\d{2}(?!.*\s$)", re.ASCII)
NAMED = re.compile(r" ?(?:UTC|GMT)$")
DAY_END = re.compile(r"(\d{4}-?\d{2}-?\d{2}[Tt ])24((?::?00){1,2}(?:[.,]0+)?(?:$|[Zz+-].*$))", re.ASCII)
UNITS = {"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}


@dataclass(frozen=True, slots=True)
class Period:
    """[from, until); an open bound is None."""

    start: datetime | None = None
    until: datetime | None = None

    def has(self, instant: datetime) -> bool:
        return (self.start is None or self.start <= instant) and (self.until is None or instant < self.until)

    def meets(self, first: datetime | None, end: datetime | None) -> bool:
        """Whether [first, end) has an instant in common with the period; a lone instant counts as itself.

        A missing bound is open.
        """
        if first is not None and first == end:
            return self.has(first)
        begins = first is None or self.until is None or first < self.until
        return begins and (end is None or self.start is None or self.start < end)


class NoTime(ValueError):  # noqa: N818
    """The value holds no time."""


class NoZone(ValueError):  # noqa: N818
    """The value holds a time, and nobody said in which zone."""


def find_zone(name: str | None) -> ZoneInfo | None:
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise CannotRecount(f"unknown time zone {name!r}") from error


def read_time(value: object, kind: str, zone: ZoneInfo | None) -> datetime:
    """Read one time; raises NoTime or NoZone."""
    text = text_of(value)
    if text is None:
        raise NoTime
    try:
        if kind in UNITS:
            return _from_epoch(text, UNITS[kind])
        found = _from_iso(text) if kind == "iso8601" else datetime.strptime(text, kind)  # noqa: DTZ007
    except (ValueError, OverflowError) as error:
        raise NoTime from error
    if found.tzinfo is None:
        if zone is None:
            raise NoZone
        found = found.replace(tzinfo=zone)
    return _within_calendar(found)


def _within_calendar(found: datetime) -> datetime:
    """In UTC; what has no date in some zone is no time."""
    try:
        instant = found.astimezone(UTC)
    except OverflowError as error:
        raise NoTime from error
    if not FIRST <= instant <= LAST:
        raise NoTime
    return instant


def read_event_time(value: object, kind: str, zone: ZoneInfo | None) -> datetime:
    """As `read_time`; a local time that came twice is its later reading, marked by `fold`.

    One that never was holds no time.
    """
    if kind == "iso8601" and not TIMED.match(text_of(value) or ""):
        # A day alone is no instant, nor is what only one reader would take for one.
        raise NoTime
    instant = read_time(value, kind, zone)
    if zone is None or not _is_local(value, kind):
        return instant
    wall = instant.astimezone(zone).replace(tzinfo=None)
    later = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if wall != _wall(value, kind):
        raise NoTime
    return instant if later == instant else later.replace(fold=1)


def _is_local(value: object, kind: str) -> bool:
    return kind not in UNITS and _wall(value, kind).tzinfo is None


def _wall(value: object, kind: str) -> datetime:
    text = text_of(value) or ""
    return _from_iso(text) if kind == "iso8601" else datetime.strptime(text, kind)  # noqa: DTZ007


def _from_iso(text: str) -> datetime:
    """A day's end may be written 24:00: it is the next day's beginning."""
    text = NAMED.sub("Z", text.strip())
    found = datetime.fromisoformat(DAY_END.sub(r"\g<1>00\g<2>", text))
    return found + timedelta(days=1) if DAY_END.match(text) else found


def _from_epoch(text: str, microseconds: int) -> datetime:
    whole, _, fraction = text.strip().partition(".")
    if not whole.lstrip("-").isdigit() or (fraction and not fraction.isdigit()):
        raise NoTime
    return EPOCH + timedelta(microseconds=int(whole) * microseconds + _fraction(fraction, microseconds))


def _fraction(digits: str, microseconds: int) -> int:
    return int(int(digits or "0") * microseconds // 10 ** len(digits))


def registry_instant(value: object, zone: ZoneInfo) -> datetime | None:
    """A date or time of a registry; a bare one is read in the case's zone, an unreadable one is absent."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=zone).astimezone(UTC)
    try:
        return read_time(value, "iso8601", zone)
    except (NoTime, NoZone):
        return None


def write_instant(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
