# SPDX-License-Identifier: Apache-2.0
"""The bytes of one connection on their way to the spool, never in the hands of a process alone.

The kernel moves them from the connection to a pipe and from there to a file (splice(2)); connection and pipe
are held by the gate too. Whichever process is killed, at whichever instant, each byte lies in exactly one of
the three, in order. The file is named after the position in the stream at which it begins.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

FOLDER = ".wire"
MOST_AT_ONCE = 1 << 20
"""Bytes of one connection that are taken before another one's turn comes."""

ROLLED_AT = 1 << 18
"""Bytes of a file of which all, or nearly all, are spoken for: what is left is written to a new one."""


@dataclass(frozen=True, slots=True)
class Left:
    """A file that a process left behind."""

    path: Path
    connection: str
    listener: str
    base: int


def find_left(folder: Path) -> list[Left]:
    """The files of connections, one each: of two, the later holds all that is needed."""
    found: dict[str, Left] = {}
    for path in sorted((folder / FOLDER).glob("*~*~*")):
        connection, listener, base = path.name.split("~")
        left = Left(path, connection, listener, int(base))
        other = found.get(connection)
        if other is not None:
            min(left, other, key=lambda one: one.base).path.unlink()
            left = max(left, other, key=lambda one: one.base)
        found[connection] = left
    return list(found.values())


class Wire:
    """The file of one connection."""

    def __init__(self, folder: Path, connection: str, listener: str, left: Left | None, taken: int) -> None:
        self._folder = folder / FOLDER
        self._name = f"{connection}~{listener}"
        self.taken = taken
        """Position in the stream up to which the spool has it."""

        self._base = left.base if left else taken
        self._path = left.path if left else self._folder / f"{self._name}~{taken}"
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._size = os.fstat(self._file).st_size

    @property
    def received(self) -> int:
        """Bytes of the stream so far."""
        return self._base + self._size

    def fill(self, connection: int, pipe_out: int, pipe_in: int) -> bool:
        """Move what has come; False when the stream is at its end.

        Raises OSError: of the connection when it was cut, of the file when the disk is full; nothing is lost.
        """
        self.empty_pipe(pipe_out)
        enough = self._size + MOST_AT_ONCE
        while self._size < enough:
            try:
                moved = os.splice(connection, pipe_in, MOST_AT_ONCE)
            except BlockingIOError:
                return True
            except OSError as error:
                raise Cut from error
            if not moved:
                return False
            self.empty_pipe(pipe_out)
        return True

    def empty_pipe(self, pipe_out: int) -> None:
        """Move what the pipe still holds; raises OSError when the disk is full."""
        while True:
            try:
                moved = os.splice(pipe_out, self._file, MOST_AT_ONCE, offset_dst=self._size)
            except BlockingIOError:
                return
            if not moved:
                return
            self._size += moved

    def waiting(self) -> bytes:
        """What the spool does not have yet."""
        start = self.taken - self._base
        return os.pread(self._file, self._size - start, start) if self._size > start else b""

    def advance(self, size: int) -> None:
        """So many more bytes are in the spool."""
        self.taken += size
        if self._size >= ROLLED_AT and self.taken - self._base >= ROLLED_AT // 2:
            self._roll()

    def _roll(self) -> None:
        """Go on in a new file that holds what is not in the spool yet; the old one goes last."""
        rest = self.waiting()
        path = self._folder / f"{self._name}~{self.taken}"
        temporary = self._folder / f".{self._name}"
        number = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            if os.write(number, rest) < len(rest):
                os.close(number)
                return  # a full disk: later
        except OSError:
            os.close(number)
            return
        temporary.rename(path)
        os.close(self._file)
        self._path.unlink()
        self._file, self._path, self._base, self._size = number, path, self.taken, len(rest)

    def close(self) -> None:
        """The connection has ended and the spool has it all."""
        os.close(self._file)
        self._path.unlink(missing_ok=True)


class Cut(Exception):  # noqa: N818  # what happened to the connection
    """The connection was cut, not closed."""
