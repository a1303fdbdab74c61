# SPDX-License-Identifier: Apache-2.0
"""How well a ranking of accounts finds the stolen ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations


def average_precision(ranked: Sequence[str], stolen: set[str]) -> float:
    """Mean, over the stolen accounts, of the precision where each stands; one not ranked counts nothing."""
    found, total = 0, 0.0
    for place, account in enumerate(ranked, start=1):
        if account in stolen:
            found += 1
            total += found / place
    return total / len(stolen) if stolen else 0.0


def false_alarms(
    ranked: Sequence[str], stolen: set[str], recall: float, account_weeks: float
) -> float | None:
    """Honest accounts that stand before this share of the stolen ones, per 10,000 account-weeks."""
    wanted, found, false = recall * len(stolen) - 1e-9, 0, 0
    for account in ranked:
        if account in stolen:
            found += 1
            if found >= wanted:
                return false / account_weeks * 10_000
        else:
            false += 1
    return None


@dataclass(frozen=True, slots=True)
class Joined:
    """How well stolen accounts were put together."""

    found: int
    """Campaigns found."""

    right: float
    """Share of the pairs put together that one thief holds."""

    whole: float
    """Share of the pairs that one thief holds, both accounts found in some campaign, that were put together."""

    innocent: int
    """Honest accounts in a campaign."""

    accounts: int
    """Stolen accounts in a campaign."""


def joined(found: Mapping[str, int], truth: Mapping[str, int]) -> Joined:
    """Campaigns found against the true ones, by account."""
    pairs = list(combinations(sorted(found), 2))
    together = {pair for pair in pairs if found[pair[0]] == found[pair[1]]}
    true = {pair for pair in pairs if truth.get(pair[0], pair[0]) == truth.get(pair[1], pair[1])}
    return Joined(
        len(set(found.values())),
        len(together & true) / len(together) if together else 1.0,
        len(together & true) / len(true) if true else 1.0,
        sum(account not in truth for account in found),
        sum(account in truth for account in found),
    )
