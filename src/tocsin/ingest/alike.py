# SPDX-License-Identifier: Apache-2.0
"""Records that are spelt alike, made events by asking of two of them what all of them say.

A speller finds them (`read.spellings`). Two records that stand for a spelling, with signs in place of its
values, go the usual way: the parser and the one statement. Where their signs come out, the values of all
records of that spelling go. When a spelling is met first, some real records of it go both ways, and must come
out the same. What is not plainly so goes the usual way alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tocsin.ingest.alike_meaning import (
    Meaning,
    are_same,
    hashed,
    in_order,
    meanings_of,
    rows_of,
)
from tocsin.ingest.alike_signs import is_plain, record_of, signs_of
from tocsin.ingest.interface import RECORDS, Extraction, LogFormat, as_records
from tocsin.ingest.read.json_spellings import JsonSpeller
from tocsin.ingest.read.spellings import Alike, FreeValues, Mask, Places, Speller, Spelling
from tocsin.ingest.read.xml_spellings import XmlSpeller
from tocsin.store.engine import Engine

APART = 240_000_000
"""Microseconds: times of a record that are further apart may say something of each other (a clock that
disagrees)."""

MANY = 64
"""Records of a spelling from which more than one goes both ways."""

FEWEST_TOLD = 0.25
"""Of the records of a chunk: below that, looking for spellings costs more than it gives."""

FEWEST_JUDGED = 1000
MOST_KNOWN = 20_000
Read = Callable[[Engine, Extraction, pa.Table], pa.Table]
"""The one statement, over records that were converted."""


def spellers_of(free: FreeValues, extraction: Extraction) -> list[Speller]:
    """One for each syntax in which the format is read."""
    found: list[Speller] = [XmlSpeller(free)]
    if free.is_read is not None:
        found.append(JsonSpeller(free, {"detail": extraction.columns["detail"]}))
    return found


class AlikeRecords:
    """Reads a file's records; knows what the spellings met so far mean."""

    def __init__(
        self, form: LogFormat, extraction: Extraction, spellers: Sequence[Speller], read: Read
    ) -> None:
        self._form = form
        self._extraction = extraction
        self._spellers = spellers
        self._read_all = read
        self._known: dict[Spelling, Meaning | None] = {}
        self._asking = threading.Lock()
        self._engine: Engine | None = None
        """Of whoever asks what a spelling means: the statement is planned once for all threads."""

        self._is_worth_it = True

    def read(self, engine: Engine, extraction: Extraction, records: pa.Table) -> pa.Table:
        """The rows of these records, in their order: what `read` gives of all of them."""
        speller = self._speller_of(records) if extraction is self._extraction else None
        told = [] if speller is None else list(self._told(engine, speller, records))
        count = sum(len(one.rows) for one, _ in told)
        if speller is not None and records.num_rows >= FEWEST_JUDGED:
            self._is_worth_it = count >= FEWEST_TOLD * records.num_rows
        if not count:
            return self._usual(engine, extraction, records)
        return self._joined(engine, records, told)

    def _speller_of(self, records: pa.Table) -> Speller | None:
        text = records.column("record")[0].as_py() if records.num_rows and self._is_worth_it else ""
        return next((one for one in self._spellers if one.may_read(text)), None)

    def _usual(self, engine: Engine, extraction: Extraction, records: pa.Table) -> pa.Table:
        return self._read_all(engine, extraction, self._form.convert(records))

    def _joined(self, engine: Engine, records: pa.Table, told: list[tuple[Alike, list[Meaning]]]) -> pa.Table:
        """The rows of the spellings and, by the usual way, of the other records."""
        is_left = np.ones(records.num_rows, np.bool_)
        order = np.zeros(records.num_rows, np.int64)
        parts: list[pa.Table] = []
        count = 0
        for one, meanings in told:
            is_left[one.rows] = False
            order[one.rows] = count + np.arange(len(one.rows))
            count += len(one.rows)
            parts.append(rows_of(records, one, meanings))
        left = np.flatnonzero(is_left)
        if len(left):
            order[left] = count + np.arange(len(left))
            parts.append(self._usual(engine, self._extraction, _taken(records, left)))
        return hashed(engine, in_order(parts, order))

    def _told(
        self, engine: Engine, speller: Speller, records: pa.Table
    ) -> Iterator[tuple[Alike, list[Meaning]]]:
        """The records of which it is known what they mean; of new spellings it is asked, together."""
        found = [kept for one in speller.spelt(engine, records) if len((kept := _kept(one)).rows)]
        if len(self._known) > MOST_KNOWN:
            self._known.clear()
        if any(spelling not in self._known for one in found for spelling in one.spellings):
            with self._asking:
                self._engine = self._engine or engine.cursor()
                self._learn(self._engine, speller, records, found)
        for one in found:
            meanings = [self._known.get(spelling) for spelling in one.spellings]
            alike = one.of_spellings([meaning is not None for meaning in meanings])
            if len(alike.rows):
                yield alike, [meaning for meaning in meanings if meaning is not None]

    def _learn(self, engine: Engine, speller: Speller, records: pa.Table, found: list[Alike]) -> None:
        """What spellings mean, from two records that stand for each; real ones must then say the same."""
        # Another thread may have asked meanwhile.
        new = [one.of_spellings([spelling not in self._known for spelling in one.spellings]) for one in found]
        told: dict[Spelling, Meaning | None] = {spelling: None for one in new for spelling in one.spellings}
        new = [one.of_spellings([_is_plain(speller, spelling) for spelling in one.spellings]) for one in new]
        samples = [sample for one in new if len((sample := one.picked(_are_samples(one))).rows)]
        signed = [record_of(s, side) for one in samples for s in one.spellings for side in (0, 1)]
        real = [records.column("record")[row].as_py() for one in samples for row in one.rows.tolist()]
        asked = as_records([*signed, *real])
        rows = self._usual(engine, self._extraction, asked) if samples else asked
        at, behind = 0, len(signed)
        for one in samples:
            pairs = rows.slice(at, 2 * len(one.spelt))
            meanings = meanings_of(pairs, one)
            here = np.arange(behind, behind + len(one.rows))
            told |= _proven(asked, rows, replace(one, rows=here), meanings)
            at, behind = at + len(pairs), behind + len(here)
        self._known |= told


