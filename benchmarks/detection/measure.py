# SPDX-License-Identifier: Apache-2.0
"""How well a ranking of accounts finds the stolen ones."""

from __future__ import annotations

from collections.abc import Sequence


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
