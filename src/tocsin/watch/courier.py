# SPDX-License-Identifier: Apache-2.0
"""Delivers alarms that wait, in a thread of its own: a place that does not answer delays no other alarm.

A delivery is marked once it was taken; killed between the two, it is sent again under the same id.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread
from typing import Final, NamedTuple

from tocsin.core.errors import TocsinError
from tocsin.watch.interface import AlarmChannel, NotTakenError
from tocsin.watch.ledger import Ledger

PAUSE_S: Final = 0.5


class Trouble(NamedTuple):
    """A channel that does not take alarms any more, or does again (`why` is empty)."""

    channel: str
    why: str


class Courier:
    """Works through what is due, channel by channel."""

    def __init__(self, folder: Path, channels: Sequence[AlarmChannel], clock: Callable[[], float]) -> None:
        self._folder = folder
        self._channels = channels
        self._clock = clock
        self._failing: dict[str, str] = {}
        self._stop = Event()
        self._thread: Thread | None = None
        self.troubles: SimpleQueue[Trouble] = SimpleQueue()

    def start(self) -> None:
        """Go on until `close`."""
        if self._channels:
            self._thread = Thread(target=self._work, name="courier", daemon=True)
            self._thread.start()

    def close(self, timeout: float = 5.0) -> None:
        """Finish the delivery under way, if it ends soon; what is cut is sent again."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout)

    def round(self, ledger: Ledger) -> int:
        """Deliver what is due now; returns how many were taken."""
        return sum(self._round_of(channel, ledger) for channel in self._channels)

    def _work(self) -> None:
        ledger: Ledger | None = None
        while not self._stop.is_set():
            try:
                ledger = ledger or Ledger(self._folder)
                self.round(ledger)
            except TocsinError as error:  # a full disk: the ledger itself is tried again
                self._tell("ledger", error.code)
            else:
                self._tell("ledger", "")
            self._stop.wait(PAUSE_S)
        if ledger is not None:
            ledger.close()

    def _round_of(self, channel: AlarmChannel, ledger: Ledger) -> int:
        """One after the other; after one that is not taken, the channel rests."""
        taken = 0
        for one in ledger.due(channel.name, self._clock()):
            if self._stop.is_set():
                break
            try:
                channel.send(one.alarm)
            except NotTakenError as error:
                ledger.failed(one, error.why, self._clock())
                self._tell(channel.name, error.why)
                break
            ledger.delivered(one)
            self._tell(channel.name, "")
            taken += 1
        return taken

    def _tell(self, channel: str, why: str) -> None:
        """Once as it begins to fail, once as it works again."""
        if bool(self._failing.get(channel)) != bool(why):
            self.troubles.put(Trouble(channel, why))
        self._failing[channel] = why
