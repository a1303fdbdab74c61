# SPDX-License-Identifier: Apache-2.0
"""One chunk from records to parts of `events` and `set_aside`, with its accounting and its counters."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from tocsin.core.tables import TABLES
from tocsin.ingest.extract import EVENT_COLUMNS, ITEM_BITS, SALVAGED, escaped_sql, extract
from tocsin.ingest.interface import Extraction
from tocsin.ingest.reading import Chunk
from tocsin.store.case import Stage
from tocsin.store.engine import Engine
from tocsin.store.parts import Part
from tocsin.store.query import literal, load_query, quote


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """What became of a chunk's records."""

    fates: list[tuple[str, str, int]]
    """(fate, reason, records)."""

    events: list[Part]
    set_aside: list[Part]
    sequences: pa.Table
    """Columns of the table of that name."""


def process_chunk(
    stage: Stage, engine: Engine, extraction: Extraction, chunk: Chunk, source: str, file_number: int
) -> ChunkResult:
    """Extract, account and write; `engine` is this thread's own."""
    extract(engine, extraction, chunk.records)
    label = f"{file_number:06d}-{chunk.start:013d}"
    fates = engine.rows("select fate, reason, count(*) from cut group by fate, reason order by fate, reason")
    days = engine.rows(
        "select distinct strftime(occurred_at, '%Y-%m-%d') as day from cut where fate = 'event' order by day"
    )
    events = [
        part
        for (day,) in days
        for part in stage.parts(
            engine, "events", events_sql(source, file_number, str(day)), folder_name=f"day={day}", label=label
        )
    ]
    has_refused = any(fate == "set_aside" for fate, _, _ in fates)
    refused = (
        stage.parts(engine, "set_aside", set_aside_sql(source, file_number), label=label)
        if has_refused
        else []
    )
    return ChunkResult(
        [(str(f), str(r), int(str(n))) for f, r, n in fates],
        events,
        refused,
        _sequences(engine, source, file_number),
    )


def events_sql(source: str, file_number: int, day: str) -> str:
    """The chunk's events of one day (UTC)."""
    columns = ",\n    ".join(quote(name) for name in EVENT_COLUMNS)
    base = file_number << ITEM_BITS
    return f"""
select
    {base} + byte_offset + item as event_id,
    {literal(source)} as source,
    {file_number} as file_number,
    line_number,
    byte_offset,
    {base} + retry_of as retry_of,
    flags,
    {columns}
from cut
where fate = 'event' and strftime(occurred_at, '%Y-%m-%d') = {literal(day)}"""


def set_aside_sql(source: str, file_number: int) -> str:
    """The chunk's records that could not be made events."""
    salvaged = ",\n    ".join(quote(name) for name in SALVAGED)
    return f"""
select
    {literal(source)} as source,
    {file_number} as file_number,
    line_number,
    byte_offset,
    item,
    reason,
    {escaped_sql("text")} as text,
    {salvaged}
from cut
where fate = 'set_aside'"""


def _sequences(engine: Engine, source: str, file_number: int) -> pa.Table:
    engine.create(
        "runs", load_query("tocsin.ingest", "sequence_runs"), source=source, file_number=file_number
    )
    columns = ", ".join(quote(name) for name in TABLES["sequences"].column_names)
    batches = list(engine.stream(f"select {columns} from runs order by byte_offset", 1 << 16))
    return pa.Table.from_batches(batches) if batches else None
