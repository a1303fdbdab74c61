# SPDX-License-Identifier: Apache-2.0
"""A stretch of a stream that slides forward, and the records found in it.

A cutter asks it for more text until a whole record stands in it, and lets go of what it has cut. What it
holds never exceeds a few times the longest record allowed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tocsin.ingest.interface import RECORDS, Mark
from tocsin.ingest.read.lines import KEPT_OF_TOO_LONG, is_utf8, string_views

PIECE = 512 << 10
BATCH_RECORDS = 20_000

Places = npt.NDArray[np.int64]


class Window:
    """Text [base, base + len(data)) of the stream; `position` is where the cutter stands in it."""

    def __init__(
        self,
        blocks: Iterator[bytes],
        base: int,
        line: int,
        piece: int = PIECE,
        kept: int = KEPT_OF_TOO_LONG,
        encoding: str = "utf-8",
    ) -> None:
        self.data = b""
        self.base = base
        self.line = line
        self.position = 0
        self.at_end = False
        self._pieces = _pieces(blocks, piece)
        self._piece = piece
        self._kept = kept
        self._encoding = encoding
        self._newlines: Places | None = None
        self._starts: list[Places] = []
        self._ends: list[Places] = []
        self._ones: list[tuple[int, int]] = []
        """Records found one by one, since the last that were found together."""
        self._marks: list[tuple[int, str]] = []
        self._count = 0

    def slide(self) -> None:
        """Let go of what lies before the position, and read on: at least as much again as is kept."""
        self.line = self.line_at(self.position)
        self.base += self.position
        parts = [self.data[self.position :]]
        kept = len(parts[0])
        length = kept
        while length < max(self._piece, 2 * kept) and not self.at_end:
            piece = next(self._pieces, b"")
            self.at_end = not piece
            parts.append(piece)
            length += len(piece)
        self.data = b"".join(parts)
        self._newlines = None
        self.position = 0

    def line_at(self, place: int) -> int:
        """Line ends of the stream before this place of the window."""
        return self.line + int(np.searchsorted(self.newlines, place))

    @property
    def newlines(self) -> Places:
        """Where lines end in the window."""
        if self._newlines is None:
            self._newlines = np.flatnonzero(np.frombuffer(self.data, np.uint8) == 0x0A)
        return self._newlines

    def add(self, starts: Places, ends: Places, marks: Iterable[tuple[int, Mark]] = ()) -> None:
        """Records found, in order, and what is to be said of some of them, by their number among these."""
        self._gather()
        self._marks += [(self._count + number, mark.value) for number, mark in marks]
        self._starts.append(starts)
        self._ends.append(ends)
        self._count += len(starts)

    def add_one(self, start: int, end: int, mark: Mark | None = None) -> None:
        """One record found, with what is to be said of it; only the head of a doubtful one is kept."""
        if mark in (Mark.BROKEN, Mark.TOO_LONG):
            end = head_end(self.data, start, end, self._kept)
        if mark is not None:
            self._marks.append((self._count, mark.value))
        self._ones.append((start, end))
        self._count += 1

    def records(self) -> Iterator[pa.RecordBatch]:
        """The records found since last time, in batches."""
        starts, ends = self._found()
        marks = np.full(len(starts), None, object)
        for number, mark in self._marks:
            marks[number] = mark
        self._starts, self._ends, self._marks, self._count = [], [], [], 0
        if not len(starts):
            return
        texts = _texts(self.data, starts, ends, marks, self._encoding)
        lines = np.searchsorted(self.newlines, starts) + self.line + 1
        for at in range(0, len(starts), BATCH_RECORDS):
            part = slice(at, at + BATCH_RECORDS)
            yield pa.RecordBatch.from_arrays(
                [
                    texts.slice(at, BATCH_RECORDS),
                    pa.array(starts[part] + self.base),
                    pa.array(lines[part]),
                    pa.array(np.zeros(len(starts[part]), np.int64)),
                    pa.array(marks[part], pa.string()),
                ],
                schema=RECORDS,
            )

    def _gather(self) -> None:
        if self._ones:
            starts, ends = np.array(self._ones, np.int64).T
            self._starts.append(starts)
            self._ends.append(ends)
            self._ones = []

    def _found(self) -> tuple[Places, Places]:
        self._gather()
        if not self._starts:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        return np.concatenate(self._starts), np.concatenate(self._ends)


def head_end(data: bytes, start: int, end: int, kept: int) -> int:
    """Where the kept head of [start, end) ends: never inside a UTF-8 sequence."""
    stop = start + kept
    if end <= stop:
        return end
    # A head that ends inside a sequence would not be UTF-8: go back to where that sequence begins.
    for back in range(min(4, kept)):
        if data[stop - back] & 0xC0 != 0x80:
            return stop - back
    return stop


def _pieces(blocks: Iterator[bytes], piece: int) -> Iterator[bytes]:
    for block in blocks:
        for at in range(0, len(block), piece):
            yield block[at : at + piece]


def _texts(
    data: bytes, starts: Places, ends: Places, marks: npt.NDArray[np.object_], encoding: str
) -> pa.Array:
    """Views into the text; where it is not UTF-8 the records are written out one by one."""
    first, last = int(starts.min()), int(ends.max())
    if encoding == "utf-8" and is_utf8(data[first:last]):
        return string_views(data, starts, ends)
    written = []
    for number, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        raw = data[start:end]
        text = raw.decode(encoding, "backslashreplace")
        if marks[number] is None and text.encode(encoding, "replace") != raw:
            marks[number] = Mark.BAD_ENCODING.value
        written.append(text.removesuffix("\r"))
    return pa.array(written, pa.string_view())
