# SPDX-License-Identifier: Apache-2.0
"""CSV rows, which may hold line ends between quotes (RFC 4180): a line end counts only outside quotes.

A quote opens a cell only at the cell's beginning; elsewhere it is a sign like any other. Rows whose quotes
stand where they should are cut with numpy; from the first that does not, row by row. A row that never
closes, or that spans lines without having the header's number of cells, would hide the rows that it
swallows: its first line alone is broken, and reading goes on behind it.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tocsin.ingest.interface import RECORDS, Cutter, Mark
from tocsin.ingest.read.lines import BATCH_LINES, BOM, line_ends, one_record, readable, skip_line

MAX_ROW = 1 << 20
_LF = 0x0A
_NOTHING = np.zeros(0, np.int64)

Offsets = npt.NDArray[np.int64]
Cut = Generator[pa.RecordBatch, None, bytes]
"""Yields batches; returns what is left of the text."""


@dataclass(frozen=True, slots=True)
class CsvShape:
    """How cells are written."""

    delimiter: str = ","
    quote: str = '"'
    """Empty: cells are never quoted."""

    encoding: str = "utf-8"
    cells: int = 0
    """Cells of each row; 0: not known."""


class CsvCutter(Cutter):
    """One record a row."""

    continues = True

    def __init__(self, shape: CsvShape | None = None) -> None:
        self.shape = shape or CsvShape()
        self._quote = self.shape.quote.encode(self.shape.encoding, "replace")
        self._delimiter = self.shape.delimiter.encode(self.shape.encoding, "replace")
        self._row = _row_pattern(self._delimiter, self._quote)
        self._cell = _cell_pattern(self._delimiter, self._quote)

    def cut(
        self, blocks: Iterator[bytes], start_byte: int = 0, start_line: int = 0
    ) -> Iterator[pa.RecordBatch]:
        """See `Cutter.cut`."""
        self.complete_bytes, self.complete_lines = start_byte, start_line
        rest = b""
        for block in blocks:
            rest = yield from self._rows(rest + block)
            if len(rest) > MAX_ROW:
                yield one_record(self, rest, Mark.TOO_LONG, self.shape.encoding)
                rest = skip_line(self, blocks, len(rest))
        yield from self._last(rest)

    def _last(self, text: bytes) -> Iterator[pa.RecordBatch]:
        """Rows of a text that ends in the middle of one, which may yet grow: continued from its beginning."""
        place = self.complete_bytes, self.complete_lines
        while text:
            text = yield from self._careful_rows(text, at_end=True)
        self.complete_bytes, self.complete_lines = place

    def _rows(self, text: bytes) -> Cut:
        """Yield the whole rows; return what follows the last of them, which holds no whole row."""
        ends, doubted = self._plain_rows(text)
        yield from self._batches(text, ends, None)
        done = int(ends[-1]) + 1 if len(ends) else 0
        text = text[done:]
        while doubted or len(text) > MAX_ROW:
            left = yield from self._careful_rows(text)
            if len(left) == len(text):
                break
            text = left
        return text

    def _plain_rows(self, text: bytes) -> tuple[Offsets, bool]:
        """Ends of the rows before the first doubtful one, and whether there is a doubtful one."""
        data = np.frombuffer(text, np.uint8)
        lines = np.flatnonzero(data == _LF)
        quotes = np.flatnonzero(data == self._quote[0]) if self._quote else _NOTHING
        places = np.flatnonzero(np.searchsorted(quotes, lines) % 2 == 0)
        ends = lines[places]
        first = self._first_misplaced(text, data, quotes)
        sizes = np.diff(ends, prepend=-1) - 1
        spans = np.diff(places, prepend=-1) > 1
        wrong = np.flatnonzero((sizes > MAX_ROW) | spans)
        for number in wrong.tolist():
            start = int(ends[number - 1]) + 1 if number else 0
            if sizes[number] > MAX_ROW or not self._fits(text[start : int(ends[number])]):
                first = min(first, start)
                break
        kept = int(np.searchsorted(ends, first))
        return ends[:kept], first < len(text)

    def _first_misplaced(self, text: bytes, data: npt.NDArray[np.uint8], quotes: Offsets) -> int:
        """Where a quote first stands neither at a cell's bounds nor doubled; the text's length if nowhere."""
        if not len(quotes):
            return len(text)
        opening, closing = quotes[0::2], quotes[1::2]
        before = data[np.maximum(opening - 1, 0)]
        is_placed = (opening == 0) | np.isin(before, [_LF, self._quote[0], self._delimiter[-1]])
        if self.complete_bytes == 0 and text.startswith(BOM):
            is_placed |= opening == len(BOM)
        after = data[np.minimum(closing + 1, len(data) - 1)]
        is_closing = np.isin(after, [_LF, 0x0D, self._quote[0], self._delimiter[0]])
        is_closing |= closing + 1 == len(data)
        misplaced = np.concatenate((opening[~is_placed], closing[~is_closing]))
        return int(misplaced.min()) if len(misplaced) else len(text)

    def _careful_rows(self, text: bytes, *, at_end: bool = False) -> Cut:
        """Row by row; return what is left when a row may go on behind the text, or behind one too long."""
        ends: list[int] = []
        marks: list[Mark | None] = []
        at = 0
        long = -1
        while long < 0 and at < len(text) and (found := self._match(text, at, at_end=at_end)) is not None:
            end, mark = found
            if mark is Mark.TOO_LONG:
                long = end
            else:
                ends.append(end)
                marks.append(mark)
                at = end + 1
        yield from self._batches(text, np.array(ends, np.int64), marks)
        if long < 0:
            return text[at:]
        yield one_record(self, text[at:long], Mark.TOO_LONG, self.shape.encoding)
        self.complete_bytes += long + 1 - at
        self.complete_lines += 1
        return text[long + 1 :]

    def _match(self, text: bytes, at: int, *, at_end: bool) -> tuple[int, Mark | None] | None:
        """The end of the row that begins here, and its mark; None when more must be read to tell."""
        bound = min(len(text), at + MAX_ROW)
        begin = at + len(BOM) if at == self.complete_bytes == 0 and text.startswith(BOM) else at
        found = self._row.match(text, begin, bound)
        end = found.end() if found else -1
        is_closed = text[end : end + 1] == b"\n" or (at_end and end == len(text))
        if end >= 0 and is_closed and (b"\n" not in text[at:end] or self._fits(text[at:end])):
            return end, None
        if len(text) - at <= MAX_ROW and not at_end and not (end >= 0 and is_closed):
            return None
        line_end = text.find(b"\n", at)
        if line_end < 0 and not at_end:
            return None
        line_end = len(text) if line_end < 0 else line_end
        return line_end, Mark.BROKEN if line_end - at <= MAX_ROW else Mark.TOO_LONG

    def _fits(self, row: bytes) -> bool:
        """Whether a row that spans lines has as many cells as it should."""
        return not self.shape.cells or len(self._cell.findall(self._delimiter + row)) == self.shape.cells

    def _batches(
        self, text: bytes, ends: Offsets, given: list[Mark | None] | None
    ) -> Iterator[pa.RecordBatch]:
        if not len(ends):
            return
        used = text[: int(ends[-1]) + 1]
        starts = np.concatenate(([0], ends[:-1] + 1))
        offsets = starts + self.complete_bytes
        lines = line_ends(used)
        numbers = np.searchsorted(lines, starts) + self.complete_lines + 1
        if self.complete_bytes == 0 and used.startswith(BOM):
            starts[0] = len(BOM)
        texts, bad = readable(used, starts, ends, self.shape.encoding)
        self.complete_bytes += len(used)
        self.complete_lines += len(lines) - (not used.endswith(b"\n"))
        marks = _marks(given, bad, len(starts))
        columns = [texts, pa.array(offsets), pa.array(numbers), pa.array(np.zeros(len(starts), np.int64))]
        whole = pa.RecordBatch.from_arrays([*columns, marks], schema=RECORDS)
        yield from (whole.slice(at, BATCH_LINES) for at in range(0, whole.num_rows, BATCH_LINES))


def _marks(given: list[Mark | None] | None, bad: npt.NDArray[np.bool_] | None, count: int) -> pa.StringArray:
    """What was doubted of each row, else whether its bytes were not valid."""
    if bad is None and not any(given or ()):
        return pa.nulls(count, pa.string())
    marks = [mark.value if mark else None for mark in given or [None] * count]
    if bad is not None:
        marks = [
            mark or (Mark.BAD_ENCODING.value if is_bad else None)
            for mark, is_bad in zip(marks, bad, strict=True)
        ]
    return pa.array(marks, pa.string())


def _row_pattern(delimiter: bytes, quote: bytes) -> re.Pattern[bytes]:
    """A row up to its line end; it does not match where a quote is never closed."""
    d, q = re.escape(delimiter), re.escape(quote)
    plain = rb"[^\n]*+"
    if not quote:
        return re.compile(plain)
    cell = rb"(?:%b(?:[^%b]++|%b%b)*+%b|(?!%b))(?:(?!%b)[^\n])*+" % (q, q, q, q, q, q, d)
    return re.compile(rb"%b(?:%b%b)*+" % (cell, d, cell))


def _cell_pattern(delimiter: bytes, quote: bytes) -> re.Pattern[bytes]:
    """One cell of a row that a delimiter was put before."""
    d, q = re.escape(delimiter), re.escape(quote)
    if not quote:
        return re.compile(d)
    return re.compile(rb"%b(?:%b(?:[^%b]++|%b%b)*+%b)?(?:(?!%b)[\s\S])*+" % (d, q, q, q, q, q, d))
