# SPDX-License-Identifier: Apache-2.0
"""One connection as the writer has it: what has come, cut into messages for the spool.

Plain syslog and datagrams lie in a wire file until the spool has them, since nobody would send them again.
RELP is read into memory: what was not acknowledged is sent again.
"""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from tocsin.listen.datagrams import Datagram, read_datagrams
from tocsin.listen.framing import as_kept, cut, end
from tocsin.listen.held import Held
from tocsin.listen.relp import SERVER_CLOSE, Command, NotRelp, TooLong, answer, read_commands
from tocsin.listen.resent import Resent
from tocsin.listen.spool import Arrival
from tocsin.listen.wire import MOST_AT_ONCE, Cut, Left, Wire

Position = tuple[int, int]

HELD = 2
"""Times `max_message` of one RELP message are held in memory: up to that it is set aside, whole."""


def told_instant(seconds: float) -> str:
    """UTC, ISO 8601, microseconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class Stream(ABC):
    """What all have in common."""

    def __init__(self, held: Held, position: Position) -> None:
        self.held = held
        self.position = position
        """How far the spool has it, and in the middle of what."""

        self.how: str | None = None
        """`closed` or `cut`, once no more will come."""

        self.unfinished_bytes = 0

    @abstractmethod
    def fill(self) -> None:
        """Take what has come; raises OSError when the disk is full."""

    @abstractmethod
    def arrivals(self, now: float, max_message: int) -> list[Arrival]:
        """What is whole; the same again until `done`."""

    def done(self, arrivals: list[Arrival]) -> None:
        """The spool has these."""
        self.position = (arrivals[-1].taken, arrivals[-1].rest)

    def acknowledge(self) -> None:  # noqa: B027  # most have nobody to tell
        """The disk has what the spool has."""

    def refuse_more(self) -> None:  # noqa: B027  # the same
        """Tell the sender that we are about to go."""

    def close(self) -> None:
        """Let it go."""
        self.held.close()

    def _arrival(self, now: float, **said: object) -> Arrival:
        held = self.held
        peer, connection = held.peer, held.connection
        known = {"kept": (), "messages": 0, "rest": 0, "peer": peer, "arrived_at": told_instant(now)}
        return Arrival(connection, held.listener, **{**known, **said})  # type: ignore[arg-type]


class Wired(Stream):
    """Bytes that nobody would send again."""

    def __init__(self, folder: Path, held: Held, position: Position, left: Left | None) -> None:
        super().__init__(held, position)
        self._wire = Wire(folder, held.connection, held.listener, left, position[0])
        self._looked_at = -1

    def fill(self) -> None:
        """See `Stream.fill`."""
        try:
            is_open = self._wire.fill(self.held.stream.fileno(), self.held.pipe[0], self.held.pipe[1])
        except Cut:
            self.how = "cut"
        else:
            self.how = None if is_open else self.held.how or "closed"

    def arrivals(self, now: float, max_message: int) -> list[Arrival]:
        """See `Stream.arrivals`."""
        if self._wire.received == self._looked_at and self.how is None:
            return []
        data = self._wire.waiting()
        found = list(self._cut(data, now, max_message))
        self._looked_at = self._wire.received
        return found

    def done(self, arrivals: list[Arrival]) -> None:
        """See `Stream.done`."""
        super().done(arrivals)
        self._wire.advance(sum(one.size for one in arrivals))

    def not_done(self) -> None:
        """The spool could not take them."""
        self._looked_at = -1

    def close(self) -> None:
        """See `Stream.close`."""
        super().close()
        self._wire.close()

    @abstractmethod
    def _cut(self, data: bytes, now: float, max_message: int) -> Iterator[Arrival]:
        """What is whole of it; all of it when the stream has ended."""


class PlainStream(Wired):
    """Syslog over TCP or TLS."""

    def _cut(self, data: bytes, now: float, max_message: int) -> Iterator[Arrival]:
        taken, rest = self.position
        found = cut(data, rest, max_message)
        if found.taken:
            yield self._arrival(
                now,
                kept=found.kept,
                messages=found.messages,
                taken=taken + found.taken,
                size=found.taken,
                rest=found.rest,
                aside=found.aside,
                aside_messages=found.too_long,
                reason="too_long" if found.aside or found.too_long else "",
            )
        if self.how is not None:
            left = data[found.taken :]
            last = end(left, found.rest, is_orderly=self.how == "closed")
            self.unfinished_bytes = sum(map(len, last.aside))
            unfinished = 1 if last.aside and found.rest == 0 else 0
            yield self._arrival(
                now,
                kept=last.kept,
                messages=last.messages,
                taken=taken + len(data),
                size=len(left),
                aside=last.aside,
                aside_messages=unfinished,
                reason="unfinished" if last.aside else "",
                ends=True,
            )


class DatagramStream(Wired):
    """Syslog over UDP: a datagram is a message (RFC 5426)."""

    def _cut(self, data: bytes, now: float, max_message: int) -> Iterator[Arrival]:
        del max_message  # no datagram is longer than 64 KiB
        found, size = read_datagrams(data)
        taken, done = self.position[0], 0
        self.unfinished_bytes = len(data) - size if self.how is not None else 0
        for peer, group in groupby(found, key=_peer):
            run = list(group)
            yield self._arrival(
                run[-1].arrived_us / 1e6,
                peer=peer,
                kept=[piece for one in run for piece in as_kept(one.message or b"\n")],
                messages=len(run),
                taken=taken + run[-1].end,
                size=run[-1].end - done,
            )
            done = run[-1].end
        if self.how is not None:
            left = data[size:]
            yield self._arrival(
                now,
                taken=taken + len(data),
                size=len(left),
                aside=[left],
                aside_messages=1 if left else 0,
                reason="unfinished" if left else "",
                ends=True,
            )


def _peer(one: Datagram) -> str:
    return one.peer


class RelpStream(Stream):
    """RELP: what the disk has is acknowledged, and nothing else."""

    def __init__(self, held: Held, position: Position, resent: Resent) -> None:
        super().__init__(held, position)
        self._data = bytearray()
        self._resent = resent
        self._answers: list[bytes] = []
        self._pending = b""
        self._commands: list[Command] = []
        self._wanted, self._is_ample = 0, False

    def fill(self) -> None:
        """See `Stream.fill`."""
        self._flush()
        for _ in range(16):
            if self._is_ample or self.how is not None:
                return
            try:
                data = self.held.stream.recv(MOST_AT_ONCE)
            except BlockingIOError:
                return
            except OSError:
                data = b""
                self.how = "cut"
            if not data:
                self.how = self.how or "cut"
            self._data += data
            self._is_ample = len(self._data) >= MOST_AT_ONCE + self._wanted

    def arrivals(self, now: float, max_message: int) -> list[Arrival]:
        """See `Stream.arrivals`."""
        try:
            commands, size = read_commands(bytes(self._data), HELD * max_message)
        except NotRelp:
            commands, size, self.how = [], 0, "cut: not RELP"
        except TooLong:
            commands, size, self.how = [], 0, "cut: a message is far too long"
        self._commands = commands
        self._wanted, self._is_ample = HELD * max_message, False
        found = list(self._arrivals_of(commands, size, now, max_message)) if size else []
        if any(one.name == "close" for one in commands):
            self.how = "closed"
        if self.how is not None:
            # What is not whole was not acknowledged either: its sender still has it.
            self.unfinished_bytes = len(self._data) - size
            taken = self.position[0] + len(self._data)
            found.append(self._arrival(now, taken=taken, size=self.unfinished_bytes, ends=True))
        return found

    def _arrivals_of(
        self, commands: list[Command], size: int, now: float, max_message: int
    ) -> Iterator[Arrival]:
        messages = [one.data for one in commands if one.name == "syslog"]
        again = self._resent.count(self.held.connection, self.held.peer, messages)
        if again:
            yield self._aside(now, messages[:again], "sent_again")
        long = [one for one in messages[again:] if len(one) > max_message]
        if long:
            yield self._aside(now, long, "too_long")
        fresh = [one for one in messages[again:] if len(one) <= max_message]
        kept = [piece for one in fresh for piece in as_kept(one or b"\n")]
        taken = self.position[0] + size
        yield self._arrival(now, kept=kept, messages=len(fresh), taken=taken, size=size)

    def _aside(self, now: float, messages: list[bytes], reason: str) -> Arrival:
        aside = [piece for one in messages for piece in as_kept(one or b"\n")]
        return self._arrival(
            now, taken=self.position[0], size=0, aside=aside, aside_messages=len(messages), reason=reason
        )

    def done(self, arrivals: list[Arrival]) -> None:
        """See `Stream.done`."""
        super().done(arrivals)
        self._answers += [answer(one) for one in self._commands]
        self._resent.wrote(
            self.held.connection, self.held.peer, [c.data for c in self._commands if c.name == "syslog"]
        )
        del self._data[: sum(one.size for one in arrivals)]
        self._commands = []

    def acknowledge(self) -> None:
        """See `Stream.acknowledge`."""
        self._pending += b"".join(self._answers)
        self._answers.clear()
        self._flush()

    def refuse_more(self) -> None:
        """See `Stream.refuse_more`."""
        self._pending += SERVER_CLOSE
        self._flush()
        self.how = "closed"

    def close(self) -> None:
        """See `Stream.close`."""
        self._resent.ended(self.held.connection, self.held.peer, is_orderly=self.how == "closed")
        self._flush()
        super().close()

    @property
    def has_answers(self) -> bool:
        """Whether something waits to be acknowledged, or to be sent."""
        return bool(self._answers or self._pending)

    def _flush(self) -> None:
        with contextlib.suppress(OSError):
            while self._pending:
                self._pending = self._pending[self.held.stream.send(self._pending) :]
