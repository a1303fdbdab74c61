# SPDX-License-Identifier: Apache-2.0
"""XML records that are spelt alike: the same bytes but for the tokens of some quoted values.

What stands outside of the quotes tells which values there are; a format says which of them are free. It works
on the bytes, many records at a time; only one of each frame is read, to see where its values stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tocsin.ingest.read.spellings import (
    Alike,
    Free,
    FreeValues,
    Places,
    Speller,
    Spelling,
    Spelt,
    Tokens,
    Value,
)
from tocsin.ingest.read.xml_places import places_of, values_of
from tocsin.ingest.read.xml_values import Bytes, gathered, stretches, tokens_of
from tocsin.store.engine import Engine

FEWEST = 64
"""Records of one spelling from which finding out what it means is the shorter way."""

LONGEST = 1 << 16
MOST_VALUES = 250
MOST_TOKENS = 50
_PAD = 256
_HEAD = 160
"""Bytes of a record among which a syslog header's fields are looked for."""

_STRETCH = 1 << 20
_IS_DIGIT = np.isin(np.arange(256), list(b"0123456789"))
_ROWS = 1024

HEADS: tuple[tuple[Value, ...], ...] = (
    (),
    (Value(Free.INSTANT, "head"), Value(Free.ID, "process")),
    (Value(Free.YEARLESS, "head"),),
)
"""Free values of a syslog header, by its kind: none, RFC 5424, RFC 3164."""


@dataclass(frozen=True, slots=True)
class _Text:
    data: Bytes
    starts: Places
    ends: Places

    @staticmethod
    def of(texts: pa.Array) -> _Text:
        offsets = np.frombuffer(texts.buffers()[1], np.int32)[: len(texts) + 1].astype(np.int64)
        data = np.frombuffer(texts.buffers()[2], np.uint8)
        return _Text(data, offsets[:-1], offsets[1:])

    def said(self, start: int, end: int) -> str:
        return self.data[start:end].tobytes().decode()


@dataclass(frozen=True, slots=True)
class _Frame:
    """Records with as many values, and gaps of the same lengths around them."""

    rows: Places
    starts: Places
    ends: Places
    """Of the values, a column each."""

    head: int


class XmlSpeller(Speller):
    """Of the elements of a format, with a syslog header or without."""

    def __init__(self, free: FreeValues) -> None:
        self._free = free

    def may_read(self, text: str) -> bool:
        """See `Speller.may_read`."""
        return "<" in text[:4096] and not text.lstrip("\ufeff \t\r\n").startswith(("{", "[", "\x1e"))

    def spelt(self, engine: Engine, records: pa.Table) -> Iterator[Alike]:
        """See `Speller.spelt`."""
        del engine
        rows = np.flatnonzero(records.column("mark").is_null().to_numpy())
        if len(rows) < FEWEST:
            return
        text = _Text.of(_in_one_piece(records.column("record")))
        for frame in _frames(text, rows[text.ends[rows] - text.starts[rows] <= LONGEST]):
            values = self._values(text, frame)
            alike = None if values is None else _alike(text, frame, values, self._free.words)
            if alike is not None:
                yield alike

    def is_as_taken(self, spelling: Spelling, record: str, signs: Sequence[str]) -> bool:
        """See `Speller.is_as_taken`."""
        found = places_of(record)
        if found is None:
            return False
        in_head = {value for head in HEADS for value in head}
        return all(
            [place for said, place in found if sign in said] == [value.place]
            for value, sign in zip(spelling.values, signs, strict=True)
            if value not in in_head
        )

    def _values(self, text: _Text, frame: _Frame) -> list[Value | None] | None:
        """What each value of the frame's first record is; None where it is not free."""
        row, head = int(frame.rows[0]), HEADS[frame.head]
        bounds = [
            text.starts[row],
            *np.column_stack((frame.starts[0], frame.ends[0])).ravel(),
            text.ends[row],
        ]
        gaps = [text.said(int(bounds[at]), int(bounds[at + 1])) for at in range(0, len(bounds), 2)]
        # The header's values are no attributes: the text before the first quote is one.
        quoted = ["".join(gaps[: len(head) + 1]), *gaps[len(head) + 1 :]]
        values = values_of(quoted, self._free.places)
        return None if values is None else [*head, *values]


