# SPDX-License-Identifier: Apache-2.0
"""How large the replay is, and what a scale makes of it.

Public: the software of a multi-practice health centre was attacked (14 November 2025). Set here: all the
rest, every figure included, plausible for twelve professionals and not taken from any of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from tocsin.core.errors import InputError
from tocsin.core.words import _

LARGEST_SCALE = 5.0
SMALLEST_SCALE = 0.001

PARIS = timezone(timedelta(hours=1))
"""Winter time holds throughout."""

LOG_SINCE = datetime(2025, 11, 1, tzinfo=PARIS)
LOG_UNTIL = datetime(2025, 11, 14, 12, 30, tzinfo=PARIS)
FIRST_NUMBER = 10_001
"""Of a patient's file in the practice software; numbers follow one another, with some unused."""


@dataclass(frozen=True, slots=True)
class Size:
    """The numbers of one replay."""

    scale: float
    files_held: int
    """Patients' files in the practice software; a few patients have two."""

    opened: int
    """Files that the stolen account opened and obtained."""

    day_work: int
    """Files that the team opens on a working day."""


def size_at(scale: float) -> Size:
    """Give the numbers at a scale; 1 is life size. Raises InputError when out of bounds."""
    if not SMALLEST_SCALE <= scale <= LARGEST_SCALE:
        raise InputError(
            _("a scale of {scale} is out of bounds for R8"),
            do=_("choose a scale between {smallest} and {largest}; 1 is life size"),
            scale=str(scale),
            smallest=str(SMALLEST_SCALE),
            largest=str(LARGEST_SCALE),
        )
    return Size(
        scale=scale,
        files_held=max(120, round(8_412 * scale)),
        opened=max(30, round(1_873 * scale)),
        day_work=max(40, round(420 * scale)),
    )


def iso(at: datetime) -> str:
    """Write an instant as report.json does, in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
