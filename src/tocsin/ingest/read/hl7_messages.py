# SPDX-License-Identifier: Apache-2.0
"""HL7 v2 messages one by one, out of message files, batches and MLLP captures.

A message begins with `MSH` at the beginning of the stream, of a line or of an MLLP block, and ends where the
next one begins; headers and trailers of batches (FHS, BHS, BTS, FTS) are records of their own. Its segments
end with a carriage return, a line feed or both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyarrow as pa

from tocsin.ingest.interface import RECORDS, Cutter, Mark
from tocsin.ingest.read.lines import BOM, KEPT_OF_TOO_LONG, MAX_RECORD

STARTS = re.compile(
    rb"(?:\A(?:\xef\xbb\xbf)?|(?<=[\r\n\x0b\x1c]))[ \t]*(?P<begin>(?:MSH|FHS|BHS|BTS|FTS)[^\w\s])"
)
_AROUND = b" \t\r\n\x0b\x1c\x00"
_CHARACTER_SET = 17
"""Field separators before MSH-18."""

_LATIN = re.compile(rb"(?:^|~)8859/(?P<part>[1-9]|15)(?:~|$)")
_LONGEST_START = 16
_BATCH = 2_000


class Hl7Cutter(Cutter):
    """One record a message."""

    continues = True

    def cut(
        self, blocks: Iterator[bytes], start_byte: int = 0, start_line: int = 0
    ) -> Iterator[pa.RecordBatch]:
        """See `Cutter.cut`. A file's last message may yet grow: it is continued from its beginning."""
        self.complete_bytes, self.complete_lines = start_byte, start_line
        rest = b""
        is_passing = False
        for block in blocks:
            rest += block
            starts = self._starts(rest)
            if is_passing and starts:
                self._move(rest[: starts[0]])
                rest, is_passing = rest[starts[0] :], False
                starts = self._starts(rest)
            if is_passing:
                passed = max(0, len(rest) - _LONGEST_START)
                self._move(rest[:passed])
                rest = rest[passed:]
                continue
            if len(starts) > 1:
                yield from self._batches(rest[: starts[-1]], starts[:-1])
                rest = rest[starts[-1] :]
            if len(rest) > MAX_RECORD:
                yield self._batch([(rest[:KEPT_OF_TOO_LONG], 0, Mark.TOO_LONG)], b"")
                self._move(rest)
                rest, is_passing = b"", True
        if rest and not is_passing:
            place = self.complete_bytes, self.complete_lines
            yield from self._batches(rest, self._starts(rest))
            self.complete_bytes, self.complete_lines = place

    def _starts(self, text: bytes) -> list[int]:
        """Where messages begin; what stands before the first is one more, when it says something."""
        found = [match.start("begin") for match in STARTS.finditer(text)]
        head = text[: found[0]] if found else text
        said = head.removeprefix(BOM if self.complete_bytes == 0 else b"")
        return [len(head) - len(said.lstrip(_AROUND)), *found] if said.strip(_AROUND) else found

    def _batches(self, text: bytes, starts: list[int]) -> Iterator[pa.RecordBatch]:
        ends = [*starts[1:], len(text)]
        for at in range(0, len(starts), _BATCH):
            part: list[tuple[bytes, int, Mark | None]] = [
                (text[start:end].rstrip(_AROUND), start, None)
                for start, end in zip(starts[at : at + _BATCH], ends[at : at + _BATCH], strict=True)
            ]
            yield self._batch(part, text)
        self._move(text)

    def _batch(self, part: list[tuple[bytes, int, Mark | None]], text: bytes) -> pa.RecordBatch:
        texts, marks, numbers = [], [], []
        line, seen = self.complete_lines + 1 + text.count(b"\n", 0, part[0][1]), part[0][1]
        for raw, start, mark in part:
            line += text.count(b"\n", seen, start)
            seen = start
            said, is_bad = _decoded(raw)
            texts.append(said)
            marks.append(mark or (Mark.BAD_ENCODING if is_bad else None))
            numbers.append(line)
        columns = [
            pa.array(texts, pa.string_view()),
            pa.array([start + self.complete_bytes for _, start, _ in part], pa.int64()),
            pa.array(numbers, pa.int64()),
            pa.array([0] * len(part), pa.int64()),
            pa.array([None if mark is None else mark.value for mark in marks], pa.string()),
        ]
        return pa.RecordBatch.from_arrays(columns, schema=RECORDS)

    def _move(self, passed: bytes) -> None:
        self.complete_bytes += len(passed)
        self.complete_lines += passed.count(b"\n")


def _decoded(raw: bytes) -> tuple[str, bool]:
    """As UTF-8; else as the part of ISO 8859 that MSH-18 names (HL7 table 0211).

    What is no text in either is written as `\\xNN`.
    """
    try:
        return raw.decode(), False
    except UnicodeDecodeError:
        first = raw.split(b"\r", 1)[0].split(b"\n", 1)[0]
        fields = first.split(raw[3:4], _CHARACTER_SET + 1) if len(first) > 3 else []
        named = _LATIN.search(fields[_CHARACTER_SET]) if len(fields) > _CHARACTER_SET else None
        if named is not None:
            return raw.decode(f"iso8859-{int(named['part'])}", "backslashreplace"), False
        return raw.decode("utf-8", "backslashreplace"), True
