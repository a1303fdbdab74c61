# SPDX-License-Identifier: Apache-2.0
"""The files of one controller's pack: its lists, sealed where it has a key, its letter, a signed manifest.

What is to be sealed is never on the disk in clear: a list is cut where it would grow too long for memory.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
import pyarrow as pa
import pyarrow.csv as pa_csv
from nacl.public import PublicKey, SealedBox
from nacl.signing import SigningKey

from tocsin.core.settings import CaseSettings
from tocsin.core.words import words
from tocsin.journal.chain import sync
from tocsin.notify.letter import clean, filled, letterhead, notice_words, page_of, plain

LIST_ROWS: Final = 100_000
PURPOSE: Final = "know which of your own persons are told (art. 33(2) and 34 GDPR), then destroy the list"
MANIFEST: Final = "manifest.json"

_CSV: Final = pa_csv.WriteOptions(delimiter=";", quoting_style="needed")


class Counted(msgspec.Struct, frozen=True):
    """One controller's persons to inform, each in one of the four boxes."""

    controller: str
    name: str | None
    finess: str | None
    persons: int
    shared: int
    email: int
    post: int
    none: int
    suppressed: int


class PackFiles:
    """Writes packs that differ by their controller alone."""

    def __init__(self, settings: CaseSettings, key: SigningKey, now: datetime) -> None:
        self._settings = settings
        self._key = key
        last = now + timedelta(days=settings.notify.post.keep_days)
        said, zone = words(settings.notify.language), settings.case.zone
        self._day, self._last_day = said.day(now, zone), said.day(last, zone)
        self._destroy_by = last.date().isoformat()

    def write(
        self, folder: Path, counted: Counted, rows: Iterable[pa.RecordBatch], box: SealedBox[PublicKey] | None
    ) -> int:
        """One pack in a new folder, for its owner alone. Returns the distinct persons that its lists hold."""
        folder.mkdir(mode=0o700)
        names, persons = [], 0
        for number, table in enumerate(_in_lists(rows), start=1):
            persons = max(persons, *table.column("number").to_pylist())
            name = "persons.csv" if number == 1 else f"persons-{number}.csv"
            names.append(name + (".sealed" if box else ""))
            content = _csv_bytes(table)
            write_private(folder / names[-1], bytes(box.encrypt(content)) if box else content)
        self._write_letter(folder, counted, names, is_sealed=box is not None)
        self.write_manifest(folder, {"controller": counted.controller, "persons": counted.persons})
        return persons

    def write_manifest(self, folder: Path, said: Mapping[str, Any]) -> str:
        """What stands in the folder, signed (Ed25519). Returns the SHA-256 of the manifest."""
        files = {
            path.relative_to(folder).as_posix(): _sha256(path)
            for path in sorted(folder.iterdir())
            if path.is_file()
        }
        head = {
            "case": self._settings.case.id,
            "purpose": PURPOSE,
            "destroy_by": self._destroy_by,
            "files": files,
        }
        signed = json.dumps(head | dict(said), sort_keys=True)
        proof = {
            "signed": signed,
            "signature": self._key.sign(signed.encode()).signature.hex(),
            "key": bytes(self._key.verify_key).hex(),
        }
        content = (json.dumps(head | dict(said) | proof, indent=1) + "\n").encode()
        write_private(folder / MANIFEST, content)
        return hashlib.sha256(content).hexdigest()

    def _write_letter(self, folder: Path, counted: Counted, names: list[str], *, is_sealed: bool) -> None:
        lang = self._settings.notify.language
        document = filled(
            f"controller.{lang}.j2",
            lang,
            **letterhead(self._settings),
            name=clean(counted.name or counted.controller),
            finess=clean(counted.finess or ""),
            date=self._day,
            count=counted,
            shared=counted.shared,
            files=names,
            is_sealed=is_sealed,
            destroy_by=self._last_day,
        )
        write_private(folder / "letter.txt", plain(document).encode())
        page = page_of(lang, notice_words(lang)["controller"], document)
        write_private(folder / "letter.html", page.encode())


def write_private(path: Path, content: bytes) -> None:
    """A new file, for its owner alone, on the disk when this returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    sync(path)


def _in_lists(rows: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Stretches put together, no list much longer than LIST_ROWS."""
    held: list[pa.RecordBatch] = []
    for batch in rows:
        held.append(batch)
        if sum(one.num_rows for one in held) >= LIST_ROWS:
            yield pa.Table.from_batches(held)
            held = []
    if held:
        yield pa.Table.from_batches(held)


def _csv_bytes(table: pa.Table) -> bytes:
    """`;` between columns, as no spreadsheet runs it: the query made texts of formulas (OWASP)."""
    text = io.BytesIO()
    pa_csv.write_csv(table, text, _CSV)
    return text.getvalue()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
