# SPDX-License-Identifier: Apache-2.0
"""Records that are spelt alike: fixed pieces, the same in all of them, and values between the pieces.

These are the words that every syntax shares. A speller (`xml_spellings`, `json_spellings`) finds the
spellings of a chunk's records and takes their values out; what a spelling means is asked of the statement,
once, whatever its syntax (`ingest.alike`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import compress
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tocsin.store.engine import Engine

Places = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Free(StrEnum):
    """What a value may be without meaning anything else."""

    UNREAD = "unread"
    """Anything: it goes nowhere but into the record's own text."""

    TEXT = "text"
    """Any characters that neither XML nor JSON writes in another way: the value is told as it is."""

    DIGITS = "digits"
    """What numbers and instants are written with; told as it is."""

    ID = "id"
    """Behind the last `/` (a reference), or before the first `^` (an HL7 CX): letters, digits, `. _ : -`."""

    ADDRESS = "address"
    """An IPv4 address."""

    INSTANT = "instant"
    """Day, time and zone, to the microsecond at most."""

    YEARLESS = "yearless"
    """A time of RFC 3164, which is none."""


@dataclass(frozen=True, slots=True)
class FreeValues:
    """Of a format: which values of its records are free."""

    places: Mapping[str, Free]
    """By the names around a value: `agent/who/reference` (keys of JSON; elements of XML, and `@attribute`
    where that is not `value`)."""

    words: tuple[str, ...] = ()
    """Texts of which a statement knows more: never free where it reads XML."""

    is_read: Callable[[Sequence[str]], bool] | None = None
    """Of its JSON: whether the statement sees what stands under these keys; None where it reads no JSON."""

    is_usual: Callable[[str], bool] = lambda _: True
    """Of its JSON: whether `places` holds for records in which this text is fixed."""


class Value(NamedTuple):
    """One place of a spelling."""

    free: Free
    place: str
    """Two values of one place may be compared."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """What is fixed in some records, and their values."""

    pieces: tuple[str, ...] = field(repr=False)
    """Before, between and behind the values: one more than these."""

    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Of many records the free part of the value at one place."""

    value: Value
    texts: pa.Array
    is_there: Mask
    """False where a record has none: what stands there is part of its spelling."""

    instants: Places | None = None
    """Microseconds since 1970, where they are times."""

    def picked(self, rows: Places) -> Tokens:
        """Those of some rows."""
        instants = None if self.instants is None else self.instants[rows]
        return Tokens(self.value, self.texts.take(pa.array(rows)), self.is_there[rows], instants)


class Spelt(NamedTuple):
    """A spelling, and of each of its values the number of the tokens; -1 for what was not taken out."""

    spelling: Spelling
    taken: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """Records of a few spellings whose tokens stand side by side."""

    rows: Places
    """The records' places in their table."""

    codes: Places
    """Of each record its spelling's number."""

    spelt: tuple[Spelt, ...]
    tokens: tuple[Tokens, ...]
    given: Mapping[str, pa.Array] = field(default_factory=dict)
    """Event columns that are known without asking."""

    @property
    def spellings(self) -> list[Spelling]:
        """By their numbers."""
        return [one.spelling for one in self.spelt]

    def picked(self, is_kept: Mask) -> Alike:
        """Some of the records."""
        if is_kept.all():
            return self
        rows = np.flatnonzero(is_kept)
        tokens = tuple(one.picked(rows) for one in self.tokens)
        given = {name: column.take(pa.array(rows)) for name, column in self.given.items()}
        return Alike(self.rows[rows], self.codes[rows], self.spelt, tokens, given)

    def of_spellings(self, are_kept: Sequence[bool]) -> Alike:
        """The records of some of the spellings."""
        if all(are_kept):
            return self
        kept = np.array(are_kept, np.bool_)
        found = self.picked(kept[self.codes])
        codes = (np.cumsum(kept) - 1)[found.codes]
        return replace(found, codes=codes, spelt=tuple(compress(self.spelt, are_kept)))


class Speller(ABC):
    """Finds the spellings of one syntax; several threads may use it."""

    @abstractmethod
    def may_read(self, text: str) -> bool:
        """Whether records that begin so are of this syntax."""

    @abstractmethod
    def spelt(self, engine: Engine, records: pa.Table) -> Iterator[Alike]:
        """The records among these that are spelt like enough others, each at most once."""

    def is_as_taken(self, spelling: Spelling, record: str, signs: Sequence[str]) -> bool:
        """Whether in a record spelt so each sign stands at the place for which its value was taken."""
        del spelling, record, signs
        return True
