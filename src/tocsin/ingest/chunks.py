# SPDX-License-Identifier: Apache-2.0
"""One chunk from records to parts of `events` and `set_aside`, with its accounting and its counters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tocsin.core.tables import TABLES
from tocsin.ingest.clocks import read_clock
from tocsin.ingest.extract import (
    EVENT_COLUMNS,
    ITEM_BITS,
    SALVAGED,
    Read,
    constant_of,
    escaped_sql,
    extract,
)
from tocsin.ingest.interface import Extraction
from tocsin.ingest.reading import Chunk
from tocsin.store.case import Stage
from tocsin.store.engine import Engine
from tocsin.store.order import Places
from tocsin.store.parts import Part
from tocsin.store.query import literal, load_query, quote

MICROSECONDS_OF_DAY = 86_400_000_000
DAYS_APART = 400
"""A chunk of more days than that is kept in one part: made-up times are no reason for many files."""


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """What became of a chunk's records."""

    fates: list[tuple[str, str, int]]
    """(fate, reason, records)."""

    events: list[Part]
    set_aside: list[Part]
    sequences: pa.Table | None
    """Columns of the table of that name; None where the format has no counter."""

    clock: dict[str, object]
    """A row of `file_clocks`."""


def process_chunk(
    stage: Stage,
    engine: Engine,
    extraction: Extraction,
    chunk: Chunk,
    source: str,
    file_number: int,
    read: Read | None = None,
) -> ChunkResult:
    """Extract, account and write; `engine` is this thread's own. `read`: see `extract`."""
    rows = extract(engine, extraction, chunk.records, read)
    label = f"{file_number:06d}-{chunk.start:013d}"
    fates = _fates(rows)
    has_refused = any(fate == "set_aside" for fate, _, _ in fates)
    refused = (
        stage.parts(engine, "set_aside", set_aside_sql(source, file_number), label=label)
        if has_refused
        else []
    )
    events = [
        part
        for folder, places in _days(rows)
        for part in stage.parts_of_rows(
            "events",
            _identified(rows, file_number),
            places,
            constants=_constants(source, file_number),
            folder_name=folder,
            label=label,
        )
    ]
    clock = {"source": source, "file_number": file_number, "byte_offset": chunk.start, **read_clock(rows)}
    return ChunkResult(fates, events, refused, _sequences(engine, extraction, source, file_number), clock)


def _fates(rows: pa.Table) -> list[tuple[str, str, int]]:
    counted = rows.select(["fate", "reason"]).group_by(["fate", "reason"]).aggregate([([], "count_all")])
    return sorted((row["fate"], row["reason"], row["count_all"]) for row in counted.to_pylist())


def _days(rows: pa.Table) -> list[tuple[str, Places]]:
    """Folders of the days (UTC) that have events, in order, with the places of their events."""
    events = np.flatnonzero(pc.equal(rows.column("fate"), "event").to_numpy())
    instants = rows.column("occurred_at").cast(pa.int64()).to_numpy()[events]
    days = instants // MICROSECONDS_OF_DAY
    order = np.argsort(days, kind="stable")
    bounds = np.flatnonzero(np.diff(days[order])) + 1
    groups = [group for group in np.split(order, bounds) if len(group)]
    if len(groups) > DAYS_APART:
        return [("several", events)]
    return [(f"day={np.datetime64(int(days[group[0]]), 'D')}", events[group]) for group in groups]


def _identified(rows: pa.Table, file_number: int) -> pa.Table:
    """The rows with the ids that their offsets give."""
    base = file_number << ITEM_BITS
    ids = pc.add(pc.add(rows.column("byte_offset"), rows.column("item")), base)
    rows = rows.append_column("event_id", ids)
    if "retry_of" not in rows.column_names:
        return rows
    return rows.set_column(
        rows.column_names.index("retry_of"), "retry_of", pc.add(rows.column("retry_of"), base)
    )


def _constants(source: str, file_number: int) -> dict[str, str | int]:
    """Columns that are the same for all events of a chunk."""
    unsaid = {name: value for name in EVENT_COLUMNS if (value := constant_of(name)) is not None}
    return {"source": source, "file_number": file_number, **unsaid}


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


def _sequences(engine: Engine, extraction: Extraction, source: str, file_number: int) -> pa.Table | None:
    if "sequence" not in extraction.columns:
        return None
    engine.create(
        "runs", load_query("tocsin.ingest", "sequence_runs"), source=source, file_number=file_number
    )
    columns = ", ".join(quote(name) for name in TABLES["sequences"].column_names)
    return engine.table(f"select {columns} from runs order by byte_offset")
