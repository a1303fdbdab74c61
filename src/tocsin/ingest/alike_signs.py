# SPDX-License-Identifier: Apache-2.0
"""Signs that stand for the values of a spelling in two records of our own, and how they are found again.

Nobody can write a record that has them. Of a value that must be plain (an address, a time) the sign is plain.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from tocsin.ingest.read.spellings import Free, Spelling, Value

KEPT = 256
_SALT = secrets.token_hex(6)
_NUMBER = secrets.randbelow(10**11)


class Sign(NamedTuple):
    """What stands for a value in one of the two records."""

    text: str
    instant: datetime | None = None
    """Of a time."""


class Told(NamedTuple):
    """What a column says of records of one spelling: what is fixed, and the numbers of the values between."""

    fixed: tuple[object, ...]
    """A constant of any type, or texts before, between and behind values; none for a time."""

    values: tuple[int, ...] = ()


@lru_cache(KEPT)
def signs_of(values: tuple[Value, ...], side: int) -> list[Sign]:
    """The signs of a spelling's values in one of the two records, each another."""
    return [_sign(one.free, at, side) for at, one in enumerate(values)]


def _sign(free: Free, number: int, side: int) -> Sign:
    clock = f"{number // 60:02d}:{number % 60:02d}"
    match free:
        case Free.ADDRESS:
            return Sign((f"10.91.{number}.73", f"192.0.{number}.201")[side])
        case Free.YEARLESS:
            return Sign((f"Mar 14 05:{clock}", f"Nov  4 15:{clock}")[side])
        case Free.INSTANT:
            text = (f"2011-03-04T05:{clock}.125Z", f"2012-11-09T22:{clock}+01:00")[side]
            return Sign(text, datetime.fromisoformat(text))
        case Free.DIGITS | Free.UNREAD:
            return Sign(f"{(8, 6)[side]}{_NUMBER:011d}{number:03d}3")
        case _:
            return Sign((f"zq{_SALT}x{number:03d}w", f"7{_NUMBER:011d}{number:03d}3")[side])


def record_of(spelling: Spelling, side: int) -> str:
    """The text of one of the two records that stand for it."""
    signs = [*(sign.text for sign in signs_of(spelling.values, side)), ""]
    return "".join(chain.from_iterable(zip(spelling.pieces, signs, strict=True)))


def is_plain(spelling: Spelling) -> bool:
    """Whether each sign stands once in each of the two records."""
    records = [(record_of(spelling, side), signs_of(spelling.values, side)) for side in (0, 1)]
    return all(record.count(sign.text) == 1 for record, signs in records for sign in signs)


class SignReader:
    """Finds the signs of a spelling's values in what is said of one of the two records."""

    def __init__(self, values: tuple[Value, ...], side: int, are_known: tuple[bool, ...]) -> None:
        signs = [(sign, at) for at, sign in enumerate(signs_of(values, side)) if are_known[at]]
        self.instants = {sign.instant: at for sign, at in signs if sign.instant is not None}
        """Numbers of values by their signs' time."""

        self._numbers = {sign.text: at for sign, at in signs}
        self._pattern = re.compile(f"({'|'.join(map(re.escape, self._numbers))})")

    def told(self, text: str) -> Told:
        """The text, its signs as the numbers of their values."""
        if not self._numbers:
            return Told((text,))
        pieces = self._pattern.split(text)
        return Told(tuple(pieces[::2]), tuple(self._numbers[sign] for sign in pieces[1::2]))


reader_of = lru_cache(KEPT)(SignReader)
"""The reader of many spellings with the same values."""
