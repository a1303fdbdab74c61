# SPDX-License-Identifier: Apache-2.0
"""What a thief's session looks like, term by term, before the case itself teaches better.

Chosen on the tuning seeds of `benchmarks/detection`, not on those that are reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shape:
    """A beta distribution of a thief's rate, and the share of thieves that show it."""

    term: str
    a: float
    b: float
    share: float


SHAPES: Final = (
    Shape("no_relation", 3.0, 1.0, 0.97),
    Shape("first_seen", 8.0, 1.0, 0.9),
    Shape("no_colleague", 7.0, 1.0, 0.9),
    Shape("no_tie", 8.0, 1.0, 0.9),
    Shape("near_ids", 2.0, 2.0, 0.3),
    Shape("broad_searches", 2.0, 1.0, 0.3),
    Shape("sweep", 9.0, 1.0, 0.2),
    Shape("odd_hour", 1.0, 1.0, 0.3),
    Shape("no_write", 9.0, 1.0, 0.9),
)
TERMS: Final = tuple(shape.term for shape in SHAPES)

CASE_HABIT: Final = 40.0
"""How many persons of the case weigh as much as what was chosen before; of one account, as the case."""

SESSION_HABIT: Final = 10.0
"""The same in sessions, for terms that say one thing a session."""

ONCE: Final = ("odd_hour", "no_write")
"""Terms that say one thing a session."""

FIRST_OUTSIZED: Final = 0.1
OUTSIZED_HABIT: Final = 10.0
"""How often a thief's session is as large as bulk work, before the case teaches; its weight in sessions, and
that of the case against one account."""

EVENNESS_HABIT: Final = 20.0
"""Weight of what was chosen before of how evenly a term shows, in pairs of persons by their variance."""

EVENNESS: Final = (0.01, 0.5)
"""Bounds of the correlation of two persons of one session."""

SHARE_HABIT: Final = 2.0
"""Sessions of a thief that weigh as much as the case, and of the case as what was chosen before."""

LEAST_BULK: Final = 0.005
SIZES_HABIT: Final = 10.0
"""Weight of one smooth curve for all bulk work against its sizes as they were seen, in sessions."""

NEAR_SIZES: Final = 0.25
"""Sizes so near each other, as logarithms, speak for each other."""

FIRMNESS: Final = 2.0
"""How much evener one thief is than all thieves are, before the case teaches."""


@dataclass(slots=True)
class Thieves:
    """What each account's thief does, as far as the case tells: sessions × terms, and persons a session."""

    a: Floats
    b: Floats
    share: Floats
    """Sessions × terms: how often the thief shows the term at all; else it is as the owner's."""

    volume: Floats
    size: Floats
    """Sessions: mean and evenness of a negative binomial of persons seen."""

    outsized: Floats
    """Sessions: how often the thief's are not of that size but of bulk work's."""


@dataclass(slots=True)
class Bulk:
    """What honest bulk work looks like, as the clean accounts show it."""

    a: Floats
    b: Floats
    """Terms."""

    share: Floats
    """Sessions: how often an honest one of the profession is bulk work."""

    sizes: Floats
    """Sessions: logarithm of the chance that bulk work sees so many persons."""


def first_thieves(sessions: int, volume: Floats) -> Thieves:
    """Before the case says anything."""
    ones = np.ones((sessions, 1))
    return Thieves(
        ones * np.array([shape.a for shape in SHAPES]),
        ones * np.array([shape.b for shape in SHAPES]),
        ones * np.array([shape.share for shape in SHAPES]),
        3 * volume,
        np.full(sessions, 1.0),
        np.full(sessions, FIRST_OUTSIZED),
    )


