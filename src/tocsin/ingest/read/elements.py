# SPDX-License-Identifier: Apache-2.0
"""XML elements of one name, one by one, however they stand on lines; nothing is parsed, no entity expanded.

Between them only a prolog, comments and the tags of an element around them may stand: all else is broken. An
element in which another one begins was cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyarrow as pa

from tocsin.ingest.interface import RECORDS, Cutter, Mark
from tocsin.ingest.read.lines import BATCH_LINES, KEPT_OF_TOO_LONG, MAX_RECORD

Row = tuple[str, int, int, int, str | None]


class ElementsCutter(Cutter):
    """One record an element `name`, which elements `around` hold."""

    continues = True

    def __init__(self, name: str, around: str, max_record: int = MAX_RECORD) -> None:
        tag, envelope = re.escape(name).encode(), re.escape(around).encode()
        self.max_record = max_record
        self._opening = re.compile(rb"<" + tag + rb"(?=[\s>])")
        self._marks = re.compile(rb"<" + tag + rb"(?=[\s>])|</" + tag + rb"\s*>")
        known = rb"\xef\xbb\xbf|<\?[^>]*\?>|<!--[^>]*-->|</?" + envelope + rb"(?:\s[^>]*)?>|\s+"
        self._between = re.compile(rb"(?:" + known + rb")*+")
        self._is_skipping = False

    def cut(
        self, blocks: Iterator[bytes], start_byte: int = 0, start_line: int = 0
    ) -> Iterator[pa.RecordBatch]:
        """See `Cutter.cut`."""
        self.complete_bytes, self.complete_lines = start_byte, start_line
        rest = b""
        for block in blocks:
            rows, rest = self._cut(rest + block, at_end=False)
            if len(rest) > self.max_record:
                if not self._is_skipping:
                    rows.append(self._row(rest, 0, len(rest), Mark.TOO_LONG, line=self.complete_lines + 1))
                self._is_skipping = True
                self._go(rest, len(rest))
                rest = b""
            yield from _batches(rows)
        place = self.complete_bytes, self.complete_lines
        yield from _batches(self._cut(rest, at_end=True)[0])
        self.complete_bytes, self.complete_lines = place

    def _cut(self, text: bytes, *, at_end: bool) -> tuple[list[Row], bytes]:
        """The elements that are whole, and what follows them; at the end, what is not."""
        rows: list[Row] = []
        done, counted, line = 0, 0, self.complete_lines + 1
        while opened := self._opening.search(text, done):
            closed = self._marks.search(text, opened.end())
            if closed is None and not at_end:
                break
            is_whole = closed is not None and closed[0].startswith(b"</")
            stop = len(text) if closed is None else closed.end() if is_whole else closed.start()
            for start, end, mark in (
                *self._strays(text, done, opened.start()),
                (opened.start(), stop, None if is_whole else Mark.BROKEN),
            ):
                line += text.count(b"\n", counted, start)
                counted = start
                rows.append(self._row(text, start, end, mark, line))
            done = stop
        if at_end:
            for start, end, mark in self._strays(text, done, len(text)):
                rows.append(self._row(text, start, end, mark, line + text.count(b"\n", counted, start)))
            done = len(text)
        self._go(text, done)
        return rows, text[done:]

    def _strays(self, text: bytes, start: int, end: int) -> list[tuple[int, int, Mark]]:
        """What should not stand between elements."""
        if self._is_skipping:
            self._is_skipping = False
            return []
        known = self._between.match(text, start, end)
        begin = known.end() if known else start
        return [(begin, end, Mark.BROKEN)] if begin < end else []

    def _go(self, text: bytes, done: int) -> None:
        self.complete_lines += text.count(b"\n", 0, done)
        self.complete_bytes += done

    def _row(self, text: bytes, start: int, end: int, mark: Mark | None, line: int) -> Row:
        found = text[start:end] if mark is None else text[start : min(end, start + KEPT_OF_TOO_LONG)]
        try:
            said = found.decode()
        except UnicodeDecodeError:
            said, mark = found.decode("utf-8", "backslashreplace"), mark or Mark.BAD_ENCODING
        return said, self.complete_bytes + start, line, 0, None if mark is None else mark.value


def _batches(rows: list[Row]) -> Iterator[pa.RecordBatch]:
    kinds = (pa.string_view(), pa.int64(), pa.int64(), pa.int64(), pa.string())
    for at in range(0, len(rows), BATCH_LINES):
        columns = zip(*rows[at : at + BATCH_LINES], strict=True)
        arrays = [pa.array(list(column), kind) for column, kind in zip(columns, kinds, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, schema=RECORDS)
