# SPDX-License-Identifier: Apache-2.0
"""Where the marks of each picture stand: pure geometry, in a space of 100 by 100.

The templates draw these as SVG without text, stretched to the page, and write the words beside them in
HTML; so a picture reads on a telephone as on a screen. Scales are linear and begin at zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from tocsin.report.reading import Bucket, Count

LEAST_SLICE: Final = 0.8
"""A slice that is there is at least this wide, in hundredths; the table beside it is exact."""

OPEN_ROOM: Final = 1.6
"""Where a count has no upper bound, the picture goes on this many times beyond the estimate."""

DAY: Final = timedelta(hours=23)
"""The shortest step held to be a day: one of a change of the clocks."""


@dataclass(frozen=True)
class Bracket:
    """Floor, best and ceiling on one line, as hundredths of its length."""

    floor: float
    best: float
    ceiling: float
    is_open: bool
    """True without a ceiling: the band fades out instead of ending."""


@dataclass(frozen=True)
class Slice:
    """A part of a bar."""

    name: str
    value: int
    x: float
    width: float


@dataclass(frozen=True)
class Stretch:
    """A period on a line."""

    x: float
    width: float


@dataclass(frozen=True)
class Column:
    """One hour or day: its place, and the heights of its three figures."""

    x: float
    width: float
    events: float
    persons: float
    new_persons: float


@dataclass(frozen=True)
class Timeline:
    """The columns, and what their scales end at."""

    columns: list[Column]
    most_persons: int
    most_events: int
    step: timedelta

    @property
    def is_daily(self) -> bool:
        """True when a column is a day, false when it is an hour."""
        return self.step >= DAY


def draw_bracket(count: Count, top: int | None = None) -> Bracket:
    """The three figures on a line that ends at `top`, else at the ceiling."""
    end = top if top is not None else scale_end([count])
    ceiling = 100.0 if count.ceiling is None else _part(count.ceiling, end)
    return Bracket(_part(count.floor, end), _part(count.best, end), ceiling, is_open=count.ceiling is None)


def scale_end(counts: Iterable[Count]) -> int:
    """The end of a scale that holds all these counts; at least 1."""
    ends = [c.ceiling if c.ceiling is not None else round(c.best * OPEN_ROOM) for c in counts]
    return max([1, *ends])


def draw_slices(parts: Mapping[str, int]) -> list[Slice]:
    """The parts of a whole, side by side; those that are zero have no slice."""
    there = {name: value for name, value in parts.items() if value > 0}
    total = sum(there.values())
    widths = _widen([value / total * 100 for value in there.values()])
    slices: list[Slice] = []
    x = 0.0
    for (name, value), width in zip(there.items(), widths, strict=True):
        slices.append(Slice(name, value, round(x, 3), round(width, 3)))
        x += width
    return slices


def _widen(widths: Sequence[float]) -> list[float]:
    """Thin slices made visible, at the cost of the wide ones, the sum kept."""
    lacking = sum(LEAST_SLICE - width for width in widths if width < LEAST_SLICE)
    wide = sum(width for width in widths if width >= LEAST_SLICE)
    shrink = 1 - lacking / wide if wide else 1
    return [LEAST_SLICE if width < LEAST_SLICE else width * shrink for width in widths]


def draw_timeline(buckets: Sequence[Bucket]) -> Timeline | None:
    """The columns in their true places in time; nothing when fewer than three would show."""
    rows = sorted(buckets, key=lambda bucket: bucket.at)
    if len({row.at for row in rows}) < 3:
        return None
    step = _step([row.at for row in rows])
    start, span = rows[0].at, (rows[-1].at - rows[0].at + step)
    most_persons = max(1, *(max(row.persons, row.new_persons) for row in rows))
    most_events = max(1, *(row.events for row in rows))
    columns = [
        Column(
            x=_part((row.at - start).total_seconds(), span.total_seconds()),
            width=_part(step.total_seconds(), span.total_seconds()),
            events=_part(row.events, most_events),
            persons=_part(row.persons, most_persons),
            new_persons=_part(row.new_persons, most_persons),
        )
        for row in rows
    ]
    return Timeline(columns, most_persons, most_events, step)


def draw_spans(spans: Sequence[tuple[datetime | None, datetime | None]]) -> list[Stretch]:
    """Each period in its true place on one line for all; what has no bounds has no width."""
    held = [at for span in spans for at in span if at is not None]
    if not held:
        return [Stretch(0.0, 0.0) for _span in spans]
    start, whole = min(held), (max(held) - min(held)).total_seconds()
    return [_stretch(first, last, start, whole) for first, last in spans]


def _stretch(first: datetime | None, last: datetime | None, start: datetime, whole: float) -> Stretch:
    if first is None or last is None:
        return Stretch(0.0, 0.0)
    width = max(LEAST_SLICE, _part((last - first).total_seconds(), whole))
    return Stretch(min(100 - width, _part((first - start).total_seconds(), whole)), width)


def _step(instants: Sequence[datetime]) -> timedelta:
    return min(later - earlier for earlier, later in pairwise(instants) if later > earlier)


def _part(value: float, whole: float) -> float:
    return round(min(100.0, value / whole * 100), 3) if whole else 0.0