def learn(
    p: Floats,
    shown: Floats,
    account: NDArray[np.int64],
    accounts: int,
    k: Floats,
    n: Floats,
    seen: Floats,
    broad: Floats,
) -> Thieves:
    """From the sessions told so far: each account leans on the case, the case on what was chosen before.

    `shown`: sessions × terms, how likely a thief's session shows the term rather than the owner's habit;
    `broad`: sessions, how likely its size is that of bulk work rather than the thief's own.
    """
    a, b, share = np.empty_like(k), np.empty_like(k), np.empty_like(k)
    for place, shape in enumerate(SHAPES):
        first = shape.a / (shape.a + shape.b)
        habit = SESSION_HABIT if shape.term in ONCE else CASE_HABIT
        whole = (_sum(p * k[:, place]) + habit * first) / (_sum(p * n[:, place]) + habit)
        sums_k = np.bincount(account, p * k[:, place], accounts)
        sums_n = np.bincount(account, p * n[:, place], accounts)
        mean = np.clip((sums_k + habit * whole) / (sums_n + habit), 0.01, 0.99)[account]
        firm = _firmness(p * shown[:, place], k[:, place], n[:, place], mean, (shape.a + shape.b) * FIRMNESS)
        a[:, place], b[:, place] = mean * firm, (1 - mean) * firm
        told = p * (n[:, place] > 0)
        sums, number = (
            np.bincount(account, told * shown[:, place], accounts),
            np.bincount(account, told, accounts),
        )
        usual = (float(sums.sum()) + SHARE_HABIT * shape.share) / (float(number.sum()) + SHARE_HABIT)
        share[:, place] = np.clip((sums + SHARE_HABIT * usual) / (number + SHARE_HABIT), 0.02, 0.99)[account]
    volume, size = _volumes(p, account, accounts, seen)
    return Thieves(a, b, share, volume, size, _outsized(p, account, accounts, broad))


def _firmness(weight: Floats, k: Floats, n: Floats, mean: Floats | float, first: float) -> float:
    """a + b of the beta distribution whose sessions scatter as these do around their means (by moments)."""
    around = n * mean * (1 - mean)
    excess = _sum(weight * ((k - n * mean) ** 2 - around))
    room = _sum(weight * np.maximum(n - 1, 0) * around)
    chosen = 1 / (1 + first)
    spread = (excess + EVENNESS_HABIT * chosen) / (room + EVENNESS_HABIT)
    return float(1 / np.clip(spread, *EVENNESS) - 1)


def _outsized(p: Floats, account: NDArray[np.int64], accounts: int, broad: Floats) -> Floats:
    number, large = np.bincount(account, p, accounts), np.bincount(account, p * broad, accounts)
    usual = (float(large.sum()) + OUTSIZED_HABIT * FIRST_OUTSIZED) / (float(number.sum()) + OUTSIZED_HABIT)
    found: Floats = ((large + OUTSIZED_HABIT * usual) / (number + OUTSIZED_HABIT))[account]
    return np.clip(found, 0.003, 0.5)


def learn_bulk(
    is_bulk: NDArray[np.bool_],
    role: NDArray[np.int64],
    is_clean: NDArray[np.bool_],
    k: Floats,
    n: Floats,
    seen: Floats,
) -> Bulk:
    """From the clean sessions that stand far out."""
    weight = (is_bulk & is_clean).astype(np.float64)
    a, b = np.empty(len(SHAPES)), np.empty(len(SHAPES))
    for place, shape in enumerate(SHAPES):
        first = shape.a / (shape.a + shape.b)
        mean = (_sum(weight * k[:, place]) + CASE_HABIT * first) / (_sum(weight * n[:, place]) + CASE_HABIT)
        firm = _firmness(weight, k[:, place], n[:, place], mean, shape.a + shape.b)
        a[place], b[place] = mean * firm, (1 - mean) * firm
    number = weight.sum() + 1
    volume = float((_sum(weight * seen) + 10) / number)
    variance = float((_sum(weight * (seen - volume) ** 2) + volume**2) / number)
    size = min(20.0, max(0.3, volume**2 / max(variance - volume, 0.05 * volume**2)))
    roles = int(role.max(initial=-1)) + 1
    bulky, whole = np.bincount(role, weight, roles), np.bincount(role[is_clean], minlength=roles)
    share = np.clip((bulky + 1) / (whole + 50), LEAST_BULK, 0.3)[role]
    return Bulk(a, b, share, _sizes(weight, seen, volume, size))


