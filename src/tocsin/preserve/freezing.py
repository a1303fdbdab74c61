# SPDX-License-Identifier: Apache-2.0
"""Freezes what the case holds: a verified copy of each source file, its hash, and what has changed since.

A file is compared with what ingestion read (`evidence/inputs.json`); one that has changed is copied as it is
and said. Copies are in clear: where they are put is for people to protect.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote

from tocsin.core.errors import InputError
from tocsin.core.words import _
from tocsin.preserve.copying import copy_verified, sha256_of_file
from tocsin.preserve.source_files import files_of, shown
from tocsin.preserve.sums import NAME, write_sums
from tocsin.store.case import Case

Told = Callable[[str, int, int], None]


class FileState(StrEnum):
    """A file of a source against what was read of it."""

    SAME = "same"
    GROWN = "grown"
    """It begins with what was read, and goes on."""

    CHANGED = "changed"
    NOT_READ = "not_read"
    """It was not there, or not asked for, when the case was last ingested."""


@dataclass(frozen=True, slots=True)
class FrozenFile:
    """One file of a source, copied and verified."""

    source: str
    path: str
    copy: str
    """Relative to the folder of copies."""

    bytes: int
    sha256: str
    state: FileState
    was_there: bool


@dataclass(frozen=True, slots=True)
class FailedFile:
    """A file that could not be copied."""

    source: str
    path: str
    error: InputError


@dataclass(frozen=True, slots=True)
class Freeze:
    """One run of copying."""

    folder: Path
    files: tuple[FrozenFile, ...]
    failed: tuple[FailedFile, ...]
    sums_sha256: str | None

    def of(self, source: str) -> list[FrozenFile]:
        """The files of one source."""
        return [file for file in self.files if file.source == source]


def freeze(case: Case, folder: Path, told: Told = lambda _label, _done, _total: None) -> Freeze:
    """Copy every file of every source below `folder`, and write SHA256SUMS there.

    Raises InputError for a folder in which the sources themselves lie, MachineError for a full or bad disk. A
    file that cannot be read is among `failed`; the others are copied.
    """
    planned = list(_planned(case, folder))
    total = sum(path.stat().st_size for _source, path, _target in planned)
    folder.mkdir(parents=True, exist_ok=True)
    read = _evidence(case)
    done = 0
    frozen: list[FrozenFile] = []
    failed: list[FailedFile] = []
    for source, path, target in planned:

        def count(n: int) -> None:
            nonlocal done
            done += n
            told("copying", done, total)

        try:
            frozen.append(_freeze_one(case, source, path, folder, target, read, count))
        except InputError as error:
            failed.append(FailedFile(source, shown(case, path), error))
    sums = write_sums(folder, {file.copy: file.sha256 for file in frozen}) if frozen else None
    return Freeze(folder, tuple(frozen), tuple(failed), sha256_of_file(sums) if sums else None)


def _freeze_one(
    case: Case,
    source: str,
    path: Path,
    folder: Path,
    target: Path,
    read: dict[str, tuple[int, str]],
    count: Callable[[int], None],
) -> FrozenFile:
    known = read.get(shown(case, path))
    copied = copy_verified(path, target, head=known[0] if known else None, told=count)
    return FrozenFile(
        source,
        shown(case, path),
        copied.target.relative_to(folder).as_posix(),
        copied.bytes,
        copied.sha256,
        _state(known, copied.bytes, copied.sha256, copied.head_sha256),
        copied.was_there,
    )


def _state(known: tuple[int, str] | None, size: int, digest: str, head: str | None) -> FileState:
    if known is None:
        return FileState.NOT_READ
    if known == (size, digest):
        return FileState.SAME
    return FileState.GROWN if size > known[0] and head == known[1] else FileState.CHANGED


def _planned(case: Case, folder: Path) -> Iterator[tuple[str, Path, Path]]:
    """Source, file and its copy. A file that two sources share is copied for each."""
    inside = folder.resolve()
    for source in case.settings.sources:
        for path in files_of(source, case.folder):
            if path.resolve().is_relative_to(inside):
                raise InputError(
                    _("The copies would lie among the files of the source '{source}'."),
                    do=_("Choose another folder, best on another disk."),
                    where=folder,
                    code="copy_among_sources",
                    source=source.name,
                )
            yield source.name, path, folder / quote(source.name, safe=" ") / _place(case, path)


def _place(case: Case, path: Path) -> Path:
    """As under the case folder; with all its folders when it lies elsewhere."""
    whole, home = path.absolute(), case.folder.absolute()
    kept = whole.relative_to(home) if whole.is_relative_to(home) else whole.relative_to(whole.anchor)
    return Path(*(part for part in kept.parts if part not in ("..", NAME)))


def _evidence(case: Case) -> dict[str, tuple[int, str]]:
    """Size and digest of each file that ingestion read, as it stood then."""
    path = case.folder / "evidence" / "inputs.json"
    if not path.exists():
        return {}
    try:
        listed = json.loads(path.read_text("utf-8"))
        return {str(e["path"]): (int(e["bytes"]), str(e["sha256"])) for e in listed}
    except (ValueError, KeyError, TypeError):
        raise InputError(
            _("The list of evidence cannot be read."), do=_("Ingest the case again."), where=path
        ) from None
