# SPDX-License-Identifier: Apache-2.0
"""The sheet and the letter of one controller, and the index of all: thousands, written as they come."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from tocsin.core.cells import inert
from tocsin.core.words import Words, _, visible
from tocsin.declare.documents import complete_mark, fill_document, marked_up, plain
from tocsin.declare.facts.persons import range_of
from tocsin.declare.fill import Field
from tocsin.declare.gather import Gathered
from tocsin.declare.pages import bare_page
from tocsin.declare.said import listed
from tocsin.declare.texts import speech
from tocsin.report.reading import Count
from tocsin.store.split_files import folder_name

INDEX: Final = "index.csv"
COLUMNS: Final = ("controller", "name", "finess", "folder", "floor", "best", "named_at_most")

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
)
"""Fields of the whole service that every pack says."""


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


class PackWriter:
    """Writes packs that differ only by their controller's own numbers."""

    def __init__(
        self, gathered: Gathered, fields: Mapping[str, Field], words: Words, *, sealed: bool
    ) -> None:
        self._fields = fields
        self._words = words
        self._zone = gathered.ground.zone
        self._said = speech(words, self._zone)
        self._list = "persons.parquet" if sealed else "persons.csv"
        self._hidden = hidden_words(gathered.ground.report, words)

    def write(self, folder: Path, packs: Iterable[Pack]) -> int:
        """A folder a pack and a line in the index; returns how many."""
        written = 0
        with (folder / INDEX).open("w", encoding="utf-8", newline="") as file:
            index = csv.writer(file)
            index.writerow(COLUMNS)
            for pack in packs:
                self._write_one(folder / folder_name(pack.controller), pack)
                index.writerow(_index_row(pack))
                written += 1
        return written

    def _write_one(self, place: Path, pack: Pack) -> None:
        place.mkdir()
        values = self._values(pack)
        for name in ("sheet", "letter"):
            template = f"split/{name}.{self._words.lang}.md.j2"
            document = fill_document(template, self._fields, self._words, self._zone, values)
            (place / f"{name}.txt").write_text(plain(document), "utf-8")
            page = bare_page(pack.shown, marked_up(document), self._words)
            (place / f"{name}.html").write_text(page, "utf-8")

    def _values(self, pack: Pack) -> dict[str, Any]:
        words = self._words
        count = Count(floor=pack.floor, best=pack.best, ceiling=max(pack.named, pack.best))
        # Nought in a box says that nobody is concerned; a pack is written only where somebody may be.
        todo = complete_mark(words.text(_("to be completed")))
        return {
            "name": pack.shown,
            "finess": pack.finess and visible(pack.finess),
            "range": self._said["headline"](count),
            "number": words.number(pack.best) if pack.best else todo,
            "bracket": listed(words, "cnil_range", range_of(pack.best)) if pack.best else todo,
            "hidden": self._hidden,
            "data": [
                words.text(_("{category}: {persons}"), category=self._said["cat"](name), persons=persons)
                for name, persons in zip(pack.categories, pack.category_persons, strict=True)
            ],
            "list": self._list,
            "integrity": self._fields["3.2.nature.integrity"].value,
            "todo": todo,
        }


def _index_row(pack: Pack) -> list[object]:
    texts = [inert(visible(text)) for text in (pack.controller, pack.name or "", pack.finess or "")]
    return [*texts, folder_name(pack.controller), pack.floor, pack.best, pack.named]


def hidden_words(report: Mapping[str, Any], words: Words) -> str:
    """What cannot be shared out between controllers; empty when nothing is hidden."""
    parts = report["counts"]["persons"].get("ceiling_parts")
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