def _sizes(weight: Floats, seen: Floats, volume: float, size: float) -> Floats:
    """Favours and vaccination days are not of one size: sizes as they were seen, smoothed as logarithms."""
    found, number = np.unique(seen[(weight > 0) & (seen > 0)], return_counts=True)
    values, place = np.unique(np.maximum(seen, 1.0), return_inverse=True)
    apart = (np.log(values)[:, None] - np.log(found)[None, :]) / NEAR_SIZES
    near = (np.exp(-(apart**2) / 2) * number).sum(axis=1) / (NEAR_SIZES * np.sqrt(2 * np.pi) * values)
    told = np.log(near, out=np.full_like(near, -np.inf), where=near > 0)
    chosen = log_volume(values, np.full_like(values, volume), np.full_like(values, size))
    mixed: Floats = np.logaddexp(told, np.log(SIZES_HABIT) + chosen) - np.log(number.sum() + SIZES_HABIT)
    return mixed[place]


def _volumes(p: Floats, account: NDArray[np.int64], accounts: int, seen: Floats) -> tuple[Floats, Floats]:
    """One day of bulk work must not tell how much the thief reads: what stands far out is drawn in."""
    weight = np.where(seen > 0, p, 0.0)
    logs = (np.bincount(account, weight * np.log1p(seen), accounts) + 1e-9) / (
        np.bincount(account, weight, accounts) + 1e-9
    )
    drawn = np.minimum(seen, 3 * np.expm1(logs)[account] + 1)
    whole = (_sum(weight * drawn) + 1) / (weight.sum() + 0.1)
    number = np.bincount(account, weight, accounts)
    mean = (np.bincount(account, weight * drawn, accounts) + 2 * whole) / (number + 2)
    around = np.bincount(account, weight * (drawn - mean[account]) ** 2, accounts)
    usual = (_sum(around / mean**2) + 2) / (_sum(weight) + 2)
    variance = (around + 2 * usual * mean**2) / (number + 2)
    size = np.clip(mean**2 / np.maximum(variance - mean, 0.02 * mean**2), 0.3, 50)
    return np.maximum(mean, 0.5)[account], size[account]


def _sum(values: Floats) -> float:
    """Not a product of vectors: the library's runs on several threads, and its last digits on how many."""
    return float(values.sum())


def log_gamma(x: Floats) -> Floats:
    """Of positive numbers, by Stirling's series after six steps up; to about 1e-10."""
    shift = np.log(x * (x + 1) * (x + 2)) + np.log((x + 3) * (x + 4) * (x + 5))
    y = x + 6
    series = 1 / (12 * y) - 1 / (360 * y**3) + 1 / (1260 * y**5)
    found: Floats = (y - 0.5) * np.log(y) - y + 0.5 * np.log(2 * np.pi) + series - shift
    return found


def log_beta(a: Floats, b: Floats) -> Floats:
    """Of positive numbers."""
    return log_gamma(a) + log_gamma(b) - log_gamma(a + b)


def log_chance(k: Floats, n: Floats, a: Floats, b: Floats) -> Floats:
    """Logarithm of a beta-binomial's probability of these k of n, in their order."""
    found = np.where(k > 0, np.log(a), np.log(b)) - np.log(a + b)
    many = np.flatnonzero(n > 1)
    k, n, a, b = k[many], n[many], a[many], b[many]
    found[many] = log_beta(k + a, n - k + b) - log_beta(a, b)
    return found


def log_volume(n: Floats, mean: Floats, size: Floats) -> Floats:
    """Logarithm of a negative binomial's probability."""
    found: Floats = (
        log_gamma(n + size)
        - log_gamma(size)
        - log_gamma(n + 1)
        + size * np.log(size / (size + mean))
        + n * np.log(mean / (size + mean))
    )
    return found
