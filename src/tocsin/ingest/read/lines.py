# SPDX-License-Identifier: Apache-2.0
"""The one line reader: blocks of bytes to lines with their byte offset and number, with numpy.

A line's text is a view into its block, never a copy. Blocks that are not UTF-8 are rewritten once, with
the bad bytes as `\\xNN`; offsets and numbers remain those of the stream.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tocsin.ingest.interface import RECORDS, Cutter, Mark

MAX_RECORD = 16 << 20
KEPT_OF_TOO_LONG = 4096
BATCH_LINES = 20_000
BOM = b"\xef\xbb\xbf"

_LF = 0x0A
_CR = 0x0D

Offsets = npt.NDArray[np.int64]


class LinesCutter(Cutter):
    """One record a line; the last line counts even without its line end."""

    continues = True

    def __init__(self, encoding: str = "utf-8") -> None:
        self.encoding = encoding

    def cut(
        self, blocks: Iterator[bytes], start_byte: int = 0, start_line: int = 0
    ) -> Iterator[pa.RecordBatch]:
        """See `Cutter.cut`."""
        self.complete_bytes, self.complete_lines = start_byte, start_line
        rest = b""
        for block in blocks:
            end = block.rfind(b"\n") + 1
            if end:
                # One copy of the block, whatever was left of the one before it.
                yield from self._whole(b"".join((rest, memoryview(block)[:end])))
            rest = block[end:] if end else rest + block
            if len(rest) > MAX_RECORD:
                yield one_record(self, rest, Mark.TOO_LONG, self.encoding)
                rest = skip_line(self, blocks, len(rest))
        if rest:
            place = self.complete_bytes, self.complete_lines
            yield from self._whole(rest)
            self.complete_bytes, self.complete_lines = place

    def _whole(self, text: bytes) -> Iterator[pa.RecordBatch]:
        """Whole lines; one that is too long is marked, wherever the blocks were cut."""
        ends = line_ends(text)
        long = np.flatnonzero(np.diff(ends, prepend=-1) > MAX_RECORD + 1)
        if not len(long):
            yield from self._lines(text, ends)
            return
        done = 0
        for number in long.tolist():
            start, end = int(ends[number - 1]) + 1 if number else 0, int(ends[number])
            yield from self._lines(text[done:start], line_ends(text[done:start]))
            yield one_record(self, text[start:end], Mark.TOO_LONG, self.encoding)
            self.complete_bytes += end + 1 - start
            self.complete_lines += 1
            done = end + 1
        yield from self._lines(text[done:], line_ends(text[done:]))

    def _lines(self, text: bytes, ends: Offsets) -> Iterator[pa.RecordBatch]:
        if not text:
            return
        starts = np.concatenate(([0], ends[:-1] + 1))
        offsets = starts + self.complete_bytes
        numbers = np.arange(1, len(starts) + 1, dtype=np.int64) + self.complete_lines
        if self.complete_bytes == 0 and text.startswith(BOM):
            starts[0] = len(BOM)
        texts, marks = readable(text, starts, ends, self.encoding)
        self.complete_bytes += len(text)
        self.complete_lines += len(starts)
        for at in range(0, len(starts), BATCH_LINES):
            yield batch_of(texts, offsets, numbers, marks, slice(at, at + BATCH_LINES))


def one_record(cutter: Cutter, text: bytes, mark: Mark, encoding: str) -> pa.RecordBatch:
    """The record that begins where the cutter stands, with what is to be said of it; its head is kept."""
    head = text[:KEPT_OF_TOO_LONG].removeprefix(BOM if cutter.complete_bytes == 0 else b"")
    # What follows a character cut in two is not known to be invalid.
    kept = codecs.getincrementaldecoder(encoding)("backslashreplace").decode(head)
    columns = [
        pa.array([kept], pa.string_view()),
        pa.array([cutter.complete_bytes], pa.int64()),
        pa.array([cutter.complete_lines + 1], pa.int64()),
        pa.array([0], pa.int64()),
        pa.array([mark.value], pa.string()),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=RECORDS)


def skip_line(cutter: Cutter, blocks: Iterator[bytes], skipped: int) -> bytes:
    """What follows the line's end, the cutter having moved behind it; nothing when the line never ends."""
    for block in blocks:
        end = block.find(b"\n")
        if end >= 0:
            cutter.complete_bytes += skipped + end + 1
            cutter.complete_lines += 1
            return block[end + 1 :]
        skipped += len(block)
    return b""


