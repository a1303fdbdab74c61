# SPDX-License-Identifier: Apache-2.0
"""SIGINT and SIGTERM: what is being computed stops at once, and the exit code tells which signal it was.

Python runs its own handlers between two of its instructions, so that one long query would not be stopped; a
thread that the signal wakes interrupts the engines.
"""

from __future__ import annotations

import signal
import socket
import sys
from threading import Thread

STOPPING = (signal.SIGINT, signal.SIGTERM)


class Stopped(BaseException):
    """A signal asked to stop; nothing between here and the border may take it for a failure."""


class Signals:
    """Listens as long as the process lives."""

    def __init__(self) -> None:
        self.received: int | None = None
        """Number of the signal that asked to stop."""

    def listen(self) -> None:
        """From the main thread, once."""
        ours, woken = socket.socketpair()
        for end in (ours, woken):
            end.setblocking(end is woken)
        signal.set_wakeup_fd(ours.fileno(), warn_on_full_buffer=False)
        self._ends = (ours, woken)
        Thread(target=self._interrupt, args=(woken,), daemon=True).start()
        for number in STOPPING:
            signal.signal(number, self._stop)

    @property
    def exit_code(self) -> int | None:
        """130 or 143; None when nothing asked to stop."""
        return None if self.received is None else 128 + self.received

    def _stop(self, number: int, _frame: object) -> None:
        self.received = number
        raise Stopped

    def _interrupt(self, woken: socket.socket) -> None:
        while numbers := woken.recv(16):
            engine = sys.modules.get("tocsin.store.engine")  # a verb that computes nothing has none
            if engine is not None and any(number in numbers for number in STOPPING):
                engine.interrupt_all()
