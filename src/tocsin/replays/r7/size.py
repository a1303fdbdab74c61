# SPDX-License-Identifier: Apache-2.0
"""How large R7 is, and when it happens.

Public: software of 23,000 doctors and health professionals was attacked in November 2025, and was out of
service for a week as a precaution. First seen on the account of a doctor who had left. Set here: everything
else, every figure and every hour included.
"""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.replays.days import instant

LOG_SINCE = instant("2025-09-22T00:00:00+02:00")
LOG_DAYS = 59
LOG_UNTIL = instant("2025-11-20T00:00:00+01:00")
LEFT = instant("2025-10-01T00:00:00+02:00")
"""From then on the doctor works elsewhere; the directory says so, the software was not told."""

READING_SINCE = instant("2025-11-03T19:40:00+01:00")
READING_UNTIL = instant("2025-11-10T05:55:00+01:00")
SHUT = instant("2025-11-10T08:30:00+01:00")
"""The publisher takes the whole service down."""

REOPENED = instant("2025-11-17T08:00:00+01:00")

PRACTICE = 4
"""Accounts that share a base of patients."""


@dataclass(frozen=True, slots=True)
class Size:
    """The numbers of one replay."""

    scale: float
    accounts: int
    each: int
    """Patients of one practice's base."""

    large: int
    """Patients of the base of the practice that the doctor left: a group of many."""

    usual: int
    """Acts of all professionals over the period."""

    opened: int
    """Files that the stranger opens; pages of the list, an eighth of that."""

    @property
    def held(self) -> int:
        """Patients in all bases, side by side, the large one first."""
        return self.large + (self.accounts // PRACTICE - 1) * self.each


def size_at(scale: float) -> Size:
    """Give the numbers at a scale; 1 is life size."""
    return Size(
        scale=scale,
        accounts=max(24, round(23_000 * scale) // PRACTICE * PRACTICE),
        each=240,
        large=max(480, round(14_400 * scale) // 8 * 8),
        usual=max(3_000, round(3_400_000 * scale)),
        opened=max(96, round(3_946 * scale) // 8 * 8),
    )
