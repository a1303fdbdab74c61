# SPDX-License-Identifier: Apache-2.0
"""Reads the `[[files]]` of a case: `file_copies`, `file_persons`, and their persons into `registry`.

Runs after ingestion, whose rows of `registry` it keeps, and before whatever reads that table: persons whom
files alone name are then linked and counted as those of any registry.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from tocsin.core.errors import InputError
from tocsin.core.progress import Progress, silent
from tocsin.core.settings import FileSettings
from tocsin.core.words import _
from tocsin.scope.copies.lines import Asked, Copy, create_lines, read_copy
from tocsin.scope.profiles.scan import find_files, load_readers
from tocsin.store.case import Case, Stage
from tocsin.store.parts import Part, sha256_of
from tocsin.store.query import load_query

PACKAGE: Final = "tocsin.scope.copies"
STAGE: Final = "copies"
FOLDER: Final = "of=files"
"""Of the parts of `registry` that are made here."""


@dataclass(frozen=True, slots=True)
class Named:
    """A file that `[[files]]` names."""

    settings: FileSettings
    path: Path
    sha256: str


def read_copies(case: Case, progress: Progress = silent) -> None:
    """Write the tables, or leave them when neither settings nor files have changed.

    Raises InputError for a path that names nothing.
    """
    if not case.settings.files and not case.has("file_copies"):
        return
    named = list(_named(case))
    inputs = _digest(case, named)
    if case.stage_is_current(STAGE, _with_parts(inputs, _own_parts(case))):
        return
    with case.stage(STAGE) as stage:
        create_lines(stage.engine)
        copies = list(_read(stage, named, progress))
        made = _write(stage, copies)
        stage.commit(_with_parts(inputs, made))


def _read(stage: Stage, named: list[Named], progress: Progress) -> Iterator[Copy]:
    readers, number = load_readers(), 0
    for place, one in enumerate(named):
        progress(STAGE, place, len(named))
        asked = Asked(one.path, one.sha256, one.settings, readers)
        for copy in read_copy(stage.engine, asked, number):
            number = copy.number + 1
            yield copy.of(one.settings.name, str(one.path.relative_to(stage.case.folder)), one.sha256)
    progress(STAGE, len(named), len(named))


def _write(stage: Stage, copies: list[Copy]) -> list[Part]:
    engine = stage.engine
    engine.create("lines", load_query(PACKAGE, "told_lines"))
    engine.create("grouped", load_query(PACKAGE, "grouped"))
    controllers = [(f.name, f.controller) for f in stage.case.settings.files]
    engine.run("create or replace temp table file_controllers (files varchar, controller varchar)")
    for name, controller in controllers:
        engine.run(
            "insert into file_controllers values ($name, $controller)", name=name, controller=controller
        )
    stage.write("file_persons", load_query(PACKAGE, "file_persons"))
    engine.register("copies_read", Copy.table(copies))
    stage.attach_written("file_persons")
    stage.write("file_copies", load_query(PACKAGE, "file_copies"))
    own = {part.path for part in _own_parts(stage.case)}
    kept = [part for part in stage.case.generation.tables.get("registry", ()) if part.path not in own]
    made = stage.parts(engine, "registry", load_query(PACKAGE, "registry_rows"), folder_name=FOLDER)
    stage.keep("registry", [*kept, *made])
    return made


def _named(case: Case) -> Iterator[Named]:
    """The files of the settings, each once, in order."""
    seen: set[Path] = set()
    for settings in case.settings.files:
        paths = [path for pattern in settings.paths for path in _matches(case.folder, pattern)]
        for path in sorted(set(find_files(paths)) - seen):
            seen.add(path)
            yield Named(settings, path, sha256_of(path))


def _matches(folder: Path, pattern: str) -> list[Path]:
    exact = folder / pattern
    found = [exact] if exact.exists() else sorted(folder.glob(pattern))
    if not found:
        raise InputError(
            _("Nothing is at '{pattern}'."),
            do=_("Check the path."),
            where=exact,
            code="no_file",
            pattern=pattern,
        )
    return found


def _own_parts(case: Case) -> list[Part]:
    parts = case.generation.tables.get("registry", ())
    return [part for part in parts if part.path.startswith(f"registry/{FOLDER}/")]


def _digest(case: Case, named: list[Named]) -> str:
    settings = msgspec.json.encode([case.settings.files, case.settings.case.zone])
    listed = [
        f"{one.path.relative_to(case.folder)} {one.sha256} {one.path.stat().st_mtime_ns}" for one in named
    ]
    return hashlib.sha256(settings + "\n".join(listed).encode("utf-8", "surrogateescape")).hexdigest()


def _with_parts(inputs: str, parts: list[Part]) -> str:
    """A second ingestion takes our rows of `registry` away: they then have to be made again."""
    return " ".join([inputs, *(part.sha256[:16] for part in parts)])
