# SPDX-License-Identifier: Apache-2.0
"""What was weighed, raised and delivered: one SQLite file of the case, synced at each commit.

An alarm, the mark up to which events were weighed, and the deliveries that it needs are one transaction: a
kill before it weighs the same events again, a kill behind it delivers what waits. It holds accounts and
figures, nothing of persons in care.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from tocsin.core.errors import MachineError
from tocsin.core.words import _
from tocsin.store.small_file import SmallFile
from tocsin.watch.alarms import Alarm

FOLDER: Final = "watch"
RETRY_S: Final = (1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0)
"""Waits after a delivery failed; the last one holds from then on: an alarm is never given up."""

_SCHEMA: Final = """
create table if not exists said (name text primary key, value text not null);
create table if not exists mark (file_number integer primary key, next_event integer not null);
create table if not exists episode (
    account text not null, reason text not null, number integer not null, last_at text not null,
    primary key (account, reason)
);
create table if not exists alarm (id text primary key, body text not null);
create table if not exists delivery (
    alarm text not null, channel text not null, state text not null default 'waiting',
    attempts integer not null default 0, not_before real not null default 0, why text not null default '',
    primary key (alarm, channel)
);
create index if not exists waiting on delivery (state, channel, not_before);
create table if not exists blind (
    number integer primary key, why text not null, about text not null, from_at real not null,
    until_at real, events integer
);
create table if not exists quota (role text not null, seconds integer not null, persons integer not null,
    primary key (role, seconds));
create table if not exists cleared (account text not null, decision text not null, kind text not null,
    name text not null, primary key (account, decision, kind, name));
create table if not exists tail (file_number integer primary key, path text not null,
    changed_at real not null, read_at real not null);
