# SPDX-License-Identifier: Apache-2.0
"""Writes a log of any size in order of time: a file a day or a week, compressed, and counts what it wrote.

Lines come from the replay, a lot at a time; here they are only put into files. Some lines are written
twice, the first time cut, as a full disk leaves them.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from tocsin.replays.chance import Flags, Ints

AT_ONCE = 40_000
DAY = 86_400_000
Lines = Callable[[Ints], tuple[bytes, Ints]]
"""Positions of acts to their lines: all text, and the bytes of each."""


@dataclass(frozen=True, slots=True)
class Accounting:
    """What the product must count in the log of one source; instants in milliseconds since 1970."""

    files: int
    events: int
    set_aside: int
    first_at: int
    last_at: int

    def told(self) -> dict[str, object]:
        """Give it as report.json does."""
        return {
            "files": self.files,
            "records": self.events + self.set_aside,
            "events": self.events,
            "set_aside": self.set_aside,
            "first_at": iso(self.first_at),
            "last_at": iso(self.last_at),
        }


@dataclass(frozen=True, slots=True)
class Days:
    """How a log is cut into files."""

    folder: Path
    name: str
    """Of each file: `{day}` is replaced by the day, as 20251112."""

    shift: int = 0
    """Milliseconds by which the log's clock is ahead of UTC."""

    cut: int = 60
    """Characters that a cut line keeps."""

    each: int = 1
    """Days in a file, from the first day on."""


def write_days(days: Days, at: Ints, lines: Lines, cuts: Ints | None = None) -> Accounting:
    """Write acts that happened at `at`, in order; `cuts` are the acts whose line is first written cut."""
    days.folder.mkdir(parents=True, exist_ok=True)
    cut = np.zeros(len(at), dtype=bool)
    if cuts is not None:
        cut[cuts] = True
    number = (at + days.shift) // DAY
    number -= (number - number[0]) % days.each
    first = np.concatenate([[0], np.flatnonzero(np.diff(number)) + 1, [len(at)]])
    for since, until in zip(first[:-1].tolist(), first[1:].tolist(), strict=True):
        day = datetime.fromtimestamp(int(number[since]) * 86_400, UTC)
        path = days.folder / days.name.format(day=f"{day:%Y%m%d}")
        _write_day(path, _pieces(days, lines, cut, since, until))
    return Accounting(len(first) - 1, len(at), int(cut.sum()), int(at[0]), int(at[-1]))


def iso(at: int) -> str:
    """Write an instant in UTC as report.json does."""
    whole = datetime.fromtimestamp(at // 1_000, UTC)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{at % 1_000 * 1_000:06d}Z"


def instant(text: str) -> int:
    """Read an ISO 8601 instant with its zone as milliseconds since 1970."""
    return round(datetime.fromisoformat(text).timestamp() * 1_000)


def _write_day(path: Path, pieces: Iterator[bytes]) -> None:
    packer = zlib.compressobj(level=1, wbits=31)
    with path.open("wb") as file:
        for piece in pieces:
            file.write(packer.compress(piece))
        file.write(packer.flush())


def _pieces(days: Days, lines: Lines, cut: Flags, since: int, until: int) -> Iterator[bytes]:
    for begin in range(since, until, AT_ONCE):
        index = np.arange(begin, min(begin + AT_ONCE, until), dtype=np.int64)
        text, lengths = lines(index)
        ends = np.concatenate([[0], np.cumsum(lengths)])
        done = 0
        for place in np.flatnonzero(cut[index]).tolist():
            here = int(ends[place])
            yield text[done:here]
            yield text[here : here + days.cut] + b"\n"
            done = here
        yield text[done:]