def _in_one_piece(texts: pa.ChunkedArray) -> pa.Array:
    """The texts side by side, with some bytes to spare behind them."""
    spare = pa.array(["\0" * _PAD], pa.string())
    return pa.concat_arrays([*texts.cast(pa.string()).chunks, spare])[:-1]


def _frames(text: _Text, rows: Places) -> Iterator[_Frame]:
    quotes = _positions(text.data, ord('"'))
    first = np.searchsorted(quotes, text.starts[rows])
    counts = np.searchsorted(quotes, text.ends[rows]) - first
    usable = (counts > 0) & (counts % 2 == 0) & (counts <= 2 * MOST_VALUES)
    rows, first, counts = rows[usable], first[usable], counts[usable]
    if not len(rows):
        return
    kinds, spaces = _heads(text, rows, quotes[first])
    kinds_and_counts = kinds * (2 * MOST_VALUES + 1) + counts
    for said in np.unique(kinds_and_counts).tolist():
        held = np.flatnonzero(kinds_and_counts == said)
        if len(held) < FEWEST:
            continue
        head, count = divmod(said, 2 * MOST_VALUES + 1)
        found = quotes[first[held][:, None] + np.arange(count)]
        before = spaces[held][:, : 2 * len(HEADS[head])]
        starts = np.column_stack((before[:, 0::2], found[:, 0::2] + 1))
        ends = np.column_stack((before[:, 1::2], found[:, 1::2]))
        gaps = _gaps(text, rows[held], starts, ends)
        for group in _same(gaps[1] - gaps[0]):
            yield _Frame(rows[held[group]], starts[group], ends[group], head)


def _positions(data: Bytes, sign: int) -> Places:
    """Where a byte stands, a stretch of the data at a time."""
    return np.concatenate(
        [
            np.flatnonzero(data[at : at + _STRETCH] == sign) + at
            for at in range(0, max(len(data), 1), _STRETCH)
        ]
    )


def _heads(text: _Text, rows: Places, limit: Places) -> tuple[Places, Places]:
    """The kind of each record's header, and the bounds of its values (two columns each)."""
    starts = text.starts[rows]
    bounds = np.zeros((len(rows), 4), np.int64)
    kinds = np.zeros(len(rows), np.int64)
    if not _IS_DIGIT[text.data[starts + 1]].any():
        return kinds, bounds
    head = stretches(text.data, starts, _HEAD)
    at, places = np.nonzero(head == ord(" "))
    counted = np.bincount(at, minlength=len(rows))
    first = np.cumsum(counted) - counted
    many = np.flatnonzero(counted >= 5)
    five = places[first[many][:, None] + np.arange(5)]
    # `<85>1 time host tag process …`
    is_new = (head[many, five[:, 0] - 1] == ord("1")) & (head[many, five[:, 0] - 2] == ord(">"))
    is_new &= (five[:, 4] + starts[many] < limit[many]) & (five[:, 0] <= 6) & (five[:, 0] >= 4)
    new = many[is_new]
    kinds[new] = 1
    said = five[is_new]
    bounds[new] = np.column_stack((said[:, 0] + 1, said[:, 1], said[:, 3] + 1, said[:, 4]))
    # `<85>Jun 11 09:00:00 …`
    is_closed = head[:, 2:5] == ord(">")
    closed = np.argmax(is_closed, axis=1) + 2
    behind = head[np.arange(len(rows)), closed + 1]
    is_old = (
        is_closed.any(axis=1) & (behind >= ord("A")) & (behind <= ord("Z")) & (closed + starts + 16 < limit)
    )
    kinds[is_old] = 2
    bounds[is_old, :2] = np.column_stack((closed + 1, closed + 16))[is_old]
    return kinds, bounds + starts[:, None]


def _gaps(text: _Text, rows: Places, starts: Places, ends: Places) -> tuple[Places, Places]:
    """Bounds of what stands before, between and behind these."""
    return (
        np.column_stack((text.starts[rows], ends)),
        np.column_stack((starts, text.ends[rows])),
    )


def _same(numbers: Places) -> Iterator[Places]:
    """Places of equal rows of a matrix, where there are enough of them."""
    if (numbers == numbers[0]).all():
        yield np.arange(len(numbers))
        return
    weights = np.random.default_rng(1).integers(1, 1 << 62, numbers.shape[1], dtype=np.int64) | 1
    for group in _groups(numbers @ weights):
        # What one number has in common with another by chance is left out.
        same = group[(numbers[group] == numbers[group[0]]).all(axis=1)]
        if len(same) >= FEWEST:
            yield same