"""


class Waiting(NamedTuple):
    """A delivery that is due."""

    alarm: Alarm
    channel: str
    attempts: int


class Blind(NamedTuple):
    """A time during which nothing was read, and how many events were, behind it; None: none yet, or never."""

    why: str
    about: str
    from_at: float
    until_at: float | None
    events: int | None


class Place(NamedTuple):
    """From where an account acted."""

    kind: str
    """device or address."""

    name: str


class Tail(NamedTuple):
    """Where the end of a file is: when it last grew, and when it was last read."""

    path: str
    changed_at: float
    read_at: float


class Ledger(SmallFile):
    """One open ledger; a thread has its own."""

    def __init__(self, case: Path) -> None:
        place = case / FOLDER
        path = place / "ledger.sqlite"
        with self.told():
            place.mkdir(exist_ok=True)
            path.touch(mode=0o600)
        super().__init__(str(path), _SCHEMA)

    @staticmethod
    def failure(kind: str) -> MachineError:
        """The ledger failed: whatever was committed stands."""
        return MachineError(
            _("The ledger of alarms failed ({kind})."),
            do=_("Nothing is lost: run again."),
            code="ledger_failed",
            kind=kind,
        )

    def _rows(self, query: str, *values: str | float) -> list[tuple[object, ...]]:
        with self.told():
            return list(self.connection.execute(query, values))

    def said(self, name: str) -> str | None:
        """Something kept under a name."""
        found = self._rows("select value from said where name = ?", name)
        return str(found[0][0]) if found else None

    def say(self, name: str, value: str) -> None:
        """Keep something under a name."""
        with self.changing() as db:
            db.execute("insert or replace into said values (?, ?)", (name, value))

    def marks(self) -> dict[int, int]:
        """File number: the first event that was not weighed yet."""
        return {int(str(a)): int(str(b)) for a, b in self._rows("select file_number, next_event from mark")}

    def episode(self, account: str, reason: str) -> tuple[int, datetime] | None:
        """The last time of this account and reason: its number, and its last act."""
        query = "select number, last_at from episode where account = ? and reason = ?"
        found = self._rows(query, account, reason)
        return (int(str(found[0][0])), datetime.fromisoformat(str(found[0][1]))) if found else None

    def settle(
        self,
        marks: Mapping[int, int],
        alarms: Sequence[Alarm],
        episodes: Sequence[tuple[str, str, int, str]],
        channels: Sequence[str],
    ) -> None:
        """Events up to these marks are weighed; these alarms stand and wait for each channel."""
        with self.changing() as db:
            db.executemany("insert or replace into mark values (?, ?)", marks.items())
            db.executemany("insert or replace into episode values (?, ?, ?, ?)", episodes)
            db.executemany("insert or ignore into alarm values (?, ?)", [(a.alarm, a.text()) for a in alarms])
            db.executemany(
                "insert or ignore into delivery (alarm, channel) values (?, ?)",
                [(alarm.alarm, channel) for alarm in alarms for channel in channels],
            )

    def alarms(self) -> list[Alarm]:
        """All, in the order in which they were raised."""
        return [Alarm.from_text(str(body)) for (body,) in self._rows("select body from alarm order by rowid")]

    def due(self, channel: str, now: float) -> list[Waiting]:
        """What is to be delivered now, the oldest first."""
        query = (
            "select a.body, d.channel, d.attempts from delivery as d join alarm as a on a.id = d.alarm"
            " where d.state = 'waiting' and d.channel = ? and d.not_before <= ? order by a.rowid limit 100"
        )
        rows = self._rows(query, channel, now)
        return [Waiting(Alarm.from_text(str(b)), str(c), int(str(n))) for b, c, n in rows]

    def delivered(self, one: Waiting) -> None:
        """It was taken."""
        with self.changing() as db:
            db.execute(
                "update delivery set state = 'delivered', attempts = attempts + 1, why = ''"
                " where alarm = ? and channel = ?",
                (one.alarm.alarm, one.channel),
            )

    def failed(self, one: Waiting, why: str, now: float) -> float:
        """It was not: tried again after a while. Returns when."""
        again = now + RETRY_S[min(one.attempts, len(RETRY_S) - 1)]
        with self.changing() as db:
            db.execute(
                "update delivery set attempts = attempts + 1, not_before = ?, why = ?"
                " where alarm = ? and channel = ?",
                (again, why, one.alarm.alarm, one.channel),
            )
        return again

    def deliveries(self) -> dict[str, dict[str, int]]:
        """By channel: how many wait, and how many were delivered."""
        rows = self._rows("select channel, state, count(*) from delivery group by 1, 2 order by 1, 2")
        found: dict[str, dict[str, int]] = {}
        for channel, state, count in rows:
            found.setdefault(str(channel), {"waiting": 0, "delivered": 0})[str(state)] = int(str(count))
        return found

    def go_blind(self, why: str, about: str, from_at: float) -> None:
        """Nothing is read from now on; said once, until `see_again`."""
        with self.changing() as db:
            db.execute(
                "insert into blind (why, about, from_at) select ?, ?, ? where not exists"
                " (select 1 from blind where why = ? and about = ? and until_at is null)",
                (why, about, from_at, why, about),
            )

    def see_again(self, until_at: float, events: int) -> list[Blind]:
        """All is read again, and so many events were read behind. Returns what has ended."""
        query = "select why, about, from_at, ?, ? from blind where until_at is null order by number"
        with self.changing() as db:
            ended = db.execute(query, (until_at, events)).fetchall()
            db.execute("update blind set until_at = ?, events = ? where until_at is null", (until_at, events))
        return [Blind(*row) for row in ended]

    def quotas(self) -> dict[tuple[str, int], int]:
        """(role, seconds): distinct persons that hardly anybody of the role passes."""
        rows = self._rows("select role, seconds, persons from quota")
        return {(str(role), int(str(s))): int(str(n)) for role, s, n in rows}

    def set_quotas(self, quotas: Mapping[tuple[str, int], int]) -> None:
        """Replace them."""
        with self.changing() as db:
            db.execute("delete from quota")
            db.executemany("insert into quota values (?, ?, ?)", [(*key, n) for key, n in quotas.items()])

    def places(self, account: str, decision: str) -> frozenset[Place] | None:
        """From where the account had acted when it was cleared; None when that was not looked up yet."""
        query = "select kind, name from cleared where account = ? and decision = ?"
        rows = self._rows(query, account, decision)
        return frozenset(Place(str(kind), str(name)) for kind, name in rows if kind) if rows else None

    def keep_places(self, account: str, decision: str, places: Iterable[Place]) -> None:
        """Keep them; a row without a kind says that they were looked up."""
        with self.changing() as db:
            rows = [(account, decision, *place) for place in (Place("", ""), *places)]
            db.executemany("insert or ignore into cleared values (?, ?, ?, ?)", rows)

    def tails(self) -> dict[int, Tail]:
        """Number of each file that was there: its end."""
        rows = self._rows("select file_number, path, changed_at, read_at from tail")
        return {int(str(n)): Tail(str(path), float(str(a)), float(str(b))) for n, path, a, b in rows}

    def follow(self, tails: Mapping[int, Tail], lost: Sequence[Blind]) -> None:
        """Replace the ends of files; keep what may be missing of those that went."""
        with self.changing() as db:
            db.execute("delete from tail")
            db.executemany("insert into tail values (?, ?, ?, ?)", [(n, *one) for n, one in tails.items()])
            db.executemany(
                "insert into blind (why, about, from_at, until_at, events) values (?, ?, ?, ?, ?)", lost
            )


def is_new_episode(before: tuple[int, datetime] | None, at: datetime, repeat_days: float) -> bool:
    """Whether an act is so long after the last one that it is an alarm of its own."""
    return before is None or at > before[1] + timedelta(days=repeat_days)
