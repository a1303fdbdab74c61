# SPDX-License-Identifier: Apache-2.0
"""Where the structure of a JSON text stands: brackets, colons, commas and quotes outside strings, with numpy.

It finds structure, it does not validate: `{"a" 1}` has a structure. Some ten passes over a sparse index of
the text, none over its bytes one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]

QUOTE: Final = 0x22
COMMA: Final = 0x2C
COLON: Final = 0x3A
_BACKSLASH: Final = 0x5C
OPEN_LIST: Final = 0x5B
CLOSE_LIST: Final = 0x5D
OPEN_OBJECT: Final = 0x7B
CLOSE_OBJECT: Final = 0x7D

_SIGNS = bytes(c in b'"{}[]:,' for c in range(256))
_STEPS = np.zeros(256, np.int8)
_STEPS[[OPEN_LIST, OPEN_OBJECT]] = 1
_STEPS[[CLOSE_LIST, CLOSE_OBJECT]] = -1
_BLANK = np.zeros(256, np.bool_)
_BLANK[list(b" \t\r\n")] = True
_BETWEEN = _BLANK.copy()
_BETWEEN[list(b",\x1e")] = True

DEEPEST = 1_000
"""Nesting that no log has."""
SURFACE = 2
"""Signs deeper than this are inside a record, and are not kept …"""
ENVELOPE_SURFACE = 4
"""… except where records may stand in a list of an envelope, or `entry[*].resource`."""


@dataclass(slots=True)
class Structure:
    """The signs of one stretch of text near its surface, in order; `depth` is the nesting after the sign."""

    data: bytes
    at: Places
    kind: Bytes
    depth: npt.NDArray[np.int32]
    end_depth: int
    in_string: bool
    """The text ends inside a string …"""
    escaped: bool
    """… right behind a backslash that escapes."""
    _levels: dict[tuple[str, int], Places] = field(default_factory=dict)

    def opens(self, level: int) -> Places:
        """Indices of the brackets that open a value standing at this level."""
        return self._cached("open", level, lambda: (self.depth == level + 1) & (_STEPS[self.kind] == 1))

    def closes(self, level: int) -> Places:
        """Indices of the brackets that close a value standing at this level."""
        return self._cached("close", level, lambda: (self.depth == level) & (_STEPS[self.kind] == -1))

    def signs(self, sign: int, level: int) -> Places:
        """Indices of a comma, colon or quote at this level."""
        return self._cached(chr(sign), level, lambda: (self.depth == level) & (self.kind == sign))

    def too_deep(self) -> Places:
        """Indices of the signs that stand deeper than any log goes."""
        return self._cached("deep", 0, lambda: self.depth > DEEPEST)

    def colons_of_key(self, key: bytes, level: int) -> Places:
        """Indices of the colons behind this key (written without escapes) at this level."""
        colons = self.signs(COLON, level)
        colons = colons[colons >= 2]
        opening, closing = colons - 2, colons - 1
        begin = self.at[opening] + 1
        fits = (self.kind[opening] == QUOTE) & (self.kind[closing] == QUOTE)
        fits &= self.at[closing] - begin == len(key)
        found = colons[fits]
        same: Places = found[_equal(self.data, begin[fits], key)]
        return same

    def _cached(self, name: str, level: int, mask: Callable[[], Flags]) -> Places:
        key = (name, level)
        if key not in self._levels:
            self._levels[key] = np.flatnonzero(mask())
        return self._levels[key]

    def shift(self, data: bytes, by: int) -> None:
        """The text scanned was `data` from there on."""
        self.data = data
        self.at += by


def scan(
    data: bytes,
    depth: int = 0,
    *,
    in_string: bool = False,
    escaped: bool = False,
    lists: tuple[bytes, ...] = (b"entry", b"Records"),
) -> Structure:
    """The structure of a text that begins at this depth, inside a string or behind a backslash or not.

    `lists` are the keys under which an envelope may hold its records.
    """
    raw = np.frombuffer(data, np.uint8)
    at = np.flatnonzero(np.frombuffer(data.translate(_SIGNS), np.bool_))
    kind = raw[at]
    quotes = kind == QUOTE
    backslashes = np.flatnonzero(raw == _BACKSLASH) if b"\\" in data else np.zeros(0, np.int64)
    if len(backslashes) or escaped:
        quotes[quotes] = ~_is_escaped(at[quotes], backslashes, escaped)
    inside = np.bitwise_xor.accumulate(quotes)
    if in_string:
        inside = ~inside
    outside = np.flatnonzero(quotes | ~(inside | (kind == QUOTE)))
    depths = np.cumsum(_STEPS.take(kind[outside]), dtype=np.int32)
    depths += depth
    has_envelope = depth > 1 or any(b'"%b"' % key in data for key in lists)
    near = depths <= (ENVELOPE_SURFACE if has_envelope else SURFACE)
    if len(depths) and depths.max() > DEEPEST:
        near[np.argmax(depths > DEEPEST)] = True
    kept = outside[near]
    return Structure(
        data=data,
        at=at[kept],
        kind=kind[kept],
        depth=depths[near],
        end_depth=int(depths[-1]) if len(depths) else depth,
        in_string=bool(inside[-1]) if len(inside) else in_string,
        escaped=_ends_escaped(len(data), backslashes, escaped),
    )


def is_blank(data: bytes, starts: Places, ends: Places, *, between_documents: bool = False) -> Flags:
    """Whether only space stands in each [start, end); between documents also commas and RS (RFC 7464)."""
    lengths = np.maximum(ends - starts, 0)
    total = int(lengths.sum())
    if total == 0:
        return np.ones(len(starts), np.bool_)
    before = np.cumsum(lengths) - lengths
    places = np.repeat(starts - before, lengths) + np.arange(total)
    table = _BETWEEN if between_documents else _BLANK
    solid = np.concatenate(([0], np.cumsum(~table[np.frombuffer(data, np.uint8)[places]])))
    blank: Flags = solid[before + lengths] == solid[before]
    return blank


def _equal(data: bytes, begins: Places, text: bytes) -> Flags:
    if not len(begins):
        return np.zeros(0, np.bool_)
    raw = np.frombuffer(data, np.uint8)
    same: Flags = (raw[begins[:, None] + np.arange(len(text))] == np.frombuffer(text, np.uint8)).all(axis=1)
    return same


def _is_escaped(places: Places, backslashes: Places, escaped: bool) -> Flags:
    """Whether each place stands behind an odd run of backslashes."""
    found = np.zeros(len(places), np.bool_)
    if len(backslashes):
        last = np.searchsorted(backslashes, places) - 1
        behind = np.flatnonzero((last >= 0) & (backslashes[last] == places - 1))
        found[behind] = _run_lengths(backslashes, escaped)[last[behind]] % 2 == 1
    if escaped and len(places) and places[0] == 0:
        found[0] = True
    return found


def _run_lengths(backslashes: Places, escaped: bool) -> Places:
    """For each backslash, how many stand in its run up to it; one that is itself escaped does not count."""
    order = np.arange(len(backslashes))
    begins = np.diff(backslashes, prepend=-2) != 1
    lengths: Places = order - np.maximum.accumulate(np.where(begins, order, 0)) + 1
    if escaped and backslashes[0] == 0:
        first_run = int(np.argmax(np.append(begins[1:], True))) + 1
        lengths[:first_run] -= 1
    return lengths


def _ends_escaped(length: int, backslashes: Places, escaped: bool) -> bool:
    if length == 0:
        return escaped
    if not len(backslashes) or backslashes[-1] != length - 1:
        return False
    return bool(_run_lengths(backslashes, escaped)[-1] % 2 == 1)
