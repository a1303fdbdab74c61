# SPDX-License-Identifier: Apache-2.0
"""Syslog frames one by one, and what their headers say (RFC 3164, 5424; framing of RFC 6587 and 5425).

A frame is counted in octets, or runs to the next line that begins one. The message is not looked into but to
tell whether it holds an audit record. A time without year or zone is no time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tocsin.ingest.interface import Cutter, Mark, Sample
from tocsin.ingest.read.lines import BOM, KEPT_OF_TOO_LONG, MAX_RECORD
from tocsin.ingest.read.window import PIECE, Places, Window
from tocsin.ingest.read.xml_alike import Headers

_PRIORITY = rb"<\d{1,3}>"
_WRITTEN = rb"(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*) \S"
_COUNT = re.compile(rb"(\d{1,10}) (?=" + _PRIORITY + rb")")
_LINE = re.compile(rb"\n(?=(?:\d{1,10} )?" + _PRIORITY + rb"|" + _WRITTEN + rb")")
_AHEAD = re.compile(rb"[\r\n\0]*(?:\Z|(?:\d{1,10} )?" + _PRIORITY + rb"|" + _WRITTEN + rb")")
_STRAY = re.compile(rb"\d{1,10} (?=" + _PRIORITY + rb")|\n(?=" + _PRIORITY + rb")")
_AUDIT = re.compile(rb"<(?:[\w.-]+:)?Audit(?:Message|Event)[\s/>]")
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_SPACE = b" \t\r\n\0"
_BLANK = re.compile(rb"[ \t\r\n\0]*+")
_LONGEST_HEAD = 64
_IS_SPACE = np.isin(np.arange(256), list(_SPACE))
_IS_DIGIT = np.isin(np.arange(256), list(b"0123456789"))

_RFC5424 = re.compile(
    r"<\d{1,3}>[1-9]\d{0,2} (?P<time>\S+) (?P<host>\S+) (?P<tag>\S+) (?P<process>\S+) (?P<message>\S+) "
    r"(?:-|(?:\[(?:[^\]\"\\]+|\\.|\"(?:[^\"\\]+|\\.)*\")*\])+)"
)
_RFC3164 = re.compile(
    r"(?:<\d{1,3}>)?(?:(?P<time>\d{4}-\d\d-\d\dT\S+)|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) (?P<host>\S+) "
    r"(?P<tag>[^\s:\[<]*)(?:\[(?P<process>[^\]]*)\])?:?"
)


_PLAIN_RFC5424 = r"^<\d{1,3}>[1-9]\d{0,2} (?P<time>[^ ]+) (?P<host>[^ ]+) (?P<tag>[^ ]+) [^ ]+ [^ ]+ -"
_PRINTABLE = r"^[ -~]*$"
"""Of such a frame the pattern above says what `_RFC5424` does."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a frame says of itself."""

    time: str | None
    """With year and zone, as written; else null."""

    host: str | None

    tag: str | None
    """The application that sent it."""


def is_syslog(sample: Sample) -> bool:
    """Whether a file begins with a frame."""
    return _AHEAD.match(sample.head.removeprefix(BOM).lstrip(_SPACE) or b"-") is not None


def header_of(frame: str) -> Header:
    """What stands before the message."""
    found = _RFC5424.match(frame) or _RFC3164.match(frame)
    if found is None:
        return Header(None, None, None)
    said = {name: text if text not in ("", "-") else None for name, text in found.groupdict().items()}
    return Header(said["time"], said["host"], said["tag"])


def headers_of(frames: pa.Array) -> Headers:
    """As `header_of`, of many: time, host, tag, and whether there is anything."""
    found = pc.extract_regex(frames, _PLAIN_RFC5424)
    is_plain = pc.and_(found.is_valid(), pc.match_substring_regex(frames, _PRINTABLE))
    said = {name: pc.struct_field(found, name) for name in ("time", "host", "tag")}
    columns = {name: pc.if_else(pc.equal(texts, "-"), None, texts) for name, texts in said.items()}
    left = np.flatnonzero(pc.invert(is_plain).to_numpy(zero_copy_only=False))
    if len(left):
        read = [header_of(text) for text in frames.take(pa.array(left)).to_pylist()]
        for name, texts in columns.items():
            others = pa.array([getattr(header, name) for header in read], pa.string())
            columns[name] = pc.replace_with_mask(texts, pc.invert(is_plain), others)
    something = pc.if_else(pc.equal(frames, ""), None, frames)
    return Headers((*columns.values(), something), _header_written)


def _header_written(said: list[str | None]) -> str:
    """A header that says this time, host and tag; none when there was none."""
    time, host, tag, something = (text or "-" for text in said)
    return "" if something == "-" else f"<1>1 {time} {host} {tag} - - -"


