# SPDX-License-Identifier: Apache-2.0
"""The people of a replay as columns: who a row of the households is, told as a registry tells it.

Rows and their kinship come from `households`; how they are spelt from `spelling`. Nobody in it exists.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tocsin.replays.chance import Chance, Flags, Ints
from tocsin.replays.households import Households
from tocsin.replays.spelling import (
    birth_dates,
    birth_names,
    given_names,
    long_numbers,
    mailboxes,
    sexes,
    used_names,
)
from tocsin.replays.text import Cells, digits, strings


@dataclass(frozen=True, slots=True)
class Numbering:
    """Local ids of one registry: letters, then digits that say nothing of the row."""

    prefix: bytes
    first: int
    space: int
    step: int = 48_271_337
    """Shares no divisor with `space`, so that no two rows have one id."""

    def numbers(self, row: Ints) -> Ints:
        """Give the digits of rows as numbers."""
        return self.first + (row * self.step + 33_331) % self.space

    def cells(self, row: Ints) -> Cells:
        """Give the local ids as a column of a log."""
        width = len(str(self.first + self.space - 1))
        bare = digits(self.numbers(row), width)
        head = np.frombuffer(self.prefix, dtype=np.uint8)
        return np.hstack([np.broadcast_to(head, (len(row), len(head))), bare])

    def ids(self, row: Ints) -> pa.Array:
        """Give the local ids as a column of a table."""
        return strings(len(row), [self.cells(row)])


@dataclass(frozen=True, slots=True)
class Crowd:
    """The people of one seed."""

    households: Households

    @classmethod
    def of(cls, seed: int) -> Crowd:
        """Draw the people of a seed."""
        return cls(Households(Chance(seed)))

    @property
    def chance(self) -> Chance:
        """The draws of this seed."""
        return self.households.chance

    def groups(self, row: Ints) -> Ints:
        """Give whose row each one is: rows of one person have one group."""
        return self.households.same_as(row)

    def has_phone(self, row: Ints) -> Flags:
        """Tell of whom a phone number is held."""
        return self.chance.happens("holds phone", row, 0.72)

    def has_email(self, row: Ints) -> Flags:
        """Tell of whom an e-mail address is held."""
        return self.chance.happens("holds e-mail", row, 0.41)

    def has_number(self, row: Ints) -> Flags:
        """Tell who can be recognised by a number in another registry."""
        known = self.households.identity(row)
        held: Flags = (known.nss > 0) | (known.ins > 0)
        return held

    def columns(self, row: Ints) -> dict[str, pa.Array]:
        """Give names, numbers, birth and contacts of rows."""
        known = self.households.identity(row)
        return {
            "nir": long_numbers(known.nss),
            "ins": long_numbers(known.ins),
            "nom_naissance": birth_names(known),
            "nom_usage": used_names(known),
            "prenoms": given_names(known),
            "sexe": sexes(known),
            "ne_le": birth_dates(known),
            "telephone": self._phones(row),
            "courriel": mailboxes(known, row, null=~self.has_email(row)),
        }

    def _phones(self, row: Ints) -> pa.Array:
        drawn = self.chance.below("phone", row, 10**6)
        return strings(len(row), [b"+33199", digits(drawn, 6)], null=~self.has_phone(row))
