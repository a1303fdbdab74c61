# SPDX-License-Identifier: Apache-2.0
"""One chunk of records to events, set-aside records and non-events, in ONE statement.

The result is the table `cut`: every record of the chunk, once, with its fate. Nothing else in the package
decides what becomes of a record. A column that the format does not fill is not carried along: it is null.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tocsin.core.tables import TABLES
from tocsin.core.terms import Action, Outcome
from tocsin.ingest.addresses import canonise_addresses
from tocsin.ingest.attempts import HASH, mark_attempts
from tocsin.ingest.interface import KEY_TWICE, RECORDS, Extraction
from tocsin.ingest.local_times import settle_local_times
from tocsin.store.engine import Engine
from tocsin.store.query import literal, quote

_ELSEWHERE = {"event_id", "source", "file_number", "line_number", "byte_offset", "retry_of", "flags"}
EVENT_COLUMNS = {c.name: c.type for c in TABLES["events"].columns if c.name not in _ELSEWHERE}
"""What a format may fill, with its type."""

SALVAGED = tuple(c.name for c in TABLES["set_aside"].columns)[7:]
"""Event columns that a set-aside record keeps when they were read whole."""

ITEM_BITS = 40
TEXT_KEPT = 4096
SALVAGE_LIMIT = 1 << 16
_FIRST = "timestamptz '0001-01-02 00:00:00+00'"
_LAST = "timestamptz '9999-12-30 23:59:59+00'"
"""Beyond these an instant has no date in every zone: what is written there is no time."""
_SPACES = "' ' || chr(9) || chr(11) || chr(12) || chr(13)"

_LISTED = {
    "action": ([a.value for a in Action], Action.OTHER.value),
    "outcome": ([o.value for o in Outcome], Outcome.UNKNOWN.value),
}


Read = Callable[[Engine, Extraction, pa.Table], pa.Table]
"""Records to rows, one for one: the columns that a format fills, and each record's fate."""


def extract(engine: Engine, extraction: Extraction, records: pa.Table, read: Read | None = None) -> pa.Table:
    """Every record of a chunk of RECORDS, once, with its fate: the table `cut`, which the engine then has.

    The table has the columns that the format fills, the engine's view of it all of them. `read` says what
    `read_rows` says of the records, from records that are not converted.
    """
    read = read or read_rows
    rows = mark_attempts(engine, records, canonise_addresses(read(engine, extraction, records)))
    rows = _salvaged(engine, extraction, rows)
    if extraction.local is not None:
        rows = settle_local_times(partial(read, engine), extraction.local, records, rows)
    engine.register("rows_cut", rows)
    engine.view("cut", _all_columns_sql(rows))
    return rows


def read_rows(engine: Engine, extraction: Extraction, records: pa.Table) -> pa.Table:
    """The one statement's rows."""
    # What follows takes rows by their place; a chunk's text is far from what one piece holds.
    ways = [cut_sql(extraction, parsed) for parsed in (extraction.hopeful, extraction.parsed) if parsed]
    return engine.one_piece_of("records", records, *ways, is_private=extraction.is_learnt)


def _all_columns_sql(rows: pa.Table) -> str:
    kinds = {"retry_of": "BIGINT", **EVENT_COLUMNS}
    absent = [(name, kind) for name, kind in kinds.items() if name not in rows.column_names]
    columns = ", ".join(f"{_constant_sql(name, kind)} as {quote(name)}" for name, kind in absent)
    return f"select *, {columns} from rows_cut"


def constant_of(name: str) -> str | None:
    """What an event column holds when the format says nothing of it."""
    return _LISTED[name][1] if name in _LISTED else None


def _constant_sql(name: str, kind: str) -> str:
    value = constant_of(name)
    return f"null::{kind}" if value is None else literal(value)


def cut_sql(extraction: Extraction, parsed: str) -> str:
    """The one statement: the event columns of every record, and its fate."""
    filled = {
        name: kind
        for name, kind in EVENT_COLUMNS.items()
        if name in extraction.columns and name != "occurred_at"
    }
    occurred_at = _typed_sql(EVENT_COLUMNS["occurred_at"], extraction.columns.get("occurred_at"))
    columns = "".join(
        f"{_typed_sql(kind, extraction.columns.get(name))} as {quote(name)},\n        "
        for name, kind in filled.items()
    )
    listed = ", ".join(f"{_listed_sql(name)} as {quote(name)}" for name in _LISTED if name in filled)
    hashed = f",\n    case when fate = 'event' and request is not null then hash(request) end as {HASH}"
    return f"""
with parsed as ({parsed}
),

timed as (
    select *, {occurred_at} as event_at
    from parsed
),

read as (
    select
        byte_offset,
        line_number,
        item,
        mark,
        record as text,
        case when event_at between {_FIRST} and {_LAST} then event_at end as occurred_at,
        {columns}{_flags_sql(extraction)} as flags,
        case
            when mark = 'not_audit_resource' then mark
            when mark in ('broken', 'too_long') then null
            when mark is null and record < '!' and trim(record, {_SPACES}) = '' then 'blank'
            else {extraction.non_event}
        end as non_event,
        case
            when mark in ('broken', 'too_long') then mark
            when {extraction.broken} then 'broken'
            else {extraction.set_aside}
        end as refusal,
        case when event_at is null then {extraction.zoneless} end as zoneless
    from timed
),

judged as (
    select
        *{f" replace ({listed})" if listed else ""},
        case
            when non_event is not null then 'non_event'
            when refusal is not null or occurred_at is null then 'set_aside'
            else 'event'
        end as fate,
        case
            when non_event is not null then non_event
            when refusal is not null then refusal
            when occurred_at is null and zoneless then 'no_zone'
            when occurred_at is null then 'no_time'
            else ''
        end as reason
    from read
)

select
    * exclude (text, non_event, refusal, zoneless, mark),
    case when fate = 'set_aside' then text end as text{hashed if "request" in filled else ""}
from judged
"""


