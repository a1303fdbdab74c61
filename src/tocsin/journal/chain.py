# SPDX-License-Identifier: Apache-2.0
"""Append-only entries, each holding the hash of the one before.

`journal/journal.jsonl` is the chain; `journal/HEAD` repeats its length and last hash, so that a cut
tail shows. An entry never holds a value about a person: table names, counts, hashes, and what a person
decided. Opening reads the end alone, `check` all. Signing and time-stamping of the head are not here.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tocsin.core.errors import InputError, TamperedError, Where
from tocsin.core.words import _

GENESIS = "0" * 64
_BLOCK = 1 << 16

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
    """JSON with sorted keys and no spaces: one text for one value. Raises ValueError for NaN and infinity."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def parse_entry(line: str | bytes) -> Entry:
    """Raises ValueError when the line is not an entry."""
    try:
        raw = json.loads(line)
        entry = Entry(*(raw[name] for name in ("number", "at", "by", "kind", "body", "previous", "hash")))
    except (KeyError, TypeError, RecursionError):
        raise ValueError("no entry") from None
    texts = (entry.at, entry.by, entry.kind, entry.previous, entry.hash)
    if not (
        type(entry.number) is int and isinstance(entry.body, dict) and all(isinstance(t, str) for t in texts)
    ):
        raise ValueError("no entry")
    return entry


class Journal:
    """The journal of one case, opened for appending, or for reading while another process appends.

    Opening to append raises TamperedError when the end is not what HEAD says: going on would hide it.
    """

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        self.folder = folder
        self.path = folder / "journal.jsonl"
        self.head_path = folder / "HEAD"
        self.read_only = read_only
        last = next(self.newest_first(), None)
        self._count, self.head = (last.number, last.hash) if last else (0, GENESIS)
        if not read_only:
            self._check_end(last)
            self._drop_torn_tail()
            self._write_head_if_behind()

    def append(self, kind: str, body: Mapping[str, Json], *, by: str) -> Entry:
        """Write one entry, synced to disk before this returns.

        Raises InputError for a text or number that no journal can hold.
        """
        at = datetime.now(UTC).isoformat(timespec="microseconds")
        draft = Entry(self._count + 1, at, by, kind, body, self.head, "")
        try:
            entry = Entry(draft.number, at, by, kind, body, self.head, draft.expected_hash())
            line = f"{entry.line()}\n".encode()
        except ValueError:
            raise InputError(
                _("This text or number cannot be kept in the journal."), do=_("Write it as UTF-8 text.")
            ) from None
        self._append_line(line)
        self._count, self.head = entry.number, entry.hash
        self._write_head()
        return entry

    def entries(self) -> Iterator[Entry]:
        """All entries, oldest first; raises TamperedError for a line that is not one."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.endswith(b"\n"):
                    return  # being written, or cut by a crash: never acknowledged
                yield _parsed(self.path, line, number)

    def newest_first(self) -> Iterator[Entry]:
        """All entries, newest first, reading no further than is asked."""
        for line in _lines_backwards(self.path):
            yield _parsed(self.path, line, None)

    def _append_line(self, line: bytes) -> None:
        is_new = not self.path.exists()
        self.folder.mkdir(parents=True, exist_ok=True)
        # A buffer would be written again when the file is closed, after what is taken back below.
        with self.path.open("ab", buffering=0) as file:
            size = file.tell()
            try:
                written = 0
                while written < len(line):  # a disk that fills up takes a part
                    written += file.write(line[written:])
                os.fsync(file.fileno())
            except BaseException:
                # What was not acknowledged must not stand before the next entry.
                os.ftruncate(file.fileno(), size)
                raise
        if is_new:
            sync(self.folder)

    def _check_end(self, last: Entry | None) -> None:
        """HEAD is the last entry, or the one before when a crash fell between the two writes."""
        if last is not None and last.hash != last.expected_hash():
            raise _altered(self.path, last.number)
        if not self.head_path.exists():
            if last is not None and last.number > 1:
                raise TamperedError(_("HEAD is missing."), do=_CHECK, where=self.head_path)
            return
        before = (last.number - 1, last.previous) if last else None
        if read_head(self.head_path) not in ((self._count, self.head), before):
            raise TamperedError(
                _("The journal is shorter than HEAD says, or not the same."), do=_CHECK, where=self.path
            )

    def _drop_torn_tail(self) -> None:
        """An entry cut by a crash was never acknowledged: nothing rests on it."""
        if not self.path.exists():
            return
        with self.path.open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            whole = size - _torn_bytes(self.path)
            if whole < size:
                file.truncate(whole)
                os.fsync(file.fileno())

    def _write_head_if_behind(self) -> None:
        if self._count and (not self.head_path.exists() or read_head(self.head_path)[0] < self._count):
            self._write_head()

    def _write_head(self) -> None:
        temporary = self.head_path.with_suffix(".tmp")
        with temporary.open("w", encoding="utf-8") as file:
            file.write(f"{self._count} {self.head}\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.head_path)
        sync(self.folder)


_CHECK = _("Run `tocsin journal CASE check`, and restore the journal from a copy.")


def read_head(path: Path) -> tuple[int, str]:
    """The number and the hash of the last entry, as HEAD has them; raises TamperedError."""
    try:
        count, head = path.read_bytes().decode().split()
        return int(count), head
    except ValueError:
        raise TamperedError(
            _("HEAD is not readable."), do=_("Restore the journal from a copy."), where=path
        ) from None


def sync(path: Path) -> None:
    """Bring a file, or the names of a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _parsed(path: Path, line: bytes, number: int | None) -> Entry:
    try:
        return parse_entry(line)
    except ValueError:
        raise _altered(path, number) from None


def _altered(path: Path, number: int | None) -> TamperedError:
    return TamperedError(_("An entry of the journal was altered."), do=_CHECK, where=Where(str(path), number))


def _torn_bytes(path: Path) -> int:
    """How many bytes follow the last line end."""
    size = path.stat().st_size
    torn = 0
    for block in _blocks_backwards(path, size):
        found = block.rfind(b"\n")
        if found >= 0:
            return torn + len(block) - found - 1
        torn += len(block)
    return torn


def _lines_backwards(path: Path) -> Iterator[bytes]:
    """Whole lines, the last first; what follows the last line end is left out."""
    if not path.exists():
        return
    held = b""
    ended = False
    for block in _blocks_backwards(path, path.stat().st_size):
        pieces = (block + held).split(b"\n")
        held = pieces[0]
        for piece in reversed(pieces[1:]):
            if ended:
                yield piece
            ended = True
    if ended:
        yield held


def _blocks_backwards(path: Path, size: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        for start in range((size - 1) // _BLOCK * _BLOCK if size else -1, -1, -_BLOCK):
            file.seek(start)
            yield file.read(min(_BLOCK, size - start))
