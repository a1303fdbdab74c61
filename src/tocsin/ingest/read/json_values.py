# SPDX-License-Identifier: Apache-2.0
"""JSON values one by one out of a stream of any size: bare, in an array, in `Records`, in `Bundle.entry`.

Envelopes are not records. It cuts, it does not validate: whether a value is right JSON, its format says.
Where an envelope's own text breaks, its good records stand and one record marked broken takes the rest; a
bare value that never closes is one broken record up to the next line that begins a value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from enum import Enum, auto

import numpy as np
import pyarrow as pa

from tocsin.ingest.interface import Cutter, Mark, Sample
from tocsin.ingest.read.json_structure import (
    CLOSE_LIST,
    COLON,
    COMMA,
    OPEN_LIST,
    OPEN_OBJECT,
    QUOTE,
    Places,
    Structure,
    is_blank,
    scan,
)
from tocsin.ingest.read.lines import BOM, KEPT_OF_TOO_LONG, MAX_RECORD
from tocsin.ingest.read.window import PIECE, Window

_SCALAR = re.compile(rb'true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|"(?:[^"\\]|\\.)*"', re.DOTALL)
_NEXT_DOCUMENT = re.compile(rb"\n(?=[{\[])")
_NEXT_LINK = re.compile(r'"relation"\s*:\s*"next"')
_SPACE = b" \t\r\n"
_BETWEEN = b" \t\r\n,\x1e" + BOM
RESTARTS = 200
"""Broken bare values after which reading starts anew; beyond, the rest is one broken record."""


class _State(Enum):
    TOP = auto()
    ITEMS = auto()
    MEMBERS = auto()
    SKIP = auto()
    ENDED = auto()


def bundle_has_next(sample: Sample) -> bool:
    """Whether this page of a search says that there is a next one."""
    text = sample.text
    return '"Bundle"' in text and _NEXT_LINK.search(text) is not None


class JsonCutter(Cutter):
    """One record a value."""

    def __init__(self, max_record: int = MAX_RECORD, piece: int = PIECE) -> None:
        self.max_record = max_record
        self.piece = piece

    def cut(self, blocks: Iterator[bytes], start_byte: int = 0, start_line: int = 0) -> Iterator[pa.RecordBatch]:
        """See `Cutter.cut`."""
        window = Window(blocks, start_byte, start_line, self.piece)
        walk = _Walk(window, self.max_record)
        self.complete_bytes, self.complete_lines = start_byte, start_line
        while not window.at_end:
            window.slide()
            if window.base == 0 and walk.state is _State.TOP and window.data.startswith(BOM):
                window.position = max(window.position, len(BOM))
            walk.go()
            window.mark_long(self.max_record)
            yield from window.records()
        yield from walk.broken_rest()
        self.complete_bytes, self.complete_lines = walk.complete
        self.continues = walk.state is _State.TOP


class _Walk:
    """Where the cutter stands between two windows: in which envelope, how deep, or behind a break."""

    def __init__(self, window: Window, max_record: int) -> None:
        self.window = window
        self.max_record = max_record
        self.state = _State.TOP
        self.level = 0
        self.complete = (window.base, window.line)
        self._of_bundle = False
        self._after_value = False
        self._restarts = 0
        self._next = 0
        self._skipped_depth = 0
        self._skipped_string = (False, False)
        self._broken: tuple[int, int, bytes] | None = None
        self._signs: Structure
        self._special: Places

    def go(self) -> None:
        """Cut all that the window holds whole."""
        steps = {
            _State.TOP: self._top,
            _State.ITEMS: self._items,
            _State.MEMBERS: self._members,
            _State.SKIP: self._skip,
            _State.ENDED: self._ended,
        }
        self._rescan()
        while steps[self.state]():
            pass

    def broken_rest(self) -> Iterator[pa.RecordBatch]:
        """The one record that takes all behind a break."""
        if self._broken is None:
            return
        base, line, text = self._broken
        rest = Window(iter([text]), base, line)
        rest.slide()
        rest.add_one(0, len(text), Mark.BROKEN)
        yield from rest.records()

    # --- bare values

    def _top(self) -> bool:
        """Cut bare values up to an envelope, a break or the window's end."""
        signs = self._signs
        opens, closes = signs.opens(0), signs.closes(0)
        first = int(np.searchsorted(opens, self._next))
        stop = self._first_break()
        whole = int(np.searchsorted(closes, min(stop, len(signs.at))))
        special = self._special[np.searchsorted(self._special, first) :]
        until = min(whole, int(special[0])) if len(special) else whole
        until = max(first, self._first_too_long(first, until))
        starts, ends = signs.at[opens[first:until]], signs.at[closes[first:until]] + 1
        behind = int(signs.at[opens[until]]) if until < len(opens) else len(signs.data)
        if stop < len(signs.at):
            behind = min(behind, int(signs.at[stop]))
        if self._restart_behind_stray_quote(behind):
            return True
        self._take_bare(starts, ends, behind)
        if until > first:
            self._next = int(closes[until - 1]) + 1
        if until >= len(opens) or (stop < len(signs.at) and int(opens[until]) >= stop):
            return stop < len(signs.at) and self._break_bare(int(signs.at[stop]), self._next)
        if len(special) and until == special[0]:
            return self._enter(int(opens[until]))
        return self._unclosed(int(opens[until]), stop)

    def _first_break(self) -> int:
        """Index of the first sign that cannot be: a bracket that closes nothing, or one far too deep."""
        signs = self._signs
        stray = signs.closes(-1)
        found = [int(places[0]) for places in (stray, signs.too_deep()) if len(places)]
        found = [index for index in found if index >= self._next]
        return min(found, default=len(signs.at))

    def _first_too_long(self, first: int, until: int) -> int:
        signs = self._signs
        lengths = signs.at[signs.closes(0)[first:until]] + 1 - signs.at[signs.opens(0)[first:until]]
        long = np.flatnonzero(lengths > self.max_record)
        return first + int(long[0]) if len(long) else until

    def _take_bare(self, starts: Places, ends: Places, behind: int) -> None:
        """Add the values, and line by line what stands between them and is not space."""
        window = self.window
        gap_starts = np.concatenate(([window.position], ends))
        gap_ends = np.append(starts, behind)
        solid = np.flatnonzero(~is_blank(window.data, gap_starts, gap_ends, between_documents=True))
        done = 0
        for gap in solid.tolist():
            window.add(starts[done:gap], ends[done:gap])
            done = gap
            last = gap == len(gap_starts) - 1
            self._take_lines(int(gap_starts[gap]), int(gap_ends[gap]), open_end=last and behind == len(window.data))
        window.add(starts[done:], ends[done:])
        if len(solid) == 0 or int(solid[-1]) != len(gap_starts) - 1:
            window.position = behind
        self._complete_here()

    def _take_lines(self, start: int, end: int, *, open_end: bool) -> None:
        """Scalars and noise between bare values, one record a line; an unfinished line waits for its end."""
        window = self.window
        while start < end:
            stop = window.data.find(b"\n", start, end)
            if stop < 0:
                if open_end and not window.at_end and end - start <= self.max_record:
                    break
                stop = end
            line = window.data[start:stop]
            text = line.strip(_BETWEEN)
            if text:
                begin = start + line.index(text)
                window.add_one(begin, begin + len(text))
            start = stop + 1
        window.position = min(start, end)

    def _restart_behind_stray_quote(self, behind: int) -> bool:
        """A quote between values whose string would run over its line end hides what follows: end it there."""
        signs, window = self._signs, self.window
        quotes = signs.at[signs.signs(QUOTE, 0)]
        quotes = quotes[np.searchsorted(quotes, window.position) :]
        opening, closing = quotes[0::2], np.append(quotes[1::2], len(signs.data))[: len(quotes[0::2])]
        crossing = np.searchsorted(signs.newlines, opening) < np.searchsorted(signs.newlines, closing)
        first = np.flatnonzero(crossing & (opening < behind))
        if not len(first) or self._restarts >= RESTARTS:
            return False
        self._restarts += 1
        quote = int(opening[first[0]])
        before = signs.opens(0)
        before = before[: np.searchsorted(signs.at[before], quote)]
        closes = signs.closes(0)[: len(before)]
        first_value = int(np.searchsorted(before, self._next))
        line_end = int(signs.newlines[np.searchsorted(signs.newlines, quote)])
        self._take_bare(signs.at[before[first_value:]], signs.at[closes[first_value:]] + 1, line_end)
        window.position = line_end
        self._rescan()
        return True

    def _unclosed(self, opening: int, stop: int) -> bool:
        """A bare value that does not close in this window, or is too long, or nests too deep."""
        window, begin = self.window, int(self._signs.at[opening])
        window.position = begin
        length = len(window.data) - begin
        if stop < len(self._signs.at):
            return self._break_bare(begin, opening)
        if length <= self.max_record and not window.at_end:
            return False
        longest = window.data[begin : begin + self.max_record + 1]
        if length <= self.max_record or _NEXT_DOCUMENT.search(longest):
            return self._break_bare(begin, opening)
        window.add_one(begin, len(window.data), Mark.TOO_LONG)
        self._next = opening + 1
        return self._skip_value(0)

    def _break_bare(self, begin: int, index: int) -> bool:
        """One broken record, up to the next line that begins a value."""
        window = self.window
        found = _NEXT_DOCUMENT.search(window.data, begin)
        if found is None and not window.at_end and len(window.data) - begin <= self.max_record:
            window.position, self._next = begin, index
            return False
        if found is None or self._restarts >= RESTARTS:
            return self._break(begin)
        self._restarts += 1
        window.add_one(begin, found.start(), Mark.BROKEN)
        window.position = found.end()
        self._complete_here()
        self._rescan()
        return True

    def _complete_here(self) -> None:
        place = self.window.position
        self.complete = (self.window.base + place, self.window.line_at(place))

    # --- envelopes

    def _enter(self, opening: int) -> bool:
        signs = self._signs
        self.window.position = int(signs.at[opening]) + 1
        self._next = opening + 1
        self.level = 1
        self._of_bundle = False
        self._after_value = False
        self.state = _State.ITEMS if signs.kind[opening] == OPEN_LIST else _State.MEMBERS
        return True

    def _members(self) -> bool:
        """Walk the members of an envelope's object to the next list of records, or to its end."""
        signs, window = self._signs, self.window
        colons, ends = signs.signs(COLON, 1), signs.closes(0)
        colon = _first_from(colons, self._next)
        end = _first_from(ends, self._next)
        if end is not None and (colon is None or end < colon):
            return self._leave(end)
        if colon is None or colon + 1 >= len(signs.at):
            return window.at_end and self._break(window.position)
        value = colon + 1
        if signs.kind[value] == OPEN_LIST and self._key(colon) in (b"Records", b"entry"):
            self._of_bundle = self._key(colon) == b"entry"
            window.position, self._next = int(signs.at[value]) + 1, value + 1
            self.level, self.state, self._after_value = 2, _State.ITEMS, False
            return True
        self._next = value
        window.position = int(signs.at[value])
        return self._skip_value(1)

    def _key(self, colon: int) -> bytes:
        signs = self._signs
        if colon < 2 or signs.kind[colon - 1] != QUOTE or signs.kind[colon - 2] != QUOTE:
            return b""
        return signs.data[int(signs.at[colon - 2]) + 1 : int(signs.at[colon - 1])]

    def _leave(self, closing: int) -> bool:
        """Behind the bracket that closes an envelope, or its list of records."""
        self.window.position, self._next = int(self._signs.at[closing]) + 1, closing + 1
        self.level -= 1
        self.state = _State.TOP if self.level == 0 else _State.MEMBERS
        if self.level == 0:
            self._complete_here()
        return True

    def _items(self) -> bool:
        """Cut the elements of a list up to its end, a break, or the last whole one of the window."""
        signs, window, level = self._signs, self.window, self.level
        end = _first_from(signs.closes(level - 1), self._next)
        stop = len(signs.at) if end is None else end
        deep = _first_from(signs.too_deep(), self._next)
        if deep is not None and deep < stop:
            end, stop = None, deep
        commas = signs.signs(COMMA, level)
        commas = commas[np.searchsorted(commas, self._next) : np.searchsorted(commas, stop)]
        starts = np.concatenate(([window.position], signs.at[commas] + 1))
        ends = np.append(signs.at[commas], len(signs.data) if end is None else signs.at[end])
        if end is None:
            starts, ends = starts[:-1], ends[:-1]
        broken_at = self._take_elements(starts, ends, closed=end is not None)
        if broken_at is not None:
            return self._break(broken_at)
        if end is not None:
            if signs.kind[end] != CLOSE_LIST:
                return self._break(int(signs.at[end]))
            return self._leave(end)
        if len(commas):
            window.position, self._next = int(signs.at[commas[-1]]) + 1, int(commas[-1]) + 1
        if deep is not None:
            return self._break(window.position)
        return self._unfinished_element()

    def _unfinished_element(self) -> bool:
        window = self.window
        if window.at_end:
            whole = self._last_element()
            return self._break(window.position if whole is None else whole)
        tail = window.data[window.position :]
        begin = len(window.data) - len(tail.lstrip(_SPACE))
        if len(window.data) - begin <= self.max_record:
            return False
        window.add_one(begin, len(window.data), Mark.TOO_LONG)
        self._after_value = True
        return self._skip_value(self.level)

    def _last_element(self) -> int | None:
        """Take the element before a list's missing end, if it is whole; give where it ends."""
        signs, window = self._signs, self.window
        opens, closes = signs.opens(self.level), signs.closes(self.level)
        opening, closing = _first_from(opens, self._next), _first_from(closes, self._next)
        if opening is None or closing is None or closing < opening:
            return None
        end = int(signs.at[closing]) + 1
        starts, ends = np.array([window.position]), np.array([end])
        return end if self._take_elements(starts, ends, closed=False) is None else None

    def _take_elements(self, starts: Places, ends: Places, *, closed: bool) -> int | None:
        """Add what stands between the commas; give the place where that is not one value, if there is one."""
        if self._after_value and len(starts):
            # Behind an element too long to keep: only the comma is left of it.
            self._after_value = False
            starts, ends = starts[1:], ends[1:]
        signs, data = self._signs, self.window.data
        opens, closes = signs.opens(self.level), signs.closes(self.level)
        first = np.searchsorted(signs.at[opens], starts)
        count = np.searchsorted(signs.at[opens], ends) - first
        begins, stops = starts.copy(), starts.copy()
        one = np.flatnonzero(count == 1)
        begins[one] = signs.at[opens[first[one]]]
        stops[one] = signs.at[closes[first[one]]] + 1
        plain = (count == 1) & is_blank(data, starts, begins) & is_blank(data, stops, ends)
        done = 0
        for odd in np.flatnonzero(~plain).tolist():
            self._add_elements(begins[done:odd], stops[done:odd])
            done = odd + 1
            broken_at = self._take_odd(int(starts[odd]), int(ends[odd]), last=closed and odd == len(starts) - 1)
            if broken_at is not None:
                return broken_at
        self._add_elements(begins[done:], stops[done:])
        return None

    def _take_odd(self, start: int, end: int, *, last: bool) -> int | None:
        """A scalar, an empty list, or a break: what stands there is not one value."""
        data = self.window.data
        text = data[start:end].strip(_SPACE)
        if not text:
            return None if last else start
        begin = data.index(text, start)
        if _SCALAR.fullmatch(text):
            self.window.add_one(begin, begin + len(text), Mark.NOT_AUDIT_RESOURCE if self._of_bundle else None)
            return None
        signs = self._signs
        index = int(np.searchsorted(signs.at[signs.opens(self.level)], begin))
        if index < len(signs.opens(self.level)) and signs.at[signs.opens(self.level)[index]] == begin:
            stop = int(signs.at[signs.closes(self.level)[index]]) + 1
            self._add_elements(np.array([begin]), np.array([stop]))
            return stop
        return begin

    def _add_elements(self, starts: Places, ends: Places) -> None:
        if not self._of_bundle:
            self.window.add(starts, ends)
        elif len(starts):
            self._add_resources(starts, ends)

    def _add_resources(self, starts: Places, ends: Places) -> None:
        """Of each entry of a Bundle, the value of its one `resource`."""
        signs, window = self._signs, self.window
        keys = signs.colons_of_key(b"resource", self.level + 1)
        places = signs.at[keys]
        first = np.searchsorted(places, starts)
        count = np.searchsorted(places, ends) - first
        begins, stops = starts.copy(), ends.copy()
        one = np.flatnonzero(count == 1)
        values = keys[first[one]] + 1
        is_object = signs.kind[values] == OPEN_OBJECT
        plain = np.zeros(len(starts), np.bool_)
        plain[one[is_object]] = True
        values = values[is_object]
        closes = signs.closes(self.level + 1)
        begins[plain] = signs.at[values]
        stops[plain] = signs.at[closes[np.searchsorted(closes, values)]] + 1
        done = 0
        for odd in np.flatnonzero(~plain).tolist():
            window.add(begins[done:odd], stops[done:odd])
            start, end = int(starts[odd]), int(ends[odd])
            has_resource = count[odd] > 0 or _has_resource(window.data[start:end])
            window.add_one(start, end, Mark.BROKEN if has_resource else Mark.NOT_AUDIT_RESOURCE)
            done = odd + 1
        window.add(begins[done:], stops[done:])

    # --- what is passed over

    def _skip_value(self, level: int) -> bool:
        """Go on behind the value that begins here: at the comma behind it, or at the bracket around it."""
        signs = self._signs
        commas, closes = signs.signs(COMMA, level), signs.closes(level if level == 0 else level - 1)
        found = [f for f in (_first_from(commas, self._next) if level else None, _first_from(closes, self._next)) if f is not None]
        if found:
            return self._go_on(min(found), level)
        self._skipped_depth = signs.end_depth if len(signs.at) else self._skipped_depth
        self._skipped_string = (signs.in_string, signs.escaped)
        self.window.position = len(signs.data)
        self.state = _State.SKIP
        self.level = level
        return False

    def _go_on(self, index: int, level: int) -> bool:
        signs = self._signs
        self.level = level
        self.state = {0: _State.TOP, 1: _State.MEMBERS}.get(level, _State.ITEMS)
        if level == 1 and self._after_value:
            self.state = _State.ITEMS
        passed = level == 0 or (self.state is _State.MEMBERS and signs.kind[index] == COMMA)
        self.window.position = int(signs.at[index]) + passed
        self._next = index + passed
        if level == 0:
            self._complete_here()
        return True

    def _skip(self) -> bool:
        if self.window.at_end and not len(self.window.data):
            return self._break(0)
        going_on = self._skip_value(self.level)
        return going_on or (self.window.at_end and self.level > 0 and self._break(len(self.window.data)))

    def _break(self, place: int) -> bool:
        """From here on nothing can be cut."""
        window = self.window
        tail = window.data[place:]
        place += len(tail) - len(tail.lstrip(_SPACE))
        self._broken = (window.base + place, window.line_at(place), b"")
        window.position = place
        self.state = _State.ENDED
        return True

    def _ended(self) -> bool:
        """Keep the head of what stands behind the break, and let the rest go by."""
        window = self.window
        assert self._broken is not None  # noqa: S101  # _break came before
        base, line, text = self._broken
        text += window.data[window.position : window.position + KEPT_OF_TOO_LONG - len(text)]
        self._broken = (base, line, text)
        window.position = len(window.data)
        return False

    def _rescan(self) -> None:
        """Find the structure of the window from its position on."""
        window = self.window
        skipping = self.state is _State.SKIP
        depth = self._skipped_depth if skipping else self.level
        in_string, escaped = self._skipped_string if skipping else (False, False)
        text = window.data[window.position :] if window.position else window.data
        if self.state is _State.ENDED:
            text = b""
        self._signs = scan(text, depth, in_string=in_string, escaped=escaped)
        self._signs.at += window.position
        self._signs.newlines += window.position
        self._signs.data = window.data
        self._next = 0
        self._special = _special(self._signs) if self.state is _State.TOP else np.zeros(0, np.int64)


