# SPDX-License-Identifier: Apache-2.0
"""Writes the small tables of ingestion: the files, the accounting, the counters and the gaps."""

from __future__ import annotations

from dataclasses import astuple, fields, replace

import pyarrow as pa

from tocsin.core.tables import TABLES
from tocsin.core.terms import NonEvent
from tocsin.ingest.continuity import HEAD_BYTES, head_digest
from tocsin.ingest.parallel import FileResult
from tocsin.ingest.planned import Covered, KnownFile, SourcePlan
from tocsin.ingest.reception import reception_gaps
from tocsin.store.case import Stage
from tocsin.store.parts import arrow_schema
from tocsin.store.query import load_query, quote

FILE_COLUMNS = [field.name for field in fields(KnownFile)]


def write_files(
    stage: Stage, plans: list[SourcePlan], results: list[FileResult], known: list[KnownFile]
) -> None:
    """Write `files`: what was read now, what stands, and what was read before and is no longer there."""
    by_path = {(result.plan.source, result.plan.path): row_of(result) for result in results}
    rows = list(by_path.values())
    for plan in plans:
        rows.extend(row for _, row in plan.standing)
        rows.extend(_covered_row(covered, by_path) for covered in plan.covered)
    named = {row.file_number for row in rows}
    rows.extend(row for row in known if row.file_number not in named and not row.duplicate)
    listed = [dict(zip(FILE_COLUMNS, astuple(row), strict=True)) for row in rows]
    _write_rows(stage, "files", listed)


def row_of(result: FileResult) -> KnownFile:
    """The row of `files` of a file that was read."""
    plan, reading = result.plan, result.reading
    return KnownFile(
        result.file_number,
        plan.source,
        plan.path,
        reading.sha256,
        reading.seen,
        reading.cutter.complete_bytes,
        reading.cutter.complete_lines,
        head_digest(plan.sample, min(reading.seen, HEAD_BYTES)),
        plan.form.name,
        plan.options_digest,
        duplicate=False,
    )


def _covered_row(covered: Covered, by_path: dict[tuple[str, str], KnownFile]) -> KnownFile:
    by = by_path[covered.by.source, covered.by.path]
    return replace(by, path=covered.file.path, duplicate=True)


def _write_rows(stage: Stage, table: str, rows: list[dict[str, object]]) -> None:
    stage.engine.register("given", pa.Table.from_pylist(rows, arrow_schema(TABLES[table])))
    stage.write(table, "select * from given")
    stage.engine.unregister("given")


def write_accounting(
    stage: Stage, results: list[FileResult], kept: set[int], dropped: dict[tuple[str, int], int]
) -> None:
    """Write `accounting`: of the files that were read, and of those (`kept`) whose events stand.

    `dropped` tells how many events of a file turned out to be the same record as another.
    """
    fresh = [
        {
            "source": r.plan.source,
            "file_number": r.file_number,
            "fate": fate,
            "reason": reason,
            "records": count,
        }
        for r in results
        for chunk in r.chunks
        for fate, reason, count in chunk.fates
    ]
    for (source, number), count in dropped.items():
        file = {"source": source, "file_number": number}
        fresh.append({**file, "fate": "event", "reason": "", "records": -count})
        again = {"fate": "non_event", "reason": NonEvent.DUPLICATE_RECORD.value, "records": count}
        fresh.append({**file, **again})
    stage.engine.register("fresh", pa.Table.from_pylist(fresh, arrow_schema(TABLES["accounting"])))
    stage.write("accounting", load_query("tocsin.ingest", "accounting_sums"), kept=sorted(kept))
    stage.engine.unregister("fresh")


def write_sequences(stage: Stage, results: list[FileResult], kept: set[int]) -> None:
    """Write `sequences`: the counters of what was read, and of the files (`kept`) whose events stand."""
    tables = [chunk.sequences for r in results for chunk in r.chunks if chunk.sequences is not None]
    names = ", ".join(quote(name) for name in TABLES["sequences"].column_names)
    selected = f"select {names} from sequences where list_contains($kept, file_number)"
    if tables:
        stage.engine.register("runs_read", pa.concat_tables(tables, promote_options="permissive"))
        selected += f" union all select {names} from runs_read"
    stage.write("sequences", selected, kept=sorted(kept))


def write_file_clocks(stage: Stage, results: list[FileResult], kept: set[int]) -> None:
    """Write `file_clocks`: of what was read, and of the files (`kept`) whose events stand."""
    rows = [chunk.clock for r in results for chunk in r.chunks]
    stage.engine.register("read_now", pa.Table.from_pylist(rows, arrow_schema(TABLES["file_clocks"])))
    standing = "select * from file_clocks where list_contains($kept, file_number)"
    stage.write("file_clocks", f"{standing} union all by name select * from read_now", kept=sorted(kept))
    stage.engine.unregister("read_now")


def write_gaps(stage: Stage) -> None:
    """Write `gaps` from the events and counters that this stage has written."""
    engine = stage.engine
    for table in ("events", "sequences"):
        stage.attach_written(table)
    periods = [
        {"source": s.name, "from_at": s.period.from_, "until_at": s.period.until}
        for s in stage.case.settings.sources
        if s.period is not None
    ]
    instant = pa.timestamp("us", "UTC")
    schema = pa.schema([("source", pa.string()), ("from_at", instant), ("until_at", instant)])
    engine.register("periods", pa.Table.from_pylist(periods, schema))
    engine.create("by_sequence", load_query("tocsin.ingest", "sequence_gaps"))
    engine.create("by_period", load_query("tocsin.ingest", "period_gaps"))
    lost = reception_gaps(stage.case.settings.sources, stage.case.folder)
    engine.register("by_reception", pa.Table.from_pylist(lost, arrow_schema(TABLES["gaps"])))
    kinds = ("by_sequence", "by_period", "by_reception")
    stage.write("gaps", " union all by name ".join(f"select * from {kind}" for kind in kinds))
