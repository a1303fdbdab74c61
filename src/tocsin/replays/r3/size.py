# SPDX-License-Identifier: Apache-2.0
"""How large R3 is, and when it happens.

Public: 1.4 million persons, tested in 2020, in files put on the service in September 2020 and stolen in the
summer of 2021; what a line held. Set here: how many files and lines, the days, the path.
"""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.replays.days import DAY, instant

PERSONS = 1_400_000
"""In the files (public)."""

LOG_SINCE = instant("2021-07-01T00:00:00+02:00")
LOG_DAYS = 74
LOG_UNTIL = LOG_SINCE + LOG_DAYS * DAY
THEFT_AT = instant("2021-07-28T02:17:00+02:00")


@dataclass(frozen=True, slots=True)
class Size:
    """The numbers of one replay."""

    scale: float
    persons: int
    """Persons named in the files."""

    lines: int
    """Lines of all files: some persons were tested again."""

    files: int
    usual: int
    """Files that people at work fetch in the period."""

    probes: int
    """Requests by which the stranger looks for the way in."""


def size_at(scale: float) -> Size:
    """Give the numbers at a scale; 1 is life size."""
    persons = max(300, round(PERSONS * scale))
    return Size(
        scale=scale,
        persons=persons,
        lines=round(persons * 1.3),
        files=max(6, round(640 * scale)),
        usual=max(1_500, round(420_000 * scale)),
        probes=max(25, round(1_800 * scale)),
    )