def _flags_sql(extraction: Extraction) -> str:
    """The flags that hold, or null: nearly always null, so the list is made only where one holds."""
    held = (*extraction.flags, ("bad_encoding", "mark = 'bad_encoding'"))
    flags = ", ".join(f"case when {condition} then {literal(flag)} end" for flag, condition in held)
    some = " or ".join(f"({condition})" for _, condition in held)
    return f"case when {some} then list_filter([{flags}], lambda flag: flag is not null) end"


def _typed_sql(kind: str, expression: str | None) -> str:
    if expression is None:
        return f"null::{kind}"
    if kind == "VARCHAR":
        return f"nullif({expression}, '')"
    if kind == "VARCHAR[]":
        return f"nullif({expression}, [])"
    if kind == "BIGINT":
        # A cast alone would round 12.7 and read 0x10. A number that is written as it was read is one; of the
        # others an expression tells (007).
        number = f"try_cast({expression} as {kind})"
        return (
            f"case when {number}::varchar = {expression} then {number} "
            f"when regexp_full_match({expression}, '-?[0-9]+') then {number} end"
        )
    return f"try_cast({expression} as {kind})"


def _listed_sql(name: str) -> str:
    """A word of the vocabulary, in lower case; what is no such word is what nothing is known of."""
    words, otherwise = _LISTED[name]
    cases = " ".join(f"when {literal(word)} then {literal(word)}" for word in words)
    return (
        f"case {quote(name)} {cases} else case lower({quote(name)}) {cases} else {literal(otherwise)} end end"
    )


def _salvaged(engine: Engine, extraction: Extraction, rows: pa.Table) -> pa.Table:
    """The rows where broken records have the columns that were read whole, and no other."""
    rows = _unsaid(rows)
    if extraction.salvage is None:
        return rows
    broken = np.flatnonzero(pc.equal(rows.column("reason"), "broken").to_numpy())
    found = rows.select(["byte_offset", "item", "text"]).take(broken).to_pylist() if len(broken) else []
    repaired = [
        (place, row["byte_offset"], row["item"], text)
        for place, row in zip(broken.tolist(), found, strict=True)
        if len(row["text"]) <= SALVAGE_LIMIT and (text := extraction.salvage(row["text"])) is not None
    ]
    if not repaired:
        return rows
    read = read_rows(engine, extraction, _as_records([row[1:] for row in repaired]))
    read = canonise_addresses(read).sort_by("line_number")
    picked = np.arange(rows.num_rows)
    picked[[row[0] for row in repaired]] = rows.num_rows + np.arange(len(repaired))
    for name in SALVAGED:
        if name in read.column_names:
            rows = _patched(rows, name, read.column(name), picked)
    return rows


def _unsaid(rows: pa.Table) -> pa.Table:
    """The rows where a broken record says nothing: what was read of it may stand in the wrong place."""
    is_broken = pc.is_in(rows.column("reason"), pa.array(["broken", "too_long", KEY_TWICE]))
    if not pc.any(is_broken).as_py():
        return rows
    for name in SALVAGED:
        if name in rows.column_names:
            column = rows.column(name)
            said = pc.if_else(is_broken, pa.scalar(None, column.type), column)
            rows = rows.set_column(rows.column_names.index(name), name, said)
    return rows


def _patched(rows: pa.Table, name: str, values: pa.ChunkedArray, picked: npt.NDArray[np.int64]) -> pa.Table:
    """A column of the rows, and behind it other values, from which each row takes its own."""
    there = rows.column(name) if name in rows.column_names else pa.nulls(rows.num_rows, values.type)
    whole = pa.chunked_array([*pa.chunked_array(there).chunks, *values.chunks]).combine_chunks()
    if name not in rows.column_names:
        return rows.append_column(name, whole.take(picked))
    return rows.set_column(rows.column_names.index(name), name, whole.take(picked))


def _as_records(rows: list[tuple[object, object, str]]) -> pa.Table:
    """Texts as RECORDS; the line number is their place."""
    return pa.table(
        {
            "record": pa.array([text for _, _, text in rows], pa.string_view()),
            "byte_offset": pa.array([at for at, _, _ in rows], pa.int64()),
            "line_number": pa.array(range(len(rows)), pa.int64()),
            "item": pa.array([item for _, item, _ in rows], pa.int64()),
            "mark": pa.nulls(len(rows), pa.string()),
        },
        schema=RECORDS,
    )


def escaped_sql(text: str) -> str:
    """A text's first 4 KiB with control characters written as `\\xNN`."""
    kept = f"left({text}, {TEXT_KEPT})"
    escaped = kept
    for code in (*range(32), *range(127, 160)):
        escaped = f"replace({escaped}, chr({code}), {literal(f'{chr(92)}x{code:02x}')})"
    return rf"case when regexp_matches({kept}, '[\x00-\x1f\x7f-\x{{9f}}]') then {escaped} else {kept} end"
