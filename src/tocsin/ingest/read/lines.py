# SPDX-License-Identifier: Apache-2.0
"""The one line reader: blocks of bytes to lines with their byte offset and number, with numpy.

A line's text is a view into its block, never a copy. Blocks that are not UTF-8 are rewritten once, with
the bad bytes as `\\xNN`; offsets and numbers remain those of the stream.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tocsin.core.errors import InputError
from tocsin.ingest.interface import RECORDS, Cutter, Mark

MAX_RECORD = 16 << 20
KEPT_OF_TOO_LONG = 4096
BATCH_LINES = 20_000
BOM = b"\xef\xbb\xbf"
UTF16 = (b"\xff\xfe", b"\xfe\xff")

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
            text = rest + block if rest else block
            if self.complete_bytes == 0 == self.complete_lines:
                _refuse_utf16(text)
            end = text.rfind(b"\n") + 1
            if end:
                yield from self._whole(text[:end])
            rest = text[end:]
            if len(rest) > MAX_RECORD:
                yield from self._too_long(rest)
                rest = yield from self._skip_to_line_end(blocks, len(rest))
        if rest:
            offset, line = self.complete_bytes, self.complete_lines
            yield from self._whole(rest)
            self.complete_bytes, self.complete_lines = offset, line

    def _whole(self, text: bytes) -> Iterator[pa.RecordBatch]:
        ends = _line_ends(text)
        starts = np.concatenate(([0], ends[:-1] + 1))
        offsets = starts + self.complete_bytes
        numbers = np.arange(1, len(starts) + 1, dtype=np.int64) + self.complete_lines
        if self.complete_bytes == 0 and text.startswith(BOM):
            starts[0] = len(BOM)
        texts, marks = readable(text, starts, ends, self.encoding)
        self.complete_bytes += len(text)
        self.complete_lines += len(starts)
        for at in range(0, len(starts), BATCH_LINES):
            yield _batch(texts, offsets, numbers, marks, slice(at, at + BATCH_LINES))

    def _too_long(self, rest: bytes) -> Iterator[pa.RecordBatch]:
        kept = rest[:KEPT_OF_TOO_LONG].decode("utf-8", "backslashreplace")
        yield pa.RecordBatch.from_arrays(
            [
                pa.array([kept], pa.string_view()),
                pa.array([self.complete_bytes], pa.int64()),
                pa.array([self.complete_lines + 1], pa.int64()),
                pa.array([0], pa.int64()),
                pa.array([Mark.TOO_LONG], pa.string()),
            ],
            schema=RECORDS,
        )

    def _skip_to_line_end(self, blocks: Iterator[bytes], skipped: int) -> Iterator[pa.RecordBatch]:
        """Yields nothing; returns what follows the line end, having moved the offsets past it."""
        for block in blocks:
            end = block.find(b"\n")
            if end >= 0:
                self.complete_bytes += skipped + end + 1
                self.complete_lines += 1
                return block[end + 1 :]
            skipped += len(block)
        self.complete_bytes += skipped
        return b""
        yield  # a generator, so that `cut` can delegate to it


def readable(
    text: bytes, starts: Offsets, ends: Offsets, encoding: str
) -> tuple[pa.Array, npt.NDArray[np.bool_] | None]:
    """The texts [start, end) without a final carriage return, and which of them were not valid."""
    if encoding == "utf-8" and is_utf8(text):
        return string_views(text, starts, ends), None
    rewritten = text.decode(encoding, "backslashreplace").encode()
    # A line end is never part of an invalid sequence: the n-th line end of one text is the n-th of the other.
    places = np.searchsorted(_line_ends(text), ends)
    new_ends = _line_ends(rewritten)[places]
    new_starts = np.concatenate(([0], new_ends[:-1] + 1))
    if starts[0] and rewritten.startswith(BOM):
        new_starts[0] = len(BOM)
    changed = (new_ends - new_starts) != (ends - starts)
    return string_views(rewritten, new_starts, new_ends), changed if encoding == "utf-8" else None


def _line_ends(text: bytes) -> Offsets:
    """Of every line, the last one's end being the text's when it has no line end."""
    ends = np.flatnonzero(np.frombuffer(text, np.uint8) == _LF).astype(np.int64)
    return ends if text.endswith(b"\n") else np.append(ends, len(text))


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


def _batch(
    texts: pa.Array, offsets: Offsets, numbers: Offsets, marks: npt.NDArray[np.bool_] | None, part: slice
) -> pa.RecordBatch:
    count = len(offsets[part])
    mark = pa.nulls(count, pa.string())
    if marks is not None and marks[part].any():
        mark = pa.array(np.where(marks[part], Mark.BAD_ENCODING.value, None), pa.string())
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


def _refuse_utf16(text: bytes) -> None:
    if text.startswith(UTF16):
        raise InputError("This file is UTF-16.", do="Convert it to UTF-8 first.", code="utf16")
