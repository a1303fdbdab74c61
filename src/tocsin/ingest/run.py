# SPDX-License-Identifier: Apache-2.0
"""The stage: native logs to events, what was set aside, what is missing; and who the local ids are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from tocsin.core.errors import Sentence
from tocsin.core.progress import Progress, silent
from tocsin.core.settings import SourceSettings
from tocsin.core.words import _
from tocsin.ingest.carried import carry_over
from tocsin.ingest.evidence import list_evidence, write_evidence
from tocsin.ingest.interface import Carry
from tocsin.ingest.lookup import Place, ReadFile, read_file, texts_of
from tocsin.ingest.mixed import mixed_formats
from tocsin.ingest.parallel import FileResult, read_all
from tocsin.ingest.peek import first_event_at
from tocsin.ingest.plan import plan_source
from tocsin.ingest.planned import KnownFile, PlannedFile, SourcePlan, Warned
from tocsin.ingest.prefixes import Prefixes
from tocsin.ingest.read.inputs import Following
from tocsin.ingest.reception import reception_gaps
from tocsin.ingest.recognise import known_formats
from tocsin.ingest.registers import register_digest, write_registers
from tocsin.ingest.twins import Twins, resolve_twins
from tocsin.ingest.written import (
    FILE_COLUMNS,
    row_of,
    write_accounting,
    write_file_clocks,
    write_files,
    write_gaps,
    write_sequences,
)
from tocsin.store.case import Case, Stage
from tocsin.store.engine import Engine
from tocsin.store.query import quote

READS = ("files", "accounting", "sequences", "file_clocks")
DISK_SHARE = 1.5
"""Parquet, staging and spill, against the bytes of the inputs on disk."""

LAST_NUMBER = "ingest:last_file_number"
LEANING = "ingest:leaning"

FOLLOWED = " followed"
"""Behind the digest of an ingestion of files that may have had more: a whole one comes after it."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What was done."""

    is_current: bool
    """Nothing had changed since the last time."""

    files_read: int
    records: int
    warnings: tuple[Warned, ...] = ()
    """(code, text, path)."""


def run(
    case: Case,
    progress: Progress = silent,
    following: Following | None = None,
    prefixes: Prefixes | None = None,
) -> IngestReport:
    """Read what is new of every source, and the registries; commit one generation.

    `following` says what is not ready yet of files that grow, which is then left for another time; so is the
    list of evidence, which is about whole files. `prefixes` remembers what this process has hashed of them.

    Raises InputError for a source or a registry that cannot be read; then nothing is written.
    """
    sources = case.settings.sources
    known = _known_files(case, sources)
    leaning = _leaning(case)
    plans = [plan_source(source, case.folder, known, leaning, following, prefixes) for source in sources]
    to_read = _numbered(case, [file for plan in plans for file in plan.to_read])
    registers = register_digest(case)
    inputs = _inputs_digest(case, registers) + (FOLLOWED if following else "")
    standing = {row for plan in plans for _, row in plan.standing}
    if not to_read and standing <= set(known) and case.stage_is_current("ingest", inputs):
        return IngestReport(is_current=True, files_read=0, records=0)
    case.check_disk(int(DISK_SHARE * sum(file.stream.path.stat().st_size for _, file in to_read)))
    with case.stage("ingest", *READS) as stage:
        results = read_all(stage, to_read, progress, prefixes)
        write_files(stage, plans, results, known)
        twins = _write_events(stage, results, known, leaning)
        write_registers(stage, registers, progress)
        write_gaps(stage)
        mixed = tuple(mixed_formats(stage, results))
        evidence = None if following else list_evidence(case, _digests(results))
        stage.commit(inputs)
    if evidence is not None:
        write_evidence(case, evidence)
    return _report(plans, results, twins, mixed)


def _digests(results: list[FileResult]) -> dict[Path, tuple[int, str]]:
    """Size and digest of the files that were read as they are."""
    plain = [result for result in results if result.plan.stream.is_plain]
    return {r.plan.stream.path: (r.reading.seen, r.reading.sha256) for r in plain}


def _known_files(case: Case, sources: list[SourceSettings]) -> list[KnownFile]:
    names = [source.name for source in sources]
    columns = ", ".join(quote(name) for name in FILE_COLUMNS)
    with case.engine("files") as engine:
        rows = engine.rows(f"select {columns} from files order by file_number, duplicate, path")
    return [row for row in (KnownFile(*row) for row in rows) if row.source in names]  # type: ignore[arg-type]


def _numbered(case: Case, files: list[PlannedFile]) -> list[tuple[int, PlannedFile]]:
    """Numbers of files read before stay; new files follow in order of source, first event, path."""
    highest = int(case.generation.stages.get(LAST_NUMBER, "-1"))
    with Engine(memory=case.settings.limits.memory) as engine:
        peeked = [
            replace(file, first_at=first_event_at(engine, file)) if file.from_start else file
            for file in files
        ]
    new = [file for file in peeked if file.known is None]
    new.sort(key=lambda file: (file.source, file.first_at, file.path))
    old = [(file.known.file_number, file) for file in peeked if file.known is not None]
    return sorted([*old, *enumerate(new, start=highest + 1)], key=lambda pair: pair[0])


