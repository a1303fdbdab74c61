# SPDX-License-Identifier: Apache-2.0
"""How large the replay is: the figures of the incident at life size, and what a scale makes of them.

Public: 6,128 appointments, 0.02 % of a month's, more than a hundred structures, third-party software
only. Set here: all other numbers, plausible for such a platform and not taken from one.
"""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.core.errors import InputError
from tocsin.core.words import _

DISCLOSED = 6_128
"""Appointments disclosed (public)."""

BOOKED_IN_MONTH = 30_640_000
"""Of which the former are 0.02 % (public share)."""

LARGEST_SCALE = 1.5
SMALLEST_SCALE = 0.0002


@dataclass(frozen=True, slots=True)
class Size:
    """The numbers of one replay."""

    scale: float
    disclosed: int
    booked_before: int
    booked_in_month: int
    booked_after: int
    persons: int
    """Rows of the patients' registry; households of eight rows."""

    practices: int
    connected: int
    """Practices with connected third-party software: the first ones by index."""

    software: int
    """Publishers of connected software; each serves several practices."""

    visits: int
    """Candidate visits of patients in the period, before those without an account turn to their practice."""

    practice_work: int
    """Acts of practices and of connected software."""

    searches: int
    """Anonymous searches for availability."""

    cut_lines: int
    """Log lines cut in the middle by a full disk."""

    @property
    def appointments(self) -> int:
        """All appointments in the registry."""
        return self.booked_before + self.booked_in_month + self.booked_after


def size_at(scale: float) -> Size:
    """Give the numbers at a scale; 1 is life size. Raises InputError when out of bounds."""
    if not SMALLEST_SCALE <= scale <= LARGEST_SCALE:
        raise InputError(
            _("a scale of {scale} is out of bounds for R5"),
            do=_("choose a scale between {smallest} and {largest}; 1 is life size"),
            scale=str(scale),
            smallest=str(SMALLEST_SCALE),
            largest=str(LARGEST_SCALE),
        )
    month = round(BOOKED_IN_MONTH * scale)
    connected = max(12, round(140 * scale))
    return Size(
        scale=scale,
        disclosed=max(1, round(DISCLOSED * scale)),
        booked_before=round(month * 0.1),
        booked_in_month=month,
        booked_after=round(month * 0.06),
        persons=max(4_000, round(15_000_000 * scale)) // 8 * 8,
        practices=max(120, round(8_000 * scale)),
        connected=connected,
        software=max(3, connected // 10),
        visits=round(7_500_000 * scale),
        practice_work=round(9_500_000 * scale),
        searches=round(3_200_000 * scale),
        cut_lines=3 + round(10 * scale),
    )
