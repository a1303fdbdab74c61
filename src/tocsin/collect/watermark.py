# SPDX-License-Identifier: Apache-2.0
"""Where to begin again behind a watermark, and which rows stand already.

The last value is always asked for again, and everything within `overlap` before it: several rows may share a
value, and a row with a lower one may be committed late. Rows that stand, as often as they stand, are dropped.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from hashlib import blake2b

from tocsin.core.errors import InputError, SettingsError
from tocsin.core.words import _

Value = int | float | str
Order = Decimal | tuple[datetime, str]

_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?")
_SPAN = re.compile(r"(\d+) *(second|minute|hour|day)s?")
NANO = 9


def order_of(value: Value) -> Order | None:
    """What numbers and instants are compared by; None for other text: its order is the database's own."""
    if not isinstance(value, str):
        return Decimal(repr(value))
    if found := _INSTANT.fullmatch(value):
        zone = "+00:00" if found[3] in (None, "Z") else found[3]
        try:
            at = datetime.fromisoformat(found[1] + zone).astimezone(UTC)
        except (ValueError, OverflowError):
            return None
        return at, (found[2] or "").ljust(NANO, "0")
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@dataclass(frozen=True, slots=True)
class Overlap:
    """How far before the last value to ask again."""

    number: Decimal = Decimal(0)
    span: timedelta = timedelta(0)

    def __bool__(self) -> bool:
        return bool(self.number or self.span)

    def start(self, last: Value) -> Value:
        """Raises InputError when the watermark is not of the overlap's kind."""
        if not self:
            return last
        order = order_of(last)
        if isinstance(order, Decimal) and self.number:
            start = order - self.number
            return int(start) if isinstance(last, int) else format(start, "f")
        if isinstance(order, tuple) and self.span and isinstance(last, str):
            return _earlier(last, self.span)
        raise InputError(
            _("The overlap is not of the kind of the watermark."),
            do=_('Write overlap = 1000 for a number, and overlap = "10 minutes" for an instant.'),
            code="bad_overlap",
        )


def parse_overlap(given: object) -> Overlap:
    """A whole number, or a text such as `10 minutes`; raises SettingsError."""
    if given is None:
        return Overlap()
    if isinstance(given, int) and not isinstance(given, bool) and given >= 0:
        return Overlap(number=Decimal(given))
    found = _SPAN.fullmatch(given) if isinstance(given, str) else None
    if found is None:
        raise SettingsError(
            _("This overlap cannot be read."),
            do=_('Write overlap = 1000 for a number, and overlap = "10 minutes" for an instant.'),
            code="bad_overlap",
        )
    return Overlap(span=timedelta(**{f"{found[2]}s": int(found[1])}))


def _earlier(last: str, span: timedelta) -> str:
    """The same writing, some time before; whatever the zone."""
    found = _INSTANT.fullmatch(last)
    if found is None:
        return last
    fraction = f".{found[2]}" if found[2] else ""
    at = datetime.fromisoformat(found[1])
    at = at - span if at - datetime.min > span else datetime.min  # noqa: DTZ901  # local text stays local text
    return f"{at.isoformat(timespec='seconds')}{fraction}{found[3] or ''}"


@dataclass(frozen=True, slots=True)
class Window:
    """The values that are asked for again: from `start` to the last."""

    start: Value
    last: Value

    def holds(self, value: object) -> bool:
        """Whether a row with this watermark is one that may stand already."""
        if not isinstance(value, int | float | str):
            return False
        low, order = order_of(self.start), order_of(value)
        if low is None or order is None or type(low) is not type(order):
            return value == self.last
        return order >= low  # type: ignore[operator]  # of one kind, as was just seen

    def is_behind(self, position: str) -> bool:
        """Whether all that was brought up to this position lies before the window."""
        return not self.holds(json.loads(position).get("last"))


class Standing:
    """Rows that stand, each as often as it does: their hashes, on disk where the memory is not enough."""

    def __init__(self, lines: Iterable[bytes] = ()) -> None:
        self._rows = sqlite3.connect("", isolation_level=None)
        self._rows.execute("pragma journal_mode = off")
        self._rows.execute("create table rows (hash blob primary key, times integer) without rowid")
        with closing(self._rows.cursor()) as cursor:
            cursor.execute("begin")
            cursor.executemany(
                "insert into rows values (?, 1) on conflict do update set times = times + 1",
                ((_hash(line),) for line in lines),
            )
            cursor.execute("select coalesce(sum(times), 0) from rows")
            self.left = int(cursor.fetchone()[0])
            """How many rows stand that were not taken."""

    def take(self, line: bytes) -> bool:
        """Whether the row stands; once taken, it stands once less."""
        if not self.left:
            return False
        taken = self._rows.execute(
            "update rows set times = times - 1 where hash = ? and times > 0", (_hash(line),)
        )
        self.left -= taken.rowcount
        return taken.rowcount == 1

    def close(self) -> None:
        """Forget them."""
        self._rows.close()


def _hash(line: bytes) -> bytes:
    return blake2b(line, digest_size=16).digest()
