# SPDX-License-Identifier: Apache-2.0
"""How large R4 is, and when it happens.

Public: three agencies, about ten professionals at most, identity data, contact data or NIR for some only, no
medical data. Set here: everything else, every number of persons included.
"""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.replays.days import DAY, instant

AGENCIES = ("agence-a", "agence-b", "agence-c")
LOG_SINCE = instant("2025-08-11T00:00:00+02:00")
LOG_DAYS = 26
LOG_UNTIL = LOG_SINCE + LOG_DAYS * DAY
READING_SINCE = instant("2025-08-25T00:00:00+02:00")
READING_DAYS = 9

OWN_SHARE = 0.9
"""Of an agency's people, the part whom the next agency does not know too."""


@dataclass(frozen=True, slots=True)
class Size:
    """The numbers of one replay."""

    scale: float
    held: int
    """Files of each agency."""

    accounts: int
    """Professionals, all agencies together."""

    usual: int
    """Files opened at work in each agency."""

    stolen: int
    """Files that each usurped account is used to ask for."""

    def first_row(self, agency: int) -> int:
        """An agency's people are drawn from the rows from this one on."""
        return round(self.held * OWN_SHARE) // 8 * 8 * agency


def size_at(scale: float) -> Size:
    """Give the numbers at a scale; 1 is life size."""
    return Size(
        scale=scale,
        held=max(2_400, round(420_000 * scale)) // 8 * 8,
        accounts=max(60, round(9_000 * scale)),
        usual=max(900, round(310_000 * scale)),
        stolen=max(70, round(6_400 * scale)),
    )
