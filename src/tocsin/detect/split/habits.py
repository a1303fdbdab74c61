# SPDX-License-Identifier: Apache-2.0
"""How many of a session's persons an honest account had never seen before: by profession and week.

When the logs begin everybody is new; as weeks go by an owner comes back to those they know. A thief's persons
are as new in the last week as in the first, but for those they take from the owner's own.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tocsin.detect.split.shapes import Floats

Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

RATES: Final = (0.0005, 0.95)
"""Bounds of a usual rate."""

SPREADS: Final = (0.02, 0.5)
WEEK: Final = 7.0
WEEK_HABIT: Final = 30.0
"""Weight of all weeks and professions against one, in persons; of the week against one account, a third."""

FAR: Final = 3.0
"""Sessions that stand out by more deviations than this are bulk work, which has its own place."""


def habits_of(
    new: Floats, seen: Floats, account: Whole, role: Whole, day: Floats, is_clean: Flags
) -> tuple[Floats, Floats]:
    """Sessions: the usual share of new persons, and the correlation of two persons of one session."""
    rate = _week_rates(new, seen, role, day, is_clean)
    around = seen * rate * (1 - rate) * (1 + SPREADS[0] * np.maximum(seen - 1, 0))
    ordinary = is_clean & (np.abs(new - seen * rate) <= 1 + FAR * np.sqrt(around))
    accounts = int(account.max(initial=-1)) + 1
    sums = np.bincount(account, ordinary * new, accounts) + WEEK_HABIT / 3
    expected = np.bincount(account, ordinary * seen * rate, accounts) + WEEK_HABIT / 3
    own = np.clip(rate * (sums / expected)[account], 0.01, 0.99)
    scattered = (new - seen * own) ** 2 / np.maximum(seen * own * (1 - own), 1e-9) - 1
    told = ordinary & (seen > 1)
    roles = int(role.max(initial=-1)) + 1
    room = np.bincount(role[told], seen[told] - 1, roles) + 1e-9
    return rate, np.clip(np.bincount(role[told], scattered[told], roles) / room, *SPREADS)[role]


def _week_rates(new: Floats, seen: Floats, role: Whole, day: Floats, is_clean: Flags) -> Floats:
    week = (day // WEEK).astype(np.int64)
    cell = role * (int(week.max(initial=0)) + 1) + week
    cells = int(cell.max(initial=-1)) + 1
    whole = ((is_clean * new).sum() + 1) / ((is_clean * seen).sum() + 2)
    k, n = np.bincount(cell, is_clean * new, cells), np.bincount(cell, is_clean * seen, cells)
    found: Floats = np.clip((k + WEEK_HABIT * whole) / (n + WEEK_HABIT), *RATES)[cell]
    return found
