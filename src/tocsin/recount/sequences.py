# SPDX-License-Identifier: Apache-2.0
"""Holes in the numbers that each node gives its own records.

A number that arrives late fills its place; a counter that starts again is no hole.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.recount.events import Mark

RESTART = 1000
"""A fall by more than this is a counter that starts again, not a late record."""
MOST_MISSING = 10**12
"""No log loses more: a number far beyond is a damaged one."""


@dataclass(frozen=True, slots=True)
class Gap:
    source: str
    node: str | None
    start: datetime | None
    """Time of the last record before; None: no record before has one."""
    until: datetime | None
    """Time of the first record after; None: no record after has one."""
    missing: int | None
    """Null: nothing counts them."""
    most: int | None = None
    """Records at most by the source's declared throughput."""

    def limit(self, largest: int | None) -> int | None:
        """Persons at most; `largest`: the most that one event of the source disclosed."""
        counted = [number for number in (self.missing, self.most) if number is not None]
        return min(counted) * largest if counted and largest is not None else None


def limit_gaps(gaps: list[Gap], per_second: float | None) -> list[Gap]:
    """The same, each with what its source could write in so long."""
    if per_second is None:
        return gaps
    return [
        one
        if one.start is None or one.until is None
        else replace(one, most=math.ceil(per_second * (one.until - one.start).total_seconds()))
        for one in gaps
    ]


def find_gaps(source: str, marks: list[Mark]) -> list[Gap]:
    gaps = []
    marks = place_marks(marks)
    for node in sorted({mark.node for mark in marks}, key=lambda name: name or ""):
        for run in _runs([mark for mark in marks if mark.node == node]):
            gaps.extend(_holes(source, node, run))
    return sorted(gaps, key=lambda gap: (str(gap.start), str(gap.until), gap.node or ""))


def place_marks(marks: list[Mark]) -> list[Mark]:
    """Those cut before their node have the one that their file names, else their source; or are left out."""
    told = [mark for mark in marks if not mark.node_unread]
    of_source = {mark.node for mark in told}
    by_file: dict[str, set[str | None]] = {}
    numbers: set[tuple[str | None, int]] = set()
    for mark in told:
        by_file.setdefault(mark.place.file, set()).add(mark.node)
        numbers.add((mark.node, mark.sequence))
    placed = []
    for mark in marks:
        nodes = by_file.get(mark.place.file) or of_source or {None}
        if not mark.node_unread:
            placed.append(mark)
        elif len(nodes) == 1 and (next(iter(nodes)), mark.sequence) not in numbers:
            placed.append(replace(mark, node=next(iter(nodes))))
    return placed


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
    """A hole reaches from the last time known before it to the first known after it."""
    numbers = sorted(run)
    holes = []
    for place, (before, after) in enumerate(itertools.pairwise(numbers)):
        if after - before > 1:
            start = _first_time(run, numbers, range(place, -1, -1))
            until = _first_time(run, numbers, range(place + 1, len(numbers)))
            start, until = _around(start, until)
            holes.append(Gap(source, node, start, until, min(after - before - 1, MOST_MISSING)))
    return holes


def _around(start: datetime | None, until: datetime | None) -> tuple[datetime | None, datetime | None]:
    """From the earliest reading of both times to the latest; what nothing tells stays open."""
    told = [at for at in (start, until) if at is not None]
    first = min((at.replace(fold=0) - timedelta(hours=at.fold) for at in told), default=None)
    last = max((at.replace(fold=0) for at in told), default=None)
    return None if start is None else first, None if until is None else last


def _first_time(
    run: dict[int, datetime | None], numbers: list[int], places: Iterable[int]
) -> datetime | None:
    return next((time for place in places if (time := run[numbers[place]]) is not None), None)
