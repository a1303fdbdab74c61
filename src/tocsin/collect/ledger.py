# SPDX-License-Identifier: Apache-2.0
"""What was brought of one source, page by page: where in which file, its hash, and the position behind it.

`evidence/positions/<source>.jsonl` is only added to, a line at a time and each synced: it holds what the
spool acknowledges. A line cut by a crash was never acknowledged. It holds no record and no secret; a position
may be a number or an instant of the last record.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tocsin.core.errors import MachineError, TamperedError, Where
from tocsin.core.words import _
from tocsin.journal.chain import sync

KINDS = {"question", "told", "file"}
"""Each line has one of these keys: a run starts, the journal was told, a page stands."""


@dataclass(frozen=True, slots=True)
class Written:
    """One page, as it stands in its file."""

    name: str
    """As the page names it."""

    file: str
    """The name that has in the source's folder."""

    start: int
    end: int
    """Bytes: [start, end)."""

    rows: int
    sha256: str
    """Of these bytes."""

    position: str | None
    """Where to go on behind this page."""


@dataclass(slots=True)
class FileState:
    """One file of the spool, up to what is acknowledged."""

    name: str
    bytes: int = 0
    rows: int = 0


@dataclass(slots=True)
class Ledger:
    """The lines of one source's ledger, folded."""

    path: Path
    files: dict[str, FileState] = field(default_factory=dict)
    position: str | None = None
    question: str | None = None
    place: str | None = None
    rows: int = 0
    unfinished: int = 0
    """Records of a run that did not come to its end: no entry of the journal tells of them yet."""

    last: Written | None = None
    """The last page that holds records."""

    @property
    def is_new(self) -> bool:
        """Nothing was ever asked."""
        return self.question is None

    def begin(self, question: str, place: str) -> None:
        """A run starts."""
        self._append({"question": question, "place": place})

    def add(self, written: Written) -> None:
        """A page stands: its bytes are on the disk before this is called."""
        self._append(
            {
                "name": written.name,
                "file": written.file,
                "start": written.start,
                "end": written.end,
                "rows": written.rows,
                "sha256": written.sha256,
                "position": written.position,
            }
        )

    def end(self) -> None:
        """The journal tells of all that stands."""
        self._append({"told": self.rows})

    def pages(self) -> Iterator[Written]:
        """All pages that hold records, oldest first."""
        for line in _lines(self.path) if self.path.exists() else ():
            if "file" in line and (written := _written(line)).end > written.start:
                yield written

    def _append(self, line: Mapping[str, str | int | None]) -> None:
        is_new = not self.path.exists()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        append_synced(self.path, f"{json.dumps(line)}\n".encode())
        if is_new:
            sync(self.path.parent)
        self.take(line)

    def take(self, line: Mapping[str, object]) -> None:
        """Fold one line."""
        if "question" in line:
            self.question, self.place = str(line["question"]), str(line["place"])
        elif "told" in line:
            self.unfinished = 0
        else:
            written = _written(line)
            state = self.files.setdefault(written.file, FileState(written.name))
            state.bytes, state.rows = written.end, state.rows + written.rows
            self.position = written.position
            self.rows += written.rows
            self.unfinished += written.rows
            self.last = written if written.end > written.start else self.last


def open_ledger(path: Path) -> Ledger:
    """Fold what stands; a torn last line is cut off. Raises TamperedError for a line that is none of ours."""
    ledger = Ledger(path)
    if path.exists():
        _cut_torn_line(path)
        for line in _lines(path):
            ledger.take(line)
    return ledger


def append_synced(path: Path, content: bytes) -> None:
    """Add to a file of the owner's alone, and sync it; raises MachineError, and then nothing was added."""
    with path.open("ab") as file:
        size = file.tell()
        try:
            os.fchmod(file.fileno(), 0o600)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        except OSError as error:
            os.ftruncate(file.fileno(), size)
            raise disk_failed(path, error) from None


def disk_failed(path: Path, error: OSError) -> MachineError:
    """What a person reads when the disk does not take a page."""
    return MachineError(
        _("The disk does not take what is collected: {why}."),
        do=_("Free space or check the disk, and run again to go on: what was collected so far stands."),
        where=path,
        code="disk_full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "",
        why=error.strerror or type(error).__name__,
    )


def _cut_torn_line(path: Path) -> None:
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        if size == 0:
            return
        file.seek(max(0, size - (1 << 20)))
        tail = file.read()
        whole = size - len(tail) + tail.rfind(b"\n") + 1
        if whole < size:
            file.truncate(whole)
            os.fsync(file.fileno())


def _lines(path: Path) -> Iterator[dict[str, object]]:
    with path.open("rb") as file:
        for number, text in enumerate(file, start=1):
            line = _parsed(text)
            if not KINDS & line.keys():
                raise TamperedError(
                    _("The list of what was collected was altered."),
                    do=_("Restore the folder `evidence` from a copy."),
                    where=Where(str(path), number),
                )
            yield line


def _parsed(text: bytes) -> dict[str, object]:
    try:
        line = json.loads(text)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}


def _written(line: Mapping[str, object]) -> Written:
    position = line["position"]
    return Written(
        str(line["name"]),
        str(line["file"]),
        int(str(line["start"])),
        int(str(line["end"])),
        int(str(line["rows"])),
        str(line["sha256"]),
        None if position is None else str(position),
    )
