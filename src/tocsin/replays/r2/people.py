# SPDX-License-Identifier: Apache-2.0
"""The patients of a region as its identity server finds them: by family name and sex, a page at a time.

A search gives twenty patients in order of birth date and local id, of those that the server held at that
moment. This is the generator's own reckoning of what the product must reconstruct.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tocsin.replays.chance import Ints
from tocsin.replays.crowd import Crowd, Numbering
from tocsin.replays.days import DAY
from tocsin.replays.names import FAMILY_NAMES, fold
from tocsin.replays.r2.size import LOG_DAYS, LOG_SINCE, Size

PAGE = 20
_NAMES = sorted({*FAMILY_NAMES, *map(fold, FAMILY_NAMES)})
_PLACE = {name: at for at, name in enumerate(_NAMES)}
_PLAIN = np.array([_PLACE[name] for name in FAMILY_NAMES], dtype=np.int64)
_FOLDED = np.array([_PLACE[fold(name)] for name in FAMILY_NAMES], dtype=np.int64)
_SINCE_ALWAYS = LOG_SINCE - 2_000 * DAY
SEXES = ("female", "male")


def name_of(key: int) -> str:
    """Give the family name of a key."""
    return _NAMES[key // 2]


@dataclass(frozen=True)
class Patients:
    """One region's patients, in the order in which searches give them."""

    size: Size
    crowd: Crowd

    @property
    def rows(self) -> Ints:
        """The region's rows."""
        return self.size.first_row + np.arange(self.size.held, dtype=np.int64)

    @property
    def numbering(self) -> Numbering:
        """The region's local ids."""
        step = (48_271_337, 61_423_507, 35_742_289)[self.size.region]
        return Numbering(b"abc"[self.size.region : self.size.region + 1], 10_000_000, 89_999_999, step)

    def key_of(self, row: Ints) -> Ints:
        """Give the name and sex by which rows are found: one number."""
        known = self.crowd.households.identity(row)
        name = np.where(known.again, _FOLDED[known.family], _PLAIN[known.family])
        return name * 2 + known.birth.male

    def since(self, row: Ints) -> Ints:
        """Give the instant since which the server holds each row: few came within the period."""
        late = self.crowd.chance.happens("newly held", row, 0.04)
        within = LOG_SINCE + self.crowd.chance.below("held since", row, LOG_DAYS * 86_400) * 1_000
        return np.where(late, within, _SINCE_ALWAYS)

    def walk(self, account: int, count: int) -> tuple[Ints, Ints]:
        """Name after name, each to the end of its pages: keys and pages of `count` searches."""
        keys, pages, walked = [], [], 0
        for key in np.random.default_rng(account).permutation(self._held_keys):
            last = (self._ends[key] - self._starts[key] - 1) // PAGE
            pages.append(np.arange(min(int(last), 11) + 1, dtype=np.int64))
            keys.append(np.full(len(pages[-1]), key, dtype=np.int64))
            walked += len(pages[-1])
            if walked >= count:
                break
        key, page = np.concatenate(keys), np.concatenate(pages)
        again = -(-count // len(key))
        return np.tile(key, again)[:count], np.tile(page, again)[:count]

    def nth_of(self, keys: Ints, place: Ints) -> Ints:
        """Give the patient at a place among those of each key, or the last one."""
        nth: Ints = self._ordered[np.minimum(self._starts[keys] + place, self._ends[keys] - 1)]
        return nth

    def found(self, keys: Ints, pages: Ints, at: Ints) -> tuple[Ints, Ints]:
        """Give the patients that searches found: position of the search, row."""
        positions, rows = [], []
        since = self._since
        for position, (key, page, when) in enumerate(
            zip(keys.tolist(), pages.tolist(), at.tolist(), strict=True)
        ):
            begin, end = self._starts[key], self._ends[key]
            held = np.flatnonzero(since[begin:end] <= when)[page * PAGE : (page + 1) * PAGE]
            rows.append(self._ordered[begin + held])
            positions.append(np.full(len(held), position, dtype=np.int64))
        if not rows:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        return np.concatenate(positions), np.concatenate(rows)

    @cached_property
    def _sorted(self) -> tuple[Ints, Ints]:
        rows = self.rows
        keys = self.key_of(rows)
        birth = self.crowd.households.identity(rows).birth.date()
        order = np.lexsort((self.numbering.numbers(rows), birth, keys))
        return rows[order], keys[order]

    @cached_property
    def _ordered(self) -> Ints:
        return self._sorted[0]

    @cached_property
    def _since(self) -> Ints:
        return self.since(self._ordered)

    @cached_property
    def _starts(self) -> Ints:
        return np.searchsorted(self._sorted[1], np.arange(len(_NAMES) * 2))

    @cached_property
    def _ends(self) -> Ints:
        return np.searchsorted(self._sorted[1], np.arange(len(_NAMES) * 2), side="right")

    @cached_property
    def _held_keys(self) -> Ints:
        return np.flatnonzero(self._ends > self._starts)