def _inputs_digest(case: Case, registers: str) -> str:
    """Of what ingestion rests on beside the logs themselves, which `files` describes."""
    settings = msgspec.json.encode([case.settings.sources, case.local_ids_identify, case.is_sealed])
    lost = msgspec.json.encode(reception_gaps(case.settings.sources, case.folder))
    return hashlib.sha256(settings + lost + registers.encode()).hexdigest()


def _leaning(case: Case) -> dict[int, set[int]]:
    noted = json.loads(case.generation.stages.get(LEANING, "{}"))
    return {int(number): set(others) for number, others in noted.items()}


def _write_events(
    stage: Stage, results: list[FileResult], known: list[KnownFile], leaning: dict[int, set[int]]
) -> Twins:
    """Parts of files read anew replace theirs; those of files continued or left alone stay."""
    anew = {r.file_number for r in results if r.plan.known is not None and r.plan.from_start}
    kept = {row.file_number for row in known} - anew
    before = stage.case.generation.tables
    events = [part for part in before.get("events", ()) if _number_of(part.label) in kept]
    fresh = [part for result in results for chunk in result.chunks for part in chunk.events]
    rows = {row.file_number: row for row in known if not row.duplicate}
    rows |= {result.file_number: row_of(result) for result in results}
    complete = {number: row.complete_bytes for number, row in rows.items()}

    def fetch(places: Iterable[Place]) -> dict[Place, str]:
        wanted = list(places)
        files = {number: _read_again(stage.case, number, results, rows) for number, _, _ in set(wanted)}
        return texts_of({number: file for number, file in files.items() if file is not None}, wanted)

    twins = resolve_twins(stage, events, fresh, anew, complete, fetch)
    stage.keep("events", carry_over(stage, twins.parts, _carries(rows)))
    aside = [part for part in before.get("set_aside", ()) if _number_of(part.label) in kept]
    stage.keep("set_aside", aside)
    stage.keep("set_aside", [part for r in results for chunk in r.chunks for part in chunk.set_aside])
    write_accounting(stage, results, kept, twins.dropped)
    write_sequences(stage, results, kept)
    write_file_clocks(stage, results, kept)
    _note(stage, [*rows], anew, leaning, twins)
    return twins


def _carries(rows: dict[int, KnownFile]) -> dict[str, tuple[Carry, ...]]:
    """By source: what its records say for one another."""
    formats = known_formats()
    found: dict[str, tuple[Carry, ...]] = {}
    for row in rows.values():
        form = formats.get(row.format.partition(" in ")[0])
        carries = () if form is None else form.carries()
        found[row.source] = tuple(dict.fromkeys((*found.get(row.source, ()), *carries)))
    return found


def _read_again(
    case: Case, number: int, results: list[FileResult], rows: dict[int, KnownFile]
) -> ReadFile | None:
    for result in results:
        if result.file_number == number:
            plan, row = result.plan, rows[number]
            return ReadFile(plan.stream, plan.form, plan.options, row.bytes, row.sha256)
    return read_file(case, rows[number]) if number in rows else None


def _number_of(label: str) -> int:
    return int(label.partition("-")[0])


def _note(
    stage: Stage, numbers: list[int], anew: set[int], leaning: dict[int, set[int]], twins: Twins
) -> None:
    """What the next run must know: the highest number ever given, and which files lean on which."""
    highest = int(stage.case.generation.stages.get(LAST_NUMBER, "-1"))
    stage.note(LAST_NUMBER, str(max([highest, *numbers])))
    standing = {number: others - anew for number, others in leaning.items() if number not in anew}
    for number, others in twins.leaning.items():
        standing.setdefault(number, set()).update(others)
    noted = {str(number): sorted(others) for number, others in sorted(standing.items()) if others}
    stage.note(LEANING, json.dumps(noted))


def _report(
    plans: list[SourcePlan], results: list[FileResult], twins: Twins, mixed: tuple[Warned, ...]
) -> IngestReport:
    warnings = [*(warning for plan in plans for warning in plan.warnings), *mixed]
    warnings += [
        (code, text, result.plan.path)
        for result in results
        for code, text in result.plan.form.warnings(result.plan.sample)
    ]
    if twins.unverified:
        text = Sentence(
            _("{count} events may stand twice: their files are no longer as they were read."),
            {"count": twins.unverified},
        )
        warnings.append(("unverified_duplicates", text, ""))
    return IngestReport(
        is_current=False,
        files_read=len(results),
        records=sum(n for result in results for chunk in result.chunks for _, _, n in chunk.fates),
        warnings=tuple(warnings),
    )
