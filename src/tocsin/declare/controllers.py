# SPDX-License-Identifier: Apache-2.0
"""One pack a controller, thousands if need be: its count, its list of persons, its sheet, its letter.

One query counts for all and one lists for all; files are written as rows come. Lists hold local ids alone,
since the controller knows whose they are, and are sealed where the case is.
"""

from __future__ import annotations

import csv
import hashlib
import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from tocsin.core.errors import InputError
from tocsin.core.words import Words, _, visible
from tocsin.declare.documents import complete_mark, fill_document, marked_up, plain
from tocsin.declare.facts.persons import CNIL_RANGES
from tocsin.declare.fill import Field, fill
from tocsin.declare.gather import Gathered, gather
from tocsin.declare.pages import bare_page
from tocsin.declare.records import SPLIT
from tocsin.declare.said import listed
from tocsin.declare.split_files import folder_name, write_lists
from tocsin.declare.texts import speech
from tocsin.declare.versions import FOLDER
from tocsin.journal.chain import Json
from tocsin.report.assemble import TABLES_READ, digest_inputs, make_relations
from tocsin.report.figures import Figures, Sheet
from tocsin.report.reading import Count
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

BATCH: Final = 65_536
NAME: Final = "controllers"
INDEX: Final = "index.csv"
SPOKEN: Final = (
    "fr.our_name",
    "fr.our_contact",
    "1.reference",
    "3.1.begin",
    "3.1.end",
    "3.2.confidentiality",
    "3.2.nature.integrity",
    "cnil.cause",
    "fr.claims",
    "4.3.taken",
    "fr.range_told",
)
"""Fields of the whole service that every pack says."""


class Split(msgspec.Struct, frozen=True):
    """What was written."""

    folder: str
    controllers: int
    without: int
    """Persons most likely concerned that no list holds, their controller not being known."""
    sealed: bool
    is_new: bool


class Pack(msgspec.Struct, frozen=True):
    """One controller's numbers, as the query has them."""

    controller: str
    name: str | None
    finess: str | None
    floor: int
    best: int
    named: int
    categories: list[str]
    category_persons: list[int]

    @property
    def shown(self) -> str:
        """Its name, else its id."""
        return visible(self.name or self.controller)


def split_by_controller(case: Case, now: datetime, words: Words) -> Split:
    """Write a pack for every controller.

    Raises InputError before the case has been run, or when no controller is known.
    """
    if not case.has("exposure"):
        raise InputError(
            _("The case has not been run: nobody is counted yet."),
            do=_("Run: tocsin run CASE"),
            where=case.folder,
            code="not_run",
        )
    gathered = gather(case, now)
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
    place = f"{FOLDER}/{NAME}/{number}"
    making = case.folder / FOLDER / NAME / f".{number}.tmp"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    with case.engine(*TABLES_READ) as engine:
        make_relations(Sheet(case, engine, Figures(inputs=digest_inputs(case))))
        packs = _write_packs(making, _packs(engine), gathered, fields, words, sealed=case.is_sealed)
        if not packs:
            raise InputError(
                _("No controller is known for anybody concerned."),
                do=_("Give [[controllers]], and a controller column of the registry, in case.toml."),
                where=case.folder,
                code="no_controllers",
            )
        persons = engine.stream(load_query("tocsin.declare", "controller_persons"), BATCH)
        write_lists(making, persons, case.key)
        without = engine.count(load_query("tocsin.declare", "controllerless"))
    final = case.folder / place
    shutil.rmtree(final, ignore_errors=True)
    making.replace(final)
    body: dict[str, Json] = {
        "folder": place,
        "controllers": packs,
        "without": without,
        "sealed": case.is_sealed,
        "digest": digest,
    }
    case.journal.append(SPLIT, body, by=case.by)
    return _told(body, is_new=True)


def _told(body: Mapping[str, Any], *, is_new: bool) -> Split:
    return Split(
        str(body["folder"]), int(body["controllers"]), int(body["without"]), bool(body["sealed"]), is_new
    )


def _packs(engine: Engine) -> Iterator[Pack]:
    for batch in engine.stream(load_query("tocsin.declare", "controller_counts"), BATCH):
        for row in batch.to_pylist():
            yield msgspec.convert(row, Pack)


def _write_packs(
    folder: Path,
    packs: Iterator[Pack],
    gathered: Gathered,
    fields: Mapping[str, Field],
    words: Words,
    *,
    sealed: bool,
) -> int:
    """Sheet and letter of each, and one line in the index. Returns how many."""
    written = 0
    hidden = _hidden(gathered, words)
    with (folder / INDEX).open("w", encoding="utf-8", newline="") as file:
        index = csv.writer(file)
        index.writerow(("controller", "name", "finess", "folder", "floor", "best", "named_at_most"))
        for pack in packs:
            place = folder / folder_name(pack.controller)
            place.mkdir()
            values = _values(pack, hidden, fields, words, gathered.ground.zone, sealed=sealed)
            for name in ("sheet", "letter"):
                document = fill_document(
                    f"split/{name}.{words.lang}.md.j2", fields, words, gathered.ground.zone, values
                )
                (place / f"{name}.txt").write_text(plain(document), "utf-8")
                (place / f"{name}.html").write_text(
                    bare_page(pack.shown, marked_up(document), words), "utf-8"
                )
            index.writerow(_index_row(pack))
            written += 1
    return written


def _index_row(pack: Pack) -> list[object]:
    texts = [_safe(text) for text in (pack.controller, pack.name or "", pack.finess or "")]
    return [*texts, folder_name(pack.controller), pack.floor, pack.best, pack.named]


def _safe(text: str) -> str:
    """No spreadsheet runs it (OWASP, CSV injection)."""
    return f"'{visible(text)}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else visible(text)


def _values(
    pack: Pack, hidden: str, fields: Mapping[str, Field], words: Words, zone: str, *, sealed: bool
) -> dict[str, Any]:
    said = speech(words, zone)
    count = Count(floor=pack.floor, best=pack.best, ceiling=max(pack.named, pack.best))
    bracket = next((code for most, code in CNIL_RANGES if pack.best <= most), "r5")
    return {
        "name": pack.shown,
        "finess": pack.finess and visible(pack.finess),
        "range": said["headline"](count),
        "number": words.number(pack.best),
        "bracket": listed(words, "cnil_range", bracket),
        "hidden": hidden,
        "data": [
            words.text(_("{category}: {persons}"), category=said["cat"](name), persons=persons)
            for name, persons in zip(pack.categories, pack.category_persons, strict=True)
        ],
        "list": "persons.parquet" if sealed else "persons.csv",
        "integrity": fields["3.2.nature.integrity"].value,
        "todo": complete_mark(words.text(_("to be completed"))),
    }


def _hidden(gathered: Gathered, words: Words) -> str:
    """What cannot be shared out between controllers; empty when nothing is hidden."""
    parts = gathered.ground.report["counts"]["persons"].get("ceiling_parts")
    if parts is None:
        return words.text(_("Accesses not resolved may hide more persons; nothing bounds how many."))
    most = sum(value for name, value in parts.items() if name != "named")
    if not most:
        return ""
    return words.plural(
        "Over the whole service, what is not resolved may hide one more person at most.",
        "Over the whole service, what is not resolved may hide {n} more persons at most.",
        most,
    )
