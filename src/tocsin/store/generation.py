# SPDX-License-Identifier: Apache-2.0
"""`tables/CURRENT`, the only commit.

A run (1) writes parts under `tables/.staging/` and syncs them, (2) appends the journal entry that lists
them, (3) moves them to their places, (4) renames CURRENT, (5) removes parts that CURRENT does not name.
On opening, an entry whose generation CURRENT has not reached is completed when all its parts verify, else
voided by an entry of its own; staging and unknown parts go.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tocsin.core.errors import TamperedError
from tocsin.journal import Journal
from tocsin.journal.chain import Json
from tocsin.store.parts import Part, sha256_of

COMMITTED = "store:generation:committed"
VOIDED = "store:generation:voided"


@dataclass(frozen=True, slots=True)
class Generation:
    """What stands: every table's parts, and the digest of what each stage was run on."""

    number: int = 0
    code: str = ""
    tables: dict[str, tuple[Part, ...]] = field(default_factory=dict)
    stages: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Json]:
        """As it is written in the journal and in CURRENT."""
        return {
            "generation": self.number,
            "code": self.code,
            "stages": dict(sorted(self.stages.items())),
            "tables": {
                name: {
                    "rows": sum(part.rows for part in parts),
                    "parts": [dict(sorted(asdict(part).items())) for part in parts],
                }
                for name, parts in sorted(self.tables.items())
            },
        }


def parse_generation(body: dict[str, object]) -> Generation:
    """The inverse of `body`; raises KeyError or TypeError when it is not one."""
    raw = json.loads(json.dumps(body))
    tables = {name: tuple(Part(**part) for part in table["parts"]) for name, table in raw["tables"].items()}
    return Generation(raw["generation"], raw["code"], tables, raw["stages"])


class Generations:
    """Reads, recovers and commits the generations of one case."""

    def __init__(self, folder: Path, journal: Journal) -> None:
        self.folder = folder
        self.staging = folder / ".staging"
        self.journal = journal

    def current(self) -> Generation:
        """The committed generation; the empty one before the first commit."""
        path = self.folder / "CURRENT"
        if not path.exists():
            return Generation()
        try:
            return parse_generation(json.loads(path.read_text("utf-8")))
        except (ValueError, KeyError, TypeError):
            raise TamperedError(
                "CURRENT is not readable.", do="Restore it from a copy.", where=path
            ) from None

    def recover(self, *, by: str) -> Generation:
        """Complete or void what a crash left, and clear the rest. Holding the lock is the caller's duty."""
        current = self.current()
        pending = self._pending(current)
        if pending is not None:
            if all(self._locate(part) for part in pending.tables_parts()):
                self._settle(pending.generation)
                current = pending.generation
            else:
                self.journal.append(VOIDED, {"generation": pending.generation.number}, by=by)
        self._clear(current)
        return current

    def commit(self, generation: Generation, *, by: str) -> None:
        """Make a generation the current one; its new parts are in the staging folder."""
        for part in _Pending(generation).tables_parts():
            staged = self.staging / part.path
            if staged.exists():
                _sync(staged)
        self.journal.append(COMMITTED, generation.body(), by=by)
        self._settle(generation)
        self._clear(generation)

    def verify(self, generation: Generation) -> None:
        """Raise TamperedError when a committed part is not what was written."""
        for part in _Pending(generation).tables_parts():
            path = self.folder / part.path
            if not path.exists() or sha256_of(path) != part.sha256:
                raise TamperedError("A table is not what was written.", do="Run the stage again.", where=path)

    def _pending(self, current: Generation) -> _Pending | None:
        last: Generation | None = None
        for entry in self.journal.entries():
            if entry.kind == COMMITTED:
                last = parse_generation(dict(entry.body))
            elif entry.kind == VOIDED:
                last = None
        return _Pending(last) if last and last.number > current.number else None

    def _locate(self, part: Part) -> bool:
        candidates = (self.staging / part.path, self.folder / part.path)
        return any(path.exists() and sha256_of(path) == part.sha256 for path in candidates)

    def _settle(self, generation: Generation) -> None:
        for part in _Pending(generation).tables_parts():
            staged = self.staging / part.path
            if staged.exists():
                final = self.folder / part.path
                final.parent.mkdir(parents=True, exist_ok=True)
                staged.replace(final)
        text = json.dumps({**generation.body(), "journal_head": self.journal.head}, indent=1, sort_keys=True)
        temporary = self.folder / ".CURRENT.tmp"
        temporary.write_text(text + "\n", "utf-8")
        _sync(temporary)
        temporary.replace(self.folder / "CURRENT")
        _sync(self.folder)

    def _clear(self, generation: Generation) -> None:
        shutil.rmtree(self.staging, ignore_errors=True)
        known = {part.path for part in _Pending(generation).tables_parts()}
        for path in self.folder.rglob("*.parquet"):
            if path.relative_to(self.folder).as_posix() not in known:
                path.unlink()
        for path in sorted(self.folder.rglob("*"), reverse=True):
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()


@dataclass(frozen=True, slots=True)
class _Pending:
    generation: Generation

    def tables_parts(self) -> list[Part]:
        return [part for parts in self.generation.tables.values() for part in parts]


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
