# SPDX-License-Identifier: Apache-2.0
"""What was read, as it stood: path, size and SHA-256 of each input file, for whoever checks later.

A file that is no longer there keeps its entry: what was read from it stands.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from tocsin.core.errors import InputError
from tocsin.core.words import _
from tocsin.ingest.read.inputs import find_inputs
from tocsin.store.case import Case
from tocsin.store.copies import keep_copy
from tocsin.store.parts import sha256_of

Entry = dict[str, str | int]


def list_evidence(case: Case, read: Mapping[Path, tuple[int, str]]) -> list[Entry]:
    """One entry a file, in order of path; raises InputError when one cannot be read.

    `read` has the size and digest of files whose own bytes were read to their end in this run: they are not
    read again, unless they have grown since.
    """
    settings = case.settings
    kinds = (
        settings.registries,
        settings.records,
        settings.accounts,
        settings.controllers,
        settings.relations,
        settings.places,
    )
    patterns = [
        *(pattern for source in settings.sources for pattern in source.paths),
        *(pattern for kind in kinds for item in kind for pattern in item.paths),
    ]
    paths = sorted({stream.path for stream in find_inputs(patterns, case.folder)})
    entries = {path: _entry(path, case.folder, read.get(path)) for path in paths}
    _keep_copies(case, entries)
    return list(entries.values())


def _keep_copies(case: Case, entries: dict[Path, Entry]) -> None:
    """Copies of the files of sources that ask for them, before the run that read them is committed."""
    wanted = [pattern for source in case.settings.sources if source.copy for pattern in source.paths]
    if not wanted:
        return
    if case.key is None:
        raise InputError(
            _("A copy of a log is kept encrypted, and the case has no key."),
            do=_("Name a recipient in [seal] (tocsin case keygen), or take copy = true out."),
            where=case.folder / "case.toml",
            code="copy_without_key",
        )
    paths = sorted({stream.path for stream in find_inputs(wanted, case.folder)})
    case.check_disk(sum(path.stat().st_size for path in paths))
    for path in paths:
        copy = keep_copy(case.folder, path, str(entries[path]["sha256"]), case.key)
        entries[path]["copy"] = copy.relative_to(case.folder).as_posix()


def write_evidence(case: Case, listed: list[Entry]) -> None:
    """Write `evidence/inputs.json`: these entries, and those of files that were there before."""
    folder = case.folder / "evidence"
    folder.mkdir(exist_ok=True)
    target = folder / "inputs.json"
    before: list[Entry] = json.loads(target.read_text("utf-8")) if target.exists() else []
    there = {entry["path"] for entry in listed}
    gone = [entry for entry in before if entry["path"] not in there]
    entries = sorted([*listed, *gone], key=lambda entry: str(entry["path"]))
    temporary = folder / ".inputs.tmp"
    temporary.write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n", "utf-8")
    temporary.replace(target)


def _entry(path: Path, folder: Path, read: tuple[int, str] | None) -> Entry:
    shown = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
    size = path.stat().st_size
    digest = read[1] if read is not None and read[0] == size else sha256_of(path)
    return {"path": shown, "bytes": size, "sha256": digest}
