# SPDX-License-Identifier: Apache-2.0
"""Reads the planned files: one thread reads and cuts, a few make events; results keep their order."""

from __future__ import annotations

import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from tocsin.core.progress import Progress
from tocsin.ingest.alike import AlikeRecords, spellers_of
from tocsin.ingest.chunks import ChunkResult, process_chunk
from tocsin.ingest.extract import Read, read_rows
from tocsin.ingest.interface import Extraction
from tocsin.ingest.local_times import with_local_reading
from tocsin.ingest.planned import PlannedFile
from tocsin.ingest.prefixes import Prefixes
from tocsin.ingest.read.json_templates import texts_among
from tocsin.ingest.reading import Chunk, Reading
from tocsin.store.case import Stage
from tocsin.store.engine import parse_size

CHUNK_MEMORY = 680 << 20
"""Bytes for a chunk at work and its share of those that are read or wait: measured with chunks of 64 MiB, so
that those of `reading` have room to spare."""

MOST_WORKERS = 4
"""More would wait for the one thread that reads."""


@dataclass(slots=True)
class FileResult:
    """One file, read."""

    plan: PlannedFile
    file_number: int
    reading: Reading
    chunks: list[ChunkResult] = field(default_factory=list)


class _Workers:
    """A few threads, each with an engine of its own, and room for as many chunks as they can take."""

    def __init__(self, stage: Stage, pool: ThreadPoolExecutor, count: int) -> None:
        self._stage = stage
        self._pool = pool
        self._slots = threading.BoundedSemaphore(count + 1)
        self._own = threading.local()

    def submit(
        self, extraction: Extraction, read: Read | None, chunk: Chunk, plan: PlannedFile, number: int
    ) -> Future[ChunkResult]:
        """Wait for room, then hand a chunk over."""
        self._slots.acquire()
        return self._pool.submit(self._work, extraction, read, chunk, plan, number)

    def learned(self, extraction: Extraction, chunk: Chunk) -> Extraction:
        """An extraction that says the same faster of records like these, where there is one."""
        texts = [] if extraction.learn is None else texts_among(chunk.records)
        if extraction.learn is None or not texts:
            return extraction
        return extraction.learn(self._stage.engine.cursor(), extraction, texts)

    def _work(
        self, extraction: Extraction, read: Read | None, chunk: Chunk, plan: PlannedFile, number: int
    ) -> ChunkResult:
        try:
            if not hasattr(self._own, "engine"):
                self._own.engine = self._stage.engine.cursor()
            if read is None:
                chunk = Chunk(chunk.start, plan.form.convert(chunk.records))
            return process_chunk(self._stage, self._own.engine, extraction, chunk, plan.source, number, read)
        finally:
            self._slots.release()


def read_all(
    stage: Stage,
    files: list[tuple[int, PlannedFile]],
    progress: Progress,
    prefixes: Prefixes | None = None,
) -> list[FileResult]:
    """Read each file from where it is to be read; raises the first error as it is, once all threads rest."""
    total = sum(file.stream.path.stat().st_size for _, file in files)
    results: list[FileResult] = []
    futures: list[list[Future[ChunkResult]]] = []
    done = 0
    count = _workers_within(stage.case.settings.limits.memory)
    with stage.engine.one_thread_each(), ThreadPoolExecutor(count) as pool:
        workers = _Workers(stage, pool, count)
        try:
            for number, plan in files:
                stat = plan.stream.path.stat()
                result = FileResult(plan, number, open_reading(plan, prefixes))
                futures.append(_read(workers, result))
                if prefixes is not None:
                    prefixes.keep(plan.stream, stat, result.reading)
                results.append(result)
                done += plan.stream.path.stat().st_size
                progress("reading", done, total)
            for result, pending in zip(results, futures, strict=True):
                result.chunks = [future.result() for future in pending]
        except BaseException:
            # Else the pool would read all that still waits before whoever stops it is heard.
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return results


def _workers_within(memory: str) -> int:
    """How many chunks may be at work at a time."""
    return max(1, min(MOST_WORKERS, os.cpu_count() or 1, parse_size(memory) // CHUNK_MEMORY))


def _read(workers: _Workers, result: FileResult) -> list[Future[ChunkResult]]:
    pending: list[Future[ChunkResult]] = []
    extraction: Extraction | None = None
    read: Read | None = None
    form = result.plan.form
    for chunk in result.reading.chunks():
        # An empty file has no header, so nothing can be said of its columns before its first record.
        if extraction is None:
            extraction = workers.learned(with_local_reading(form, result.plan.options), chunk)
            if form.free is not None:
                read = AlikeRecords(form, extraction, spellers_of(form.free, extraction), read_rows).read
        pending.append(workers.submit(extraction, read, chunk, result.plan, result.file_number))
        for future in pending:
            if future.done():
                future.result()
    return pending


def open_reading(plan: PlannedFile, prefixes: Prefixes | None = None) -> Reading:
    """The file from its beginning, or from where it was left."""
    known = plan.known
    if known is None or plan.from_start:
        return Reading(plan.stream, plan.form, plan.options, plan.sample)
    resumed = None if prefixes is None else prefixes.resumed(plan.stream, known.complete_bytes, known.sha256)
    return Reading(
        plan.stream,
        plan.form,
        plan.options,
        plan.sample,
        known.complete_bytes,
        known.complete_lines,
        known.sha256,
        resumed,
    )
