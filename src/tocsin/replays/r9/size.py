# SPDX-License-Identifier: Apache-2.0
"""How large R9 is, and when it happens.

Public (17 November 2025): data theft at a service of the social-security collectors; identities, addresses
and national numbers of more than a million insured. Set here: everything else, the way in, every hour and
every contact included.
"""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.replays.days import instant

LOG_SINCE = instant("2025-08-18T00:00:00+02:00")
LOG_DAYS = 92
ENDED = instant("2025-10-01T00:00:00+02:00")
"""From then on the agreement with a partner is over; the directory says so, the service was not told."""

READING_SINCE = instant("2025-11-12T21:10:00+01:00")
READING_UNTIL = instant("2025-11-15T05:40:00+01:00")


@dataclass(frozen=True, slots=True)
class Size:
    """The numbers of one replay."""

    scale: float
    persons: int
    """Insured persons whose page was taken and who still stand in the registry."""

    gone: int
    """Numbers on those pages that the registry no longer has."""

    spared: int
    """Insured persons of whom nothing was shown."""

    guardians: int
    """Protected adults' guardians, in the registry for their contacts; shown to nobody."""

    accounts: int
    usual: int
    """Acts of agents and partners over the period."""


def size_at(scale: float) -> Size:
    """Give the numbers at a scale; 1 is life size."""
    persons = round(1_200_000 * scale)
    return Size(
        scale=scale,
        persons=persons,
        gone=max(3, persons // 2_000),
        spared=persons // 10,
        guardians=max(2, persons // 3_000),
        accounts=max(20, round(1_400 * scale)),
        usual=max(3_000, round(1_500_000 * scale)),
    )
