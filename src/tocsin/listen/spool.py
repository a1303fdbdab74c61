# SPDX-License-Identifier: Apache-2.0
"""The files that keep what arrived: `messages-NNNNNN.log`, its index, and what was set aside.

An index line is written before its bytes; both go to the page cache at once, which a killed process does
not take with it, and to the disk when `sync` says so. On opening, what was half written is cut off: it still
lies with its connection. A full disk leaves everything as it was before.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tocsin.listen.index import CARRIED, ENCODER, Carried, Stretch, lines_of, read_stretches
from tocsin.listen.totals import Totals

LARGEST = 256 << 20
"""Bytes of a spool file before the next one is begun."""

LARGEST_INDEX = 32 << 20
"""Bytes of an index, which is read when the spool is opened."""

MOST_ENDED = 4096
"""Connections that are remembered to have ended: the gate forgets them at once, but for a kill."""

ASIDE = "set-aside.bin"
_WRITTEN_AT_ONCE = 1 << 30

Pieces = Sequence[bytes | memoryview]


class Full(Exception):  # noqa: N818  # a state of the disk
    """There is no room; nothing was changed."""


def is_full(error: OSError) -> bool:
    """Whether it says that the disk, or our share of it, is full."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(slots=True)
class Arrival:
    """What one connection brought, cut into messages."""

    connection: str
    listener: str
    peer: str
    arrived_at: str
    kept: Pieces
    messages: int
    taken: int
    size: int
    rest: int = 0
    aside: Pieces = ()
    aside_messages: int = 0
    reason: str = ""
    ends: bool = False


@dataclass(slots=True)
class Recovered:
    """What opening a spool found."""

    torn_bytes: int = 0
    """Cut off behind the last whole stretch: they lie with their connection, or were not acknowledged."""

    unindexed_bytes: int = 0
    """Moved to what is set aside: the spool had them, its index did not (a power cut)."""


@dataclass(slots=True)
class _File:
    path: Path
    number: int = field(init=False)
    size: int = field(init=False)

    def __post_init__(self) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        self.number = os.open(self.path, flags, 0o600)
        self.size = os.fstat(self.number).st_size

    def write(self, pieces: Iterable[bytes | memoryview]) -> None:
        """Behind what is there; raises OSError."""
        data = memoryview(b"".join(pieces))
        while data:
            written = os.pwrite(self.number, data[:_WRITTEN_AT_ONCE], self.size)
            self.size += written
            data = data[written:]

    def cut(self, size: int) -> None:
        """Back to a size."""
        os.ftruncate(self.number, size)
        self.size = size

    def read(self, start: int = 0) -> bytes:
        """From there to the end."""
        return os.pread(self.number, self.size - start, start)


