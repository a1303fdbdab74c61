# SPDX-License-Identifier: Apache-2.0
"""What a spelling means: the event columns of its records, each a constant, an instant, or texts with tokens.

It is told by two records with different signs for the tokens: what differs between the two but by its signs
is not understood.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from tocsin.ingest.attempts import HASH
from tocsin.ingest.read.spellings import Spelling
from tocsin.ingest.read.values import Free, Places, Tokens
from tocsin.store.engine import Engine

PLACES = ("byte_offset", "line_number", "item")
_SALT = secrets.token_hex(6)
_NUMBER = secrets.randbelow(10**11)
"""Nobody can write a record that has our signs in it."""

Part = str | int
"""A constant text, or the number of a token."""

Key = tuple[tuple[str, ...], tuple[tuple[Free, str, bool], ...]]


@dataclass(frozen=True, slots=True)
class Sign:
    """What stands for a token in one of the two records."""

    text: str
    instant: int | None = None
    """Microseconds since 1970 of a time."""


Signs = list[tuple[Sign, Sign] | None]
"""Of each token of a spelling; None where it is empty."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """Columns of a spelling's events."""

    constants: dict[str, pa.Scalar]
    instants: dict[str, int]
    """The token that is the column's time."""

    texts: dict[str, list[Part]]
    schema: pa.Schema
    """Of the rows, in their order."""


@dataclass(frozen=True, slots=True)
class Filled:
    """Records of one spelling, and what it means."""

    rows: Places
    tokens: tuple[Tokens, ...]
    meaning: Meaning


def key_of(spelling: Spelling) -> Key:
    """Equal for spellings that mean the same."""
    return (spelling.literals, tuple((one.free, one.path, one.is_empty) for one in spelling.tokens))


def signs_of(spelling: Spelling) -> Signs:
    """The signs of its tokens, each another."""
    return [
        None if one.is_empty else (_sign(one.free, at, 0), _sign(one.free, at, 1))
        for at, one in enumerate(spelling.tokens)
    ]


def _sign(free: Free, number: int, side: int) -> Sign:
    match free:
        case Free.ADDRESS:
            return Sign((f"10.91.{number}.73", f"192.0.{number}.201")[side])
        case Free.YEARLESS:
            return Sign((f"Mar 14 05:06:{number:02d}", f"Nov  4 15:16:{number:02d}")[side])
        case Free.INSTANT:
            text, at = (
                (f"2011-03-04T05:06:{number:02d}.125Z", 1_299_215_160_125_000),
                (f"2012-11-09T22:16:{number:02d}+01:00", 1_352_495_760_000_000),
            )[side]
            return Sign(text, at + number * 1_000_000)
        case _:
            return Sign((f"zq{_SALT}x{number:02d}w", f"7{_NUMBER:011d}{number:02d}3")[side])


def record_of(spelling: Spelling, side: int) -> str:
    """The text of one of the two records that stand for it."""
    signs = ["" if pair is None else pair[side].text for pair in signs_of(spelling)]
    return "".join(f"{literal}{sign}" for literal, sign in zip(spelling.literals, [*signs, ""], strict=True))


def meaning_of(rows: pa.Table, signs: Signs) -> Meaning | None:
    """From the rows of the two records; None where they are no events, or a column is not understood."""
    if rows.column("fate").to_pylist() != ["event", "event"]:
        return None
    found = Meaning({}, {}, {}, rows.schema)
    for name in rows.column_names:
        if name not in (*PLACES, HASH) and not _is_understood(found, name, rows.column(name), signs):
            return None
    # A time that is spelt out may say something of one that differs from record to record.
    has_fixed = any(pa.types.is_timestamp(one.type) and one.is_valid for one in found.constants.values())
    has_free = any(pair is not None and pair[0].instant is not None for pair in signs)
    return None if has_fixed and has_free else found


def _is_understood(found: Meaning, name: str, pair: pa.ChunkedArray, signs: Signs) -> bool:
    first, second = pair[0], pair[1]
    if first.equals(second):
        found.constants[name] = first
        return True
    if not (first.is_valid and second.is_valid):
        return False
    if pa.types.is_string(pair.type):
        parts = [_parts(value.as_py(), signs, side) for side, value in enumerate((first, second))]
        found.texts[name] = parts[0]
        return parts[0] == parts[1]
    if pa.types.is_timestamp(pair.type):
        at = [_time_at(value, signs, side) for side, value in enumerate((first, second))]
        found.instants[name] = at[0]
        return at[0] == at[1] >= 0
    return False


def _parts(text: str, signs: Signs, side: int) -> list[Part]:
    """The text, its signs as the numbers of their tokens."""
    numbers = {pair[side].text: at for at, pair in enumerate(signs) if pair is not None}
    pattern = "|".join(map(re.escape, numbers))
    pieces: list[Part] = list(re.split(f"({pattern})", text))
    pieces[1::2] = [numbers[str(sign)] for sign in pieces[1::2]]
    return pieces


def _time_at(value: pa.Scalar, signs: Signs, side: int) -> int:
    """The token whose time this is, or -1."""
    instants = {pair[side].instant: at for at, pair in enumerate(signs) if pair is not None}
    return instants.get(value.cast(pa.int64()).as_py(), -1)


def rows_of(records: pa.Table, filled: Filled) -> pa.Table:
    """The rows of a spelling's records, less what is worked out of all rows together."""
    taken = pa.array(filled.rows)
    columns = [
        records.column(field.name).take(taken).combine_chunks()
        if field.name in PLACES
        else _column(filled, field)
        for field in filled.meaning.schema
    ]
    return pa.Table.from_arrays(columns, schema=filled.meaning.schema)


def _column(filled: Filled, field: pa.Field) -> pa.Array:
    meaning, count = filled.meaning, len(filled.rows)
    if field.name in meaning.texts:
        return _text(meaning.texts[field.name], filled.tokens)
    if field.name in meaning.instants:
        return pa.array(filled.tokens[meaning.instants[field.name]].instants).cast(field.type)
    if field.name == HASH:
        return pa.nulls(count, field.type)
    return pa.repeat(meaning.constants[field.name], count).cast(field.type)


def _text(parts: list[Part], tokens: tuple[Tokens, ...]) -> pa.Array:
    if len(parts) == 3 and parts[0] == parts[2] == "" and isinstance(parts[1], int):
        return tokens[parts[1]].texts
    said = [tokens[part].texts if isinstance(part, int) else part for part in parts]
    return pc.binary_join_element_wise(*said, "")


def are_same(rows: pa.Table, others: pa.Table) -> bool:
    """Whether they say the same, hashes aside."""
    names = [name for name in rows.column_names if name != HASH]
    return bool(rows.select(names).combine_chunks().equals(others.select(names).combine_chunks()))


def in_order(parts: list[pa.Table], order: Places) -> pa.Table:
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
