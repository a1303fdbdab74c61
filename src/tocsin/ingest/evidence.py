# SPDX-License-Identifier: Apache-2.0
"""What was read, as it stood: path, size and SHA-256 of each input file, for whoever checks later.

A file that is no longer there keeps its entry: what was read from it stands.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from tocsin.ingest.read.inputs import find_inputs
from tocsin.store.case import Case
from tocsin.store.parts import sha256_of

Entry = dict[str, str | int]


def list_evidence(case: Case, read: Mapping[Path, tuple[int, str]]) -> list[Entry]:
    """One entry a file, in order of path; raises InputError when one cannot be read.

    `read` has the size and digest of files whose own bytes were read to their end in this run: they are not
    read again, unless they have grown since.
    """
    settings = case.settings
    kinds = (settings.registries, settings.records, settings.accounts, settings.controllers)
    patterns = [
        *(pattern for source in settings.sources for pattern in source.paths),
        *(pattern for kind in kinds for item in kind for pattern in item.paths),
    ]
    paths = sorted({stream.path for stream in find_inputs(patterns, case.folder)})
    return [_entry(path, case.folder, read.get(path)) for path in paths]


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
