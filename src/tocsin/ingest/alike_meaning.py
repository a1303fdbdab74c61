# SPDX-License-Identifier: Apache-2.0
"""What a spelling means: the event columns of its records, each a constant, an instant, or texts with tokens.

It is told by two records with different signs for the values: what differs between the two but by its signs
is not understood.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.ingest.alike_signs import SignReader, Told, reader_of
from tocsin.ingest.attempts import HASH
from tocsin.ingest.read.spellings import Alike, Places
from tocsin.store.engine import Engine

PLACES = ("byte_offset", "line_number", "item")
Pair = tuple[object, object]
"""What a column says of the two records."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """Columns of a spelling's events."""

    columns: dict[str, Told] = field(repr=False)
    schema: pa.Schema
    """Of the rows, in their order."""


def meanings_of(rows: pa.Table, alike: Alike) -> list[Meaning | None]:
    """From the rows of the two records of each spelling; None where they are no events, or a column is not
    understood."""
    said = rows.drop_columns([name for name in rows.column_names if name in (*PLACES, HASH, *alike.given)])
    columns = said.to_pydict()
    pairs = {name: list(zip(column[::2], column[1::2], strict=True)) for name, column in columns.items()}
    return [
        _meaning_of({name: pair[code] for name, pair in pairs.items()}, alike, code, rows.schema)
        for code in range(len(alike.spelt))
    ]


def _meaning_of(said: Mapping[str, Pair], alike: Alike, code: int, schema: pa.Schema) -> Meaning | None:
    if said["fate"] != ("event", "event"):
        return None
    # A value that was not taken out has no sign that would be understood.
    spelling, taken = alike.spelt[code]
    are_taken = tuple(number >= 0 for number in taken)
    sides = reader_of(spelling.values, 0, are_taken), reader_of(spelling.values, 1, are_taken)
    found: dict[str, Told] = {}
    for name, pair in said.items():
        told = _told(pair, sides)
        if told is None:
            return None
        found[name] = told
    # A time that is spelt out may say something of one that differs from record to record.
    has_fixed = any(isinstance(value, datetime) for told in found.values() for value in told.fixed)
    return None if has_fixed and sides[0].instants else Meaning(found, schema)


def _told(pair: Pair, sides: tuple[SignReader, SignReader]) -> Told | None:
    """What a column of the two records says; None where that is not understood."""
    first, second = pair
    if first == second:
        return Told((first,))
    if isinstance(first, str) and isinstance(second, str):
        texts = sides[0].told(first), sides[1].told(second)
        return texts[0] if texts[0] == texts[1] else None
    if isinstance(first, datetime) and isinstance(second, datetime):
        times = sides[0].instants.get(first), sides[1].instants.get(second)
        return Told((), (times[0],)) if times[0] is not None and times[0] == times[1] else None
    return None


def rows_of(records: pa.Table, alike: Alike, meanings: Sequence[Meaning]) -> pa.Table:
    """The rows of these records, less what is worked out of all rows together, by each spelling's meaning."""
    taken, schema = pa.array(alike.rows), meanings[0].schema
    columns = []
    for column in schema:
        if column.name in PLACES:
            columns.append(records.column(column.name).take(taken).combine_chunks())
        elif column.name in alike.given:
            columns.append(alike.given[column.name].cast(column.type))
        elif column.name == HASH:
            columns.append(pa.nulls(len(taken), column.type))
        else:
            columns.append(_column(alike, [one.columns[column.name] for one in meanings], column.type))
    return pa.Table.from_arrays(columns, schema=schema)


def _column(alike: Alike, told: Sequence[Told], kind: pa.DataType) -> pa.Array:
    """A column of which each spelling tells something; those with the same tokens in it are done together."""
    if not any(one.values for one in told):
        said = _by_spelling(alike, [one.fixed[0] for one in told], kind)
        return pa.repeat(said, len(alike.rows)) if isinstance(said, pa.Scalar) else said
    ways: dict[tuple[int, ...], list[Told | None]] = {}
    for code, (one, (_, taken)) in enumerate(zip(told, alike.spelt, strict=True)):
        tokens = tuple(taken[value] for value in one.values)
        ways.setdefault(tokens, [None] * len(told))[code] = one
    parts = [_part(alike, here, tokens, kind) for tokens, here in ways.items()]
    return parts[0] if len(parts) == 1 else pc.coalesce(*parts)


def _part(alike: Alike, told: Sequence[Told | None], tokens: Sequence[int], kind: pa.DataType) -> pa.Array:
    """What these spellings say with these tokens; null for records of the others."""
    if tokens and all(one is None or one.fixed in ((), ("", "")) for one in told):
        first = alike.tokens[tokens[0]]
        whole = pa.array(first.instants).cast(kind) if pa.types.is_timestamp(kind) else first.texts
        is_of = pa.array([one is not None for one in told])
        return whole if None not in told else pc.if_else(is_of.take(pa.array(alike.codes)), whole, None)
    said = []
    for at in range(len(tokens) + 1):
        said.append(_by_spelling(alike, [None if one is None else one.fixed[at] for one in told], kind))
        said += [alike.tokens[token].texts for token in tokens[at : at + 1]]
    return pc.binary_join_element_wise(*said, "") if tokens else said[0]


def _by_spelling(alike: Alike, said: list[object], kind: pa.DataType) -> pa.Array | pa.Scalar:
    """Of each record what its spelling says; a scalar where all say the same."""
    if said.count(said[0]) == len(said):
        return pa.scalar(said[0], kind)
    return pa.array(said, kind).take(pa.array(alike.codes))


def are_same(rows: pa.Table, others: pa.Table) -> bool:
    """Whether they say the same, hashes aside."""
    names = [name for name in rows.column_names if name != HASH]
    return bool(rows.select(names).combine_chunks().equals(others.select(names).combine_chunks()))


def in_order(parts: Sequence[pa.Table], order: Places) -> pa.Table:
    """The parts one behind the other, their rows in this order, each column in one piece."""
    whole = pa.concat_tables(parts).combine_chunks()
    if (order[1:] > order[:-1]).all():
        return whole
    return whole.take(pa.array(order)).combine_chunks()


def hashed(engine: Engine, rows: pa.Table) -> pa.Table:
    """The rows with the hash of each request, as the one statement gives it."""
    if HASH not in rows.column_names:
        return rows
    said = (
        "select case when fate = 'event' and request is not null then hash(request) end as hash from requests"
    )
    found = engine.one_piece_of("requests", rows.select(["fate", "request"]), said)
    return rows.set_column(rows.column_names.index(HASH), HASH, found.column("hash"))
