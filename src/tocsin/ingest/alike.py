# SPDX-License-Identifier: Apache-2.0
"""Records that are spelt alike, made events by asking of two of them what all of them say.

Two records that stand for a spelling, with signs in place of its tokens, go the usual way: the parser and the
one statement. Where their signs come out, the tokens of all records of that spelling go. When a spelling is
met first, some real records of it go both ways, and must come out the same. What is not plainly so goes the
usual way alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from itertools import combinations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tocsin.ingest.alike_meaning import (
    Filled,
    Key,
    Meaning,
    are_same,
    hashed,
    in_order,
    key_of,
    meaning_of,
    record_of,
    rows_of,
    signs_of,
)
from tocsin.ingest.interface import RECORDS, Extraction, LogFormat
from tocsin.ingest.read.spellings import FEWEST, Spelling, find_spellings, in_one_piece
from tocsin.ingest.read.values import FreeValues, Mask, Places
from tocsin.ingest.read.xml_places import classes_of, places_of
from tocsin.store.engine import Engine

APART = 240_000_000
"""Microseconds: times of a record that are further apart may say something of each other (a clock that
disagrees)."""

MOST_KNOWN = 20_000
Read = Callable[[Engine, Extraction, pa.Table], pa.Table]
"""The one statement, over records that were converted."""


class AlikeRecords:
    """Reads a file's records; knows what the spellings met so far mean."""

    def __init__(self, form: LogFormat, extraction: Extraction, free: FreeValues, read: Read) -> None:
        self._form = form
        self._extraction = extraction
        self._free = free
        self._read_all = read
        self._known: dict[Key, Meaning | None] = {}
        self._asking = threading.Lock()
        self._engine: Engine | None = None
        """Of whoever asks what a spelling means: the statement is planned once for all threads."""

    def read(self, engine: Engine, extraction: Extraction, records: pa.Table) -> pa.Table:
        """The rows of these records, in their order: what `read` gives of all of them."""
        if extraction is not self._extraction or not _may_be_xml(records):
            return self._usual(engine, extraction, records)
        texts = in_one_piece(records.column("record"))
        filled = list(self._filled(engine, records, texts))
        if not filled:
            return self._usual(engine, extraction, records)
        return self._joined(engine, records, texts, filled)

    def _usual(self, engine: Engine, extraction: Extraction, records: pa.Table) -> pa.Table:
        return self._read_all(engine, extraction, self._form.convert(records))

    def _joined(self, engine: Engine, records: pa.Table, texts: pa.Array, filled: list[Filled]) -> pa.Table:
        """The rows of the spellings and, by the usual way, of the other records."""
        is_left = np.ones(records.num_rows, np.bool_)
        order = np.zeros(records.num_rows, np.int64)
        parts: list[pa.Table] = []
        count = 0
        for one in filled:
            is_left[one.rows] = False
            order[one.rows] = count + np.arange(len(one.rows))
            count += len(one.rows)
            parts.append(rows_of(records, one))
        left = np.flatnonzero(is_left)
        if len(left):
            order[left] = count + np.arange(len(left))
            parts.append(self._usual(engine, self._extraction, _taken(records, texts, left)))
        return hashed(engine, in_order(parts, order))

    def _filled(self, engine: Engine, records: pa.Table, texts: pa.Array) -> Iterator[Filled]:
        """The spellings of which it is known what they mean, new ones asked for together."""
        found = list(self._spellings(records, texts))
        new = [one for one in found if key_of(one) not in self._known]
        if len(self._known) > MOST_KNOWN:
            self._known.clear()
            new = found
        if new:
            with self._asking:
                # Another thread may have asked meanwhile.
                self._engine = self._engine or engine.cursor()
                self._learn(self._engine, texts, [one for one in new if key_of(one) not in self._known])
        for one in found:
            meaning = self._known.get(key_of(one))
            if meaning is not None:
                yield Filled(one.rows, one.tokens, meaning)

    def _spellings(self, records: pa.Table, texts: pa.Array) -> Iterator[Spelling]:
        plain = np.flatnonzero(records.column("mark").is_null().to_numpy())
        if len(plain) < FEWEST:
            return
        for one in find_spellings(
            texts, plain, lambda gaps: classes_of(gaps, self._free.places), self._free.words
        ):
            kept = _kept(one)
            if kept is not None:
                yield kept

    def _learn(self, engine: Engine, texts: pa.Array, spellings: list[Spelling]) -> None:
        """What spellings mean, from two records that stand for each; real ones must then say the same."""
        found: dict[Key, Meaning | None] = {key_of(one): None for one in spellings}
        told = [one for one in spellings if self._is_as_taken(one)]
        samples = [_samples(one) for one in told]
        said = [record_of(one, side) for one in told for side in (0, 1)]
        for one, places in zip(told, samples, strict=True):
            said += texts.take(pa.array(one.rows[places])).to_pylist()
        asked = _as_records(said)
        rows = self._usual(engine, self._extraction, asked) if told else asked
        at = 2 * len(told)
        for number, (one, places) in enumerate(zip(told, samples, strict=True)):
            meaning = meaning_of(rows.slice(2 * number, 2), signs_of(one))
            here = np.arange(at, at + len(places))
            at += len(places)
            if meaning is not None:
                tokens = tuple(token.picked(places) for token in one.tokens)
                filled = rows_of(asked, Filled(here, tokens, meaning))
                if are_same(filled, rows.slice(int(here[0]), len(here))):
                    found[key_of(one)] = meaning
        self._known.update(found)

    def _is_as_taken(self, spelling: Spelling) -> bool:
        """Whether each sign stands at the place that its value was taken for."""
        places = places_of(record_of(spelling, 0))
        if places is None:
            return False
        wanted = [
            (sign[0].text, token.path)
            for token, sign in zip(spelling.tokens, signs_of(spelling), strict=True)
            if sign is not None and "@" in token.path
        ]
        return all([place for value, place in places if sign in value] == [path] for sign, path in wanted)


