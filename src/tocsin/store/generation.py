# SPDX-License-Identifier: Apache-2.0
"""`tables/CURRENT`, the only commit.

A run (1) writes parts under `tables/.staging/` and syncs them, (2) appends the journal entry that tells
them (all, or what changed and the digest of all), (3) moves them to their places, (4) renames CURRENT,
(5) removes parts that CURRENT does not name.
On opening, CURRENT must be an entry of the journal; an entry that CURRENT has not reached is completed when
all its parts verify, else voided by an entry of its own; staging and unknown parts go.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from tocsin.core.errors import TamperedError
from tocsin.core.words import _
from tocsin.journal import Entry, Journal
from tocsin.journal.chain import sync
from tocsin.store.delta import WHOLE, apply_change, digest_of, is_change, told_body
from tocsin.store.generation_body import Generation, parse_generation
from tocsin.store.parts import Part, sha256_of

COMMITTED = "store:generation:committed"
VOIDED = "store:generation:voided"
START_ANEW = _("Restore it from a copy, or remove tables/CURRENT and run again: all is read anew.")


@dataclass(frozen=True, slots=True)
class _Current:
    """CURRENT as it lies on the disk."""

    generation: Generation
    head: str | None = None
    """Hash of its journal entry; null before the first commit."""


class Generations:
    """Reads, recovers and commits the generations of one case."""

    def __init__(self, folder: Path, journal: Journal) -> None:
        self.folder = folder
        self.staging = folder / ".staging"
        self.journal = journal
        self.is_unsettled = False
        """A commit began here and did not end: `recover` must come before anything else is written."""

    def current(self) -> Generation:
        """The committed generation; the empty one before the first commit."""
        return self._read().generation

    def recover(self, *, by: str) -> Generation:
        """Complete or void what a crash left, and clear the rest. Holding the lock is the caller's duty.

        Raises TamperedError when CURRENT is not what the journal says.
        """
        current = self._read()
        generation = current.generation
        pending = self._pending(current)
        if pending is not None:
            unreached = self._told_by(pending, generation)
            places = {part: self._locate(part) for part in unreached.parts()}
            if all(places.values()):
                self._settle(unreached, pending.hash)
                generation = unreached
            else:
                self.journal.append(VOIDED, {"generation": unreached.number}, by=by)
                self.verify(generation)
        self._clear(generation)
        self.is_unsettled = False
        return generation

    def commit(self, generation: Generation, *, by: str) -> None:
        """Make a generation the current one; its new parts are in the staging folder."""
        self._sync_staged(generation)
        self.is_unsettled = True
        entry = self.journal.append(COMMITTED, told_body(self._read().generation, generation), by=by)
        self._settle(generation, entry.hash)
        self._clear(generation)
        self.is_unsettled = False

    def is_settled(self) -> bool:
        """Whether no commit waits to be completed or voided; raises TamperedError as `recover` does."""
        return self._pending(self._read()) is None

    def verify(self, generation: Generation) -> None:
        """Raise TamperedError when a committed part is missing or not what was written."""
        for part in generation.parts():
            self.verify_part(part)

    def verify_part(self, part: Part) -> None:
        """The same for one part."""
        path = self.folder / part.path
        if not path.is_file():
            raise TamperedError(_("A part of a table is missing."), do=START_ANEW, where=path)
        if sha256_of(path) != part.sha256:
            raise TamperedError(_("A table is not what was written."), do=START_ANEW, where=path)

    def _told_by(self, entry: Entry, standing: Generation) -> Generation:
        """The generation of an entry; where CURRENT is lost, from the last entry that tells one whole."""
        if not is_change(entry.body):
            return parse_generation(entry.body)
        found = apply_change(standing, entry.body)
        if found is None:
            steps = self._steps_to(entry)
            found = parse_generation(steps.pop().body) if steps else None
            while steps and found is not None:
                found = apply_change(found, steps.pop().body)
        if found is None:
            raise TamperedError(
                _("CURRENT is not what the journal says."), do=START_ANEW, where=self.folder / "CURRENT"
            )
        return found

    def _steps_to(self, last: Entry) -> list[Entry]:
        """Commits that stood, from this one back to the last that is told whole."""
        steps: list[Entry] = []
        voided = set()
        for entry in self.journal.newest_first():
            if entry.number > last.number:
                continue
            if entry.kind == VOIDED:
                voided.add(entry.body["generation"])
            elif entry.kind == COMMITTED and entry.body["generation"] in voided:
                voided.discard(entry.body["generation"])
            elif entry.kind == COMMITTED:
                if entry.hash != entry.expected_hash():
                    break
                steps.append(entry)
                if not is_change(entry.body):
                    return steps
        return []

    def _read(self) -> _Current:
        path = self.folder / "CURRENT"
        if not path.exists():
            return _Current(Generation())
        try:
            raw = json.loads(path.read_bytes())
            return _Current(parse_generation(raw), str(raw["journal_head"]))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise TamperedError(_("CURRENT is not readable."), do=START_ANEW, where=path) from None

    def _pending(self, current: _Current) -> Entry | None:
        """The entry of a commit that CURRENT has not reached; CURRENT's own must stand before it."""
        last: Entry | None = None
        for entry in self.journal.newest_first():
            if entry.hash == current.head:
                if not _tells(entry, current.generation):
                    break
                return last if last is not None and last.kind == COMMITTED else None
            if last is None and entry.kind in (COMMITTED, VOIDED):
                last = entry
                if current.head is None:
                    return last if last.kind == COMMITTED else None
        if current.head is None:
            return None
        raise TamperedError(
            _("CURRENT is not what the journal says."), do=START_ANEW, where=self.folder / "CURRENT"
        )

    def _locate(self, part: Part) -> Path | None:
        """Where the part lies as it was written; a staged file that is something else goes."""
        staged, final = self.staging / part.path, self.folder / part.path
        if staged.is_file():
            if sha256_of(staged) == part.sha256:
                return staged
            staged.unlink()
        return final if final.is_file() and sha256_of(final) == part.sha256 else None

    def _sync_staged(self, generation: Generation) -> None:
        folders = set()
        for part in generation.parts():
            staged = self.staging / part.path
            if staged.exists():
                sync(staged)
                folders.update(_folders_between(staged, self.folder))
        for folder in sorted(folders):
            sync(folder)

    def _settle(self, generation: Generation, head: str) -> None:
        touched = set()
        for part in generation.parts():
            staged = self.staging / part.path
            if staged.exists():
                final = self.folder / part.path
                final.parent.mkdir(parents=True, exist_ok=True)
                staged.replace(final)
                touched.update(_folders_between(final, self.folder))
        for folder in sorted(touched):
            sync(folder)
        text = json.dumps({**generation.body(), "journal_head": head}, indent=1, sort_keys=True)
        temporary = self.folder / ".CURRENT.tmp"
        temporary.write_text(text + "\n", "utf-8")
        sync(temporary)
        temporary.replace(self.folder / "CURRENT")
        sync(self.folder)

    def _clear(self, generation: Generation) -> None:
        """Parts that CURRENT does not name go, and empty folders; hidden ones are somebody's work."""
        shutil.rmtree(self.staging, ignore_errors=True)
        (self.folder / ".CURRENT.tmp").unlink(missing_ok=True)
        known = {part.path for part in generation.parts()}
        for folder, folders, files in os.walk(self.folder):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in files:
                path = Path(folder, name)
                if path.suffix == ".parquet" and path.relative_to(self.folder).as_posix() not in known:
                    path.unlink()
        for folder, _folders, _files in os.walk(self.folder, topdown=False):
            path = Path(folder)
            hidden = any(part.startswith(".") for part in path.relative_to(self.folder).parts)
            if path != self.folder and not hidden and not any(path.iterdir()):
                path.rmdir()


def _tells(entry: Entry, generation: Generation) -> bool:
    if entry.hash != entry.expected_hash() or entry.kind != COMMITTED:
        return False
    if is_change(entry.body):
        return entry.body[WHOLE] == digest_of(generation)
    return dict(entry.body) == generation.body()


def _folders_between(path: Path, top: Path) -> list[Path]:
    """The folders of a path up to `top`."""
    found = []
    folder = path.parent
    while folder != top and folder.is_relative_to(top):
        found.append(folder)
        folder = folder.parent
    return [*found, top]
