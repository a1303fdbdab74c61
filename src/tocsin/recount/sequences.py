# SPDX-License-Identifier: Apache-2.0
"""Holes in the numbers that each node gives its own records.

A number that arrives late fills its place; a counter that starts again is no hole.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime

from tocsin.recount.events import Mark

RESTART = 1000
"""A fall by more than this is a counter that starts again, not a late record."""


@dataclass(frozen=True, slots=True)
class Gap:
    source: str
    node: str | None
    start: datetime
    """Time of the last record before."""
    until: datetime
    """Time of the first record after."""
    missing: int


def find_gaps(source: str, marks: list[Mark]) -> list[Gap]:
    gaps = []
    for node in sorted({mark.node for mark in marks}, key=lambda name: name or ""):
        for run in _runs([mark for mark in marks if mark.node == node]):
            gaps.extend(_holes(source, node, run))
    return sorted(gaps, key=lambda gap: (gap.start, gap.until, gap.node or ""))


def _runs(marks: list[Mark]) -> list[dict[int, datetime | None]]:
    """Number to time, one dictionary for each stretch between two starts of the counter."""
    runs: list[dict[int, datetime | None]] = []
    highest = 0
    for mark in marks:
        falls = highest - mark.sequence
        if not runs or falls > RESTART or (falls > 0 and runs[-1].get(mark.sequence) is not None):
            runs.append({})
            highest = mark.sequence
        run = runs[-1]
        run[mark.sequence] = run.get(mark.sequence) or mark.occurred_at
        highest = max(highest, mark.sequence)
    return runs


def _holes(source: str, node: str | None, run: dict[int, datetime | None]) -> list[Gap]:
    numbers = sorted(run)
    holes = []
    for before, after in itertools.pairwise(numbers):
        times = [time for time in (_before(run, numbers, before), _after(run, numbers, after)) if time]
        if after - before > 1 and times:
            holes.append(Gap(source, node, min(times), max(times), after - before - 1))
    return holes


def _before(run: dict[int, datetime | None], numbers: list[int], limit: int) -> datetime | None:
    return next((run[number] for number in reversed(numbers) if number <= limit and run[number]), None)


def _after(run: dict[int, datetime | None], numbers: list[int], limit: int) -> datetime | None:
    return next((run[number] for number in numbers if number >= limit and run[number]), None)