def _may_be_xml(records: pa.Table) -> bool:
    text = records.column("record")[0].as_py() if records.num_rows else ""
    return "<" in text[:4096] and not text.lstrip("\ufeff \t\r\n").startswith(("{", "[", "\x1e"))


def _samples(spelling: Spelling) -> Places:
    """Some of its records: the first, the last, one with the longest tokens and one with the shortest."""
    lengths = sum(token.lengths for token in spelling.tokens)
    return np.unique([0, len(spelling.rows) - 1, np.argmax(lengths), np.argmin(lengths)])


def _taken(records: pa.Table, texts: pa.Array, rows: Places) -> pa.Table:
    """Some of the records; `texts` are theirs, for Arrow takes none of its views."""
    places = pa.array(rows)
    others = records.drop_columns(["record"]).take(places)
    return others.add_column(0, RECORDS.field(0), texts.take(places).cast(pa.string_view()))


def _as_records(texts: list[str]) -> pa.Table:
    count = len(texts)
    columns = [
        pa.array(texts, pa.string_view()),
        pa.array(range(count), pa.int64()),
        pa.array(range(count), pa.int64()),
        pa.array([0] * count, pa.int64()),
        pa.nulls(count, pa.string()),
    ]
    return pa.Table.from_arrays(columns, schema=RECORDS)


def _kept(spelling: Spelling) -> Spelling | None:
    """The spelling less the records whose values may say something of each other; None for too few."""
    held: Mask = np.ones(len(spelling.rows), np.bool_)
    times = [one for one in spelling.tokens if one.instants is not None]
    for one in times:
        if one.is_empty and one.sizes[0] > 1:
            return None
    instants = [one.instants for one in times if one.instants is not None and not one.is_empty]
    for first, second in combinations(instants, 2):
        held &= np.abs(first - second) < APART
    for one, other in combinations(spelling.tokens, 2):
        if one.path == other.path and not one.is_empty and not other.is_empty:
            held &= ~pc.equal(one.texts, other.texts).to_numpy(zero_copy_only=False)
    if held.all():
        return spelling
    if held.sum() < FEWEST:
        return None
    taken = np.flatnonzero(held)
    return Spelling(
        spelling.rows[taken],
        spelling.literals,
        tuple(one.picked(taken) for one in spelling.tokens),
    )