def readable(
    text: bytes, starts: Offsets, ends: Offsets, encoding: str
) -> tuple[pa.Array, npt.NDArray[np.bool_] | None]:
    """The texts [start, end) without a final carriage return, and which of them were not valid."""
    if encoding == "utf-8" and is_utf8(text):
        return string_views(text, starts, ends), None
    rewritten = text.decode(encoding, "backslashreplace").encode()
    # A line end is never part of an invalid sequence: the n-th line end of one text is the n-th of the other.
    places = np.searchsorted(line_ends(text), ends)
    new_ends = line_ends(rewritten)[places]
    new_starts = np.concatenate(([0], new_ends[:-1] + 1))
    if starts[0] and rewritten.startswith(BOM):
        new_starts[0] = len(BOM)
    changed = (new_ends - new_starts) != (ends - starts)
    return string_views(rewritten, new_starts, new_ends), changed if encoding == "utf-8" else None


def line_ends(text: bytes) -> Offsets:
    """Of every line, the last one's end being the text's when it has no line end; none of no text."""
    ends = np.flatnonzero(np.frombuffer(text, np.uint8) == _LF).astype(np.int64)
    return ends if text.endswith(b"\n") or not text else np.append(ends, len(text))


def is_utf8(text: bytes) -> bool:
    """Whether the bytes are valid UTF-8, at memory speed."""
    whole = pa.Array.from_buffers(
        pa.large_string(), 1, [None, pa.py_buffer(np.array([0, len(text)], np.int64)), pa.py_buffer(text)]
    )
    try:
        whole.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def string_views(text: bytes, starts: Offsets, ends: Offsets) -> pa.Array:
    """An Arrow string_view array over one buffer, built without copying it (Arrow columnar format, §5.6)."""
    data = np.frombuffer(text, np.uint8)
    count = len(starts)
    last = np.maximum(ends - 1, 0)
    cut = ends - ((ends > starts) & (data[np.minimum(last, len(data) - 1)] == _CR)) if len(data) else ends
    lengths = cut - starts
    views = np.zeros((count, 16), np.uint8)
    words = views.view(np.int32)
    words[:, 0] = lengths
    is_short = lengths <= 12
    long = np.flatnonzero(~is_short)
    if len(long):
        views[long, 4:8] = data[starts[long, None] + np.arange(4)]
        words[long, 3] = starts[long]
    short = np.flatnonzero(is_short)
    if len(short):
        places = np.minimum(starts[short, None] + np.arange(12), max(len(data) - 1, 0))
        inside = np.arange(12) < lengths[short, None]
        views[short, 4:16] = np.where(inside, data[places] if len(data) else 0, 0)
    return pa.Array.from_buffers(pa.string_view(), count, [None, pa.py_buffer(views), pa.py_buffer(text)])


def batch_of(
    texts: pa.Array, offsets: Offsets, numbers: Offsets, marks: npt.NDArray[np.bool_] | None, part: slice
) -> pa.RecordBatch:
    """Records as one batch: `marks` are those of a bad encoding, None where there is none."""
    count = len(offsets[part])
    mark = pa.nulls(count, pa.string())
    if marks is not None and marks[part].any():
        mark = pa.array(
            [Mark.BAD_ENCODING.value if bad else None for bad in marks[part].tolist()], pa.string()
        )
    return pa.RecordBatch.from_arrays(
        [
            texts.slice(part.start, count),
            pa.array(offsets[part]),
            pa.array(numbers[part]),
            pa.array(np.zeros(count, np.int64)),
            mark,
        ],
        schema=RECORDS,
    )
