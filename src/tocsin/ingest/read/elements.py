# SPDX-License-Identifier: Apache-2.0
"""XML elements of one name, one by one, however they stand on lines; nothing is parsed, no entity expanded.

Between them only a prolog, comments and the tags of an element around them may stand: all else is broken. An
element that another one begins in before it has ended was cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyarrow as pa

from tocsin.ingest.interface import RECORDS, Cutter, Mark
from tocsin.ingest.read.lines import BATCH_LINES, KEPT_OF_TOO_LONG, MAX_RECORD

_LONGEST_TAG = 256

Row = tuple[str, int, int, str | None]


class ElementsCutter(Cutter):
    """One record an element."""

    continues = True

    def __init__(self, name: str, around: str, max_record: int = MAX_RECORD) -> None:
        tag, envelope = re.escape(name).encode(), re.escape(around).encode()
        self._marks = re.compile(rb"<" + tag + rb"(?=[\s>/])|</" + tag + rb"\s*>")
        self._between = re.compile(
            rb"(?:\xef\xbb\xbf|\s|<\?[^>]*\?>|<!--.*?-->|</?" + envelope + rb"(?:\s[^>]*)?>)*", re.DOTALL
        )
        self.max_record = max_record

    def cut(
        self, blocks: Iterator[bytes], start_byte: int = 0, start_line: int = 0
    ) -> Iterator[pa.RecordBatch]:
        """See `Cutter.cut`."""
        self.complete_bytes, self.complete_lines = start_byte, start_line
        rest, is_skipping = b"", False
        for block in blocks:
            rows: list[Row] = []
            rest, is_skipping = self._cut(rest + block, rows, is_skipping=is_skipping)
            if len(rest) > self.max_record and not is_skipping:
                rows.append(self._row(rest[:KEPT_OF_TOO_LONG], 0, Mark.TOO_LONG))
                is_skipping = True
            yield from _batches(rows)
        place = self.complete_bytes, self.complete_lines
        yield from _batches(self._rest(rest) if not is_skipping else [])
        self.complete_bytes, self.complete_lines = place

    def _cut(self, text: bytes, rows: list[Row], *, is_skipping: bool) -> tuple[bytes, bool]:
        """Add the elements that are whole; return what follows, and whether it still is of one too long."""
        done, opened = 0, -1
        begun = 0 if is_skipping else -1
        for found in self._marks.finditer(text, 0, max(0, len(text) - _LONGEST_TAG) if len(text) > _LONGEST_TAG else len(text)):
            is_end = found[0].startswith(b"</")
            if begun == 0:
                begun = -1
                done = found.end() if is_end else found.start()
                opened = -1 if is_end else found.start()
            elif not is_end:
                self._between_elements(text, done if opened < 0 else opened, found.start(), rows, opened >= 0)
                done = opened = found.start()
            elif opened >= 0:
                rows.append(self._row(text[opened : found.end()], opened, None, text))
                done, opened = found.end(), -1
        if begun == 0:
            return self._left(text, max(0, len(text) - _LONGEST_TAG)), True
        return self._left(text, done), False

    def _between_elements(self, text: bytes, start: int, end: int, rows: list[Row], is_cut: bool) -> None:
        if is_cut:
            rows.append(self._row(text[start:end][:KEPT_OF_TOO_LONG], start, Mark.BROKEN, text))
            return
        known = self._between.match(text, start, end)
        begin = known.end() if known else start
        if text[begin:end].strip():
            rows.append(self._row(text[begin:end][:KEPT_OF_TOO_LONG], begin, Mark.BROKEN, text))

    def _left(self, text: bytes, done: int) -> bytes:
        self.complete_lines += text.count(b"\n", 0, done)
        self.complete_bytes += done
        return text[done:]

    def _rest(self, text: bytes) -> list[Row]:
        rows: list[Row] = []
        last = [found for found in self._marks.finditer(text)]
        done = 0
        for found in last:
            if found[0].startswith(b"</"):
                if text[done:].lstrip().startswith(b"<") and done < found.start():
                    begin = next((m.start() for m in last if done <= m.start() < found.start()), -1)
                    if begin >= 0:
                        self._between_elements(text, done, begin, rows, False)
                        rows.append(self._row(text[begin : found.end()], begin, None, text))
                        done = found.end()
        opened = next((m.start() for m in last if m.start() >= done and not m[0].startswith(b"</")), len(text))
        self._between_elements(text, done, opened, rows, False)
        if opened < len(text):
            rows.append(self._row(text[opened:][:KEPT_OF_TOO_LONG], opened, Mark.BROKEN, text))
        return rows

    def _row(self, found: bytes, place: int, mark: Mark | None, text: bytes = b"") -> Row:
        line = self.complete_lines + text.count(b"\n", 0, place) + 1
        try:
            said = found.decode()
        except UnicodeDecodeError:
            said = found.decode("utf-8", "backslashreplace")
            mark = mark or Mark.BAD_ENCODING
        return said, self.complete_bytes + place, line, None if mark is None else mark.value
