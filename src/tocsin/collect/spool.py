# SPDX-License-Identifier: Apache-2.0
"""Appends pages to files of the case so that a kill at any moment loses nothing and doubles nothing.

The order is: the bytes, synced; then the ledger's line, synced. On opening, what the files hold beyond the
ledger is cut off: it was never acknowledged, and the place gives it again. Files hold records as they came.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

from tocsin.collect.interface import Page
from tocsin.collect.ledger import Ledger, Written, append_synced, open_ledger
from tocsin.core.errors import InputError, TamperedError
from tocsin.core.settings.collected import file_name, spool_folder
from tocsin.core.words import _
from tocsin.journal.chain import sync

POSITIONS = "evidence/positions"


class Spool:
    """What stands of one source. One process at a time: the case is locked by whoever opens this."""

    def __init__(self, case: Path, source: str) -> None:
        """Raises TamperedError when the files hold less than was acknowledged, or the ledger is gone."""
        self.folder = case / spool_folder(source)
        self.ledger: Ledger = open_ledger(case / POSITIONS / f"{file_name(source)}.jsonl")
        self._recover()

    @property
    def stands(self) -> bool:
        """Whether something was brought, be it no record at all."""
        return bool(self.ledger.files)

    def begin(self, question: str, place: str) -> None:
        """A run starts.

        Raises InputError when another question was asked before: what it brought is not what this one brings.
        """
        asked = self.ledger.question
        if asked is not None and asked != question and self.stands:
            raise InputError(
                _("What is asked of this source has changed, and {rows} records of it stand."),
                do=_("Give the changed source a name of its own, or write the query as it was."),
                where=self.folder,
                code="question_changed",
                rows=self.ledger.rows,
            )
        self.ledger.begin(question, place)

    def touch(self, name: str) -> None:
        """A file of that name stands, without a record so far."""
        if file_name(name) not in self.ledger.files:
            self._name(name)
            self._write(file_name(name), b"")

    def append(self, page: Page) -> None:
        """Keep a page; raises MachineError when the disk is full, and then nothing of it stands."""
        name = file_name(page.name)
        is_new = name not in self.ledger.files
        if not (is_new or page.records or page.position != self.ledger.position):
            return
        if is_new:
            self._name(page.name)
        start = self.ledger.files[name].bytes
        self._write(name, page.records)
        end = start + len(page.records)
        digest = _digest(page.records)
        self.ledger.add(Written(page.name, name, start, end, page.count, digest, page.position))

    def lines(self, is_behind: Callable[[str], bool]) -> Iterator[bytes]:
        """See `Brought`. Raises TamperedError when a page is not what was written."""
        reached = False
        for written in self.ledger.pages():
            reached = reached or written.position is None or not is_behind(written.position)
            if reached:
                yield from (line + b"\n" for line in self._read(written).removesuffix(b"\n").split(b"\n"))

    def sizes(self) -> dict[str, int]:
        """See `Brought`."""
        return {state.name: state.bytes for state in self.ledger.files.values()}

    def check_last(self) -> None:
        """Raise TamperedError when the last page is no longer what was written."""
        if self.ledger.last is not None:
            self._read(self.ledger.last)

    def foreign(self) -> list[Path]:
        """Files in the folder that no page was written to."""
        if not self.folder.exists():
            return []
        return sorted(path for path in self.folder.iterdir() if path.name not in self.ledger.files)

    def _name(self, name: str) -> None:
        """The ledger names a file before it is made: one that it does not name is not ours."""
        nothing = Written(name, file_name(name), 0, 0, 0, _digest(b""), self.ledger.position)
        self.ledger.add(nothing)

    def _write(self, name: str, records: bytes) -> None:
        path = self.folder / name
        is_new = not path.exists()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        append_synced(path, records)
        if is_new:
            sync(self.folder)
            sync(self.folder.parent)

    def _read(self, written: Written) -> bytes:
        path = self.folder / written.file
        with path.open("rb") as file:
            file.seek(written.start)
            content = file.read(written.end - written.start)
        if _digest(content) != written.sha256:
            raise _altered(path)
        return content

    def _recover(self) -> None:
        """Cut every file back to what is acknowledged."""
        if self.ledger.is_new and self.foreign():
            raise TamperedError(
                _("Records of this source stand, and the list of what was collected is gone."),
                do=_("Restore the folder `evidence` from a copy, or give the source another name."),
                where=self.folder,
            )
        for name, state in self.ledger.files.items():
            path = self.folder / name
            size = path.stat().st_size if path.exists() else 0
            if size < state.bytes:
                raise _altered(path)
            if size > state.bytes:
                os.truncate(path, state.bytes)
                sync(path)


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _altered(path: Path) -> TamperedError:
    return TamperedError(
        _("What was collected is no longer what was written."),
        do=_("Restore the folder `evidence` from a copy."),
        where=path,
    )
