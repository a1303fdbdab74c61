# SPDX-License-Identifier: Apache-2.0
"""Who the people of the replays are: households of eight rows, each a function of its index.

Row 0 holds an account for the children in rows 1 and 2 (sometimes twins), row 3 for itself, row 4 for
an elder in row 5; row 7 is often rows 3, 4 or 6 again, under another local id. Two households in three
have the children, one in two the elder; where they do not, those rows are people without an account.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tocsin.replays.chance import Bits, Chance, Flags, Ints
from tocsin.replays.names import FAMILY_NAMES, GIVEN_NAMES
from tocsin.replays.nir import Birth, births

NOBODY = -1
_GIVEN = min(map(len, GIVEN_NAMES.values()))
_TWICE = np.array([3, 4, 6], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Identity:
    """What the registry knows of a row; one value per row."""

    birth: Birth
    family: Ints
    """Index in FAMILY_NAMES."""

    used: Ints
    given: Ints
    """Index in GIVEN_NAMES of the sex."""

    nss: Ints
    """Fifteen digits, the parent's for a child; 0 where unknown."""

    ins: Ints
    """Fifteen digits, always the person's own; 0 where unknown."""

    rank: Ints
    """Birth rank; 0 where unknown."""

    guardian: Ints
    again: Flags
    """The row is a second local id, its names written in capitals without accents."""


@dataclass(frozen=True, slots=True)
class Households:
    """The people of one seed."""

    chance: Chance

    def holder(self, row: Ints) -> Ints:
        """Give the row whose account may see this one, NOBODY without an account."""
        within, home = row & 7, row & ~np.int64(7)
        draws = self._draws(row)
        child = ((within == 1) | (within == 2)) & _has_children(draws)
        elder = (within == 5) & _has_elder(draws)
        alone = (within == 0) | (within == 3) | (within == 4)
        return np.select([alone, child, elder], [row, home, home + 4], NOBODY)

    def dependants(self, holder: Ints) -> tuple[Ints, Ints]:
        """Give the two rows that each holder may see besides its own, NOBODY for none."""
        within, draws = holder & 7, self._draws(holder)
        parent = (within == 0) & _has_children(draws)
        first = np.select([parent, (within == 4) & _has_elder(draws)], [holder + 1, holder + 1], NOBODY)
        return first, np.where(parent, holder + 2, NOBODY)

    def same_as(self, row: Ints) -> Ints:
        """Give the row whose person this one is: itself, or the first local id of that person."""
        draws = self._draws(row)
        again = ((row & 7) == 7) & (_part(draws, 10, 8) < 82)
        return np.where(again, (row & ~np.int64(7)) + _TWICE[_part(draws, 18, 8) % 3], row)

    def identity(self, row: Ints) -> Identity:
        """Give all that the registry says of each row, names and contacts aside from their spelling."""
        who, draws = self.same_as(row), self._draws(row)
        within, home = who & 7, who & ~np.int64(7)
        child = ((within == 1) | (within == 2)) & _has_children(draws)
        twin = child & (within == 2) & _has_twins(draws)
        birth = self._birth(who, child, twin)
        family = self._family(np.where(child | (within == 5), home, who))
        married = ~birth.male & ~child & self.chance.happens("married", who, 0.25)
        nss, ins = self._numbers(row, who, birth, child, twin)
        return Identity(
            birth=birth,
            family=family,
            used=np.where(married, self._family(home + 4), family),
            given=self._given(who, child),
            nss=nss,
            ins=ins,
            rank=np.where(row != who, 0, np.where(twin, 2, 1)),
            guardian=np.where(child, home, NOBODY),
            again=row != who,
        )

    def _draws(self, row: Ints) -> Bits:
        return self.chance.bits("household", row >> 3)

    def _birth(self, who: Ints, child: Flags, twin: Flags) -> Birth:
        birth = births(self.chance, who, child)
        sister = births(self.chance, who - 1, child)
        # Children who are no twins never share a day: they would be one person to any reader of numbers.
        day = np.where(child, np.minimum(birth.day | 1, 27) + ((who & 7) == 2), birth.day)
        first_day = np.minimum(sister.day | 1, 27)
        return Birth(
            month=np.where(twin, sister.month, birth.month),
            day=np.where(twin, first_day, day),
            department=birth.department,
            commune=birth.commune,
            order=birth.order,
            male=birth.male,
        )

    def _numbers(self, row: Ints, who: Ints, birth: Birth, child: Flags, twin: Flags) -> tuple[Ints, Ints]:
        own, known = birth.number(), self.chance.fraction("numbers", who)
        parents = births(self.chance, who & ~np.int64(7), np.zeros(len(who), dtype=bool)).number()
        again, draws = row != who, self._draws(row)
        # A person with two rows has one key on both: the INS, or the number and the birth date.
        paired = self._paired(who)
        by_ins = _part(draws, 26, 1) == 1
        has_nss = np.where(
            again, ~by_ins, child | (known >= 0.11) | ((known >= 0.01) & (known < 0.08)) | paired
        )
        has_ins = np.where(again, by_ins, (known >= 0.44) | ((known >= 0.08) & (known < 0.11)) | paired)
        nss = np.where(child, parents, own)
        return np.where(has_nss, nss, 0), np.where(has_ins & ~twin, own, 0)

    def _paired(self, who: Ints) -> Flags:
        last = who | 7
        paired: Flags = (self.same_as(last) == who) & (last != who)
        return paired

    def _family(self, row: Ints) -> Ints:
        return self.chance.below("family", row, len(FAMILY_NAMES))

    def _given(self, who: Ints, child: Flags) -> Ints:
        given = self.chance.below("given", who, _GIVEN)
        elder = self.chance.below("given", who - 1, _GIVEN)
        other = (elder + 1 + given % (_GIVEN - 1)) % _GIVEN
        return np.where(child & ((who & 7) == 2), other, given)


def _has_twins(draws: Bits) -> Flags:
    """Tell which households have twins, if they have children."""
    return _part(draws, 4, 5) < 2


def _has_children(draws: Bits) -> Flags:
    return _part(draws, 0, 4) < 11


def _has_elder(draws: Bits) -> Flags:
    return _part(draws, 9, 1) > 0


def _part(draws: Bits, shift: int, width: int) -> Ints:
    return ((draws >> np.uint64(shift)) & np.uint64((1 << width) - 1)).astype(np.int64)
