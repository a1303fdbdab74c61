# SPDX-License-Identifier: Apache-2.0
"""The people of a replay as columns: who a row of the households is, told as a registry tells it.

Rows and their kinship come from `r5.households`; here only the spelling. Nobody in it exists.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tocsin.replays.chance import Chance, Flags, Ints
from tocsin.replays.names import FAMILY_NAMES, GIVEN_NAMES, fold
from tocsin.replays.r5.households import Households, Identity
from tocsin.replays.text import Cells, Part, digits, number, strings, words

_GIVEN_BOTH = [*GIVEN_NAMES["F"], *GIVEN_NAMES["M"]]
_FAMILIES = pa.array([*FAMILY_NAMES, *map(fold, FAMILY_NAMES)])
_GIVEN = pa.array([*_GIVEN_BOTH, *map(fold, _GIVEN_BOTH)])
_MAILBOX = words([fold(name).replace(" ", "").lower() for name in _GIVEN_BOTH])


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
            "nir": _numbers(known.nss),
            "ins": _numbers(known.ins),
            "nom_naissance": _named(_FAMILIES, known.family, known.again, len(FAMILY_NAMES)),
            "nom_usage": _named(_FAMILIES, known.used, known.again, len(FAMILY_NAMES)),
            "prenoms": _named(_GIVEN, _given(known), known.again, len(_GIVEN_BOTH)),
            "sexe": pa.array(np.where(known.birth.male, "M", "F")),
            "ne_le": pa.array(known.birth.date().astype("datetime64[D]")),
            "telephone": self._phones(row),
            "courriel": self._mailboxes(known, row),
        }

    def _phones(self, row: Ints) -> pa.Array:
        drawn = self.chance.below("phone", row, 10**6)
        return strings(len(row), [b"+33199", digits(drawn, 6)], null=~self.has_phone(row))

    def _mailboxes(self, known: Identity, row: Ints) -> pa.Array:
        parts: list[Part] = [_MAILBOX[_given(known)], b".", number(row, 8), b"@example.org"]
        return strings(len(row), parts, null=~self.has_email(row))


def _given(known: Identity) -> Ints:
    return known.given + np.where(known.birth.male, len(GIVEN_NAMES["F"]), 0)


def _named(table: pa.Array, index: Ints, folded: Flags, offset: int) -> pa.Array:
    places = pa.array((index + folded * offset).astype(np.int32))
    return pa.DictionaryArray.from_arrays(places, table).cast(pa.string())


def _numbers(values: Ints) -> pa.Array:
    return strings(len(values), [digits(values, 15)], null=values == 0)
