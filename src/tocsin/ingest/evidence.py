# SPDX-License-Identifier: Apache-2.0
"""What was read, as it stood: path, size and SHA-256 of each input file, for whoever checks later."""

from __future__ import annotations

import json
from pathlib import Path

from tocsin.ingest.read.inputs import find_inputs
from tocsin.store.case import Case
from tocsin.store.parts import sha256_of


def write_evidence(case: Case) -> None:
    """Write `evidence/inputs.json`: one entry a file, in order of path."""
    patterns = [
        *(pattern for source in case.settings.sources for pattern in source.paths),
        *(
            pattern
            for kind in (case.settings.registries, case.settings.records, case.settings.accounts)
            for item in kind
            for pattern in item.paths
        ),
    ]
    paths = sorted({stream.path for stream in find_inputs(patterns, case.folder)})
    listed = [_entry(path, case.folder) for path in paths]
    folder = case.folder / "evidence"
    folder.mkdir(exist_ok=True)
    temporary = folder / ".inputs.tmp"
    temporary.write_text(json.dumps(listed, indent=1, ensure_ascii=False) + "\n", "utf-8")
    temporary.replace(folder / "inputs.json")


def _entry(path: Path, folder: Path) -> dict[str, str | int]:
    shown = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
    return {"path": shown, "bytes": path.stat().st_size, "sha256": sha256_of(path)}
