# SPDX-License-Identifier: Apache-2.0
"""How large R2 is, and when it happens.

Public: several regions, attempts spread over time, access by usurped professionals, identity data and, where
known, phone and e-mail. Set here: everything else, every number included. Three regions share some patients,
each under its own local ids.
"""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.replays.days import DAY, instant

REGIONS = ("region-a", "region-b", "region-c")
UNNAMED = "unnamed"
"""The first region, in a case that names no account."""

LOG_SINCE = instant("2025-07-14T00:00:00+02:00")
LOG_DAYS = 50
LOG_UNTIL = LOG_SINCE + LOG_DAYS * DAY
READING_SINCE = instant("2025-08-04T00:00:00+02:00")
READING_DAYS = 28

OWN_SHARE = 0.85
"""Of a region's rows, the part that the next region does not hold too."""


@dataclass(frozen=True, slots=True)
class Size:
    """The numbers of one region's replay."""

    scale: float
    region: int
    held: int
    """Patients in the region's server."""

    accounts: int
    usual: int
    """Searches of all professionals in the period."""

    stolen: int
    """Searches of the strangers in the period."""

    attempts: int
    """Passwords tried in vain."""

    @property
    def first_row(self) -> int:
        """The region's patients are the rows from this one on."""
        return round(self.held * OWN_SHARE) // 8 * 8 * self.region


def region_of(variant: str) -> str:
    """The region that a variant is about."""
    return REGIONS[0] if variant == UNNAMED else variant


def size_at(scale: float, region: str) -> Size:
    """Give the numbers at a scale; 1 is life size. Regions were hit to different degrees."""
    at = REGIONS.index(region)
    degree = (1.0, 0.4, 0.15)[at]
    return Size(
        scale=scale,
        region=at,
        held=max(6_400, round(3_000_000 * scale)) // 8 * 8,
        accounts=max(24, round(3_000 * scale)),
        usual=max(2_500, round(1_100_000 * scale)),
        stolen=max(180, round(11_000 * scale * degree)),
        attempts=max(40, round(2_600 * scale)),
    )
