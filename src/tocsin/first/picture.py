# SPDX-License-Identifier: Apache-2.0
"""Where the marks of the picture of time stand: pure geometry, in a space of 100 by 100, as in the report.

Columns are acts, stacked by how they went; bands are silences of the logs, and the time after their end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.first.facts import AccountLook, Look, Pace

MARGIN = 0.25
"""The picture goes on towards the end of the logs by at most this share of the account's own span."""


@dataclass(frozen=True)
class Block:
    """Acts of one outcome within one column."""

    outcome: str
    x: float
    width: float
    y: float
    height: float


@dataclass(frozen=True)
class Band:
    """A silence, or the time after the last record."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True)
class Picture:
    """The whole of it."""

    blocks: list[Block]
    bands: list[Band]
    most: int
    """Acts of the highest column."""

    step: timedelta
    begins_at: datetime
    ends_at: datetime


def draw_picture(look: Look, found: AccountLook) -> Picture | None:
    """Nothing when all acts stand in one column."""
    if len(found.pace) < 2 or look.covered.last_at is None:
        return None
    step = timedelta(seconds=found.pace_step)
    begins_at = found.pace[0].at
    last = found.pace[-1].at + step
    ends_at = last + min(
        max(step, (last - begins_at) * MARGIN), max(step, look.covered.last_at - last + step)
    )
    frame = _Frame(begins_at, ends_at)
    most = max(row.success + row.failure + row.unknown for row in found.pace)
    blocks = [block for row in found.pace for block in _column(frame, row, step, most)]
    return Picture(blocks, _bands(frame, look), most, step, begins_at, ends_at)


@dataclass(frozen=True, slots=True)
class _Frame:
    """The stretch of time shown."""

    begins_at: datetime
    ends_at: datetime

    def place(self, at: datetime) -> float:
        """From 0 to 100; what lies outside is put on the border."""
        share = (at - self.begins_at) / (self.ends_at - self.begins_at)
        return round(100 * min(1.0, max(0.0, share)), 3)


def _column(frame: _Frame, row: Pace, step: timedelta, most: int) -> list[Block]:
    x = frame.place(row.at)
    width = max(0.15, round((frame.place(row.at + step) - x) * 0.9, 3))
    blocks = []
    top = 100.0
    for outcome, count in (("failure", row.failure), ("unknown", row.unknown), ("success", row.success)):
        if count:
            height = round(100 * count / most, 3)
            top = round(top - height, 3)
            blocks.append(Block(outcome, x, width, max(0.0, top), height))
    return blocks


def _bands(frame: _Frame, look: Look) -> list[Band]:
    stretches = [("silence", row.from_at, row.until_at) for row in look.silences]
    if look.covered.last_at is not None:
        stretches.append(("after", look.covered.last_at, frame.ends_at))
    return [band for kind, begin, end in stretches for band in _band(frame, kind, begin, end)]


def _band(frame: _Frame, kind: str, begin: datetime, end: datetime) -> Sequence[Band]:
    x, until = frame.place(begin), frame.place(end)
    return [Band(kind, x, round(until - x, 3))] if until > x else []