def _proven(
    asked: pa.Table, rows: pa.Table, samples: Alike, meanings: Sequence[Meaning | None]
) -> dict[Spelling, Meaning]:
    """The meanings by which these records say what the statement says of them."""
    alike = samples.of_spellings([meaning is not None for meaning in meanings])
    known = [meaning for meaning in meanings if meaning is not None]
    if not known:
        return {}
    filled, wanted = rows_of(asked, alike, known), rows.take(pa.array(alike.rows))
    codes = list(range(len(known)))
    if not are_same(filled, wanted):
        are_here = [pa.array(alike.codes == code) for code in codes]
        codes = [
            code for code in codes if are_same(filled.filter(are_here[code]), wanted.filter(are_here[code]))
        ]
    return {alike.spelt[code].spelling: known[code] for code in codes}


def _is_plain(speller: Speller, spelling: Spelling) -> bool:
    signs = [sign.text for sign in signs_of(spelling.values, 0)]
    return is_plain(spelling) and speller.is_as_taken(spelling, record_of(spelling, 0), signs)


def _are_samples(alike: Alike) -> Mask:
    """Some records of each spelling: the first; of many also the last, the longest and the shortest."""
    lengths = np.zeros(len(alike.rows), np.int64)
    for one in alike.tokens:
        lengths += pc.fill_null(pc.binary_length(one.texts), 0).to_numpy()
    order = np.lexsort((lengths, alike.codes))
    bounds = np.searchsorted(alike.codes[order], np.arange(len(alike.spellings) + 1))
    found = np.zeros(len(alike.rows), np.bool_)
    found[np.unique(alike.codes, return_index=True)[1]] = True
    for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        if end - begin >= MANY:
            found[[order[begin], order[end - 1], order[begin:end].max()]] = True
    return found


def _taken(records: pa.Table, rows: Places) -> pa.Table:
    """Some of the records; Arrow takes none of its views."""
    places = pa.array(rows)
    texts = records.column("record").cast(pa.string()).combine_chunks().take(places)
    others = records.drop_columns(["record"]).take(places)
    return others.add_column(0, RECORDS.field(0), texts.cast(pa.string_view()))


def _kept(alike: Alike) -> Alike:
    """Less the records whose values may say something of each other."""
    held: Mask = np.ones(len(alike.rows), np.bool_)
    for one, other in combinations(alike.tokens, 2):
        are_there = one.is_there & other.is_there
        if one.instants is not None and other.instants is not None:
            held &= ~are_there | (np.abs(one.instants - other.instants) < APART)
        if one.value.place == other.value.place:
            are_equal = pc.equal(one.texts, other.texts)
            held &= ~are_there | ~pc.fill_null(are_equal, False).to_numpy(zero_copy_only=False)
    kept = alike.picked(held)
    return kept.of_spellings((np.bincount(kept.codes, minlength=len(kept.spellings)) > 0).tolist())
