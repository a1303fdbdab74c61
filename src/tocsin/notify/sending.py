# SPDX-License-Identifier: Apache-2.0
"""Sends what was released: claims a batch, hands it over, records it; resumes wherever a process died.

A batch is claimed and synced before its first byte goes out, and no byte goes out once its lease could have
ended. What was in doubt is looked up with the channel before anything else is sent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tocsin.core.errors import MachineError
from tocsin.core.progress import Progress, silent
from tocsin.notify.interface import Channel, Fate, Handed, Notice
from tocsin.notify.material import PAGE, Stock, make_writer, read_stock
from tocsin.notify.outbox import RETRY_S, Claimed, Outbox, Settled, State
from tocsin.notify.pace import Pace, instant_of
from tocsin.notify.released import Release
from tocsin.notify.sms import SmsWriter
from tocsin.store.case import Case

STEP: Final = "notify"
LONGEST_WAIT_S: Final = 3660.0
"""What a limit holds back for longer than that waits for another sending."""

_LOOK_S: Final = 30.0
_SLOWER: Final = 10
"""Of a lane with a limit so much less is read ahead."""

_MOST_STOCK: Final = 4 * PAGE
"""What another process sends meanwhile stays in the stock of this one, up to here."""


_AFTER: Final = {
    Fate.ACCEPTED: State.ACCEPTED,
    Fate.DELIVERED: State.DELIVERED,
    Fate.BOUNCED: State.FAILED,
    Fate.DEFERRED: State.QUEUED,
    Fate.ABSENT: State.QUEUED,
    Fate.UNKNOWN: State.UNCERTAIN,
}


@dataclass(slots=True)
class Sent:
    """What one sending did."""

    handed: int = 0
    """Notices that the channel took."""

    deferred: int = 0
    refused: int = 0
    looked_up: int = 0
    """In doubt, after a process died or a connection broke."""

    uncertain: int = 0
    changed: int = 0
    """Not sent: what is known of the person has changed since the release."""

    lost: int = 0
    """Rows that another process had taken over."""

    is_whole: bool = True
    """False when notices wait for a later time."""

    goes_on_at: str = ""
    """From when on a limit of [notify.plan] lets the next one leave, when that is long (UTC, ISO 8601)."""


class Sender:
    """Sends through one channel."""

    def __init__(
        self,
        case: Case,
        outbox: Outbox,
        channel: Channel,
        release: Release,
        *,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.time,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._case = case
        self._outbox = outbox
        self._channel = channel
        self._release = release
        self._pace = pace
        self._clock = clock
        self._wait = wait
        self._settings = case.settings.notify.email
        notify = case.settings.notify
        self._batch = {"post": notify.post.batch, "sms": notify.sms.batch}.get(
            channel.kind, notify.email.batch
        )
        self._writer = make_writer(case, release)
        self._sms_writer = SmsWriter(notify)
        self._stock: dict[tuple[int, int], Stock | None] = {}
        self.sent = Sent()

    def send(self, progress: Progress = silent, *, limit: int | None = None) -> Sent:
        """Everything that is due, or as many notices as that.

        Raises MachineError when the channel cannot be reached; what was claimed is given back.
        """
        total = self._outbox.waiting(self._channel.kind)
        done = 0
        while limit is None or done < limit:
            self._resolve_doubts()
            most = self._batch if limit is None else min(self._batch, limit - done)
            now = self._clock()
            lease = self._settings.lease
            batch = self._outbox.claim(self._channel.kind, most, now=now, lease=lease, pace=self._pace)
            if batch:
                self._send_batch(batch, until=now + lease - self._settings.timeout)
                done += len(batch)
                progress(STEP, min(done, total), total)
            elif not self._wait_for_others() and not self._wait_for_room():
                break
        left = self._outbox.upcoming(self._channel.kind, 0, 1)
        self.sent.is_whole = not left
        return self.sent

    def _send_batch(self, batch: Sequence[Claimed], *, until: float) -> None:
        notices, unfit = self._written(batch)
        settled = [Settled(row, State.FAILED, "facts_changed") for row in unfit]
        self.sent.changed += len(unfit)
        rows = {row.message_id: row for row in batch}
        answered: set[str] = set()
        try:
            for handed in self._channel.hand_over(notices):
                answered.add(handed.message_id)
                if handed.fate is not Fate.UNKNOWN:
                    settled.append(self._settled(rows[handed.message_id], handed))
                if self._clock() > until and not self._channel.takes_whole_batches:
                    break  # its lease could end while the next one is on its way
        except MachineError:
            settled += [self._given_back(rows[n.message_id]) for n in notices if n.message_id not in answered]
            self._record(settled)
            raise
        settled += [self._given_back(rows[n.message_id]) for n in notices if n.message_id not in answered]
        self._record(settled)

    def _record(self, settled: Sequence[Settled]) -> None:
        self.sent.lost += self._outbox.settle(settled, now=self._clock(), pace=self._pace)

    def _given_back(self, row: Claimed) -> Settled:
        """Not a byte of it went out."""
        return Settled(row, State.QUEUED, "returned")

    def _settled(self, row: Claimed, handed: Handed) -> Settled:
        state = _AFTER[handed.fate]
        not_before = 0.0
        if handed.fate is Fate.DEFERRED:
            not_before = self._clock() + RETRY_S[min(row.attempts, len(RETRY_S) - 1)]
            self.sent.deferred += 1
        elif handed.fate is Fate.BOUNCED:
            self.sent.refused += 1
        elif state in (State.ACCEPTED, State.DELIVERED):
            self.sent.handed += 1
        reason = f"bounced {handed.reason}".strip() if handed.fate is Fate.BOUNCED else handed.reason
        return Settled(row, state, reason, not_before, is_offered=handed.fate is not Fate.ABSENT)

    def _resolve_doubts(self) -> None:
        """Ask the channel what became of rows whose sender did not come back; nothing is sent blindly."""
        rows = self._outbox.in_doubt(self._channel.kind, now=self._clock())
        if not rows:
            return
        fates = self._channel.look_up([row.message_id for row in rows])
        self.sent.looked_up += len(rows)
        settled = []
        for row in rows:
            fate = fates.get(row.message_id, Fate.UNKNOWN)
            if fate is Fate.UNKNOWN and self._settings.when_uncertain == "resend":
                fate = Fate.ABSENT
            self.sent.uncertain += fate is Fate.UNKNOWN
            settled.append(self._settled(row, Handed(row.message_id, fate, "looked_up")))
        self._record(settled)

    def _wait_for_others(self) -> bool:
        """Whether somebody's lease ran out meanwhile: a dead process's, or a living one's that goes on."""
        end = self._outbox.next_lease_end(self._channel.kind)
        if end is None:
            return False
        self._wait(min(max(end - self._clock(), 0.01), 1.0))
        return True

    def _wait_for_room(self) -> bool:
        """Whether a limit holds something back that it is worth to wait for."""
        now = self._clock()
        ready = self._pace.next_at(self._outbox, now) if self._pace is not None else None
        if ready is None:
            return False
        if ready - now > LONGEST_WAIT_S:
            self.sent.goes_on_at = instant_of(ready)
            return False
        self._wait(min(max(ready - now, 0.01), _LOOK_S))
        return True

    def _written(self, batch: Sequence[Claimed]) -> tuple[list[Notice], list[Claimed]]:
        """The notices, and the rows that what is known no longer fits."""
        self._read_ahead(batch)
        notices, unfit = [], []
        lang = self._case.settings.notify.language
        for row in batch:
            stock = self._stock.pop((row.wave, row.person_id), None)
            if stock is None or not self._is_reached(stock):
                unfit.append(row)
            else:
                notices.append(self._written_one(stock, row.message_id, lang))
        return notices, unfit

    def _written_one(self, stock: Stock, message_id: str, lang: str) -> Notice:
        if self._channel.kind == "sms":
            return stock.message(self._sms_writer, self._release, message_id, lang)
        return stock.notice(self._writer, self._release, message_id, lang)

    def _is_reached(self, stock: Stock) -> bool:
        return bool({"email": stock.email, "post": stock.lines, "sms": stock.phone}[self._channel.kind])

    def _read_ahead(self, batch: Sequence[Claimed]) -> None:
        missing = [row for row in batch if (row.wave, row.person_id) not in self._stock]
        if not missing:
            return
        if len(self._stock) > _MOST_STOCK:
            self._stock, missing = {}, list(batch)
        wanted = {(row.wave, row.person_id) for row in missing}
        now = self._clock()
        for lane in {row.lane for row in missing}:
            wanted.update(
                self._outbox.ahead(self._channel.kind, lane, PAGE // _SLOWER if lane else PAGE, now)
            )
        wanted -= self._stock.keys()
        for wave in {wave for wave, _person in wanted}:
            persons = [person for one, person in wanted if one == wave]
            found = read_stock(self._case, wave, persons)
            self._stock |= {(wave, person): found.get(person) for person in persons}
