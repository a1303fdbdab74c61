# SPDX-License-Identifier: Apache-2.0
"""The gate: a small process that accepts connections, ends TLS, and holds what it accepted for a writer.

It touches no disk and knows no message. When the writer is killed, the gate keeps every connection as it is
and waits for the next writer; when none comes it has what is left written, and ends. When the gate is killed,
the writer starts another one and hands it what is not TLS; only what TLS had in the gate's memory is gone.
"""

from __future__ import annotations

import contextlib
import os
import resource
import selectors
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import cast

from tocsin.listen.datagrams import Datagrams
from tocsin.listen.handover import SOCKET_NAME, Channel, Gone, Message, await_successors, is_ours
from tocsin.listen.held import Handler, Held, Refusals
from tocsin.listen.tls import Tunnel, make_context

PATIENCE_S = 60.0
"""How long connections are held without a writer."""


class Gate:
    """Of one source."""

    def __init__(self, folder: Path, first: socket.socket) -> None:
        self.folder = folder
        self.selector = selectors.EpollSelector()
        self.writer: Channel | None = None
        self.setup: Message = {}
        self.refusals = Refusals()
        self._listeners: dict[str, socket.socket] = {}
        self._held: dict[str, Held] = {}
        self._tunnels: dict[str, Tunnel] = {}
        self._shaking: set[Tunnel] = set()
        self._datagrams: Datagrams | None = None
        self._is_draining = False
        self._is_over = False
        self._alone_since = 0.0
        self._door = await_successors(folder)
        self.selector.register(self._door, selectors.EVENT_READ, self._let_in)
        self._meet(Channel(first))

    def run(self) -> None:
        """Until the writer says so, or nobody comes."""
        while not self._is_over:
            for key, events in self.selector.select(0.5):
                cast("Handler", key.data)(events)
            self._tend()

    def watch(self, file: int | socket.socket, events: int, handler: Handler) -> None:
        """Have a handler called for a file; with no events, no longer."""
        known = file in self.selector.get_map()
        if events and known:
            self.selector.modify(file, events, handler)
        elif events:
            self.selector.register(file, events, handler)
        elif known:
            self.selector.unregister(file)

    def tell(self, message: Message, files: tuple[int, ...] = ()) -> None:
        """Tell the writer, if there is one."""
        if self.writer is not None:
            try:
                self.writer.send(message, files)
            except Gone:
                self._part()

    def hold(self, held: Held) -> None:
        """Keep a connection, and hand it over."""
        self._held[held.connection] = held
        self._hand_over(held)

    def ended(self, tunnel: Tunnel, how: str) -> None:
        """A tunnel has come to its end; what it brought is still to be read."""
        self._shaking.discard(tunnel)
        held = tunnel.held
        if held is None:
            self.refusals.add(tunnel.listener, tunnel.peer, how)
        elif self._tunnels.pop(held.connection, None) is not None:
            held.how = how
            self.tell({"is": "ended", "connection": held.connection, "how": how})

    def opened(self, tunnel: Tunnel, held: Held) -> None:
        """A client has shown its certificate."""
        self._shaking.discard(tunnel)
        self._tunnels[held.connection] = tunnel
        self.hold(held)

    def _tend(self) -> None:
        now = time.monotonic()
        for tunnel in [one for one in self._shaking if now > one.deadline]:
            tunnel.close("no handshake in time")
        for told in self.refusals.due(now) if self.writer is not None else ():
            self.tell(told)
        if self.writer is not None and self.writer.is_waiting:
            with contextlib.suppress(Gone):
                self.writer.flush()
        most = int(str(self.setup.get("connections", 1000)))
        for kind, listener in self._listeners.items():
            if kind != "udp":
                has_room = len(self._held) + len(self._shaking) < most and not self._is_draining
                self.watch(listener, selectors.EVENT_READ if has_room else 0, self._accepting(kind))
        if self.writer is None and now - self._alone_since > PATIENCE_S:
            self._give_up()

    def _give_up(self) -> None:
        """Nobody came: have what is held written, once; a writer that comes finds the door as ever."""
        command = self.setup.get("finish")
        self._alone_since = float("inf")
        if not (self.folder.is_dir() and isinstance(command, list)):
            self._is_over = True
            return
        quiet = subprocess.DEVNULL
        done = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)  # noqa: S603
        limit = time.monotonic() + PATIENCE_S
        while self.writer is None and done.poll() is None and time.monotonic() < limit:
            for key, events in self.selector.select(0.5):
                cast("Handler", key.data)(events)
        self._is_over = self.writer is None

    def _let_in(self, _events: int) -> None:
        with contextlib.suppress(OSError):
            end, _ = self._door.accept()
            if is_ours(end):
                self._part()
                self._meet(Channel(end))
                self._hand_over_all()
            else:
                end.close()

    def _meet(self, writer: Channel) -> None:
        self.writer = writer
        self.selector.register(writer.fileno(), selectors.EVENT_READ, self._listen_to_writer)

    def _part(self) -> None:
        if self.writer is not None:
            self.selector.unregister(self.writer.fileno())
            self.writer.close()
            self.writer = None
            self._alone_since = time.monotonic()

    def _hand_over_all(self) -> None:
        for kind, listener in self._listeners.items():
            self.tell({"is": "listener", "kind": kind}, (listener.fileno(),))
        for held in list(self._held.values()):
            self._hand_over(held)
        self.tell({"is": "all", "setup": self.setup})

    def _hand_over(self, held: Held) -> None:
        self.tell(held.told(), held.files)
        held.is_handed = self.writer is not None
        if held.how is not None:
            self.tell({"is": "ended", "connection": held.connection, "how": held.how})

    def _listen_to_writer(self, _events: int) -> None:
        if self.writer is None:
            return
        try:
            came = self.writer.receive()
        except Gone:
            self._part()
            return
        for message, files in came:
            self._obey(message, files)

    def _obey(self, message: Message, files: list[int]) -> None:
        match message.get("do"):
            case "set up":
                self.setup = cast("Message", message["setup"])
                self._context = make_context(self.setup) if self.setup.get("certificate") else None
            case "listen":
                self._listen(str(message["kind"]), socket.socket(fileno=files[0]))
            case "hold":
                held = Held.from_told(message, files)
                held.is_handed = True
                self._held[held.connection] = held
            case "forget":
                self._forget(str(message["connection"]))
            case "drain":
                self._drain()
            case "end":
                self._is_over = True

    def _listen(self, kind: str, listener: socket.socket) -> None:
        listener.setblocking(False)
        self._listeners[kind] = listener
        if kind == "udp":
            self._datagrams = Datagrams(self, listener)

    def _accepting(self, kind: str) -> Handler:
        def accept(_events: int) -> None:
            with contextlib.suppress(OSError):
                connection, address = self._listeners[kind].accept()
                if kind in ("tls", "relp_tls") and self._context is not None:
                    self._shaking.add(Tunnel(self, kind, connection, address, self._context))
                else:
                    self.hold(Held.of(kind, connection, address))

        return accept

    def _forget(self, connection: str) -> None:
        held = self._held.pop(connection, None)
        tunnel = self._tunnels.pop(connection, None)
        if tunnel is not None:
            tunnel.close("closed by us")
        if held is not None:
            held.close()

    def _drain(self) -> None:
        """Accept nothing more, and tell every sender that it should close."""
        self._is_draining = True
        for kind, listener in self._listeners.items():
            if kind != "udp":
                for _ in range(1000):
                    self._accepting(kind)(0)  # who has connected may have sent
                self.watch(listener, 0, _ignore)
            elif self._datagrams is not None:
                self._datagrams.finish()
            listener.close()
        self._listeners.clear()
        for tunnel in list(self._shaking):
            tunnel.close("closed by us")
        for connection, held in self._held.items():
            ending = self._tunnels.get(connection)
            if ending is not None and held.listener == "tls":
                ending.say_end()
            elif held.listener == "tcp":
                with contextlib.suppress(OSError):
                    held.stream.shutdown(socket.SHUT_WR)


def _ignore(_events: int) -> None:
    """Nothing."""


def main() -> None:
    """`python -m tocsin.listen.gate DESCRIPTOR FOLDER`: the descriptor is the writer's channel."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    folder = Path(sys.argv[2])
    gate = Gate(folder, socket.socket(fileno=int(sys.argv[1])))
    try:
        gate.run()
    finally:
        with contextlib.suppress(OSError):
            os.unlink(folder / SOCKET_NAME)  # noqa: PTH108


if __name__ == "__main__":
    main()
