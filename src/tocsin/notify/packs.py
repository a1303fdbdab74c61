# SPDX-License-Identifier: Apache-2.0
"""One pack a controller, thousands if need be: which of its persons we inform, how, and what we ask of it.

A controller gets nothing that another one holds. What all packs hold adds up to the persons to inform: those
of several controllers and those of none are counted and said, or nothing is written.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Final

import msgspec
import pyarrow as pa
from nacl.public import PublicKey, SealedBox

from tocsin.core.cells import inert
from tocsin.core.errors import InputError, MachineError
from tocsin.core.terms import Category
from tocsin.core.words import _, visible
from tocsin.journal.chain import sync
from tocsin.notify.content import refuse_incomplete
from tocsin.notify.genuine.keys import signing_key
from tocsin.notify.letter import notice_words
from tocsin.notify.pack_files import MANIFEST, Counted, PackFiles
from tocsin.notify.pack_keys import read_boxes, refuse_open_lists
from tocsin.notify.run import LEVELS, UNSEEN, run
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query
from tocsin.store.split_files import cut_by_controller, folder_name

WRITTEN: Final = "notify:packs:written"
INDEX: Final = "index.csv"

_BATCH: Final = 65_536
_READS: Final = ("recipients", "disclosures", "persons", "registry", "notices", "controllers")


class Packs(msgspec.Struct, frozen=True):
    """What was written: `persons` + `without` = `to_inform`; over all packs, `persons` + `again`."""

    controllers: int
    sealed: int
    to_inform: int
    persons: int
    without: int
    """Persons to inform of whom no controller is known: in no pack."""
    several: int
    """Persons whom several controllers know: in the pack of each."""
    again: int
    """How many times more than once these stand in packs."""
    digest: str
    """SHA-256 of the signed manifest of the whole."""


def write_packs(case: Case, folder: Path, now: datetime) -> Packs:
    """Write every pack and the index, whole or not at all, and journal it.

    Raises InputError for an incomplete notice, a folder that holds something else, no controller at all, a
    key that is none, or a sealed case whose controllers lack theirs.
    """
    refuse_incomplete(case, run(case))
    _refuse_foreign(folder)
    boxes = read_boxes(case)
    making = folder.with_name(f".{folder.name}.tmp")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True, mode=0o700)
    try:
        found = _write(case, making, now, boxes)
        shutil.rmtree(folder, ignore_errors=True)
        making.replace(folder)
        sync(folder.parent)
    finally:
        shutil.rmtree(making, ignore_errors=True)  # half of the packs, with names
    case.journal.append(WRITTEN, msgspec.to_builtins(found), by=case.by)
    return found


def _write(case: Case, folder: Path, now: datetime, boxes: dict[str, SealedBox[PublicKey]]) -> Packs:
    notify = case.settings.notify
    files = PackFiles(case.settings, signing_key(case), now)
    with case.engine(*_READS) as engine:
        counted = _counted(case, engine)
        refuse_open_lists(case, [one.controller for one in counted], boxes)
        engine.register("labels", _labels(notify.language))
        rows = engine.stream(
            load_query("tocsin.notify", "pack_rows"), _BATCH, levels=LEVELS[notify.inform], unseen=UNSEEN
        )
        named = _write_each(folder, files, counted, rows, boxes)
        sums = engine.rows(load_query("tocsin.notify", "pack_sums"))[0]
    to_inform, without, several, again = (int(str(one)) for one in sums)
    persons = to_inform - without
    _check(persons + again, sum(one.persons for one in counted), named)
    _write_index(folder / INDEX, counted, boxes)
    head = {"packs": len(counted), "to_inform": to_inform, "without": without, "several": several}
    digest = files.write_manifest(folder, head)
    sealed = sum(one.controller in boxes for one in counted)
    return Packs(len(counted), sealed, to_inform, persons, without, several, again, digest)


def _counted(case: Case, engine: Engine) -> list[Counted]:
    table = engine.table(load_query("tocsin.notify", "pack_counts"))
    if not table.num_rows:
        raise InputError(
            _("No controller is known for anybody to inform."),
            do=_("Give [[controllers]], and a controller column of the registry, in case.toml."),
            where=case.folder,
            code="no_controllers",
        )
    return [msgspec.convert(row, Counted) for row in table.to_pylist()]


def _write_each(
    folder: Path,
    files: PackFiles,
    counted: list[Counted],
    rows: Iterator[pa.RecordBatch],
    boxes: dict[str, SealedBox[PublicKey]],
) -> int:
    """A folder a controller, as its rows come. Returns the persons of all lists."""
    by_id, named = {one.controller: one for one in counted}, 0
    for controller, stretches in groupby(cut_by_controller(rows), key=itemgetter(0)):
        lists = (stretch for _controller, stretch in stretches)
        place = folder / folder_name(controller)
        named += files.write(place, by_id[controller], lists, boxes.get(controller))
    return named


def _check(expected: int, counted: int, named: int) -> None:
    """Three ways of counting, by person, by controller and by list, give one number."""
    if not expected == counted == named:
        raise MachineError(
            _("The packs hold {named} persons and {expected} were expected."),
            do=_("Report it; nothing was written."),
            code="unbalanced",
            named=named,
            expected=expected,
        )


def _labels(lang: str) -> pa.Table:
    said = notice_words(lang)["data"]
    names = [category.value for category in Category]
    return pa.table(
        {"category": names, "label": [said[one] for one in names], "rank": list(range(len(names)))}
    )


def _write_index(path: Path, counted: list[Counted], boxes: dict[str, SealedBox[PublicKey]]) -> None:
    """Numbers of each controller, of no person."""
    columns = ("persons", "shared", "email", "post", "none", "suppressed")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(("controller", "name", "finess", "folder", "sealed", *columns))
        for one in counted:
            texts = [inert(visible(text or "")) for text in (one.controller, one.name, one.finess)]
            sealed = "yes" if one.controller in boxes else "no"
            numbers = [getattr(one, column) for column in columns]
            writer.writerow([*texts, folder_name(one.controller), sealed, *numbers])
    sync(path)


def _refuse_foreign(folder: Path) -> None:
    """Raise InputError for a folder that no packs were written to: it would be replaced whole."""
    if folder.exists() and (
        not folder.is_dir() or (any(folder.iterdir()) and not (folder / MANIFEST).exists())
    ):
        raise InputError(
            _("The folder holds something else, and would be replaced."),
            do=_("Name a new or an empty folder with --to."),
            where=folder,
            code="folder_not_empty",
        )