def _groups(codes: Places | npt.NDArray[np.uint64]) -> Iterator[Places]:
    """Places of equal numbers, where there are enough of them."""
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    bounds = np.concatenate(([0], np.flatnonzero(ordered[1:] != ordered[:-1]) + 1, [len(order)]))
    for at in np.flatnonzero(np.diff(bounds) >= FEWEST).tolist():
        yield order[bounds[at] : bounds[at + 1]]


def _alike(text: _Text, frame: _Frame, values: list[Value | None], words: Sequence[str]) -> Alike | None:
    """The frame's records by their spellings, those that have few like them aside."""
    places = [place for place, value in enumerate(values) if value is not None]
    if not 0 < len(places) <= MOST_TOKENS:
        return None
    found = [
        tokens_of(value, gathered(text.data, frame.starts[:, place], frame.ends[:, place]), words)
        for place, value in enumerate(values)
        if value is not None
    ]
    tokens = tuple(one.tokens for one in found)
    starts = frame.starts[:, places] + np.column_stack([one.before for one in found])
    lengths = np.column_stack([one.lengths for one in found])
    # Something stands where a time should, and is none.
    is_odd = (lengths == 0) & (frame.ends[:, places] - frame.starts[:, places] > 1)
    is_odd &= np.array([one.instants is not None for one in tokens])
    codes = np.full(len(frame.rows), -1)
    spelt: list[Spelt] = []
    for held in _spelt_groups(text, frame.rows, starts, lengths):
        if not is_odd[held[0]].any():
            codes[held] = len(spelt)
            spelt.append(_spelt(text, frame.rows[held[0]], starts[held[0]], lengths[held[0]], tokens))
    return Alike(frame.rows, codes, tuple(spelt), tokens).picked(codes >= 0)


def _spelt(text: _Text, row: np.int64, starts: Places, lengths: Places, tokens: Sequence[Tokens]) -> Spelt:
    """How a record with these tokens is spelt; where it has none, that is part of its spelling."""
    there = tuple(np.flatnonzero(lengths).tolist())
    begins = [text.starts[row], *(starts + lengths)[[*there]]]
    ends = [*starts[[*there]], text.ends[row]]
    pieces = tuple(text.said(int(begin), int(end)) for begin, end in zip(begins, ends, strict=True))
    return Spelt(Spelling(pieces, tuple(tokens[at].value for at in there)), there)


def _spelt_groups(text: _Text, rows: Places, starts: Places, lengths: Places) -> Iterator[Places]:
    """Places of records whose bytes but those of the tokens are the same."""
    bounds = _gaps(text, rows, starts, starts + lengths)
    for alike in _same(np.column_stack((bounds[1] - bounds[0], lengths == 0))):
        for group in _equal(text, bounds[0][alike], bounds[1][alike]):
            yield alike[group]


def _equal(text: _Text, starts: Places, ends: Places) -> Iterator[Places]:
    """Of records whose runs are as long, the places of those whose runs have the same bytes."""
    lengths = (ends - starts)[0].tolist()
    differing = [_differing(text, starts[:, at], length) for at, length in enumerate(lengths) if length]
    found = np.concatenate(differing, axis=1) if differing else np.zeros((len(starts), 0), np.uint8)
    groups = [np.arange(len(starts))]
    for at in range(0, found.shape[1], 8):
        words = np.zeros((len(starts), 8), np.uint8)
        words[:, : found.shape[1] - at] = found[:, at : at + 8]
        codes = words.view(np.uint64).ravel()
        groups = [group[part] for group in groups for part in _groups(codes[group])]
    yield from groups


def _differing(text: _Text, starts: Places, length: int) -> Bytes:
    """Of runs of this length, the bytes that are not the same in all."""
    found = np.zeros(length, np.bool_)
    wanted = text.data[starts[0] : starts[0] + length]
    for at in range(0, len(starts), _ROWS):
        is_other = stretches(text.data, starts[at : at + _ROWS], length) != wanted
        if is_other.any():
            found |= is_other.any(axis=0)
    places = np.flatnonzero(found)
    kept: Bytes = text.data[starts[:, None] + places]
    return kept
