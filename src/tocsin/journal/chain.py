# SPDX-License-Identifier: Apache-2.0
"""Append-only entries, each holding the hash of the one before.

`journal/journal.jsonl` is the chain; `journal/HEAD` repeats its length and last hash, so that a cut
tail shows. An entry never holds a value about a person: table names, counts, hashes, and what a person
decided. Signing and time-stamping of the head are not here.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tocsin.core.errors import TamperedError

GENESIS = "0" * 64

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal."""

    number: int
    """From 1, without holes."""

    at: str
    """UTC, ISO 8601."""

    by: str
    """Who; never the account under inquiry."""

    kind: str
    """stage:subject:action."""

    body: Mapping[str, Json]
    previous: str
    hash: str

    def line(self) -> str:
        """The entry as it stands in the file, without its line end."""
        return canonical({**self._signed(), "hash": self.hash})

    def _signed(self) -> dict[str, Json]:
        return {
            "number": self.number,
            "at": self.at,
            "by": self.by,
            "kind": self.kind,
            "body": dict(self.body),
            "previous": self.previous,
        }

    def expected_hash(self) -> str:
        """SHA-256 of the canonical entry without its own hash."""
        return hashlib.sha256(canonical(self._signed()).encode()).hexdigest()


def canonical(value: Mapping[str, Json]) -> str:
    """JSON with sorted keys and no spaces: one text for one value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def parse_entry(line: str) -> Entry:
    """Raises ValueError or KeyError when the line is not an entry."""
    raw = json.loads(line)
    return Entry(raw["number"], raw["at"], raw["by"], raw["kind"], raw["body"], raw["previous"], raw["hash"])


class Journal:
    """The journal of one case, opened for appending."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "journal.jsonl"
        self.head_path = folder / "HEAD"
        self._drop_torn_tail()
        self._count, self.head = self._read_last()

    def append(self, kind: str, body: Mapping[str, Json], *, by: str) -> Entry:
        """Write one entry, synced to disk before this returns."""
        at = datetime.now(UTC).isoformat(timespec="microseconds")
        draft = Entry(self._count + 1, at, by, kind, body, self.head, "")
        entry = Entry(draft.number, at, by, kind, body, self.head, draft.expected_hash())
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(entry.line() + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._count, self.head = entry.number, entry.hash
        self._write_head()
        return entry

    def entries(self) -> Iterator[Entry]:
        """All entries, oldest first; raises TamperedError for a line that is not one."""
        if not self.path.exists():
            return
        with self.path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                try:
                    yield parse_entry(line)
                except (ValueError, KeyError, TypeError):
                    raise TamperedError(
                        f"Entry {number} of the journal is not readable.",
                        do="Run `tocsin journal CASE check`.",
                    ) from None

    def _read_last(self) -> tuple[int, str]:
        last = None
        for entry in self.entries():
            last = entry
        return (last.number, last.hash) if last else (0, GENESIS)

    def _drop_torn_tail(self) -> None:
        """An entry cut by a crash was never acknowledged: nothing rests on it."""
        if not self.path.exists():
            return
        content = self.path.read_bytes()
        if content and not content.endswith(b"\n"):
            with self.path.open("r+b") as file:
                file.truncate(content.rfind(b"\n") + 1)

    def _write_head(self) -> None:
        temporary = self.head_path.with_suffix(".tmp")
        temporary.write_text(f"{self._count} {self.head}\n", "utf-8")
        temporary.replace(self.head_path)