class SyslogCutter(Cutter):
    """One record a frame."""

    continues = True

    def __init__(self, max_record: int = MAX_RECORD, piece: int = PIECE) -> None:
        self.max_record = max_record
        self.piece = piece

    def cut(
        self, blocks: Iterator[bytes], start_byte: int = 0, start_line: int = 0
    ) -> Iterator[pa.RecordBatch]:
        """See `Cutter.cut`."""
        window = Window(blocks, start_byte, start_line, self.piece, min(self.max_record, KEPT_OF_TOO_LONG))
        self.complete_bytes, self.complete_lines = start_byte, start_line
        self._is_passing = False
        while not window.at_end:
            window.slide()
            closed_at = self._frames(window)
            yield from window.records()
            if closed_at:
                self.complete_bytes = window.base + closed_at
                self.complete_lines = window.line_at(closed_at)

    def _frames(self, window: Window) -> int:
        """Cut the frames that the window holds whole; give where the last of them ends."""
        data, closed_at = window.data, 0
        if window.base == 0 and data.startswith(BOM):
            window.position = len(BOM)
        if not self._is_passing:
            closed_at = self._lines(window)
        while self._pass(window):
            start = _skip_blank(data, window.position)
            end = self._end(window, start)
            window.position = start if end is None else end
            if end is None:
                break
            counted = _COUNT.match(data, start)
            begin = counted.end() if counted else start
            self._add(window, begin, end)
            if end - start > self.max_record:
                window.position = start
                self._is_passing = True
            elif end < len(data) or (counted and int(counted[1]) == end - begin):
                # The last frame of a stream by lines may go on.
                closed_at = end
        return closed_at

    def _lines(self, window: Window) -> int:
        """Cut the next frames together as long as each is one line, as nearly always; give where they end."""
        data = window.data
        start = _skip_blank(data, window.position)
        if _COUNT.match(data, start):
            return 0
        ends = window.newlines[np.searchsorted(window.newlines, start + 1) :]
        # What begins near the end of a window is left to the careful way, which knows whether more comes.
        ends = ends[: np.searchsorted(ends, len(data) - _LONGEST_HEAD)]
        ends = ends[: _first_false(_are_begun(data, ends + 1))]
        starts = np.concatenate(([start], ends[:-1] + 1)) if len(ends) else ends
        count = _first_false(ends - starts <= self.max_record)
        if not count:
            return 0
        starts, ends = starts[:count], ends[:count]
        self._add_all(window, starts, ends)
        window.position = int(ends[-1])
        return window.position

    def _add_all(self, window: Window, starts: Places, ends: Places) -> None:
        data = window.data
        stripped = ends.copy()
        for number in np.flatnonzero(_IS_SPACE[np.frombuffer(data, np.uint8)[ends - 1]]).tolist():
            first = int(starts[number])
            stripped[number] = first + len(data[first : int(ends[number])].rstrip(_SPACE))
        may_declare = data.find(b"<!", int(starts[0]), int(ends[-1])) >= 0
        marks = []
        for number, (start, end) in enumerate(zip(starts.tolist(), stripped.tolist(), strict=True)):
            if _AUDIT.search(data, start, end) is None:
                marks.append((number, Mark.NOT_AUDIT_RESOURCE))
            elif may_declare and _DTD.search(data, start, end):
                marks.append((number, Mark.DTD))
        window.add(starts, stripped, marks)

    def _pass(self, window: Window) -> bool:
        """Go on behind a frame that was too long to keep; false when it has no end in this window."""
        if not self._is_passing:
            return True
        data = window.data
        found = _LINE.search(data, window.position + 1)
        if found is None:
            kept = 0 if window.at_end else _LONGEST_HEAD
            window.position = max(window.position, len(data) - kept)
            return False
        window.position = found.start()
        self._is_passing = False
        return True

    def _end(self, window: Window, start: int) -> int | None:
        """Where the frame that begins here ends; None when it goes on behind the window."""
        data = window.data
        if start == len(data) or (len(data) - start < _LONGEST_HEAD and not window.at_end):
            return None
        counted = _COUNT.match(data, start)
        found = _LINE.search(data, start + 1, start + self.max_record + _LONGEST_HEAD)
        if counted:
            end = counted.end() + int(counted[1])
            if end + _LONGEST_HEAD > len(data) and not window.at_end and int(counted[1]) <= self.max_record:
                return None
            if end <= len(data) and int(counted[1]) <= self.max_record and _AHEAD.match(data, end):
                return end
            found = _STRAY.search(data, counted.end(), start + self.max_record + _LONGEST_HEAD)
        if found:
            return found.start()
        is_whole = window.at_end or len(data) - start > self.max_record + _LONGEST_HEAD
        return len(data) if is_whole else None

    def _add(self, window: Window, start: int, end: int) -> None:
        text = window.data[start:end].rstrip(_SPACE)
        mark = None
        if end - start > self.max_record:
            mark = Mark.TOO_LONG
        elif _AUDIT.search(text) is None:
            mark = Mark.NOT_AUDIT_RESOURCE
        elif _DTD.search(text):
            mark = Mark.DTD
        window.add_one(start, start + len(text), mark)


def _are_begun(data: bytes, places: Places) -> npt.NDArray[np.bool_]:
    """Where a priority stands, `<0>` to `<999>`; the data reach some bytes behind the last place."""
    text = np.frombuffer(data, np.uint8)
    digits = [_IS_DIGIT[text[places + at]] for at in (1, 2, 3)]
    closed = [text[places + at] == ord(">") for at in (2, 3, 4)]
    after = closed[0] | (digits[1] & (closed[1] | (digits[2] & closed[2])))
    begun: npt.NDArray[np.bool_] = (text[places] == ord("<")) & digits[0] & after
    return begun


def _first_false(held: npt.NDArray[np.bool_]) -> int:
    """How many of them hold before the first that does not."""
    return len(held) if held.all() else int(np.argmin(held))


def _skip_blank(data: bytes, start: int) -> int:
    found = _BLANK.match(data, start)
    return found.end() if found else start
