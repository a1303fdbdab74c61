# SPDX-License-Identifier: Apache-2.0
"""One pack a controller, thousands if need be: its count, its list of persons, its sheet, its letter.

One query counts for all and one lists for all; files are written as rows come. Lists hold local ids alone,
since the controller knows whose they are, and are sealed where the case is.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from tocsin.core.errors import InputError
from tocsin.core.words import Words, _
from tocsin.declare.fill import Field, fill
from tocsin.declare.gather import Gathered, gather
from tocsin.declare.packs import INDEX, SPOKEN, Pack, PackWriter
from tocsin.declare.records import SPLIT
from tocsin.declare.versions import FOLDER
from tocsin.journal.chain import Json
from tocsin.report.assemble import TABLES_READ, digest_inputs, make_relations
from tocsin.report.figures import Figures, Sheet
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query
from tocsin.store.split_files import write_lists

BATCH: Final = 65_536
NAME: Final = "controllers"


class Split(msgspec.Struct, frozen=True):
    """What was written."""

    folder: str
    controllers: int
    without: int
    """Persons most likely concerned that no list holds, their controller not being known."""
    sealed: bool
    is_new: bool


def split_by_controller(case: Case, now: datetime, words: Words) -> Split:
    """Write a pack for every controller.

    Raises InputError before the case has been run, or when no controller is known.
    """
    gathered = gather(case, now)
    if not gathered.ground.report or not case.has("exposure"):
        raise InputError(
            _("The case has not been run: nobody is counted yet."),
            do=_("Run: tocsin run CASE"),
            where=case.folder,
            code="not_run",
        )
    fields = fill(gathered.ground)
    digest = _digest(case, fields, words)
    before = [entry for entry in gathered.ground.journal if entry.kind == SPLIT]
    if before and before[-1].body.get("digest") == digest and _stands(case, before[-1].body):
        return _told(before[-1].body, is_new=False)
    return _write(case, len(before) + 1, digest, gathered, fields, words)


def _stands(case: Case, body: Mapping[str, Any]) -> bool:
    return (case.folder / str(body["folder"]) / INDEX).is_file()


def _digest(case: Case, fields: Mapping[str, Field], words: Words) -> str:
    said = {name: [fields[name].state, fields[name].value] for name in SPOKEN}
    text = f"{digest_inputs(case)} {words.lang} {case.is_sealed} {msgspec.json.encode(said).decode()}"
    return hashlib.sha256(text.encode()).hexdigest()


def _write(
    case: Case, number: int, digest: str, gathered: Gathered, fields: Mapping[str, Field], words: Words
) -> Split:
    """A folder beside, renamed when it is whole, then the journal entry."""
    place = f"{FOLDER}/{NAME}/{number}"
    making = case.folder / FOLDER / NAME / f".{number}.tmp"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    try:
        packs, without = _write_all(case, making, gathered, fields, words)
        shutil.rmtree(case.folder / place, ignore_errors=True)
        making.replace(case.folder / place)
    finally:
        shutil.rmtree(making, ignore_errors=True)  # half a split, with lists of persons
    body: dict[str, Json] = {
        "folder": place,
        "controllers": packs,
        "without": without,
        "sealed": case.is_sealed,
        "digest": digest,
    }
    case.journal.append(SPLIT, body, by=case.by)
    return _told(body, is_new=True)


def _write_all(
    case: Case, folder: Path, gathered: Gathered, fields: Mapping[str, Field], words: Words
) -> tuple[int, int]:
    """Every pack and every list; how many controllers, and how many persons no list holds."""
    with case.engine(*TABLES_READ) as engine:
        make_relations(Sheet(case, engine, Figures(inputs=digest_inputs(case))))
        writer = PackWriter(gathered, fields, words, sealed=case.is_sealed)
        packs = writer.write(folder, _packs(engine))
        if not packs:
            raise InputError(
                _("No controller is known for anybody concerned."),
                do=_("Give [[controllers]], and a controller column of the registry, in case.toml."),
                where=case.folder,
                code="no_controllers",
            )
        persons = engine.stream(load_query("tocsin.declare", "controller_persons"), BATCH)
        write_lists(folder, persons, case.key)
        return packs, engine.count(load_query("tocsin.declare", "controllerless"))


def _told(body: Mapping[str, Any], *, is_new: bool) -> Split:
    return Split(
        str(body["folder"]), int(body["controllers"]), int(body["without"]), bool(body["sealed"]), is_new
    )


def _packs(engine: Engine) -> Iterator[Pack]:
    for batch in engine.stream(load_query("tocsin.declare", "controller_counts"), BATCH):
        for row in batch.to_pylist():
            yield msgspec.convert(row, Pack)
