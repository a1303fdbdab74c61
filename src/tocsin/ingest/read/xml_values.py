# SPDX-License-Identifier: Apache-2.0
"""Which part of a value in XML differs from record to record without meaning anything else: its token.

A number, a name, a time, an address. All of a kind are treated alike by the statements that read them, so
that one can stand for all. What is not plainly of its kind has no token: it belongs to the spelling.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tocsin.ingest.read.spellings import Free, Mask, Places, Tokens, Value

Bytes = npt.NDArray[np.uint8]

LONGEST_TOKEN = 256

_PATTERNS = {
    Free.ADDRESS: r"^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$",
    Free.INSTANT: (
        r"^[12]\d{3}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d)$"
    ),
    Free.DIGITS: r"^[0-9TZ:.+-]{1,256}$",
    Free.YEARLESS: r"^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d$",
}
_NO_TEXT = np.zeros(256, np.bool_)
_NO_TEXT[[*range(0x20), 0x7F, *b'<>&\\"', 0xEF]] = True
"""0xEF begins the characters that XML does not know."""

_NO_ID = np.ones(256, np.bool_)
_NO_ID[[*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B), *b"._:-"]] = False


@dataclass(frozen=True, slots=True)
class Cells:
    """Values side by side: value n is bytes [bounds[n], bounds[n + 1])."""

    data: Bytes
    bounds: Places

    def as_texts(self) -> pa.Array:
        """The same as an Arrow array."""
        offsets = pa.py_buffer(self.bounds.astype(np.int32))
        return pa.Array.from_buffers(
            pa.string(), len(self.bounds) - 1, [None, offsets, pa.py_buffer(self.data)]
        )


class Found(NamedTuple):
    """The tokens of the values at one place, and where in each value they stand."""

    tokens: Tokens
    before: Places
    """Bytes of the value before its token."""

    lengths: Places


def stretches(data: Bytes, starts: Places, length: int) -> Bytes:
    """As many bytes from each place on, a row each; the data reach as far."""
    kind = np.dtype((np.void, length))
    every = np.ndarray((len(data) - length + 1,), kind, data.data, 0, (1,))
    return every[starts].view(np.uint8).reshape(len(starts), length)


def gathered(data: Bytes, starts: Places, ends: Places) -> Cells:
    """Bytes [start, end) of the data, side by side."""
    lengths = ends - starts
    bounds = np.zeros(len(starts) + 1, np.int64)
    np.cumsum(lengths, out=bounds[1:])
    longest = int(lengths.max(initial=0))
    if not longest:
        return Cells(data[:0], bounds)
    if longest > LONGEST_TOKEN:
        return Cells(data[np.arange(bounds[-1]) + np.repeat(starts - bounds[:-1], lengths)], bounds)
    if int(starts.max()) + longest > len(data):
        data = np.concatenate((data, np.zeros(longest, np.uint8)))
    found = stretches(data, starts, longest)
    return Cells(
        found.ravel() if (lengths == longest).all() else found[np.arange(longest) < lengths[:, None]], bounds
    )


def tokens_of(value: Value, cells: Cells, words: Iterable[str]) -> Found:
    """The tokens of the values at one place; none is one of `words`, of which a statement knows more."""
    free = value.free
    starts, ends = cells.bounds[:-1].copy(), cells.bounds[1:].copy()
    instants = None
    if free in _PATTERNS:
        held = (
            pc.match_substring_regex(cells.as_texts(), _PATTERNS[free]).to_numpy(zero_copy_only=False).copy()
        )
        if free is Free.INSTANT:
            instants, held = _instants(cells.as_texts(), held)
    else:
        if free is Free.ID:
            starts, ends = _id_bounds(cells)
        held = ~_have(_NO_ID if free is Free.ID else _NO_TEXT, cells.data, starts, ends)
        held &= ends - starts <= LONGEST_TOKEN
    ends = np.where(held, ends, starts)
    found = (
        gathered(cells.data, starts, ends)
        if (ends != cells.bounds[1:]).any() or (starts != cells.bounds[:-1]).any()
        else cells
    )
    texts = found.as_texts()
    if free in (Free.TEXT, Free.ID):
        known = pc.is_in(texts, pa.array(list(words), pa.string())).to_numpy(zero_copy_only=False)
        if known.any():
            ends = np.where(known, starts, ends)
            texts = gathered(cells.data, starts, ends).as_texts()
    lengths = ends - starts
    return Found(Tokens(value, texts, lengths > 0, instants), starts - cells.bounds[:-1], lengths)


def _instants(texts: pa.Array, held: Mask) -> tuple[Places, Mask]:
    """The instants of texts that have their shape, and of which texts they are."""
    try:
        return _microseconds(texts, held), held
    except pa.ArrowInvalid:
        days = pc.utf8_slice_codeunits(texts, 0, 10).dictionary_encode()
        are_there = np.array([_is_day(day) for day in days.dictionary.to_pylist()], np.bool_)
        held &= are_there[days.indices.to_numpy()]
        return _microseconds(texts, held), held


def _microseconds(texts: pa.Array, held: Mask) -> Places:
    kept = texts if held.all() else pc.if_else(pa.array(held), texts, None)
    found: Places = kept.cast(pa.timestamp("us", "UTC")).cast(pa.int64()).fill_null(0).to_numpy()
    return found


def _is_day(text: str) -> bool:
    """Whether there was such a day; only texts that look like one are asked for."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _id_bounds(cells: Cells) -> tuple[Places, Places]:
    starts, ends = cells.bounds[:-1].copy(), cells.bounds[1:].copy()
    carets = np.flatnonzero(cells.data == ord("^"))
    slashes = np.flatnonzero(cells.data == ord("/"))
    last = np.searchsorted(slashes, ends) - 1
    has_slash = (last >= 0) & (len(slashes) > 0)
    if len(slashes):
        has_slash &= slashes[np.maximum(last, 0)] >= starts
        starts = np.where(has_slash, slashes[np.maximum(last, 0)] + 1, starts)
    if len(carets):
        first = np.searchsorted(carets, cells.bounds[:-1])
        at = carets[np.minimum(first, len(carets) - 1)]
        has_caret = (first < len(carets)) & (at < ends)
        starts = np.where(has_caret, cells.bounds[:-1], starts)
        ends = np.where(has_caret, at, ends)
    return starts, ends


def _have(table: Mask, data: Bytes, starts: Places, ends: Places) -> Mask:
    """Whether one of the bytes [start, end) is in the table."""
    places = np.flatnonzero(table[data])
    if not len(places):
        return np.zeros(len(starts), np.bool_)
    found: Mask = np.searchsorted(places, ends) > np.searchsorted(places, starts)
    return found
