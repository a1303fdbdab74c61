# SPDX-License-Identifier: Apache-2.0
"""The way through JSON envelopes: a list, the list `Records` of an object, the resources of `Bundle.entry`.

It cuts elements and passes over what stands beside them. Where the envelope's own text breaks, one record
marked broken takes the rest of the stream. Bare values are `json_values`' matter.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from enum import Enum, auto

import numpy as np
import pyarrow as pa

from tocsin.ingest.interface import Mark
from tocsin.ingest.read.json_structure import (
    CLOSE_LIST,
    CLOSE_OBJECT,
    COLON,
    COMMA,
    OPEN_LIST,
    OPEN_OBJECT,
    QUOTE,
    Places,
    is_blank,
    scan,
)
from tocsin.ingest.read.lines import KEPT_OF_TOO_LONG
from tocsin.ingest.read.window import Window

RECORDS_KEY = b"Records"
"""The member of an envelope that holds its records, where a format names no other."""

_SCALAR = re.compile(rb'true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|"(?:[^"\\]|\\.)*"', re.DOTALL)
_SPACE = b" \t\r\n"


class State(Enum):
    """Where the walk stands between two windows."""

    TOP = auto()
    ITEMS = auto()
    MEMBERS = auto()
    SKIP = auto()
    ENDED = auto()


class EnvelopeWalk(ABC):
    """A walk over windows; `level` is the nesting at its position."""

    def __init__(self, window: Window, max_record: int, within: bytes = RECORDS_KEY) -> None:
        self.window = window
        self.max_record = max_record
        self.lists = (within, b"entry")
        self.whole_entries = False
        self.state = State.TOP
        self.level = 0
        self.signs = scan(b"")
        self.next = 0
        """Index of the first sign at or behind the window's position."""
        self._of_bundle = False
        self._after_value = False
        self._skipped_depth = 0
        self._skipped_string = (False, False)
        self._broken: tuple[int, int, bytes] | None = None

    def go(self) -> None:
        """Cut all that the window holds whole."""
        steps = {
            State.TOP: self.top,
            State.ITEMS: self._items,
            State.MEMBERS: self._members,
            State.SKIP: self._skip,
            State.ENDED: self._ended,
        }
        self.rescan()
        while steps[self.state]():
            pass

    @abstractmethod
    def top(self) -> bool:
        """A step between envelopes; true when there is another step to take in this window."""

    @abstractmethod
    def closed(self) -> None:
        """A bare value or an envelope ends at the window's position."""

    def rescan(self) -> None:
        """Find the structure of the window from its position on."""
        window = self.window
        skipping = self.state is State.SKIP
        depth = self._skipped_depth if skipping else self.level
        in_string, escaped = self._skipped_string if skipping else (False, False)
        text = b"" if self.state is State.ENDED else window.data[window.position :]
        self.signs = scan(text, depth, in_string=in_string, escaped=escaped, lists=self.lists)
        self.signs.shift(window.data, window.position)
        self.next = 0

    def enter(self, opening: int) -> bool:
        """Go into the envelope that this bracket opens."""
        self._go_behind(opening)
        self.level = 1
        self._of_bundle = False
        self._after_value = False
        self.state = State.ITEMS if self.signs.kind[opening] == OPEN_LIST else State.MEMBERS
        return True

    def break_off(self, place: int) -> bool:
        """From here on nothing can be cut."""
        window = self.window
        tail = window.data[place:]
        place += len(tail) - len(tail.lstrip(_SPACE))
        self._broken = (window.base + place, window.line_at(place), b"")
        window.position = place
        self.state = State.ENDED
        return True

    def broken_rest(self) -> Iterator[pa.RecordBatch]:
        """The one record that takes all behind a break."""
        if self._broken is None:
            return
        base, line, text = self._broken
        rest = Window(iter([text]), base, line)
        rest.slide()
        rest.add_one(0, len(text), Mark.BROKEN)
        yield from rest.records()

    def skip_value(self, level: int) -> bool:
        """Go on behind the value that begins here: at the comma behind it, or at the bracket around it."""
        signs = self.signs
        comma = first_from(signs.signs(COMMA, level), self.next) if level else None
        close = first_from(signs.closes(max(level - 1, 0)), self.next)
        found = [index for index in (comma, close) if index is not None]
        self.level = level
        if found:
            return self._go_on(min(found))
        self._skipped_depth = signs.end_depth
        self._skipped_string = (signs.in_string, signs.escaped)
        self.window.position = len(signs.data)
        self.state = State.SKIP
        return self.window.at_end and level > 0 and self.break_off(len(signs.data))

    def _skip(self) -> bool:
        return self.skip_value(self.level)

    def _go_on(self, index: int) -> bool:
        is_list = self.level > 1 or self._after_value
        self.state = State.TOP if self.level == 0 else State.ITEMS if is_list else State.MEMBERS
        if self.state is State.TOP or (self.state is State.MEMBERS and self.signs.kind[index] == COMMA):
            self._go_behind(index)
        else:
            self.window.position, self.next = int(self.signs.at[index]), index
        if self.state is State.TOP:
            self.closed()
        return True

    def _go_behind(self, index: int) -> None:
        self.window.position, self.next = int(self.signs.at[index]) + 1, index + 1

    def _leave(self, closing: int) -> bool:
        """Behind the bracket that closes an envelope, or its list of records."""
        expected = CLOSE_LIST if self.state is State.ITEMS else CLOSE_OBJECT
        if self.signs.kind[closing] != expected:
            return self.break_off(int(self.signs.at[closing]))
        self._go_behind(closing)
        self.level -= 1
        self.state = State.TOP if self.level == 0 else State.MEMBERS
        if self.state is State.TOP:
            self.closed()
        return True

    def _ended(self) -> bool:
        """Keep the head of what stands behind the break, and let the rest go by."""
        window = self.window
        if self._broken is not None:
            base, line, text = self._broken
            # Three bytes more than is kept, so that the head can end before a sequence cut in two.
            more = KEPT_OF_TOO_LONG + 3 - len(text)
            text += window.data[window.position : window.position + more]
            self._broken = (base, line, text)
        window.position = len(window.data)
        return False

    def _members(self) -> bool:
        """Walk the members of an envelope's object to the next list of records, or to its end."""
        signs, window = self.signs, self.window
        colon = first_from(signs.signs(COLON, 1), self.next)
        end = first_from(signs.closes(0), self.next)
        if end is not None and (colon is None or end < colon):
            return self._leave(end)
        if colon is None or colon + 1 >= len(signs.at):
            return window.at_end and self.break_off(window.position)
        value = colon + 1
        if signs.kind[value] == OPEN_LIST and self._key(colon) in self.lists:
            self._of_bundle = self._key(colon) == b"entry"
            self._go_behind(value)
            self.level, self.state, self._after_value = 2, State.ITEMS, False
            return True
        self.next = value
        window.position = int(signs.at[value])
        return self.skip_value(1)

    def _key(self, colon: int) -> bytes:
        signs = self.signs
        if colon < 2 or signs.kind[colon - 1] != QUOTE or signs.kind[colon - 2] != QUOTE:
            return b""
        return signs.data[int(signs.at[colon - 2]) + 1 : int(signs.at[colon - 1])]

    def _items(self) -> bool:
        """Cut the elements of a list up to its end, a break, or the last whole one of the window."""
        signs, window, level = self.signs, self.window, self.level
        end = first_from(signs.closes(level - 1), self.next)
        deep = first_from(signs.too_deep(), self.next)
        if deep is not None and (end is None or deep < end):
            end = None
        stop = min(index for index in (end, deep, len(signs.at)) if index is not None)
        commas = signs.signs(COMMA, level)
        commas = commas[np.searchsorted(commas, self.next) : np.searchsorted(commas, stop)]
        starts = np.concatenate(([window.position], signs.at[commas] + 1))
        ends = signs.at[commas] if end is None else np.append(signs.at[commas], signs.at[end])
        broken_at = self._take_elements(starts[: len(ends)], ends, closed=end is not None)
        if broken_at is not None:
            return self.break_off(broken_at)
        if end is not None:
            return self._leave(end)
        if len(commas):
            self._go_behind(int(commas[-1]))
        return self._unfinished_element(deep)

    def _unfinished_element(self, deep: int | None) -> bool:
        """The element at the window's end: too deep, too long, cut off by the stream's end, or awaited."""
        window = self.window
        tail = window.data[window.position :]
        begin = len(window.data) - len(tail.lstrip(_SPACE))
        if deep is not None and self.signs.at[deep] - begin <= self.max_record:
            return self.break_off(begin)
        if len(window.data) - begin > self.max_record:
            window.add_one(begin, len(window.data), Mark.TOO_LONG)
            self._after_value = True
            return self.skip_value(self.level)
        if not window.at_end:
            return False
        whole = self._last_element()
        return self.break_off(window.position if whole is None else whole)

    def _last_element(self) -> int | None:
        """Take the element before a list's missing end, if it is whole; give where it ends."""
        signs, window = self.signs, self.window
        opening = first_from(signs.opens(self.level), self.next)
        closing = first_from(signs.closes(self.level), self.next)
        if opening is None or closing is None:
            return None
        end = int(signs.at[closing]) + 1
        starts, ends = np.array([window.position]), np.array([end])
        return end if self._take_elements(starts, ends, closed=False) is None else None

    def _take_elements(self, starts: Places, ends: Places, *, closed: bool) -> int | None:
        """Add what stands between the commas; give the place where that is not one value, if there is one."""
        if self._after_value and len(starts):
            # Of an element too long to keep only the comma is left.
            self._after_value = False
            starts, ends = starts[1:], ends[1:]
        signs, data = self.signs, self.window.data
        opens, closes = signs.opens(self.level), signs.closes(self.level)
        first = np.searchsorted(signs.at[opens], starts)
        count = np.searchsorted(signs.at[opens], ends) - first
        begins, stops = starts.copy(), starts.copy()
        one = np.flatnonzero(count == 1)
        begins[one] = signs.at[opens[first[one]]]
        stops[one] = signs.at[closes[np.searchsorted(closes, opens[first[one]])]] + 1
        plain = (count == 1) & is_blank(data, starts, begins) & is_blank(data, stops, ends)
        plain &= ends - begins <= self.max_record
        done = 0
        for odd in np.flatnonzero(~plain).tolist():
            self._add_elements(begins[done:odd], stops[done:odd])
            done = odd + 1
            broken_at = self._take_odd(int(starts[odd]), int(ends[odd]), last=closed and done == len(starts))
            if broken_at is not None:
                return broken_at
        self._add_elements(begins[done:], stops[done:])
        return None

    def _take_odd(self, start: int, end: int, *, last: bool) -> int | None:
        """A scalar, an empty list, an element too long, or a break: what stands there is not one value."""
        data, signs = self.window.data, self.signs
        begin = end - len(data[start:end].lstrip(_SPACE))
        text = data[begin:end].rstrip(_SPACE)
        if not text:
            return None if last else start
        if end - begin > self.max_record:
            self.window.add_one(begin, end, Mark.TOO_LONG)
            return None
        if _SCALAR.fullmatch(text):
            self.window.add_one(
                begin, begin + len(text), Mark.NOT_AUDIT_RESOURCE if self._of_bundle else None
            )
            return None
        opens, closes = signs.opens(self.level), signs.closes(self.level)
        index = int(np.searchsorted(signs.at[opens], begin))
        if index == len(opens) or signs.at[opens[index]] != begin:
            return begin
        stop = int(signs.at[closes[np.searchsorted(closes, opens[index])]]) + 1
        self._add_elements(np.array([begin]), np.array([stop]))
        return stop

    def _add_elements(self, starts: Places, ends: Places) -> None:
        if not self._of_bundle or self.whole_entries:
            self.window.add(starts, ends)
        elif len(starts):
            self._add_resources(starts, ends)

    def _add_resources(self, starts: Places, ends: Places) -> None:
        """Of each entry of a Bundle, the value of its one `resource`."""
        signs, window = self.signs, self.window
        keys = signs.colons_of_key(b"resource", self.level + 1)
        first = np.searchsorted(signs.at[keys], starts)
        count = np.searchsorted(signs.at[keys], ends) - first
        one = np.flatnonzero(count == 1)
        values = keys[first[one]] + 1
        one, values = one[signs.kind[values] == OPEN_OBJECT], values[signs.kind[values] == OPEN_OBJECT]
        begins, stops = starts.copy(), ends.copy()
        closes = signs.closes(self.level + 1)
        begins[one] = signs.at[values]
        stops[one] = signs.at[closes[np.searchsorted(closes, values)]] + 1
        done = 0
        for odd in np.setdiff1d(np.arange(len(starts)), one).tolist():
            window.add(begins[done:odd], stops[done:odd])
            start, end = int(starts[odd]), int(ends[odd])
            is_doubtful = count[odd] > 0 or _hides_resource(window.data[start:end])
            window.add_one(start, end, Mark.BROKEN if is_doubtful else Mark.NOT_AUDIT_RESOURCE)
            done = odd + 1
        window.add(begins[done:], stops[done:])


def first_from(indices: Places, index: int) -> int | None:
    """The first of these ascending indices that is not before `index`."""
    found = int(np.searchsorted(indices, index))
    return int(indices[found]) if found < len(indices) else None


def _hides_resource(entry: bytes) -> bool:
    """Whether an entry without a plain key `resource` hides one behind escapes."""
    if b"\\" not in entry:
        return False
    try:
        found = json.loads(entry)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and "resource" in found
