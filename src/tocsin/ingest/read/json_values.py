# SPDX-License-Identifier: Apache-2.0
"""JSON values one by one out of a stream of any size: bare, in a list, in `Records` (or the member that a
format names), in `Bundle.entry`.

Envelopes are not records. It cuts, it does not validate: whether a value is right JSON, its format says. A
bare value that never closes is one broken record, up to the next line that begins a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from tocsin.ingest.interface import Cutter, Mark, Sample
from tocsin.ingest.read.json_envelopes import RECORDS_KEY, EnvelopeWalk, State
from tocsin.ingest.read.json_marks import find_envelopes
from tocsin.ingest.read.json_structure import QUOTE, Places, is_blank
from tocsin.ingest.read.lines import BOM, KEPT_OF_TOO_LONG, MAX_RECORD
from tocsin.ingest.read.window import PIECE, Window

_NEXT_DOCUMENT = re.compile(rb"\n(?=[{\[])")
_NEXT_LINK = re.compile(r'"relation"\s*:\s*"next"')
_BETWEEN = b" \t\r\n,\x1e" + BOM
RESTARTS = 200
"""Broken bare values behind which reading starts anew; one more, and the rest is one broken record."""


def bundle_has_next(sample: Sample) -> bool:
    """Whether this page of a search says that there is a next one."""
    text = sample.text
    return '"Bundle"' in text and _NEXT_LINK.search(text) is not None


class JsonCutter(Cutter):
    """One record a value."""

    def __init__(
        self,
        max_record: int = MAX_RECORD,
        piece: int = PIECE,
        *,
        within: bytes = RECORDS_KEY,
        whole_entries: bool = False,
    ) -> None:
        self.max_record = max_record
        self.piece = piece
        self.within = within
        self.whole_entries = whole_entries
        """Of a Bundle, its entries with their `fullUrl`; else their resources."""

    def cut(
        self, blocks: Iterator[bytes], start_byte: int = 0, start_line: int = 0
    ) -> Iterator[pa.RecordBatch]:
        """See `Cutter.cut`."""
        window = Window(blocks, start_byte, start_line, self.piece, min(self.max_record, KEPT_OF_TOO_LONG))
        walk = _Walk(window, self.max_record, self.within)
        walk.whole_entries = self.whole_entries
        while not window.at_end:
            window.slide()
            walk.go()
            yield from window.records()
            self.complete_bytes, self.complete_lines = walk.complete
        yield from walk.broken_rest()
        self.continues = walk.state is State.TOP


class _Walk(EnvelopeWalk):
    """The walk, with bare values."""

    def __init__(self, window: Window, max_record: int, within: bytes) -> None:
        super().__init__(window, max_record, within)
        self.complete = (window.base, window.line)
        self._restarts = 0
        self._envelopes: Places = np.zeros(0, np.int64)
        self._closed_at = 0

    def go(self) -> None:
        """Cut all that the window holds whole."""
        window = self.window
        if window.base == 0 and window.data.startswith(BOM):
            window.position = len(BOM)
        self._closed_at = -1
        super().go()
        if self._closed_at >= 0:
            self.complete = (window.base + self._closed_at, window.line_at(self._closed_at))

    def closed(self) -> None:
        """See `EnvelopeWalk.closed`."""
        self._closed_at = self.window.position

    def rescan(self) -> None:
        """See `EnvelopeWalk.rescan`."""
        super().rescan()
        self._envelopes = find_envelopes(self.signs, self.max_record, self.lists[0])

    def top(self) -> bool:
        """Cut bare values up to an envelope, a break or the window's end."""
        signs = self.signs
        opens = signs.opens(0)
        first = int(np.searchsorted(opens, self.next))
        closes = signs.closes(0)
        closes = closes[np.searchsorted(closes, self.next) :]
        opens, envelopes = opens[first:], self._envelopes[np.searchsorted(self._envelopes, first) :] - first
        stop = self._first_break()
        until = min([int(np.searchsorted(closes, stop)), *envelopes[:1].tolist()])
        until = self._first_too_long(opens[:until], closes[:until])
        limit = min([stop, *opens[until : until + 1].tolist()])
        behind = int(signs.at[limit]) if limit < len(signs.at) else len(signs.data)
        if self._restart_behind_stray_quote(opens, closes, behind):
            return True
        if not self._take_bare(opens[:until], closes[:until], behind):
            return True
        if until:
            self.next = int(closes[until - 1]) + 1
        if limit == len(signs.at):
            return False
        if limit == stop:
            return self._break_bare(behind)
        if len(envelopes) and until == envelopes[0]:
            return self.enter(limit)
        return self._unclosed(limit, stop)

    def _first_break(self) -> int:
        """Index of the first sign that cannot be: a bracket that closes nothing, or one far too deep."""
        signs = self.signs
        found = [places[places >= self.next] for places in (signs.closes(-1), signs.too_deep())]
        return min((int(places[0]) for places in found if len(places)), default=len(signs.at))

    def _first_too_long(self, opens: Places, closes: Places) -> int:
        long = np.flatnonzero(self.signs.at[closes] + 1 - self.signs.at[opens] > self.max_record)
        return int(long[0]) if len(long) else len(opens)

    def _take_bare(self, opens: Places, closes: Places, behind: int) -> bool:
        """Add these values, and line by line what stands between them and is not space; false at a break."""
        signs, window = self.signs, self.window
        starts, ends = signs.at[opens], signs.at[closes] + 1
        gap_starts = np.concatenate(([window.position], ends))
        gap_ends = np.append(starts, behind)
        solid = np.flatnonzero(~is_blank(window.data, gap_starts, gap_ends, between_documents=True))
        done, position = 0, behind
        for gap in solid.tolist():
            window.add(starts[done:gap], ends[done:gap])
            done = gap
            window.position = int(gap_starts[gap])
            if not self._take_lines(int(gap_ends[gap])):
                return False
            if gap == len(starts):
                position = window.position
        window.add(starts[done:], ends[done:])
        window.position = position
        if not len(solid) or int(solid[-1]) < len(starts):
            self._close_at(behind)
        return True

    def _take_lines(self, end: int) -> bool:
        """Scalars and noise between bare values, one record a line; an unfinished one waits for its end.

        False when a line is longer than any record: nothing is cut behind it.
        """
        window = self.window
        data, start = window.data, window.position
        while start < end:
            self._close_at(start)
            line_end = data.find(b"\n", start, end)
            is_unfinished = line_end < 0 and end == len(data)
            stop = end if line_end < 0 else line_end
            begin = stop - len(data[start:stop].lstrip(_BETWEEN))
            text = data[begin:stop].rstrip(_BETWEEN)
            if stop - begin > self.max_record and text:
                self.break_off(begin)
                return False
            if is_unfinished and not window.at_end:
                break
            if text:
                window.add_one(begin, begin + len(text))
            start = stop + 1
            if not is_unfinished:
                self._close_at(min(start, end))
        window.position = min(start, end)
        return True

    def _close_at(self, place: int) -> None:
        self._closed_at = max(self._closed_at, place)

    def _restart_behind_stray_quote(self, opens: Places, closes: Places, behind: int) -> bool:
        """A string between values that would run over its line end hides what follows: end it there."""
        signs, window = self.signs, self.window
        quotes = signs.at[signs.signs(QUOTE, 0)]
        quotes = quotes[np.searchsorted(quotes, window.position) :]
        opening = quotes[0::2]
        closing = np.append(quotes[1::2], len(signs.data))[: len(opening)]
        line_ends = np.searchsorted(window.newlines, opening)
        crossing = (line_ends < np.searchsorted(window.newlines, closing)) & (opening < behind)
        found = np.flatnonzero(crossing)
        if not len(found) or self._restarts >= RESTARTS:
            return False
        self._restarts += 1
        quote = int(opening[found[0]])
        line_end = int(window.newlines[line_ends[found[0]]])
        until = int(np.searchsorted(signs.at[opens], quote))
        if self._take_bare(opens[:until], closes[:until], line_end):
            window.position = line_end
            self.rescan()
        return True

    def _unclosed(self, opening: int, stop: int) -> bool:
        """A bare value that does not close in this window, or is too long, or nests too deep."""
        signs, window = self.signs, self.window
        begin = int(signs.at[opening])
        length = len(window.data) - begin
        is_deep = stop < len(signs.at) and int(signs.at[stop]) - begin <= self.max_record
        if length <= self.max_record and not window.at_end and not is_deep:
            return False
        is_long = length > self.max_record and not is_deep
        if not is_long or _NEXT_DOCUMENT.search(window.data, begin, begin + self.max_record + 1):
            return self._break_bare(begin)
        window.add_one(begin, len(window.data), Mark.TOO_LONG)
        self.next = opening + 1
        return self.skip_value(0)

    def _break_bare(self, begin: int) -> bool:
        """One broken record, up to the next line that begins a value."""
        window = self.window
        window.position = begin
        found = _NEXT_DOCUMENT.search(window.data, begin, begin + self.max_record + 1)
        if found is None and not window.at_end and len(window.data) - begin <= self.max_record:
            return False
        if found is None and len(window.data) - begin <= self.max_record:
            # It may yet grow: the file is continued from its beginning.
            self._add_broken(begin, len(window.data))
            window.position = len(window.data)
            return False
        if found is None or self._restarts >= RESTARTS:
            return self.break_off(begin)
        self._restarts += 1
        self._add_broken(begin, found.start())
        window.position = found.end()
        self._close_at(window.position)
        self.rescan()
        return True

    def _add_broken(self, begin: int, end: int) -> None:
        text = self.window.data[begin:end].rstrip()
        self.window.add_one(begin, begin + len(text), Mark.BROKEN)