def _special(signs: Structure) -> Places:
    """Which of the bare values (by number) are envelopes: lists, Bundles, objects with a list `Records`."""
    opens = signs.opens(0)
    lists = np.flatnonzero(signs.kind[opens] == OPEN_LIST)
    marks = [_bundle_types(signs), _lists_of(signs, b"Records"), _entries_with_resource(signs)]
    inside = np.searchsorted(opens, np.concatenate(marks)) - 1
    objects = inside[(inside >= 0) & (signs.kind[opens[inside]] == OPEN_OBJECT)] if len(opens) else inside
    return np.unique(np.concatenate((lists, objects)))


def _bundle_types(signs: Structure) -> Places:
    types = signs.colons_of_key(b"resourceType", 1)
    types = types[types + 2 < len(signs.at)]
    lengths = signs.at[types + 2] - signs.at[types + 1] - 1
    likely = types[(signs.kind[types + 1] == QUOTE) & (lengths == len(b"Bundle"))]
    data, at = signs.data, signs.at
    return likely[[data[at[t + 1] + 1 : at[t + 2]] == b"Bundle" for t in likely.tolist()]] if len(likely) else likely


def _lists_of(signs: Structure, key: bytes) -> Places:
    keys = signs.colons_of_key(key, 1)
    keys = keys[keys + 1 < len(signs.at)]
    return keys[signs.kind[keys + 1] == OPEN_LIST]


def _entries_with_resource(signs: Structure) -> Places:
    """Keys `resource` in the elements of a list `entry`: a Bundle whose type is told at its end."""
    entries = _lists_of(signs, b"entry")
    if not len(entries):
        return entries
    resources = signs.colons_of_key(b"resource", 3)
    members = signs.signs(COLON, 1)
    owners = members[np.maximum(np.searchsorted(members, resources) - 1, 0)]
    return resources[np.isin(owners, entries)]


def _first_from(indices: Places, index: int) -> int | None:
    found = int(np.searchsorted(indices, index))
    return int(indices[found]) if found < len(indices) else None


def _has_resource(entry: bytes) -> bool:
    """Whether an entry without a plain key `resource` hides one behind escapes."""
    if b"\\" not in entry:
        return False
    try:
        found = json.loads(entry)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and "resource" in found
