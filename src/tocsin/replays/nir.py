# SPDX-License-Identifier: Apache-2.0
"""Numbers of social security for people who do not exist, each once, with their right key.

Communes 991 to 998 of a department do not exist, so no number here can be anybody's. Corsica, whose
letters change the arithmetic, is left out. Key: 97 - (number mod 97) (INSEE).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tocsin.replays.chance import Chance, Flags, Ints

_DEPARTMENTS = np.array([number for number in range(1, 96) if number != 20], dtype=np.int64)
_PLACES = len(_DEPARTMENTS) * 8 * 999
MONTH_CLASSES = 40
"""A person of place and order n is born in a month of the same class, which keeps numbers apart."""

CAPACITY = _PLACES * MONTH_CLASSES
MONTHS = 1_200
"""Months of birth, 0 = January 1920 … 1199 = December 2019: two-digit years stay unambiguous."""

_SCATTER = 7_368_787


@dataclass(frozen=True, slots=True)
class Birth:
    """Where and when people are born, and all that their number says."""

    month: Ints
    day: Ints
    department: Ints
    commune: Ints
    order: Ints
    male: Flags

    def number(self) -> Ints:
        """Give the fifteen digits, key included."""
        year, month = np.divmod(self.month, 12)
        value = np.where(self.male, 1, 2) * 100 + (20 + year) % 100
        for part, shift in (
            (month + 1, 100),
            (self.department, 100),
            (self.commune, 1_000),
            (self.order, 1_000),
        ):
            value = value * shift + part
        number: Ints = value * 100 + 97 - value % 97
        return number

    def date(self) -> Ints:
        """Give the birth date in days since 1970."""
        first = np.datetime64("1920-01", "M") + self.month.astype("timedelta64[M]")
        return first.astype("datetime64[D]").astype(np.int64) + self.day - 1

    def place(self) -> Ints:
        """Give the INSEE code of the place of birth, five digits."""
        return self.department * 1_000 + self.commune


def births(chance: Chance, index: Ints, young: Flags) -> Birth:
    """Let people be born; `young` ones are under eighteen in 2020, others over twenty."""
    slot = (index * _SCATTER + 1_234_567) % CAPACITY
    place, order = np.divmod(slot % _PLACES, 999)
    department, commune = np.divmod(place, 8)
    era = np.where(young, 26 + chance.below("era", index, 4), chance.below("era", index, 24))
    return Birth(
        month=era * MONTH_CLASSES + slot // _PLACES,
        day=1 + chance.below("day", index, 28),
        department=_DEPARTMENTS[department],
        commune=991 + commune,
        order=order + 1,
        male=chance.happens("male", index, 0.46),
    )
