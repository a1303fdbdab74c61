# SPDX-License-Identifier: Apache-2.0
"""The stage: native logs to events, what was set aside, what is missing; and who the local ids are."""

from __future__ import annotations

import hashlib
import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import astuple, dataclass, fields, replace

import msgspec
import pyarrow as pa

from tocsin.core.progress import Progress, silent
from tocsin.core.tables import TABLES
from tocsin.ingest.chunks import ChunkResult, process_chunk
from tocsin.ingest.evidence import write_evidence
from tocsin.ingest.peek import first_event_at
from tocsin.ingest.plan import Covered, KnownFile, PlannedFile, SourcePlan, plan_source
from tocsin.ingest.reading import HEAD_BYTES, Reading, head_digest
from tocsin.ingest.registers import register_digest, write_registers
from tocsin.store.case import Case, Stage
from tocsin.store.engine import Engine
from tocsin.store.query import load_query, quote

READS = ("files", "accounting", "sequences")
IN_FLIGHT = 2
DISK_SHARE = 1.5
"""Parquet, staging and spill, against the bytes of the inputs on disk."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What was done."""

    is_current: bool
    """Nothing had changed since the last time."""

    files_read: int
    records: int
    warnings: tuple[tuple[str, str, str], ...] = ()
    """(code, text, path)."""


@dataclass(slots=True)
class FileResult:
    """One file, read."""

    plan: PlannedFile
    file_number: int
    reading: Reading
    chunks: list[ChunkResult]


def run(case: Case, progress: Progress = silent) -> IngestReport:
    """Read what is new of every source, and the registries; commit one generation.

    Raises InputError for a source or a registry that cannot be read; then nothing is written.
    """
    known = _known_files(case)
    plans = [plan_source(source, case.folder, known) for source in case.settings.sources]
    to_read = _numbered(case, [file for plan in plans for file in plan.to_read], known)
    inputs = _inputs_digest(case)
    standing = {row for plan in plans for row in plan.unchanged}
    if not to_read and standing <= set(known) and case.stage_is_current("ingest", inputs):
        return IngestReport(is_current=True, files_read=0, records=0)
    case.check_disk(int(DISK_SHARE * sum(file.stream.path.stat().st_size for _, file in to_read)))
    with case.stage("ingest", *READS) as stage:
        results = _read_all(stage, to_read, progress)
        _write_files(stage, plans, results, known)
        _write_tables(stage, results, plans)
        write_registers(stage, progress)
        _write_gaps(stage)
        stage.commit(inputs)
    write_evidence(case)
    return IngestReport(
        is_current=False,
        files_read=len(results),
        records=sum(n for result in results for chunk in result.chunks for _, _, n in chunk.fates),
        warnings=tuple(
            (code, text, result.plan.path)
            for result in results
            for code, text in result.plan.form.warnings(result.plan.sample)
        ),
    )


def _known_files(case: Case) -> list[KnownFile]:
    columns = ", ".join(quote(field.name) for field in fields(KnownFile))
    names = [source.name for source in case.settings.sources]
    with case.engine("files") as engine:
        rows = [KnownFile(*row) for row in engine.rows(f"select {columns} from files order by file_number")]  # type: ignore[arg-type]
    return [row for row in rows if row.source in names]


def _numbered(case: Case, files: list[PlannedFile], known: list[KnownFile]) -> list[tuple[int, PlannedFile]]:
    """Numbers of files read before stay; new files follow in order of source, first event, path."""
    highest = max((row.file_number for row in known), default=-1)
    with Engine(memory=case.settings.limits.memory) as engine:
        new = [replace(file, first_at=first_event_at(engine, file)) for file in files if file.known is None]
    new.sort(key=lambda file: (file.source, file.first_at, file.path))
    old = [(file.known.file_number, file) for file in files if file.known is not None]
    return sorted([*old, *enumerate(new, start=highest + 1)], key=lambda pair: pair[0])


def _inputs_digest(case: Case) -> str:
    """Of what ingestion rests on beside the logs themselves, which `files` describes."""
    settings = msgspec.json.encode([case.settings.sources, case.local_ids_identify, case.is_sealed])
    return hashlib.sha256(settings + register_digest(case).encode()).hexdigest()


def _read_all(stage: Stage, files: list[tuple[int, PlannedFile]], progress: Progress) -> list[FileResult]:
    """Chunks are read here, in order, and made into events by a few threads; results keep the order."""
    total = sum(file.stream.path.stat().st_size for _, file in files)
    slots = threading.BoundedSemaphore(IN_FLIGHT + 1)
    engines = threading.local()

    def work(plan: PlannedFile, number: int, chunk_args: tuple[object, ...]) -> ChunkResult:
        try:
            if not hasattr(engines, "own"):
                engines.own = stage.engine.cursor()
            extraction, chunk = chunk_args
            return process_chunk(stage, engines.own, extraction, chunk, plan.source, number)  # type: ignore[arg-type]
        finally:
            slots.release()

    results: list[FileResult] = []
    futures: list[list[Future[ChunkResult]]] = []
    done = 0
    with ThreadPoolExecutor(min(IN_FLIGHT, os.cpu_count() or 1)) as pool:
        try:
            for number, plan in files:
                reading = _open(plan)
                extraction = plan.form.extraction(plan.options)
                pending: list[Future[ChunkResult]] = []
                for chunk in reading.chunks():
                    slots.acquire()
                    _raise_first(pending)
                    pending.append(pool.submit(work, plan, number, (extraction, chunk)))
                results.append(FileResult(plan, number, reading, []))
                futures.append(pending)
                done += plan.stream.path.stat().st_size
                progress("reading", done, total)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
        for result, pending in zip(results, futures, strict=True):
            result.chunks = [future.result() for future in pending]
    return results


