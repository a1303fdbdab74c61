# SPDX-License-Identifier: Apache-2.0
"""Who is insured, and how each can be written to: mailboxes and addresses, good, wrong, shared or none.

How a person can be reached is drawn once a person, not once a file: of two files, both have it, and each its
own mailbox. Guardians stand at the end of the registry; numbers that it no longer has, nowhere. Children who
are looked after at home are in it too: some came of age meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tocsin.replays.chance import Flags, Ints
from tocsin.replays.crowd import Crowd, Numbering
from tocsin.replays.households import NOBODY
from tocsin.replays.r9.size import Size

OWN, PAIR, SHARED, MALFORMED, PLACEHOLDER, NO_EMAIL = range(6)
HOME, ABROAD, BAD_POSTCODE, NO_ADDRESS = range(4)
NOTHING_SPECIAL, DECEASED, PROTECTED, ORPHANED, LISTED, SEPARATED = range(6)

SHARERS = {PAIR: 2, SHARED: 8}
"""Persons of one mailbox: a couple's, and that of a home's office."""

CHILDREN = 0.4
"""Of the eldest children of households, those who are in the registry."""

AGE_SINCE = np.datetime64("2007-11-15", "D").astype(np.int64)
"""Whoever was born later is under eighteen on the day on which the service became aware."""

_AT_ONCE = 250_000


@dataclass(frozen=True, slots=True)
class Reach:
    """One way in which a person can, or cannot, be written to."""

    share: float
    email: int
    address: int
    special: int = NOTHING_SPECIAL


REACHES = (
    Reach(0.700, OWN, HOME),
    Reach(0.060, OWN, NO_ADDRESS),
    Reach(0.030, PAIR, HOME),
    Reach(0.030, SHARED, HOME),
    Reach(0.020, MALFORMED, HOME),
    Reach(0.010, PLACEHOLDER, HOME),
    Reach(0.060, NO_EMAIL, HOME),
    Reach(0.010, NO_EMAIL, ABROAD),
    Reach(0.012, NO_EMAIL, BAD_POSTCODE),
    Reach(0.008, MALFORMED, NO_ADDRESS),
    Reach(0.015, NO_EMAIL, NO_ADDRESS),
    Reach(0.015, OWN, HOME, DECEASED),
    Reach(0.016, OWN, HOME, PROTECTED),
    Reach(0.004, OWN, HOME, ORPHANED),
    Reach(0.010, OWN, HOME, LISTED),
)


CHILDREN_REACHES = (
    Reach(0.60, OWN, HOME),
    Reach(0.08, OWN, NO_ADDRESS),
    Reach(0.14, OWN, HOME, PROTECTED),
    Reach(0.04, OWN, HOME, ORPHANED),
    Reach(0.02, OWN, HOME, DECEASED),
    Reach(0.04, OWN, HOME, LISTED),
    Reach(0.08, OWN, HOME, SEPARATED),
)
"""Of children: most stand there without a guardian, some with one whom the registry has."""

ALL_REACHES = (*REACHES, *CHILDREN_REACHES)


@dataclass(frozen=True)
class People:
    """The insured of one seed, as rows of the crowd."""

    size: Size
    crowd: Crowd

    @property
    def numbering(self) -> Numbering:
        """Local ids."""
        return Numbering(b"s", 10_000_000, 89_999_999, 52_742_287)

    @cached_property
    def insured(self) -> Ints:
        """Every file of the registry but the guardians'; the files that were shown come first."""
        wanted = self.size.persons + self.size.spared
        rows = np.arange((wanted * 9 // 7 + 64) // 8 * 8, dtype=np.int64)
        held = np.concatenate(
            [part[self._is_held(part)] for part in np.array_split(rows, max(1, len(rows) // _AT_ONCE))]
        )
        return held[self._rank(held) < wanted]

    def is_child(self, rows: Ints) -> Flags:
        """Tell who stands in the registry as a child, of age by now or not."""
        child: Flags = self.crowd.households.identity(rows).guardian != NOBODY
        return child

    def is_minor(self, rows: Ints) -> Flags:
        """Tell who is under eighteen on the day on which the service became aware."""
        minor: Flags = self.crowd.households.identity(rows).birth.date() > AGE_SINCE
        return minor

    def _is_held(self, rows: Ints) -> Flags:
        """Adults, and of children some of the eldest: twins and their numbers are another replay's matter."""
        child = self.is_child(rows)
        some = ((rows & 7) == 1) & self.crowd.chance.happens("child held", rows, CHILDREN)
        held: Flags = ~child | some
        return held

    @cached_property
    def shown(self) -> Ints:
        """Files of the persons whose data were taken."""
        rows: Ints = self.insured[self._rank(self.insured) < self.size.persons]
        return rows

    def guardian_rows(self) -> Ints:
        """Files of the guardians."""
        return self._beyond(np.arange(self.size.guardians, dtype=np.int64))

    def gone_rows(self) -> Ints:
        """Rows of which the registry knows nothing."""
        return self._beyond(self.size.guardians + 8 + np.arange(self.size.gone, dtype=np.int64))

    def reach(self, rows: Ints) -> Ints:
        """Give each row's place in ALL_REACHES, the same for all files of a person."""
        drawn = self.crowd.chance.fraction("reach", self.crowd.groups(rows))
        as_child = len(REACHES) + _place(CHILDREN_REACHES, drawn)
        return np.where(self.is_child(rows), as_child, _place(REACHES, drawn))

    def mailboxes(self, rows: Ints) -> tuple[Ints, Ints]:
        """Give what kind of mailbox each row has, and its number: that of the row where it is its own."""
        kind = np.array([one.email for one in ALL_REACHES])[self.reach(rows)]
        groups = self.crowd.groups(rows)
        number = rows.copy()
        for shared, most in SHARERS.items():
            number = np.where(kind == shared, self._sharers(shared, groups) // most, number)
        return kind, number

    def guardian_of(self, rows: Ints) -> tuple[Ints, Flags]:
        """Give the guardian's row of each, NOBODY for none, and whether the registry has that row."""
        special = np.array([one.special for one in ALL_REACHES])[self.reach(rows)]
        drawn = self.crowd.chance.below("guardian", self.crowd.groups(rows), self.size.guardians)
        lost = self._beyond(np.array([self.size.guardians]))[0]
        known = special == PROTECTED
        found = np.where(known, self._beyond(drawn), np.where(special == ORPHANED, lost, NOBODY))
        return found, known

    def has_mailbox(self, guardian: Ints) -> Flags:
        """Tell which guardians have one; the others have an address alone."""
        held: Flags = (guardian >> 3) % 2 == 0
        return held

    def _beyond(self, index: Ints) -> Ints:
        """Rows of households that nobody insured lives in."""
        first = (int(self.insured[-1]) >> 3) + 8
        return (first + index) * 8 + 3

    def _rank(self, rows: Ints) -> Ints:
        """Give the place of each row's person among all persons of these rows."""
        groups = self.crowd.groups(rows)
        persons = rows[groups == rows]
        return np.searchsorted(persons, groups)

    def _sharers(self, kind: int, groups: Ints) -> Ints:
        """Give the place of each person among those of its kind, in the whole registry."""
        persons = self.insured[self.crowd.groups(self.insured) == self.insured]
        of_kind = np.array([one.email for one in ALL_REACHES])[self.reach(persons)] == kind
        return np.searchsorted(persons[of_kind], groups)


def _place(reaches: tuple[Reach, ...], drawn: npt.NDArray[np.float64]) -> Ints:
    ends = np.cumsum([one.share for one in reaches])
    return np.minimum(np.searchsorted(ends, drawn, side="right"), len(reaches) - 1).astype(np.int64)
