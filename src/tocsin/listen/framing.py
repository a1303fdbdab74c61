# SPDX-License-Identifier: Apache-2.0
"""Where the messages of a stream end (RFC 6587: octets counted, or a line end), and how the spool keeps them.

Nothing here knows what a message says. What becomes of a stream depends on its bytes alone, never on how they
were cut into blocks: `cut` takes what is whole and says how much that was; the caller keeps the rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_COUNT = re.compile(rb"([1-9]\d{0,8}) (?=<)")
_MAYBE_COUNT = re.compile(rb"[1-9]\d{0,8} ?\Z")
_NOT_A_LINE = re.compile(rb"\n(?=\n|[1-9]\d{0,8}(?: ?\Z| <))")

FRESH = 0
"""At the beginning of a message."""

TO_LINE_END = -1
"""Inside a message that is too long, up to its line end; above nought, that many bytes of one are to come."""


@dataclass(slots=True)
class Cut:
    """What a stretch of a stream holds."""

    kept: list[bytes | memoryview] = field(default_factory=list)
    """For the spool, in order."""

    messages: int = 0
    """Whole messages in `kept`."""

    aside: list[bytes | memoryview] = field(default_factory=list)
    """Bytes of messages that are too long."""

    too_long: int = 0
    """Messages that turned out to be too long here."""

    taken: int = 0
    """Bytes of the stretch that are spoken for; those behind begin a message that is not whole yet."""

    rest: int = FRESH
    """What the stream is in the middle of, behind `taken`."""


def cut(data: bytes, rest: int, max_message: int) -> Cut:
    """Take what is whole of a stream that stands in state `rest`."""
    found = Cut(rest=rest)
    view = memoryview(data)
    while found.taken < len(data):
        before = found.taken, found.rest
        if found.rest != FRESH:
            _pass(found, data, view)
        else:
            _take(found, data, view, max_message)
        if (found.taken, found.rest) == before:
            break
    return found


def _pass(found: Cut, data: bytes, view: memoryview) -> None:
    """Set aside what belongs to a message that is too long."""
    start = found.taken
    if found.rest == TO_LINE_END:
        line_end = data.find(b"\n", start)
        end = len(data) if line_end < 0 else line_end + 1
        found.rest = TO_LINE_END if line_end < 0 else FRESH
    else:
        end = min(len(data), start + found.rest)
        found.rest -= end - start
    found.aside.append(view[start:end])
    found.taken = end


def _take(found: Cut, data: bytes, view: memoryview, max_message: int) -> None:
    """One counted message, or all lines up to the next one that is counted."""
    start = found.taken
    if data[start] == 0x0A:  # an empty line between two messages is none
        found.taken = start + 1
        return
    counted = _COUNT.match(data, start)
    if counted is not None:
        _take_counted(found, view, counted.end(), int(counted[1]), max_message)
    elif _MAYBE_COUNT.match(data, start) is None:
        _take_lines(found, data, view, max_message)


def _take_counted(found: Cut, view: memoryview, begin: int, size: int, max_message: int) -> None:
    if size > max_message:
        found.too_long += 1
        found.taken = begin
        found.rest = size
    elif begin + size <= len(view):
        found.kept += as_kept(bytes(view[begin : begin + size]))
        found.messages += 1
        found.taken = begin + size


def _take_lines(found: Cut, data: bytes, view: memoryview, max_message: int) -> None:
    start = found.taken
    other = _NOT_A_LINE.search(data, start)
    end = other.start() + 1 if other else data.rfind(b"\n", start) + 1
    while start < end:
        long = _first_too_long(data, start, end, max_message)
        until = end if long is None else long[0]
        if until > start:
            found.kept.append(view[start:until])
            found.messages += data.count(b"\n", start, until)
        if long is not None:
            found.aside.append(view[long[0] : long[1]])
            found.too_long += 1
            until = long[1]
        start = until
    found.taken = max(found.taken, end)
    if other is None and len(data) - found.taken > max_message:
        found.too_long += 1
        found.rest = TO_LINE_END


def _first_too_long(data: bytes, start: int, end: int, max_message: int) -> tuple[int, int] | None:
    """Begin and end of the first line longer than allowed; looks at lines only where there may be one."""
    while end - start > max_message + 1:
        last = data.rfind(b"\n", start, start + max_message + 1)
        if last < 0:
            return start, data.index(b"\n", start) + 1
        start = last + 1
    return None


def as_kept(message: bytes) -> list[bytes]:
    """A message as the spool has it: a line; with its count where it has line ends of its own."""
    inner = message.find(b"\n")
    if inner < 0:
        return [message, b"\n"]
    if inner == len(message) - 1:
        return [message]
    return [b"%d " % len(message), message, b"\n"]


def end(data: bytes, rest: int, *, is_orderly: bool) -> Cut:
    """What is left of a stream: a last line without its end is a message if the sender closed it so."""
    found = Cut(rest=FRESH, taken=len(data))
    if not data:
        return found
    if rest == FRESH and is_orderly and _COUNT.match(data) is None and _MAYBE_COUNT.match(data) is None:
        found.kept = [*as_kept(data)]
        found.messages = 1
    else:
        found.aside = [data]
    return found
