# SPDX-License-Identifier: Apache-2.0
"""How large R1 is, and when it happens.

Public: the attack of Wednesday 12 November 2025; shut, and open again on the 18th from 14:00; the kinds of
data, phones for fewer persons, refunds of 2020 and 2021, what would not be concerned; that a week later
nobody knew how many persons. Set here: everything else, every number of persons included.
"""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.replays.days import DAY, instant

HOUR = 3_600_000
LOG_SINCE = instant("2025-11-03T00:00:00+01:00")
ATTACK_SINCE = instant("2025-11-12T00:41:00+01:00")
LOG_UNTIL = instant("2025-11-12T19:20:00+01:00")
"""The platform is shut."""

REOPENED_AT = instant("2025-11-18T14:00:00+01:00")
LOG_END = instant("2025-11-20T00:00:00+01:00")
DAYS = (LOG_END - LOG_SINCE) // DAY


@dataclass(frozen=True, slots=True)
class Size:
    """The numbers of one replay."""

    scale: float
    held: int
    """Beneficiaries in the registry."""

    opticians: int
    usual: int
    """Files that opticians open in the period."""

    read: tuple[int, int, int]
    """Files that each of the three strangers asks for: surely, likely, perhaps one of them."""

    exported: int
    """Lines of the list that the third one had made."""

    cut_lines: int


def size_at(scale: float) -> Size:
    """Give the numbers at a scale; 1 is life size."""
    return Size(
        scale=scale,
        held=max(4_000, round(6_000_000 * scale)) // 8 * 8,
        opticians=max(30, round(5_200 * scale)),
        usual=max(1_500, round(900_000 * scale)),
        read=(
            max(400, round(912_000 * scale)),
            max(90, round(141_000 * scale)),
            max(60, round(48_000 * scale)),
        ),
        exported=max(12, round(2_500 * scale)),
        cut_lines=3 + round(10 * scale),
    )