class Spool:
    """Of one source; one process at a time."""

    def __init__(self, folder: Path, largest: int = LARGEST) -> None:
        self.folder = folder
        self.totals = Totals()
        self.positions: dict[str, tuple[int, int]] = {}
        """Of connections that have not ended: how far they are in the spool, and in the middle of what."""

        self.ended: dict[str, None] = {}
        """The last connections that this file has the end of."""

        self.recovered = Recovered()
        self._largest = largest
        self._aside = _File(folder / ASIDE)
        self._unsynced = 0
        self._open(_last_begun(folder))
        self._recover()

    @property
    def path(self) -> Path:
        """The file that is being written."""
        return self._log.path

    @property
    def unsynced(self) -> int:
        """Bytes that a power cut would take."""
        return self._unsynced

    def append(self, arrivals: Sequence[Arrival]) -> None:
        """Write what arrived; raises Full, having changed nothing, when there is no room."""
        if self._log.size >= self._largest or self._index.size >= LARGEST_INDEX:
            self._next()
        stretches = self._placed(arrivals)
        before = [(file, file.size) for file in (self._index, self._aside, self._log)]
        try:
            self._index.write(b"%s\n" % ENCODER.encode(one) for one in stretches)
            self._aside.write(piece for one in arrivals for piece in one.aside)
            self._log.write(piece for one in arrivals for piece in one.kept)
        except OSError as error:
            for file, size in reversed(before):
                file.cut(size)
            if not is_full(error):
                raise
            raise Full from error
        for one in stretches:
            self._count(one)
        self._unsynced += sum(file.size - size for file, size in before)

    def sync(self) -> None:
        """Bring all of it to the disk."""
        for file in (self._index, self._aside, self._log):
            os.fdatasync(file.number)
        self._unsynced = 0

    def close(self) -> None:
        """Synced."""
        self.sync()
        for file in (self._index, self._aside, self._log):
            os.close(file.number)

    def last_of(self, listener: str, most: int) -> dict[str, list[bytes]]:
        """For each peer of a listener, its last stretches of the current file: `most` at most."""
        wanted: dict[str, list[Stretch]] = {}
        for one in reversed(read_stretches(lines_of(self._index.read())[1:])):
            if one.listener == listener and one.until > one.from_ and len(wanted.get(one.peer, ())) < most:
                wanted.setdefault(one.peer, []).append(one)
        return {
            peer: [os.pread(self._log.number, one.until - one.from_, one.from_) for one in reversed(found)]
            for peer, found in wanted.items()
        }

    def _open(self, number: int) -> None:
        self._number = number
        self._log = _File(self.folder / f"messages-{number:06d}.log")
        self._index = _File(self.folder / f"messages-{number:06d}.index.jsonl")
        if not self._index.size:
            carried = Carried(self.positions, self.totals.told(), self._aside.size)
            self._index.write([ENCODER.encode(carried), b"\n"])
        _sync_folder(self.folder)

    def _next(self) -> None:
        self.sync()
        self.ended.clear()
        old = self._log, self._index
        try:
            self._open(self._number + 1)
        except OSError as error:
            self._log, self._index = old
            self._number -= 1
            raise Full from error
        for file in old:
            os.close(file.number)

    def _placed(self, arrivals: Sequence[Arrival]) -> list[Stretch]:
        at, aside_at = self._log.size, self._aside.size
        stretches = []
        for one in arrivals:
            until = at + sum(map(len, one.kept))
            aside_until = aside_at + sum(map(len, one.aside))
            stretches.append(
                Stretch(
                    one.connection,
                    one.listener,
                    one.peer,
                    one.arrived_at,
                    at,
                    until,
                    one.messages,
                    one.taken,
                    one.size,
                    one.rest,
                    (aside_at, aside_until) if aside_until > aside_at else None,
                    one.aside_messages,
                    one.reason,
                    one.ends,
                )
            )
            at, aside_at = until, aside_until
        return stretches

    def _count(self, one: Stretch) -> None:
        totals = self.totals
        totals.received_bytes += one.size
        if one.messages or one.until > one.from_:
            totals.add_written(one.listener, one.peer, one.messages, one.until - one.from_)
        if one.aside or one.aside_messages:
            size = one.aside[1] - one.aside[0] if one.aside else 0
            totals.add_aside(one.reason, one.listener, one.peer, one.aside_messages, size)
        if one.ends:
            self.positions.pop(one.connection, None)
            self.ended[one.connection] = None
            if len(self.ended) > MOST_ENDED:
                del self.ended[next(iter(self.ended))]
        else:
            self.positions[one.connection] = (one.taken, one.rest)

    def _recover(self) -> None:
        """Count what stands, and cut off what is half done."""
        lines = lines_of(self._index.read())
        carried = CARRIED.decode(lines[0]) if lines else Carried({}, Totals().told(), 0)
        self.totals = Totals.from_told(carried.totals)
        self.positions = {name: (at, rest) for name, (at, rest) in carried.carried.items()}
        stretches = read_stretches(lines[1:])
        told = stretches[-1].until if stretches else 0
        whole, aside_end = self._whole(stretches, carried.aside_bytes)
        log_end = stretches[whole - 1].until if whole else 0
        for one in stretches[:whole]:
            self._count(one)
        self._index.cut(sum(len(line) + 1 for line in lines[: whole + 1]))
        self._cut_back(log_end, aside_end, told)

    def _whole(self, stretches: list[Stretch], aside_end: int) -> tuple[int, int]:
        """How many stretches are there in full, and where what they set aside ends."""
        whole, ends = 0, [aside_end]
        for number, one in enumerate(stretches, start=1):
            ends.append(one.aside[1] if one.aside else ends[-1])
            if one.until <= self._log.size and ends[-1] <= self._aside.size:
                whole = number
        return whole, ends[whole]

    def _cut_back(self, log_end: int, aside_end: int, told: int) -> None:
        unindexed = self._log.read(max(told, log_end)) if self._log.size > max(told, log_end) else b""
        self.recovered = Recovered(max(0, min(self._log.size, told) - log_end), len(unindexed))
        if self._aside.size > aside_end:
            self._aside.cut(aside_end)
        if self._log.size > log_end:
            self._log.cut(log_end)
        if unindexed:
            lines = unindexed.count(b"\n")
            self.append(
                [Arrival("", "", "", "", (), 0, 0, 0, 0, [unindexed], lines, "not_indexed", ends=True)]
            )


def _last_begun(folder: Path) -> int:
    """Number of the file to go on in: one without the first line of its index was never begun."""
    numbers = sorted((int(path.stem.split("-")[1]) for path in folder.glob("messages-*.log")), reverse=True)
    for number in numbers:
        log, index = (folder / f"messages-{number:06d}{end}" for end in (".log", ".index.jsonl"))
        if number == 1 or log.stat().st_size or (index.is_file() and b"\n" in index.read_bytes()[: 1 << 24]):
            return number
        log.unlink()
        index.unlink(missing_ok=True)
    return 1


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
