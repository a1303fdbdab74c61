# SPDX-License-Identifier: Apache-2.0
"""Records of several lines: from one line that begins a record to the next, with their offsets.

Lines before the first beginning are one record, which its format refuses or reads. A file's last record may
yet grow: it is continued from its beginning.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tocsin.ingest.interface import Cutter, Mark
from tocsin.ingest.read.lines import (
    BATCH_LINES,
    BOM,
    MAX_RECORD,
    Offsets,
    batch_of,
    line_ends,
    one_record,
    readable,
    skip_line,
    string_views,
)


class TextRecordsCutter(Cutter):
    """One record from one line that matches `begins` to the next."""

    continues = True

    def __init__(self, begins: str, encoding: str = "utf-8") -> None:
        self.begins = begins
        self.encoding = encoding

    def cut(
        self, blocks: Iterator[bytes], start_byte: int = 0, start_line: int = 0
    ) -> Iterator[pa.RecordBatch]:
        """See `Cutter.cut`."""
        self.complete_bytes, self.complete_lines = start_byte, start_line
        rest = b""
        for block in blocks:
            rest += block
            yield from self._records(rest, at_end=False)
            rest = rest[self.complete_bytes - start_byte :]
            start_byte = self.complete_bytes
            if len(rest) > MAX_RECORD:
                yield one_record(self, rest, Mark.TOO_LONG, self.encoding)
                rest = skip_line(self, blocks, len(rest))
                start_byte = self.complete_bytes
        if rest:
            place = self.complete_bytes, self.complete_lines
            yield from self._records(rest, at_end=True)
            self.complete_bytes, self.complete_lines = place

    def _records(self, text: bytes, *, at_end: bool) -> Iterator[pa.RecordBatch]:
        """The records that are whole; the last is, where another begins behind it or the file ends."""
        last_end = text.rfind(b"\n") + 1
        lines = line_ends(text if at_end else text[:last_end])
        if not len(lines):
            return
        line_starts = np.concatenate(([0], lines[:-1] + 1))
        firsts = np.flatnonzero(self._begin(text, line_starts, lines))
        firsts = firsts if len(firsts) and firsts[0] == 0 else np.concatenate(([0], firsts))
        if not at_end:
            firsts, closed = firsts[:-1], firsts[1:]
        else:
            closed = np.append(firsts[1:], len(lines))
        if len(firsts):
            yield from self._batches(text, line_starts[firsts], lines[closed - 1], firsts, int(closed[-1]))

    def _begin(self, text: bytes, starts: Offsets, ends: Offsets) -> Offsets:
        begun = starts.copy()
        if self.complete_bytes == 0 and text.startswith(BOM):
            begun[0] = len(BOM)
        # What is not UTF-8 is looked at byte by byte: a record's beginning is told by its ASCII signs.
        lines = string_views(text, begun, ends).cast(pa.binary())
        return pc.match_substring_regex(lines, self.begins).to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]

    def _batches(
        self, text: bytes, starts: Offsets, ends: Offsets, numbers: Offsets, lines: int
    ) -> Iterator[pa.RecordBatch]:
        offsets = starts + self.complete_bytes
        numbers = numbers + self.complete_lines + 1
        used = text[: int(ends[-1]) + 1]
        begun = starts.copy()
        if self.complete_bytes == 0 and used.startswith(BOM):
            begun[0] = len(BOM)
        texts, marks = readable(used, begun, ends, self.encoding)
        self.complete_bytes += len(used)
        self.complete_lines += lines
        for at in range(0, len(starts), BATCH_LINES):
            yield batch_of(texts, offsets, numbers, marks, slice(at, at + BATCH_LINES))
