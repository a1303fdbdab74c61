# SPDX-License-Identifier: Apache-2.0
"""Thieves: burst, numbers in order, low and slow, search of names, mimicry of the owner."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MIXED = ("burst", "sequential", "slow", "search", "mimicry")


@dataclass(frozen=True, slots=True)
class Theft:
    """What one thief does in one account."""

    kind: str
    days: NDArray[np.int64]
    persons_a_day: int
    owners_share: float
    """Share of persons taken from the owner's own."""

    own_device: float
    """Share of days on the owner's own machine and address (a stolen cookie)."""

    gear: int


def plan_thefts(rng: np.random.Generator, number: int, days: int, *, hard: bool) -> list[Theft]:
    """So many thefts; hard: ten persons a day, 30 % the owner's, half with the owner's device."""
    kinds = ["mimicry"] * number if hard else [MIXED[n % len(MIXED)] for n in range(number)]
    return [_plan(rng, kind, days, gear, hard=hard) for gear, kind in enumerate(kinds)]


def _plan(rng: np.random.Generator, kind: str, days: int, gear: int, *, hard: bool) -> Theft:
    acting, persons = {
        "burst": (1, 400),
        "sequential": (5, 80),
        "slow": (20, 12),
        "search": (10, 30),
        "mimicry": (20, 10),
    }[kind]
    first = int(rng.integers(days // 4, max(days - 2 * acting, days // 4 + 1)))
    span = np.arange(first, min(days, first + 2 * acting))
    chosen = np.sort(rng.choice(span, min(acting, len(span)), replace=False))
    mimics = hard or kind == "mimicry"
    return Theft(kind, chosen, persons, 0.3 if mimics else 0.05, 0.5 if mimics else 0.0, gear)
