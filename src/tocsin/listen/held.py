# SPDX-License-Identifier: Apache-2.0
"""What the gate holds for a writer: connections with their pipe and what is known of them; and refusals."""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from tocsin.listen.handover import Message

PIPE_BYTES = 1 << 18
TOLD_EVERY_S = 1.0
MOST_REFUSED = 1000
"""Kinds of refusals that are told apart at a time."""

Handler = Callable[[int], None]
"""Called with the events of a file (`selectors`)."""

_numbers = itertools.count()


def new_connection() -> str:
    """A name that no other connection of this source has had."""
    return f"{time.time_ns():x}{next(_numbers) & 0xFFF:03x}"


def peer_of(address: object) -> tuple[str, int]:
    """Address and port; an IPv4 address that came in over IPv6 is itself."""
    if not isinstance(address, tuple):
        return str(address), 0
    return str(address[0]).removeprefix("::ffff:"), int(address[1])


@dataclass(slots=True)
class Held:
    """One stream of bytes, as a writer gets it."""

    connection: str
    listener: str
    peer: str
    port: int
    opened_at: float
    """Seconds of the epoch."""

    stream: socket.socket
    """The connection; of TLS and of datagrams, the clear end of the gate."""

    pipe: tuple[int, int]
    """(out, in)."""

    subject: str | None = None
    """Of the client's certificate (RFC 4514)."""

    fingerprint: str | None = None
    """SHA-256 of the client's certificate, hexadecimal."""

    is_handed: bool = False
    """Some writer has had it before: it may have read of it."""

    how: str | None = None
    """How a TLS connection ended: `closed`, or `cut` with the reason."""

    @classmethod
    def of(cls, listener: str, stream: socket.socket, address: object) -> Held:
        """A new one."""
        stream.setblocking(False)
        pipe = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        with contextlib.suppress(OSError):  # an ordinary user has few large pipes
            fcntl.fcntl(pipe[1], fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        return cls(new_connection(), listener, *peer_of(address), time.time(), stream, pipe)

    @classmethod
    def from_told(cls, told: Message, files: list[int]) -> Held:
        """As the other process told it."""
        names = ("connection", "listener", "peer", "port", "opened_at")
        stream = socket.socket(fileno=files[0])
        stream.setblocking(False)
        known = {name: told[name] for name in names}
        held = cls(**known, stream=stream, pipe=(files[1], files[2]))  # type: ignore[arg-type]
        held.is_handed = bool(told.get("is_handed"))
        held.subject, held.fingerprint = told.get("subject"), told.get("fingerprint")  # type: ignore[assignment]
        return held

    @property
    def files(self) -> tuple[int, int, int]:
        """What goes with `told`."""
        return (self.stream.fileno(), *self.pipe)

    def told(self) -> Message:
        """For the other process."""
        return {"is": "connection", "is_handed": self.is_handed, **self.facts()}

    def facts(self) -> Message:
        """What is known of it."""
        return {
            "connection": self.connection,
            "listener": self.listener,
            "peer": self.peer,
            "port": self.port,
            "opened_at": self.opened_at,
            "subject": self.subject,
            "fingerprint": self.fingerprint,
        }

    def close(self) -> None:
        """Let it go."""
        self.stream.close()
        for number in self.pipe:
            os.close(number)


class Refusals:
    """Clients that were turned away: once a second by listener, address and reason, with how many."""

    def __init__(self) -> None:
        self._counted: Counter[tuple[str, str, str]] = Counter()
        self._told_at = 0.0

    def add(self, listener: str, peer: str, why: str) -> None:
        """Count one."""
        key = (listener, peer, why)
        if key not in self._counted and len(self._counted) >= MOST_REFUSED:
            key = (listener, "others", why)
        self._counted[key] += 1

    def due(self, now: float) -> Iterator[Message]:
        """What is to be told now."""
        if not self._counted or now - self._told_at < TOLD_EVERY_S:
            return
        self._told_at = now
        for (listener, peer, why), number in self._counted.items():
            yield {"is": "refused", "listener": listener, "peer": peer, "why": why, "times": number}
        self._counted.clear()


class Keeper(Protocol):
    """What feeds a stream asks of the gate: to be called when a file is ready, to have the stream held."""

    def watch(self, file: int | socket.socket, events: int, handler: Handler) -> None:
        """Have a handler called for a file; with no events, no longer."""

    def hold(self, held: Held) -> None:
        """Keep a stream, and hand it to the writer."""
