# SPDX-License-Identifier: Apache-2.0
"""Instants by the million as logs write them: a lot has few days, and a second of the day is looked up."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tocsin.replays.chance import Ints
from tocsin.replays.days import DAY, iso
from tocsin.replays.text import Cells, Part, digits, words

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SECONDS = words([f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(86_400)])


def iso_stamps(at: Ints) -> list[Part]:
    """Write instants, in milliseconds, as 2025-11-12T03:12:59.250, without a zone."""
    return [iso_days(at), b"T", seconds(at), b".", milliseconds(at)]


def iso_days(at: Ints) -> Cells:
    """Write their days as 2025-11-12."""
    return _days(at, lambda day: day)


def apache_days(at: Ints) -> Cells:
    """Write their days as 12/Nov/2025."""
    return _days(at, lambda day: f"{day[8:10]}/{_MONTHS[int(day[5:7]) - 1]}/{day[:4]}")


def seconds(at: Ints) -> Cells:
    """Write their times of day as 03:12:59."""
    return _SECONDS[at % DAY // 1_000]


def milliseconds(at: Ints) -> Cells:
    """Write what is left of their second, on three digits."""
    return digits(at % 1_000, 3)


def _days(at: Ints, write: Callable[[str], str]) -> Cells:
    days, place = np.unique(at // DAY, return_inverse=True)
    return words([write(iso(int(day) * DAY)[:10]) for day in days])[place]
