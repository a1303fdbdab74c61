# SPDX-License-Identifier: Apache-2.0
"""A sender of RELP as librelp is one: a window of what is not acknowledged, sent again after a break.

It is written from the protocol alone, not from our side of it.
"""

from __future__ import annotations

import re
import select
import socket
import time
from collections import deque

WINDOW = 128
_RESPONSE = re.compile(rb"(\d+) (rsp|serverclose) (\d+)([ \n])")


class RelpSender:
    """Messages in, none lost."""

    def __init__(self, address: tuple[str, int], window: int = WINDOW, limit_s: float = 60.0) -> None:
        self.address = address
        self.window = window
        self.sent_again = 0
        self.sessions = 0
        self._limit_s = limit_s
        self._open: deque[tuple[int, bytes]] = deque()
        self._data = b""
        self._connect()

    def send(self, message: bytes) -> None:
        """Waits while the window is full."""
        while len(self._open) >= self.window:
            self._hear(wait=True)
        self._number += 1
        self._open.append((self._number, message))
        self._put(b"%d syslog %d %s\n" % (self._number, len(message), message))
        self._hear(wait=False)

    def close(self) -> None:
        """When all is acknowledged."""
        while self._open:
            self._hear(wait=True)
        self._put(b"%d close 0\n" % (self._number + 1))
        self._connection.close()

    def _connect(self) -> None:
        limit = time.monotonic() + self._limit_s
        while True:
            try:
                self._connection = socket.create_connection(self.address)
                break
            except OSError:
                if time.monotonic() > limit:
                    raise
                time.sleep(0.05)
        self.sessions += 1
        self._data = b""
        self._number = 1
        again, self._open = [message for _, message in self._open], deque()
        self.sent_again += len(again)
        offer = b"relp_version=0\nrelp_software=tests\ncommands=syslog"
        self._put(b"1 open %d %s\n" % (len(offer), offer), fresh=True)
        for message in again:
            self._number += 1
            self._open.append((self._number, message))
        block = [b"%d syslog %d %s\n" % (number, len(message), message) for number, message in self._open]
        self._put(b"".join(block), fresh=True)

    def _put(self, data: bytes, *, fresh: bool = False) -> None:
        try:
            self._connection.sendall(data)
        except OSError:
            if not fresh:
                self._again()

    def _again(self) -> None:
        self._connection.close()
        self._connect()

    def _hear(self, *, wait: bool) -> None:
        ready, _, _ = select.select([self._connection], [], [], self._limit_s if wait else 0)
        if not ready:
            assert not wait, "nothing was acknowledged in time"
            return
        try:
            came = self._connection.recv(1 << 16)
        except OSError:
            came = b""
        if not came:
            self._again()
            return
        self._data += came
        while found := _RESPONSE.match(self._data):
            size = int(found[3])
            end = found.end() + (size + 1 if size else 0)
            if end > len(self._data):
                return
            body, self._data = self._data[found.end() : end], self._data[end:]
            if found[2] == b"serverclose":
                self._again()
                return
            if int(found[1]) > 1:
                assert body.startswith(b"200"), body
                assert self._open[0][0] == int(found[1])
                self._open.popleft()
