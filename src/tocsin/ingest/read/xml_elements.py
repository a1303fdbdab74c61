# SPDX-License-Identifier: Apache-2.0
"""`<AuditMessage>` and `<AuditEvent>` elements one by one, out of whatever surrounds them.

It finds where an element begins and ends; nothing is parsed, no entity is expanded. What declares a document
type is marked, never read. In a syslog stream the record is the frame: see `syslog_frames`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

import pyarrow as pa

from tocsin.core.errors import InputError
from tocsin.core.words import _
from tocsin.ingest.interface import Cutter, Mark, Sample
from tocsin.ingest.read.lines import BOM, KEPT_OF_TOO_LONG, MAX_RECORD
from tocsin.ingest.read.window import PIECE, Window

_NAME = rb"(?:[\w.-]+:)?Audit(?:Message|Event)"
_MARKUP = re.compile(
    rb"<(?:(?P<comment>!--)|(?P<cdata>!\[CDATA\[)|(?P<instruction>\?)|(?P<doctype>!DOCTYPE)"
    rb"|(?P<open>" + _NAME + rb"(?=[\s/>]))|(?P<close>/" + _NAME + rb"\s*>))"
)
_CLOSED_BY = {"comment": b"-->", "cdata": b"]]>", "instruction": b"?>"}
_TAG = re.compile(rb"(?:[^\"'<>]+|\"[^\"<]*\"|'[^'<]*')*+")
_DOCTYPE = re.compile(rb"<!DOCTYPE\s+(?P<name>[^\s\[>]+)[^\[>]*+(?:\[.*?\]\s*)?>", re.DOTALL)
_CONTAINED = re.compile(rb"<(?:[\w.-]+:)?contained>\s*$")
_DECLARED = re.compile(rb"^\s*<\?xml[^>]*?\sencoding\s*=\s*[\"']([\w.-]+)[\"']")
_LONGEST_MARK = 256
_SPACE = b" \t\r\n"


def declared_encoding(sample: Sample) -> str:
    """The encoding an XML file declares, as Python names it; raises InputError when it cannot be cut."""
    head = sample.head
    if head[:64].count(0) > 8:
        raise InputError(
            _("This file is UTF-16."), do=_("Convert it to UTF-8 first."), where=sample.path, code="utf16"
        )
    found = _DECLARED.match(head.removeprefix(BOM))
    try:
        name = codecs.lookup(found[1].decode()).name if found else "utf-8"
    except LookupError:
        name = "utf-8"
    # Only where ASCII stands for itself, one byte a sign, are marks found in the bytes as they are.
    return name if name.startswith(("iso8859", "cp125", "latin")) else "utf-8"


class XmlCutter(Cutter):
    """One record an element."""

    continues = True

    def __init__(self, encoding: str = "utf-8", max_record: int = MAX_RECORD, piece: int = PIECE) -> None:
        self.encoding = encoding
        self.max_record = max_record
        self.piece = piece

    def cut(
        self, blocks: Iterator[bytes], start_byte: int = 0, start_line: int = 0
    ) -> Iterator[pa.RecordBatch]:
        """See `Cutter.cut`."""
        kept = min(self.max_record, KEPT_OF_TOO_LONG)
        window = Window(blocks, start_byte, start_line, self.piece, kept, self.encoding)
        walk = _Walk(window, self.max_record)
        self.complete_bytes, self.complete_lines = start_byte, start_line
        while not window.at_end:
            window.slide()
            walk.go()
            self.continues = not walk.is_over
            yield from window.records()
            if walk.closed_at >= 0:
                place, walk.closed_at = walk.closed_at, -1
                self.complete_bytes = window.base + place
                self.complete_lines = window.line_at(place)


class _Walk:
    """Where the cutter stands: outside elements, in one, or passing over one that is too long."""

    def __init__(self, window: Window, max_record: int) -> None:
        self.window = window
        self.max_record = max_record
        self.closed_at = -1
        self._open: int | None = None
        self._nested = 0
        self._is_passing = False
        self._dtd_of_document = False
        self._dtd_of_next = False
        self._dtd_inside = False
        self.is_over = False
        self._done = 0

    def go(self) -> None:
        """Cut all elements that the window holds whole."""
        window = self.window
        if self.is_over:
            window.position = len(window.data)
            return
        place: int | None = window.position
        # An element that began in the last window begins this one: its mark is met again.
        self._open, self._nested = None, 0
        while place is not None:
            self._done = place
            found = _MARKUP.search(window.data, place)
            if found is None:
                self._rest(None)
                return
            place = self._step(found)

    def _step(self, found: re.Match[bytes]) -> int | None:
        """Deal with one mark; give where to go on, or None when the window holds no more whole ones."""
        kind = found.lastgroup or ""
        if kind in _CLOSED_BY:
            end = self.window.data.find(_CLOSED_BY[kind], found.end())
            if (
                self._open is None
                and not self._is_passing
                and self.window.data.startswith(b"<?xml", found.start())
            ):
                self._dtd_of_document = self._dtd_of_next = False
            if end < 0:
                return self._unfinished(found.start())
            return self._behind(found.start(), end + len(_CLOSED_BY[kind]))
        if kind == "doctype":
            return self._doctype(found.start())
        if kind == "open":
            return self._begin(found)
        self._end(found)
        return found.end()

    def _doctype(self, start: int) -> int | None:
        found = _DOCTYPE.match(self.window.data, start)
        if found is None:
            return self._unfinished(start)
        if self._open is not None:
            self._dtd_inside = True
        elif not self._is_passing:
            is_record = re.fullmatch(_NAME, found["name"]) is not None
            self._dtd_of_next, self._dtd_of_document = is_record, not is_record
        return self._behind(start, found.end())

    def _begin(self, found: re.Match[bytes]) -> int | None:
        window, start = self.window, found.start()
        tag = _TAG.match(window.data, found.end())
        stop = tag.end() if tag else found.end()
        if not window.data.startswith(b">", stop):
            # A `<` never stands in a tag: the record was cut there. Without one, the tag goes on.
            stop = window.data.find(b"<", stop)
            if stop < 0:
                return self._unfinished(start)
            if stop - start > self.max_record:
                return self._behind(start, stop)
            self._cut_short(start)
            self._open, self._is_passing = start, False
            self._cut_short(stop)
            return stop
        end = stop + 1
        if end - start > self.max_record:
            return self._behind(start, end)
        is_empty = window.data.startswith(b"/", stop - 1)
        if self._is_contained(start):
            self._nested += not is_empty
            return end
        self._cut_short(start)
        self._is_passing = False
        self._open = start
        if is_empty:
            self._add(end, None)
        return end

    def _is_contained(self, start: int) -> bool:
        if self._open is None:
            return False
        return _CONTAINED.search(self.window.data, max(self._open, start - _LONGEST_MARK), start) is not None

    def _cut_short(self, end: int) -> None:
        """No audit record stands in another: one that is still open here never ended."""
        if self._open is not None:
            self._add(end, Mark.BROKEN)

    def _end(self, found: re.Match[bytes]) -> None:
        if self._nested:
            self._nested -= 1
        elif self._open is not None:
            self._add(found.end(), None)
        elif self._is_passing:
            self._is_passing = False
            self.closed_at = found.end()
        else:
            self._open = found.start()
            self._add(found.end(), Mark.BROKEN)

    def _add(self, end: int, mark: Mark | None) -> None:
        """The open element ends here."""
        start = end if self._open is None else self._open
        text = self.window.data[start:end].rstrip(_SPACE)
        if end - start > self.max_record:
            self.window.add_one(start, end, Mark.TOO_LONG)
        elif mark is None and (self._dtd_of_next or self._dtd_of_document or self._dtd_inside):
            self.window.add_one(start, start + len(text), Mark.DTD)
        else:
            self.window.add_one(start, start + len(text), mark)
        self._open, self._nested = None, 0
        self._dtd_of_next = self._dtd_inside = False
        self.closed_at = end

    def _behind(self, start: int, end: int) -> int | None:
        """Behind a whole mark; one longer than any record is where reading ends, however it was cut."""
        if end - start <= self.max_record:
            return end
        if self._open is not None:
            self._add(end, Mark.BROKEN)
        return self._give_up(start)

    def _give_up(self, place: int) -> int | None:
        self.window.add_one(place, len(self.window.data), Mark.BROKEN)
        self.window.position = len(self.window.data)
        self.is_over = True
        return None

    def _unfinished(self, mark: int) -> int | None:
        """A mark whose end is not in the window."""
        self._rest(mark)
        return None

    def _rest(self, mark: int | None) -> None:
        """The window's end: an element or a mark is unfinished there, or nothing is."""
        window, size = self.window, len(self.window.data)
        tail = self._last_mark() if mark is None else mark
        is_long_mark = mark is not None and size - mark > self.max_record
        if self._open is not None:
            length = (size if window.at_end else tail) - self._open
            if length <= self.max_record and not window.at_end and not is_long_mark:
                window.position = self._open
                return
            is_whole_rest = window.at_end and size - self._open <= self.max_record
            closed_at, self._is_passing = self.closed_at, True
            self._add(size, Mark.BROKEN)
            self.closed_at = closed_at
            if is_whole_rest:
                window.position = size
                return
        if mark is not None and (is_long_mark or window.at_end):
            self._give_up(mark)
        else:
            window.position = tail

    def _last_mark(self) -> int:
        """A mark may be cut in two by the window's end: it is kept."""
        size = len(self.window.data)
        last = self.window.data.rfind(b"<", max(self._done, size - _LONGEST_MARK))
        return size if last < 0 else last
