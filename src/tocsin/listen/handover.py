# SPDX-License-Identifier: Apache-2.0
"""How the gate and the writer talk: small messages with open files, over a local socket.

Either may die at any moment and be replaced: what they hand over are the kernel's own objects (connections,
pipes), so that bytes that nobody has read yet outlive both. Only this user's processes are talked to.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

Message = dict[str, object]

SOCKET_NAME = "gate"
_LONGEST = 1 << 16
_MOST_FILES = 8


class Gone(Exception):  # noqa: N818  # a state of the other process
    """The other end is no more."""


class Channel:
    """One end; never blocks."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        self._end = end
        self._waiting: deque[tuple[bytes, list[int]]] = deque()

    def fileno(self) -> int:
        """For a selector."""
        return self._end.fileno()

    @property
    def is_waiting(self) -> bool:
        """Whether something could not be sent yet."""
        return bool(self._waiting)

    def send(self, message: Message, files: Sequence[int] = ()) -> None:
        """Send, now or as soon as `flush` can; the files may be closed afterwards. Raises Gone."""
        held = [os.dup(number) for number in files]
        self._waiting.append((json.dumps(message).encode(), held))
        self.flush()

    def flush(self) -> None:
        """Send what waits; raises Gone."""
        while self._waiting:
            text, files = self._waiting[0]
            try:
                socket.send_fds(self._end, [text], files)
            except BlockingIOError:
                return
            except OSError:
                raise Gone from None
            self._waiting.popleft()
            _close(files)

    def receive(self) -> list[tuple[Message, list[int]]]:
        """What came; raises Gone when there is nothing and will be nothing."""
        came: list[tuple[Message, list[int]]] = []
        while True:
            try:
                text, files, _flags, _address = socket.recv_fds(self._end, _LONGEST, _MOST_FILES)
            except BlockingIOError:
                return came
            except OSError:
                text, files = b"", []
            if not text:
                if came:
                    return came
                raise Gone
            for number in files:
                os.set_inheritable(number, False)
            came.append((json.loads(text), files))

    def close(self) -> None:
        """No more."""
        self._end.close()
        for _, files in self._waiting:
            _close(files)
        self._waiting.clear()


def _close(files: Sequence[int]) -> None:
    for number in files:
        os.close(number)


def pair() -> tuple[socket.socket, socket.socket]:
    """Both ends of a channel between a process and its child."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def await_successors(folder: Path) -> socket.socket:
    """The gate's own door, through which a new writer comes."""
    door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with _short(folder) as path:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)  # noqa: PTH108  # a path through an open folder
        door.bind(path)
        os.chmod(path, 0o600)  # noqa: PTH101
    door.listen(4)
    door.setblocking(False)
    return door


def find_gate(folder: Path) -> Channel | None:
    """The channel to a gate that is still there, left by a writer that is not."""
    end = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        with _short(folder) as path:
            end.connect(path)
    except OSError:
        end.close()
        return None
    if not is_ours(end):
        end.close()
        return None
    return Channel(end)


def is_ours(end: socket.socket) -> bool:
    """Whether the process at the other end runs for the same user."""
    told = end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", told)[1]) == os.geteuid()


@contextlib.contextmanager
def _short(folder: Path) -> Iterator[str]:
    """The socket's path by way of the open folder: a socket's path may have 107 bytes only."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{number}/{SOCKET_NAME}"
    finally:
        os.close(number)
