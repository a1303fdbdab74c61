# SPDX-License-Identifier: Apache-2.0
"""CSV rows, which may hold line ends between quotes (RFC 4180): a line end counts only outside quotes.

A quote that is never closed would swallow the rest of the file: a row longer than `MAX_ROW` is taken as
broken up to its first line end, and reading goes on behind it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tocsin.ingest.interface import RECORDS, Cutter, Mark
from tocsin.ingest.read.lines import BATCH_LINES, BOM, readable

MAX_ROW = 1 << 20
_LF = 0x0A

Offsets = npt.NDArray[np.int64]


class CsvCutter(Cutter):
    """One record a row."""

    continues = True

    def __init__(self, quote: str = '"', encoding: str = "utf-8") -> None:
        self.quote = ord(quote) if quote else -1
        self.encoding = encoding

    def cut(
        self, blocks: Iterator[bytes], start_byte: int = 0, start_line: int = 0
    ) -> Iterator[pa.RecordBatch]:
        """See `Cutter.cut`."""
        self.complete_bytes, self.complete_lines = start_byte, start_line
        rest = b""
        for block in blocks:
            rest = yield from self._rows(rest + block)
        while rest:
            rest = yield from self._end(rest)

    def _rows(self, text: bytes) -> Iterator[pa.RecordBatch]:
        """Yield the whole rows; return what follows the last of them."""
        while True:
            data = np.frombuffer(text, np.uint8)
            lines = np.flatnonzero(data == _LF).astype(np.int64)
            quotes = np.flatnonzero(data == self.quote)
            ends = lines[np.searchsorted(quotes, lines) % 2 == 0]
            starts = np.concatenate(([0], ends + 1))
            too_long = np.flatnonzero(np.diff(np.append(starts, len(text))) > MAX_ROW)
            whole = int(too_long[0]) if len(too_long) else len(ends)
            yield from self._batches(text, ends[:whole], None)
            text = text[int(starts[whole]) :]
            if not len(too_long):
                return text
            text = yield from self._broken_line(text)

    def _end(self, text: bytes) -> Iterator[pa.RecordBatch]:
        """The last row, without its line end: it may yet grow, so it is continued from its beginning."""
        if text.count(bytes([self.quote]) if self.quote >= 0 else b"\0") % 2 and b"\n" in text:
            rest = yield from self._broken_line(text)
            return (yield from self._rows(rest))
        place = self.complete_bytes, self.complete_lines
        yield from self._batches(text, np.array([len(text)]), None)
        self.complete_bytes, self.complete_lines = place
        return b""

    def _broken_line(self, text: bytes) -> Iterator[pa.RecordBatch]:
        """The first line of a row whose quote is never closed; return what follows it."""
        stop = text.find(b"\n")
        stop = len(text) - 1 if stop < 0 else stop
        yield from self._batches(text[: stop + 1], np.array([stop]), Mark.BROKEN)
        return text[stop + 1 :]

    def _batches(self, text: bytes, ends: Offsets, mark: Mark | None) -> Iterator[pa.RecordBatch]:
        if not len(ends):
            return
        used = text[: int(ends[-1]) + 1]
        starts = np.concatenate(([0], ends[:-1] + 1))
        offsets = starts + self.complete_bytes
        lines = np.flatnonzero(np.frombuffer(used, np.uint8) == _LF)
        numbers = np.searchsorted(lines, starts) + self.complete_lines + 1
        if self.complete_bytes == 0 and used.startswith(BOM):
            starts[0] = len(BOM)
        texts, bad = readable(used, starts, ends, self.encoding)
        self.complete_bytes += len(used)
        self.complete_lines += len(lines)
        marks = np.full(len(starts), mark.value if mark else None, object)
        if bad is not None and mark is None:
            marks[bad] = Mark.BAD_ENCODING.value
        columns = [texts, pa.array(offsets), pa.array(numbers), pa.array(np.zeros(len(starts), np.int64))]
        whole = pa.RecordBatch.from_arrays([*columns, pa.array(marks, pa.string())], schema=RECORDS)
        yield from (whole.slice(at, BATCH_LINES) for at in range(0, whole.num_rows, BATCH_LINES))
