# SPDX-License-Identifier: Apache-2.0
"""Receives one source until told to stop: finds what a killed receiver left, listens, drains, accounts."""

from __future__ import annotations

import fcntl
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tocsin.core.errors import InputError
from tocsin.core.settings.collected import received_folder
from tocsin.core.settings.inputs import ListenSettings
from tocsin.core.words import _, visible
from tocsin.listen.addresses import KINDS, check_system, open_listener, shown
from tocsin.listen.diary import Diary
from tocsin.listen.entries import Entries
from tocsin.listen.handover import Gone, Message, find_gate
from tocsin.listen.launch import Gates
from tocsin.listen.receiver import Receiver
from tocsin.listen.spool import Spool
from tocsin.listen.streams import told_instant
from tocsin.listen.wanted import check_certificates, setup_of
from tocsin.listen.wire import FOLDER

STEP_S = 0.2
JOURNAL_S = 5.0


@dataclass(slots=True)
class Wishes:
    """What whoever started us wants, and wants later."""

    on_account: Callable[[str, dict[str, object]], None]
    """Called with `listening`, `account` and `full`, and the accounting."""

    every_s: float = 60.0
    stop: bool = False
    account: bool = False
    drain_only: bool = False


def listen(case: Path, source: str, wanted: ListenSettings, by: str, wishes: Wishes) -> dict[str, object]:
    """Receive until `wishes.stop`; the accounting. Raises InputError when a receiver runs for this source."""
    check_system()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    folder = case / received_folder(source)
    (folder / FOLDER).mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(folder, source):
        return _Reception(case, folder, source, wanted, by, wishes).run()


@contextmanager
def _alone(folder: Path, source: str) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(
                _("A receiver already runs for the source '{name}'."),
                do=_("Stop it first."),
                code="receiver_runs",
                where=folder,
                name=visible(source),
            ) from None
        yield


class _Reception:
    """One run."""

    def __init__(
        self, case: Path, folder: Path, source: str, wanted: ListenSettings, by: str, wishes: Wishes
    ) -> None:
        self.folder = folder
        self.source = source
        self.wanted = wanted
        self.wishes = wishes
        self.entries = Entries(case, by)
        self.setup = setup_of(case, source, wanted, by)
        self.spool = Spool(folder)
        self.diary = Diary(folder)
        self.gates = Gates(folder)
        self.receiver = self._new_receiver()

    def run(self) -> dict[str, object]:
        if not self._take_over() or self.setup["digest"] != self.found_setup.get("digest"):
            self._begin()
        if not self.wishes.drain_only:
            self._note_start()
            self._loop()
        self.receiver.drain()
        return self._finish()

    def _new_receiver(self) -> Receiver:
        return Receiver(self.folder, self.spool, self.diary, self.gates, self.wanted.max_message)

    def _take_over(self) -> bool:
        """Go on with the gate of a writer that was killed."""
        self.found_setup: Message = {}
        gate = find_gate(self.folder)
        if gate is None:
            return False
        try:
            self.found_setup = self.receiver.take_over(gate)
        except Gone:
            self.receiver.close()
            self.receiver = self._new_receiver()
            return False
        self.diary.note("taken over", {"connections": len(self.receiver.streams)})
        return True

    def _begin(self) -> None:
        """Without a gate, or with one for other addresses, which is drained first."""
        if self.found_setup:
            self.receiver.drain()
            self.receiver.close()
            self.receiver = self._new_receiver()
        self._note_down()
        self.receiver.write_left()
        if self.wishes.drain_only:
            return
        if self.setup.get("certificate"):
            check_certificates(self.setup)
        addresses = [(kind, text) for kind in KINDS if (text := getattr(self.wanted, kind))]
        listeners = {kind: open_listener(kind, text) for kind, text in addresses}
        self.receiver.attach(self.gates.start(), listeners, self.setup)

    def _note_down(self) -> None:
        """Since when nobody listened, and how that came."""
        now, last = time.time(), self.diary.last_alive()
        if last is None:
            return
        lines = self.diary.lines()
        ends = [line for line in lines if line.get("what") in ("stopped", "started", "taken over")]
        was_stopped = bool(ends) and ends[-1]["what"] == "stopped"
        had_udp = any("udp" in str(line.get("listeners")) for line in lines if line.get("what") == "started")
        said = {
            "from": told_instant(last),
            "until": told_instant(now),
            "after": "stop" if was_stopped else "kill",
            "datagrams": had_udp,
            "connections_cut": 0 if was_stopped else len(self.receiver.losses.peers),
        }
        self.receiver.losses.read({"what": "down", **said})
        self.diary.note("down", said, at=now)

    def _note_start(self) -> None:
        told = {kind: shown(one) for kind, one in sorted(self.receiver.listeners.items())}
        torn = self.spool.recovered
        cut = {"torn_bytes": torn.torn_bytes, "unindexed_bytes": torn.unindexed_bytes}
        self.diary.note("started", {"listeners": told, **cut})
        self.diary.touch()
        self.entries.add("listen:reception:started", {"source": self.source, "listeners": dict(told)})
        self.wishes.on_account("listening", self.accounting())

    def _loop(self) -> None:
        due = tried = time.monotonic()
        was_full = False
        while not self.wishes.stop:
            self.receiver.step(STEP_S)
            now = time.monotonic()
            if self.receiver.is_full is not was_full:
                was_full = self.receiver.is_full
                self.wishes.on_account("full" if was_full else "room", self.accounting())
            if self.wishes.account or now - due >= self.wishes.every_s:
                self.wishes.account, due = False, now
                self.wishes.on_account("account", self.accounting())
            if now - tried >= JOURNAL_S:
                tried = now
                self.entries.write()

    def _finish(self) -> dict[str, object]:
        told = self.accounting()
        self.diary.note("stopped", {"totals": self.spool.totals.told()})
        self.diary.touch()
        body = {key: told[key] for key in ("received", "written", "set_aside", "losses")}
        self.entries.add("listen:reception:stopped", {"source": self.source, **body})  # type: ignore[dict-item]
        for _try in range(20):
            if self.entries.write():
                break
            time.sleep(0.1)
        self.receiver.close()
        self.gates.reap()
        self.spool.close()
        self.diary.close()
        return told

    def accounting(self) -> dict[str, object]:
        """What was received = written + set aside; what is lost, and what may be."""
        totals, losses = self.spool.totals.told(), self.receiver.losses
        aside = sum(one.messages for one in self.spool.totals.set_aside.values())
        received = sum(one.messages for one in self.spool.totals.listeners.values())
        return {
            "source": self.source,
            "addresses": {
                kind: shown(one) for kind, one in self.receiver.listeners.items() if one.fileno() >= 0
            },
            **totals,
            "closes": received == self.spool.totals.written.messages + aside,
            "losses": losses.told(),
            "refused": [
                {"listener": listener, "why": why, "times": times}
                for (listener, why), times in sorted(losses.turned_away.items())
            ],
            "connections": {
                "open": len(self.receiver.streams),
                "opened": dict(sorted(losses.connections.items())),
            },
            "is_full": self.receiver.is_full,
        }
