# SPDX-License-Identifier: Apache-2.0
"""The writer: takes what the gate's connections bring, and writes it before it is anybody's no longer.

One thread, one loop. It reads as long as the disk follows: when that is full, nothing is read, the senders
are held back by the network itself, and it goes on when there is room.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import time
from collections.abc import Mapping
from pathlib import Path

from tocsin.listen import wire
from tocsin.listen.datagrams import dropped_by
from tocsin.listen.diary import Diary
from tocsin.listen.framing import cut
from tocsin.listen.handover import Channel, Gone, Message
from tocsin.listen.held import Held
from tocsin.listen.launch import Gates
from tocsin.listen.losses import Losses
from tocsin.listen.resent import WINDOW, Resent
from tocsin.listen.spool import Arrival, Full, Spool, is_full
from tocsin.listen.streams import DatagramStream, PlainStream, RelpStream, Stream, Wired, told_instant

SYNC_S = 1.0
SYNC_BYTES = 64 << 20
ROOM_S = 0.5
"""How often a full disk is asked whether there is room."""

DRAIN_S = 5.0
"""How long a sender that was told to close may go on sending."""

QUIET_S = 1.0
"""After how long without a byte a sender that has not closed has nothing on its way."""

OPEN = "open"
"""How a connection ended that its sender did not close when it was told to."""


class Receiver:
    """Of one source, from attaching to a gate to the last byte."""

    def __init__(self, folder: Path, spool: Spool, diary: Diary, gates: Gates, max_message: int) -> None:
        self.folder = folder
        self.spool = spool
        self.diary = diary
        self.losses = Losses.of(diary.lines())
        self.streams: dict[str, Stream] = {}
        self.listeners: dict[str, socket.socket] = {}
        self.is_full = self._was_full = False
        self._gates = gates
        self._max_message = max_message
        self._poll = select.epoll()
        self._by_file: dict[int, Stream] = {}
        self._left = {left.connection: left for left in wire.find_left(folder)}
        self._resent = Resent()
        self._gate: Channel | None = None
        self._synced_at = self._looked_at = time.monotonic()
        self._drops_at = time.time()
        for peer, stretches in {**spool.last_of("relp", 64), **spool.last_of("relp_tls", 64)}.items():
            self._remember(peer, b"".join(stretches))

    def _remember(self, peer: str, text: bytes) -> None:
        """The last messages of a peer, cut from the spool as they were cut into it."""
        messages: list[bytes] = []
        place = 0
        while place < len(text):
            found = cut(text[place : place + (4 << 20)], 0, 1 << 30)
            messages += messages_of(found.kept)
            if not found.taken:
                break
            place += found.taken
        self._resent.remember(peer, messages[-WINDOW:])

    def attach(self, gate: Channel, listeners: Mapping[str, socket.socket], setup: Message) -> None:
        """Take a new gate, and give it what it is to hold."""
        self._take_gate(gate)
        gate.send({"do": "set up", "setup": setup})
        for kind, listener in listeners.items():
            self.listeners[kind] = listener
            gate.send({"do": "listen", "kind": kind}, (listener.fileno(),))
        self._setup = setup

    def take_over(self, gate: Channel, limit_s: float = 10.0) -> Message:
        """Take what a gate holds for us; its setup. Raises Gone when it does not answer."""
        self._take_gate(gate)
        limit = time.monotonic() + limit_s
        while time.monotonic() < limit:
            for message, files in self._receive(gate):
                if message.get("is") == "all":
                    self._setup = message["setup"]  # type: ignore[assignment]
                    return self._setup
                self._hear(message, files)
            time.sleep(0.002)
        raise Gone

    def write_left(self) -> int:
        """Write what connections left behind that ended together with their gate; gives the connections.

        Whole messages are written, the rest is set aside.
        """
        left, self._left = self._left, {}
        for one in left.values():
            if one.connection in self.spool.ended:
                one.path.unlink()
                continue
            held = Held(one.connection, one.listener, self._peer_of(one.connection), 0, 0.0, *_no_stream())
            stream = self._wired(held, one)
            stream.how = "cut: the receiver was killed"
            self._write([stream])
        return len(left)

    def step(self, timeout: float) -> None:
        """One round of the loop."""
        ready = self._wait(timeout)
        if self.is_full:
            self._ask_for_room()
        else:
            self._write(ready)
        now = time.monotonic()
        if self.spool.unsynced and (now - self._synced_at > SYNC_S or self.spool.unsynced > SYNC_BYTES):
            self._sync()
        if now - self._looked_at > 1.0:
            self._looked_at = now
            self.diary.touch()
            self._look_for_drops()

    def drain(self) -> None:
        """Accept nothing more, take what is on its way, and end every connection."""
        for listener in self.listeners.values():
            listener.close() if listener.type != socket.SOCK_DGRAM else None
        self._tell({"do": "drain"})
        for stream in list(self.streams.values()):
            stream.refuse_more()
        limit = time.monotonic() + DRAIN_S
        quiet_since, seen = time.monotonic(), -1
        while self.streams and time.monotonic() < min(limit, quiet_since + QUIET_S):
            self.step(0.02)
            if self.spool.totals.received_bytes != seen:
                quiet_since, seen = time.monotonic(), self.spool.totals.received_bytes
        self._look_for_drops()
        for stream in list(self.streams.values()):
            self._write([stream])
            if stream.how is None:
                stream.how = OPEN
                self._write([stream])
        self._sync()
        self._tell({"do": "end"})

    def close(self) -> None:
        """Let go of everything; the gate lives on unless it was told to end."""
        for stream in self.streams.values():
            stream.held.close()
        for listener in self.listeners.values():
            listener.close()
        if self._gate is not None:
            self._gate.close()
        self._poll.close()

    def _wait(self, timeout: float) -> list[Stream]:
        """The connections that have something; and what the gate says is heard."""
        ready: list[Stream] = []
        if self.is_full:  # what can be read would wake us at once
            time.sleep(ROOM_S)
        for number, _events in self._poll.poll(0 if self.is_full else timeout):
            if self._gate is not None and number == self._gate.fileno():
                self._hear_gate(self._gate)
            elif number in self._by_file:
                ready.append(self._by_file[number])
        return ready

    def _write(self, streams: list[Stream]) -> None:
        """Take, write, acknowledge, end: in this order for each."""
        try:
            for stream in streams:
                if stream.how is None:
                    stream.fill()
            self._commit(streams)
        except OSError as error:
            if not is_full(error):
                raise
            self._note_full()
        except Full:
            for stream in streams:
                if isinstance(stream, Wired):
                    stream.not_done()
            self._note_full()

    def _commit(self, streams: list[Stream]) -> None:
        now = time.time()
        found: list[tuple[Stream, list[Arrival]]] = []
        for stream in streams:
            arrivals = stream.arrivals(now, self._max_message)
            if arrivals:
                found.append((stream, arrivals))
        if found:
            self.spool.append([one for _, arrivals in found for one in arrivals])
        for stream, arrivals in found:
            stream.done(arrivals)
        relp = [stream for stream in streams if isinstance(stream, RelpStream) and stream.has_answers]
        if relp:
            self._sync()
            for stream in relp:
                stream.acknowledge()
        for stream in streams:
            if stream.how is not None:
                self._end(stream, stream.how)

    def _sync(self) -> None:
        self.spool.sync()
        self._synced_at = time.monotonic()

    def _end(self, stream: Stream, how: str) -> None:
        held = stream.held
        if self.streams.pop(held.connection, None) is not None:
            with contextlib.suppress(OSError, ValueError):
                self._poll.unregister(held.stream.fileno())
            self._by_file.pop(held.stream.fileno(), None)
        stream.close()
        self._tell({"do": "forget", "connection": held.connection})
        self.losses.ended(held.listener, how, stream.unfinished_bytes)
        said: dict[str, object] = {"connection": held.connection, "listener": held.listener, "how": how}
        if stream.unfinished_bytes:
            said["unfinished_bytes"] = stream.unfinished_bytes
        self.diary.note("ended", said)

    def _note_full(self) -> None:
        if not self._was_full:
            self.diary.note("full")
        self.is_full = self._was_full = True

    def _ask_for_room(self) -> None:
        """Try again what could not be written."""
        self.is_full = False
        self._write(list(self.streams.values()))
        if not self.is_full:
            self._was_full = False
            self.diary.note("room again")

    def _take_gate(self, gate: Channel) -> None:
        self._gate = gate
        self._poll.register(gate.fileno(), select.EPOLLIN)

    def _receive(self, gate: Channel) -> list[tuple[Message, list[int]]]:
        gate.flush()
        return gate.receive()

    def _hear_gate(self, gate: Channel) -> None:
        try:
            for message, files in self._receive(gate):
                self._hear(message, files)
        except Gone:
            self._replace_gate(gate)

    def _hear(self, message: Message, files: list[int]) -> None:
        match message.get("is"):
            case "connection":
                self._open(Held.from_told(message, files))
            case "listener":
                listener = socket.socket(fileno=files[0])
                self.listeners[str(message["kind"])] = listener
            case "ended":
                stream = self.streams.get(str(message["connection"]))
                if stream is not None:
                    stream.held.how = str(message["how"])
            case "refused":
                self.losses.refused(message)
                told = {name: message[name] for name in ("listener", "peer", "why", "times")}
                self.diary.note("refused", told)

    def _open(self, held: Held) -> None:
        left = self._left.pop(held.connection, None)
        if held.connection in self.spool.ended:
            if left is not None:
                left.path.unlink()
            held.close()
            self._tell({"do": "forget", "connection": held.connection})
            return
        is_known = left is not None or held.connection in self.spool.positions
        if held.listener.startswith("relp"):
            stream: Stream = RelpStream(held, self.spool.positions.get(held.connection, (0, 0)), self._resent)
        else:
            stream = self._wired(held, left)
        self.streams[held.connection] = stream
        self._by_file[held.stream.fileno()] = stream
        self._poll.register(held.stream.fileno(), select.EPOLLIN)
        if not is_known:
            self.losses.opened(held.listener)
            self.diary.note(
                "opened",
                {k: v for k, v in held.facts().items() if k != "opened_at"},
                at=held.opened_at,
            )
        if isinstance(stream, RelpStream) and held.is_handed:
            # What it acknowledged is not known: its sender sends again what it did not see acknowledged.
            stream.how = "cut: the writer was replaced"
        self._write([stream])

    def _wired(self, held: Held, left: wire.Left | None) -> Wired:
        position = self.spool.positions.get(held.connection, (left.base if left else 0, 0))
        kind = DatagramStream if held.listener == "udp" else PlainStream
        return kind(self.folder, held, position, left)

    def _peer_of(self, connection: str) -> str:
        return self.losses.peers.get(connection, "")

    def _replace_gate(self, gate: Channel) -> None:
        """The gate was killed: another one gets what we hold; what TLS had in its memory is lost."""
        self._poll.unregister(gate.fileno())
        gate.close()
        self._gate = None
        self.diary.note("gate replaced")
        self.losses.gates += 1
        new = self._gates.start()
        self.attach(new, self.listeners, self._setup)
        for stream in list(self.streams.values()):
            held = stream.held
            if held.listener in ("tcp", "relp"):
                new.send({**held.told(), "do": "hold"}, held.files)
            else:
                held.how = held.how or "cut: the gate was killed"

    def _look_for_drops(self) -> None:
        """What the kernel dropped since the last look is stated as lost."""
        listener = self.listeners.get("udp")
        if listener is None or listener.fileno() < 0:
            return
        now, counter, number = time.time(), dropped_by(listener), os.fstat(listener.fileno()).st_ino
        more = self.losses.drops_since(number, counter)
        if more:
            period = {"from": told_instant(self._drops_at), "until": told_instant(now)}
            said = {"listener": "udp", **period, "missing": more, "socket": number, "counter": counter}
            self.losses.read({"what": "dropped", **said})
            self.diary.note("dropped", said)
        self._drops_at = now

    def _tell(self, message: Message) -> None:
        if self._gate is not None:
            with contextlib.suppress(Gone):
                self._gate.send(message)


def messages_of(kept: list[bytes | memoryview]) -> list[bytes]:
    """The messages that pieces of a spool hold."""
    found: list[bytes] = []
    for piece in kept:
        if isinstance(piece, memoryview):
            found += bytes(piece).split(b"\n")[:-1]
        elif piece != b"\n":
            found.append(piece)
    return found


def _no_stream() -> tuple[socket.socket, tuple[int, int]]:
    """Of a connection that is no more."""
    return socket.socket(socket.AF_UNIX), os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
