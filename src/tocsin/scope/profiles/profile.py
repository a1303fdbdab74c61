# SPDX-License-Identifier: Apache-2.0
"""The profile of one file: its rows, its persons, what each column is, and why what is unreadable is so.

Identifiers stay in the engine's memory while a scan runs, to be counted once each; no value leaves it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Final

import pyarrow as pa

from tocsin.scope.profiles.columns import Column, read_columns
from tocsin.scope.profiles.content import Content, Unreadable
from tocsin.scope.profiles.counting import Tally, count_chunk
from tocsin.scope.profiles.interface import Reader, Rows
from tocsin.store.engine import Engine

CHUNK_ROWS: Final = 200_000
CHUNK_BYTES: Final = 48 << 20
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
    engine: Engine, content: Content, readers: Sequence[Reader], confirmed: Mapping[str, str] | None = None
) -> Profile:
    """Profile one file or member; what cannot be read is said in it. `found` gains its identifiers."""
    profile = Profile(content.label, None, content.size, content.changed_at)
    engine.run("delete from found_here")
    engine.run("delete from ins_here")
    try:
        reader = find_reader(content, readers)
        profile.kind = reader.name
        for rows in reader.read(content):
            _add_part(engine, profile, rows, confirmed or {})
    except Unreadable as error:
        profile.unreadable = error.reason
    _count_distinct(engine, profile)
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


def _add_part(engine: Engine, profile: Profile, rows: Rows, confirmed: Mapping[str, str]) -> None:
    chunks = chunks_of(rows)
    tally: Tally | None = None
    columns: list[Column] = []
    try:
        first = next(chunks, None)
        if first is None:
            return
        engine.register("batch", first)
        columns = read_columns(engine, rows.columns, confirmed)
        tally = Tally(columns)
        for chunk in chain([first], chunks):
            engine.register("batch", chunk)
            count_chunk(engine, tally)
            keep_distinct(engine, over=MOST_FOUND)
            profile.rows += chunk.num_rows
    finally:
        engine.unregister("batch")
        if tally is not None:
            _keep(profile, rows.part, tally)


def _keep(profile: Profile, part: str, tally: Tally) -> None:
    for place, column in enumerate(tally.columns):
        filled, fitting, false = tally.filled[place], tally.fitting[place], tally.false_keys[place]
        profile.columns.append(ColumnProfile(part, column, filled, fitting, false))
        profile.false_keys += false
    profile.false_keys += tally.false_in_prose
    for name, hits in tally.in_prose.items():
        profile.in_prose[name] = profile.in_prose.get(name, 0) + hits


def _count_distinct(engine: Engine, profile: Profile) -> None:
    keep_distinct(engine)
    counted = engine.rows("select kind, count(*) from found_here group by kind order by kind")
    profile.distinct = {str(kind): int(str(number)) for kind, number in counted}
    profile.contradictory_ins = count_contradictory(engine, "ins_here")
    engine.run("insert into found from found_here")
    engine.run("insert into ins_found select distinct * from ins_here")


def keep_distinct(engine: Engine, over: int = 0) -> None:
    """Each identifier of the file once; done while a file is read only when more than `over` are held."""
    if over and engine.count("select count(*) from found_here") <= over:
        return
    engine.create("found_here", "select distinct kind, value from found_here")


def count_contradictory(engine: Engine, relation: str) -> int:
    """INS with several birth dates or sexes, or with several names and given names both: one of the two
    alone differs where somebody married, or where only the first given name was noted."""
    return engine.count(
        f"select count(*) from (select ins from {relation} group by ins"
        " having count(distinct birth_date) > 1 or count(distinct sex) > 1"
        " or (count(distinct family_name) > 1 and count(distinct given_names) > 1))"
    )


def prepare(engine: Engine) -> None:
    """Make the tables in which identifiers are counted."""
    for name in ("found", "found_here"):
        engine.run(f"create or replace temp table {name} (kind varchar, value varchar)")
    for name in ("ins_found", "ins_here"):
        engine.run(
            f"create or replace temp table {name} (ins varchar, birth_date date, sex varchar,"
            " family_name varchar, given_names varchar)"
        )
