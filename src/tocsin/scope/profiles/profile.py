# SPDX-License-Identifier: Apache-2.0
"""The profile of one file: its rows, its persons, what each column is, and why what is unreadable is so.

Identifiers stay in the engine's memory while a scan runs, to be counted once each; no value leaves it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Final

import pyarrow as pa

from tocsin.scope.profiles.cells import trimmed
from tocsin.scope.profiles.columns import SAMPLE_ROWS, Column, read_columns
from tocsin.scope.profiles.content import Content, Unreadable
from tocsin.scope.profiles.counters import Counters
from tocsin.scope.profiles.counting import Tally
from tocsin.scope.profiles.holding import (
    count_contradictory,
    count_distinct,
    keep_distinct,
    keep_found,
)
from tocsin.scope.profiles.interface import Reader, Rows
from tocsin.scope.profiles.possible import PossibleNames
from tocsin.store.engine import Engine

CHUNK_ROWS: Final = 100_000
CHUNK_BYTES: Final = 32 << 20
MOST_FOUND: Final = 4_000_000
"""Identifiers held before those that stand several times are taken out."""


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column of a file."""

    part: str
    column: Column
    filled: int
    fitting: int
    """Values of the form that its kind has; all, where the kind has none."""

    false_keys: int


@dataclass(slots=True)
class Profile:
    """What one file holds."""

    label: str
    kind: str | None
    """The reader's name; null when none recognises it."""

    bytes: int | None
    changed_at: datetime | None
    rows: int = 0
    columns: list[ColumnProfile] = field(default_factory=list)
    in_prose: dict[str, int] = field(default_factory=dict)
    """Category: values found in prose."""

    distinct: dict[str, int] = field(default_factory=dict)
    """Kind of identifier, or `persons`, `guardians`, `professionals`: how many distinct ones."""

    possible_names: PossibleNames | None = None
    """In prose, where they were asked for: nobody is counted by them."""

    false_keys: int = 0
    """Numbers whose key is wrong, in columns and in prose."""

    contradictory_ins: int = 0
    """INS that stand with contradictory traits: flagged, neither dropped nor split."""

    unreadable: str | None = None
    """Of REASONS; what was read before the break is counted."""

    path: Path | None = None
    """Of the file; a member has that of its archive."""

    used_at: datetime | None = None
    """When the file system says that the file was last read."""

    sha256: str | None = None
    """Of the file, where it was asked for."""

    @property
    def categories(self) -> dict[str, tuple[int, float]]:
        """Category: values of its fullest column and those in prose; the surest column's confidence."""
        found: dict[str, tuple[int, float]] = {}
        for told in self.columns:
            name = told.column.category
            if name is not None and told.filled:
                count, sure = found.get(name, (0, 0.0))
                found[name] = (max(count, told.filled), max(sure, told.column.confidence))
        for name, hits in self.in_prose.items():
            count, sure = found.get(name, (0, 0.0))
            found[name] = (count + hits, max(sure, PROSE_CONFIDENCE))
        return dict(sorted(found.items()))


PROSE_CONFIDENCE: Final = 0.8


def profile_content(
    counters: Counters,
    content: Content,
    readers: Sequence[Reader],
    confirmed: Mapping[str, str] | None = None,
) -> Profile:
    """Profile one file or member; what cannot be read is said in it. Its identifiers are held."""
    profile = Profile(content.label, None, content.size, content.changed_at)
    profile.possible_names = None if counters.names is None else PossibleNames()
    keep_found(counters.engine, counters.held)
    counters.held = Counter()
    try:
        reader = find_reader(content, readers)
        profile.kind = reader.name
        for rows in reader.read(content):
            _add_part(counters, profile, rows, confirmed or {})
    except Unreadable as error:
        profile.unreadable = error.reason
    _count_held(counters, profile)
    return profile


def find_reader(content: Content, readers: Sequence[Reader]) -> Reader:
    """Raises Unreadable when nobody reads it."""
    for reader in readers:
        if reader.recognises(content):
            return reader
    raise Unreadable("unknown_kind")


def chunks_of(rows: Rows) -> Iterator[pa.Table]:
    """Its batches joined into tables of some size: the unit of work."""
    held: list[pa.RecordBatch] = []
    count = size = 0
    for batch in rows.batches:
        held.append(batch)
        count, size = count + batch.num_rows, size + batch.nbytes
        if count >= CHUNK_ROWS or size >= CHUNK_BYTES:
            yield pa.Table.from_batches(held)
            held, count, size = [], 0, 0
    if held:
        yield pa.Table.from_batches(held)


def _add_part(counters: Counters, profile: Profile, rows: Rows, confirmed: Mapping[str, str]) -> None:
    chunks = chunks_of(rows)
    first = next(chunks, None)
    if first is None:
        return
    columns = _understood(counters.engine, rows, first, confirmed)
    tally, waiting, packed = Tally(columns), list[Future[Tally]](), 0
    try:
        for chunk in chain([first], chunks):
            waiting.append(counters.submit(columns, chunk))
            if counters.names is not None and profile.possible_names is not None:
                profile.possible_names.add(counters.names.search(columns, chunk))
            while waiting and waiting[0].done():
                tally.add(waiting.pop(0).result())
            if tally.held.total() > MOST_FOUND * (1 + packed):
                _add_all(tally, waiting)
                keep_distinct(counters.engine, counters.held + tally.held)
                packed += 1
    finally:  # what stands before a break counts
        _add_all(tally, waiting)
        profile.rows += tally.rows
        counters.held += tally.held
        _keep(profile, rows.part, tally)


def _understood(engine: Engine, rows: Rows, first: pa.Table, confirmed: Mapping[str, str]) -> list[Column]:
    engine.register("batch", trimmed(first.slice(0, SAMPLE_ROWS)))
    try:
        return read_columns(engine, rows.columns, confirmed)
    finally:
        engine.unregister("batch")


def _add_all(tally: Tally, waiting: list[Future[Tally]]) -> None:
    while waiting:
        tally.add(waiting.pop(0).result())


def _keep(profile: Profile, part: str, tally: Tally) -> None:
    for place, column in enumerate(tally.columns):
        filled, fitting, false = tally.filled[place], tally.fitting[place], tally.false_keys[place]
        profile.columns.append(ColumnProfile(part, column, filled, fitting, false))
        profile.false_keys += false
    profile.false_keys += tally.false_in_prose
    for name, hits in tally.in_prose.items():
        profile.in_prose[name] = profile.in_prose.get(name, 0) + hits


def _count_held(counters: Counters, profile: Profile) -> None:
    profile.distinct = count_distinct(counters.numbers, "here", counters.held)
    if counters.held.keys() & {"ins", "ins_test"}:
        profile.contradictory_ins = count_contradictory(counters.engine, "ins_here")
    counters.kinds |= set(counters.held)
    if counters.names is not None and profile.possible_names is not None:
        profile.possible_names.distinct = counters.names.end_file()