def _raise_first(pending: list[Future[ChunkResult]]) -> None:
    for future in pending:
        if future.done() and future.exception() is not None:
            future.result()


def _open(plan: PlannedFile) -> Reading:
    if plan.known is None or plan.from_start:
        return Reading(plan.stream, plan.form, plan.options, plan.sample)
    known = plan.known
    return Reading(
        plan.stream, plan.form, plan.options, plan.sample, known.complete_bytes, known.complete_lines
    )


def _write_files(
    stage: Stage, plans: list[SourcePlan], results: list[FileResult], known: list[KnownFile]
) -> None:
    by_path = {(result.plan.source, result.plan.path): _row(result) for result in results}
    rows = list(by_path.values())
    for plan in plans:
        rows.extend(plan.unchanged)
        rows.extend(_covered_row(covered, by_path) for covered in plan.covered)
    named = {row.file_number for row in rows}
    # A file that is no longer at its path was read all the same: its events stand.
    rows.extend(row for row in known if row.file_number not in named)
    _write_rows(stage, "files", [dict(zip(_FILE_COLUMNS, astuple(row), strict=True)) for row in rows])


_FILE_COLUMNS = [field.name for field in fields(KnownFile)]


def _row(result: FileResult) -> KnownFile:
    plan, reading = result.plan, result.reading
    return KnownFile(
        result.file_number,
        plan.source,
        plan.path,
        reading.sha256,
        reading.bytes,
        reading.cutter.complete_bytes,
        reading.cutter.complete_lines,
        head_digest(plan.sample, min(reading.bytes, HEAD_BYTES)),
        plan.form.name,
        plan.options_digest,
        duplicate=False,
    )


def _covered_row(covered: Covered, by_path: dict[tuple[str, str], KnownFile]) -> KnownFile:
    by = by_path[covered.by.source, covered.by.path]
    return replace(by, path=covered.file.path, duplicate=True)


def _write_rows(stage: Stage, table: str, rows: list[dict[str, object]]) -> None:
    columns = TABLES[table].column_names
    data = {name: [row.get(name) for row in rows] for name in columns}
    stage.engine.register("given", pa.table(data) if rows else pa.table({n: pa.nulls(0) for n in columns}))
    stage.write(table, "select * from given")
    stage.engine.unregister("given")


def _write_tables(stage: Stage, results: list[FileResult], plans: list[SourcePlan]) -> None:
    """Parts of files read anew replace theirs; those of files continued or left alone stay."""
    replaced = {r.file_number for r in results if r.plan.known is not None and r.plan.from_start}
    kept_numbers = _kept_numbers(stage, plans) - replaced
    for table in ("events", "set_aside"):
        before = stage.case.generation.tables.get(table, ())
        stage.keep(table, [part for part in before if _number_of(part.label) in kept_numbers])
        for result in results:
            for chunk in result.chunks:
                stage.keep(table, getattr(chunk, table))
    _write_small(stage, results, kept_numbers)


def _kept_numbers(stage: Stage, plans: list[SourcePlan]) -> set[int]:
    del plans
    names = [source.name for source in stage.case.settings.sources]
    rows = stage.engine.rows(
        "select distinct file_number from files where list_contains($names, source)", names=names
    )
    return {int(str(number)) for (number,) in rows}


def _number_of(label: str) -> int:
    return int(label.split("-")[0])


def _write_small(stage: Stage, results: list[FileResult], kept: set[int]) -> None:
    engine = stage.engine
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
    columns = TABLES["accounting"].column_names
    engine.register(
        "fresh", pa.Table.from_pylist(fresh) if fresh else pa.table({n: pa.nulls(0) for n in columns})
    )
    stage.write(
        "accounting",
        """
        select source, file_number, fate, reason, cast(sum(records) as bigint) as records
        from (
            select * from accounting where list_contains($kept, file_number)
            union all by name
            select * from fresh
        )
        group by source, file_number, fate, reason
        """,
        kept=sorted(kept),
    )
    tables = [chunk.sequences for r in results for chunk in r.chunks if chunk.sequences is not None]
    names = ", ".join(quote(name) for name in TABLES["sequences"].column_names)
    old = f"select {names} from sequences where list_contains($kept, file_number)"
    if tables:
        engine.register("runs_read", pa.concat_tables(tables))
        old += f" union all select {names} from runs_read"
    stage.write("sequences", old, kept=sorted(kept))


def _write_gaps(stage: Stage) -> None:
    engine = stage.engine
    for table in ("events", "sequences"):
        stage.attach_written(table)
    periods = [
        {"source": s.name, "from_at": s.period.from_, "until_at": s.period.until}
        for s in stage.case.settings.sources
        if s.period is not None
    ]
    schema = pa.schema(
        [
            ("source", pa.string()),
            ("from_at", pa.timestamp("us", "UTC")),
            ("until_at", pa.timestamp("us", "UTC")),
        ]
    )
    engine.register("periods", pa.Table.from_pylist(periods, schema))
    engine.create("by_sequence", load_query("tocsin.ingest", "sequence_gaps"))
    engine.create("by_period", load_query("tocsin.ingest", "period_gaps"))
    stage.write("gaps", "select * from by_sequence union all by name select * from by_period")
