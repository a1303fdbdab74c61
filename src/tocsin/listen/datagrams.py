# SPDX-License-Identifier: Apache-2.0
"""Datagrams as the gate takes them: each with its sender and its instant, into a stream for the writer.

A head of one line precedes each: address, port, microseconds of the epoch, length. When the writer does not
follow, the kernel's buffer fills, and what it then drops it counts (SO_MEMINFO): that is loss, and is stated.
"""

from __future__ import annotations

import selectors
import socket
import struct
import time
from dataclasses import dataclass

from tocsin.listen.held import Held, Keeper, peer_of

CONNECTION = "udp"
_AT_ONCE = 512
_LARGEST = 1 << 16
_SO_MEMINFO = 55
_DROPS = 8
_INSIDE_BYTES = 1 << 22


def dropped_by(listener: socket.socket) -> int:
    """Datagrams that the kernel has dropped for this socket; 2^32 comes back to nought."""
    told = listener.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, 4 * (_DROPS + 1))
    return int(struct.unpack(f"{_DROPS + 1}I", told)[_DROPS])


class Datagrams:
    """All of one listener, as one stream."""

    def __init__(self, gate: Keeper, listener: socket.socket) -> None:
        self._gate = gate
        self._listener = listener
        self._inside, clear = socket.socketpair()
        self._inside.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _INSIDE_BYTES)
        self._inside.setblocking(False)
        self._waiting = b""
        gate.hold(Held.of(CONNECTION, clear, ("", 0)))
        self._watch()

    def finish(self) -> None:
        """Take what is there, and end the stream."""
        for _ in range(1000):
            self._take()
            if not self._waiting:
                break
            time.sleep(0.001)
        self._gate.watch(self._listener, 0, self._on)
        self._gate.watch(self._inside, 0, self._on)
        self._inside.close()

    def _on(self, _events: int) -> None:
        self._take()
        self._watch()

    def _watch(self) -> None:
        self._gate.watch(self._listener, 0 if self._waiting else selectors.EVENT_READ, self._on)
        self._gate.watch(self._inside, selectors.EVENT_WRITE if self._waiting else 0, self._on)

    def _take(self) -> None:
        self._push()
        if self._waiting:
            return
        taken = []
        for _ in range(_AT_ONCE):
            try:
                data, address = self._listener.recvfrom(_LARGEST)
            except (BlockingIOError, ConnectionError):
                break
            peer, port = peer_of(address)
            taken.append(b"%s %d %d %d\n" % (peer.encode(), port, time.time_ns() // 1000, len(data)))
            taken.append(data)
        self._waiting = b"".join(taken)
        self._push()

    def _push(self) -> None:
        while self._waiting:
            try:
                sent = self._inside.send(self._waiting)
            except BlockingIOError:
                return
            self._waiting = self._waiting[sent:]


@dataclass(frozen=True, slots=True)
class Datagram:
    """One message."""

    peer: str
    arrived_us: int
    message: bytes
    end: int
    """Where it ends in what was read."""


def read_datagrams(data: bytes) -> tuple[list[Datagram], int]:
    """The whole datagrams at the beginning of the gate's stream, and how many bytes they are."""
    found: list[Datagram] = []
    taken = 0
    while True:
        head = data.find(b"\n", taken, taken + 128)
        if head < 0:
            return found, taken
        peer, _port, arrived, size = data[taken:head].rsplit(b" ", 3)
        end = head + 1 + int(size)
        if end > len(data):
            return found, taken
        found.append(Datagram(peer.decode(), int(arrived), data[head + 1 : end], end))
        taken = end
