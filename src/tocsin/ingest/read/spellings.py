# SPDX-License-Identifier: Apache-2.0
"""Records that are spelt alike: the same bytes but for the tokens of some values, found together.

What stands outside of the quotes tells which values there are; a format says which of them are free (see
`values`). It works on the bytes, many records at a time, and reads nothing: what a spelling means is asked
of the parser and the statement, once (`ingest.alike`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tocsin.ingest.read.values import Bytes, Free, Places, Tokens, gathered, stretches, tokens_of

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

ClassesOf = Callable[[list[str]], list[tuple[Free, str] | None] | None]
"""From the constant texts around a record's quoted values to what each value is: free, and where it stands
(two of one place may be compared), or None; None for all when the record cannot be read."""

HEADS: tuple[tuple[tuple[Free, str], ...], ...] = (
    (),
    ((Free.INSTANT, "head"), (Free.ID, "process")),
    ((Free.YEARLESS, "head"),),
)
"""Free values of a syslog header, by its kind: none, RFC 5424, RFC 3164."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """Records of one spelling."""

    rows: Places
    literals: tuple[str, ...]
    """What is the same in all of them, before, between and behind the tokens."""

    tokens: tuple[Tokens, ...]
    """Of the rows; those that are empty are none."""


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


def in_one_piece(texts: pa.ChunkedArray) -> pa.Array:
    """The texts side by side, with some bytes to spare behind them."""
    spare = pa.array(["\0" * _PAD], pa.string())
    return pa.concat_arrays([*texts.cast(pa.string()).chunks, spare])[:-1]


def find_spellings(
    texts: pa.Array, rows: Places, classes_of: ClassesOf, words: Iterable[str]
) -> Iterator[Spelling]:
    """The spellings of these rows that are frequent enough; the texts as `in_one_piece` gives them."""
    text = _Text.of(texts)
    for frame in _frames(text, rows[text.ends[rows] - text.starts[rows] <= LONGEST]):
        classes = _classes(text, frame, classes_of)
        if classes is not None:
            yield from _of_frame(text, frame, classes, words)


def _classes(text: _Text, frame: _Frame, classes_of: ClassesOf) -> list[tuple[Free, str] | None] | None:
    """What each value of the frame's first record is."""
    row, heads = int(frame.rows[0]), HEADS[frame.head]
    bounds = [text.starts[row], *np.column_stack((frame.starts[0], frame.ends[0])).ravel(), text.ends[row]]
    gaps = [text.said(int(bounds[at]), int(bounds[at + 1])) for at in range(0, len(bounds), 2)]
    # The header's values are no attributes: the text before the first quote is one.
    quoted = ["".join(gaps[: len(heads) + 1]), *gaps[len(heads) + 1 :]]
    classes = classes_of(quoted)
    return None if classes is None else [*heads, *classes]


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


def _of_frame(
    text: _Text, frame: _Frame, classes: list[tuple[Free, str] | None], words: Iterable[str]
) -> Iterator[Spelling]:
    tokens: list[Tokens] = []
    starts: list[Places] = []
    for place, said in enumerate(classes):
        if said is not None:
            cells = gathered(text.data, frame.starts[:, place], frame.ends[:, place])
            tokens.append(tokens_of(*said, cells, words))
            starts.append(frame.starts[:, place] + tokens[-1].before)
    if not 0 < len(tokens) <= MOST_TOKENS:
        return
    begun = np.column_stack(starts)
    lengths = np.column_stack([one.lengths for one in tokens])
    bounds = _gaps(text, frame.rows, begun, begun + lengths)
    for alike in _same(np.column_stack((bounds[1] - bounds[0], lengths == 0))):
        for group in _equal(text, bounds[0][alike], bounds[1][alike]):
            held = alike[group]
            first = held[0]
            runs = zip(bounds[0][first].tolist(), bounds[1][first].tolist(), strict=True)
            yield Spelling(
                frame.rows[held],
                tuple(text.said(start, end) for start, end in runs),
                tuple(one.picked(held) for one in tokens),
            )


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
