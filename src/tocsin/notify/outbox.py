# SPDX-License-Identifier: Apache-2.0
"""The outbox: one row per person, wave and channel, in one SQLite file of the case, synced at each commit.

The unique key is "never twice"; rows that were being sent when a process died are "never missed": their lease
runs out, the channel is asked what became of them, and what nobody can tell is `uncertain`. It holds numbers
and states: no name, no mailbox, no code. Whoever comes back after its lease finds its fence gone and changes
nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from tocsin.core.errors import MachineError
from tocsin.core.words import _

BUSY_S: Final = 60.0
RETRY_S: Final = (60.0, 300.0, 900.0, 1800.0, 3600.0)
"""Waits after a notice was not taken; the last one holds from then on."""


class State(StrEnum):
    """Where a notice stands. The first four are under way."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    UNCERTAIN = "uncertain"
    DELIVERED = "delivered"
    FAILED = "failed"
    NO_ROUTE = "no_route"
    PUBLIC = "public"
    SUPPRESSED = "suppressed"


UNDER_WAY: Final = (State.QUEUED, State.SENDING, State.ACCEPTED, State.UNCERTAIN)

_SCHEMA: Final = """
create table if not exists notice (
    id integer primary key,
    person_id integer not null,
    wave integer not null,
    channel text not null,
    message_id text not null unique,
    state text not null,
    reason text not null default '',
    fence integer not null default 0,
    lease_until real not null default 0,
    attempts integer not null default 0,
    not_before real not null default 0,
    kind text not null default 'person',
    lane text not null default '',
    unique (person_id, wave, channel)
);
create table if not exists pace (
    channel text not null, lane text not null, used real not null, at real not null,
    primary key (channel, lane)
);
create table if not exists released (wave integer primary key, rows integer not null);
create table if not exists relay_log (path text primary key, inode integer not null, place integer not null);
create table if not exists relay_queue (
    queue_id text primary key, message_id text, process integer not null default 0
);
create index if not exists by_process on relay_queue (process);
create index if not exists by_message on relay_queue (message_id);
create table if not exists relay_seen (message_id text primary key, fate text not null);
"""

_LATER_COLUMNS: Final = {"kind": "'person'", "lane": "''"}
_INDEXES: Final = """
drop index if exists by_state;
drop index if exists by_due;
create index if not exists by_lane on notice (channel, state, lane, not_before, id);
"""

_CLAIM: Final = (
    "select not_before, id, person_id, wave, message_id, fence + 1, attempts, lane from notice"
    " where channel = ? and state = 'queued' and lane = ? and not_before <= ?"
    " order by not_before, id limit ?"
)
_LANES: Final = """
with recursive found(lane) as (
    select min(lane) from notice where channel = ?1 and state = 'queued'
    union all
    select (select min(lane) from notice where channel = ?1 and state = 'queued' and lane > found.lane)
    from found where lane is not null
)
select lane from found where lane is not null
"""
"""Steps from lane to lane: a plain distinct would walk all that waits, at each claim."""

_DUE: Final = "select 1 from notice where channel = ? and state = 'queued' and lane = ? and not_before <= ?"

_STANDING: Final = """
select person_id, state, reason, channel, wave, kind from (
    select *, row_number() over (partition by person_id order by wave desc, id desc) as place from notice
) where place = 1
"""


class Claimed(NamedTuple):
    """A row that this process may send, until its lease ends."""

    id: int
    person_id: int
    wave: int
    message_id: str
    fence: int
    attempts: int
    lane: str = ""
    """The domain of its mailbox, where that takes so many an hour."""


class Settled(NamedTuple):
    """What became of a claimed row."""

    row: Claimed
    state: State
    reason: str = ""
    not_before: float = 0.0
    is_offered: bool = False
    """Whether the channel was, or may have been, offered it: that is what limits count."""


class Room(NamedTuple):
    """How many may be claimed now: in each lane that has a limit, and in all; None is without limit."""

    lanes: Mapping[str, int]
    whole: int | None


class Limits(Protocol):
    """What limits a channel, asked and told within the outbox's transactions."""

    def room(self, db: sqlite3.Connection, now: float) -> Room:
        """How many may be claimed."""

    def note(self, db: sqlite3.Connection, settled: Sequence[Settled], now: float) -> None:
        """Count what was offered."""


class Outbox:
    """One open outbox; several processes may work on it at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    @classmethod
    def open(cls, folder: Path) -> Outbox:
        """That of a case, made on first use, readable by its owner alone."""
        place = folder / "notices"
        place.mkdir(exist_ok=True)
        path = place / "outbox.sqlite"
        path.touch(mode=0o600)
        return cls.at(str(path))

    @classmethod
    def at(cls, place: str) -> Outbox:
        """One at a path, or in memory."""
        return cls(_connected(place))

    def copied(self) -> Outbox:
        """A copy in memory, to rehearse on."""
        copy = Outbox.at(":memory:")
        self.connection.backup(copy.connection)
        return copy

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it stands, synced, or none."""
        with _told():
            self.connection.execute("begin immediate")
            try:
                yield self.connection
                self.connection.execute("commit")
            except BaseException:
                if self.connection.in_transaction:  # a full disk may have undone it already
                    self.connection.execute("rollback")
                raise

    def fill(self, wave: int, rows: Iterable[tuple[int, str, str, str, str, str]]) -> int:
        """Put a released wave in: person, channel, message id, state, reason, kind. Twice is once."""
        with self.changing() as db:
            if db.execute("select 1 from released where wave = ?", (wave,)).fetchone():
                return 0
            db.executemany(
                "insert or ignore into notice"
                " (wave, person_id, channel, message_id, state, reason, kind)"
                f" values ({int(wave)}, ?, ?, ?, ?, ?, ?)",
                rows,
            )
            db.execute(
                "update notice set state = 'failed', reason = 'superseded'"
                " where wave < ? and state = 'queued'"
                " and person_id in (select person_id from notice where wave = ?)",
                (wave, wave),
            )
            [count] = db.execute("select count(*) from notice where wave = ?", (wave,)).fetchone()
            db.execute("insert into released values (?, ?)", (wave, count))
        return int(count)

    def claim(
        self, channel: str, most: int, *, now: float, lease: float, pace: Limits | None = None
    ) -> list[Claimed]:
        """Take rows to send, as many as `pace` has room for; nobody else sends them before the lease ends."""
        with self.changing() as db:
            room = pace.room(db, now) if pace is not None else None
            whole = most if room is None or room.whole is None else min(most, room.whole)
            lanes: dict[str, int | None] = dict.fromkeys(_lanes(db, channel))
            lanes |= room.lanes if room is not None else {}
            found: list[tuple[float, Claimed]] = []
            for lane, free in lanes.items():
                asked = (channel, lane, now, whole if free is None else min(whole, free))
                found += [(float(one[0]), Claimed(*one[1:])) for one in db.execute(_CLAIM, asked)]
            found.sort(key=lambda one: (one[0], one[1].id))
            rows = [row for _not_before, row in found[:whole]]
            db.executemany(
                "update notice set state = 'sending', fence = ?, lease_until = ? where id = ?",
                [(row.fence, now + lease, row.id) for row in rows],
            )
        return rows

    def settle(self, settled: Sequence[Settled], *, now: float = 0.0, pace: Limits | None = None) -> int:
        """Record what became of claimed rows. Returns how many were no longer this process's."""
        with self.changing() as db:
            held = [one for one in settled if self._settle(db, one)]
            if pace is not None:
                pace.note(db, held, now)
        return len(settled) - len(held)

    def _settle(self, db: sqlite3.Connection, one: Settled) -> bool:
        cursor = db.execute(
            "update notice set state = ?, reason = ?, not_before = ?, lease_until = 0,"
            " attempts = attempts + (? <> 'returned')"
            " where id = ? and fence = ? and state = 'sending'",
            (one.state, one.reason, one.not_before, one.reason, one.row.id, one.row.fence),
        )
        return cursor.rowcount == 1

    def due_lanes(self, channel: str, now: float) -> list[str]:
        """Lanes in which something waits that may leave."""
        with _told():
            db = self.connection
            return [
                lane
                for lane in _lanes(db, channel)
                if db.execute(f"{_DUE} limit 1", (channel, lane, now)).fetchone()
            ]

    def in_doubt(self, channel: str, *, now: float) -> list[Claimed]:
        """Rows whose sender has not come back within its lease; taken over here, so that it no longer may."""
        with self.changing() as db:
            rows = db.execute(
                "select id, person_id, wave, message_id, fence + 1, attempts, lane from notice"
                " where channel = ? and state = 'sending' and lease_until <= ? order by id",
                (channel, now),
            ).fetchall()
            db.executemany("update notice set fence = ? where id = ?", [(row[4], row[0]) for row in rows])
        return [Claimed(*row) for row in rows]

    def next_lease_end(self, channel: str) -> float | None:
        """When the first row that somebody is sending falls free; None when nobody is sending."""
        query = "select min(lease_until) from notice where channel = ? and state = 'sending'"
        with _told():
            [found] = self.connection.execute(query, (channel,)).fetchone()
        return None if found is None else float(found)

    def upcoming(self, channel: str, first: int, most: int) -> list[tuple[int, int]]:
        """Wave and person of rows that wait or are being sent, from this row on.

        Walks the table, which is in this order: by state, all that wait would be sorted for each page.
        """
        query = (
            "select wave, person_id from notice not indexed where channel = ?"
            " and state in ('queued', 'sending') and id >= ? order by id limit ?"
        )
        with _told():
            return list(self.connection.execute(query, (channel, first, most)))

    def ahead(self, channel: str, lane: str, most: int, now: float) -> list[tuple[int, int]]:
        """Wave and person of what a lane will give next, in its order: what is read ahead."""
        query = (
            "select wave, person_id from notice where channel = ? and state = 'queued' and lane = ?"
            " and not_before <= ? order by not_before, id limit ?"
        )
        with _told():
            return list(self.connection.execute(query, (channel, lane, now, most)))

    def queued(self) -> list[tuple[int, str]]:
        """Person and channel of all that is to leave."""
        query = "select person_id, channel from notice where state = 'queued'"
        with _told():
            return list(self.connection.execute(query))

    def waiting(self, channel: str) -> int:
        """Rows of a channel that are to leave."""
        query = "select count(*) from notice where channel = ? and state = 'queued'"
        with _told():
            return int(self.connection.execute(query, (channel,)).fetchone()[0])

    def put_into_lanes(self, channel: str, lanes: Iterable[tuple[int, str]]) -> None:
        """Person and lane of what waits; whoever is not named is in none."""
        with self.changing() as db:
            db.execute("create temp table if not exists laned (person_id integer primary key, lane text)")
            db.execute("delete from laned")
            db.executemany("insert or replace into laned values (?, ?)", lanes)
            db.execute(
                "update notice set lane = '' where channel = ? and state = 'queued' and lane > ''"
                " and person_id not in (select person_id from laned)",
                (channel,),
            )
            db.execute(
                "update notice set lane = l.lane from laned as l where l.person_id = notice.person_id"
                " and channel = ? and state = 'queued' and notice.lane <> l.lane",
                (channel,),
            )

    def note_bounces(self, bounces: Iterable[tuple[str, str]]) -> int:
        """What came back by mail: left side of the message id, and the code. Returns how many are new."""
        changed = 0
        with self.changing() as db:
            for token, code in bounces:
                cursor = db.execute(
                    "update notice set state = 'failed', reason = ? where message_id >= ? and message_id < ?"
                    " and state in ('accepted', 'uncertain', 'delivered')",
                    (f"bounced {code}", f"<{token}@", f"<{token}A"),
                )
                changed += cursor.rowcount
        return changed

    def note_receipt(self, token: str, state: State, reason: str) -> tuple[bool, bool]:
        """What a carrier tells of one letter or message: whether it is ours, and whether that is new.

        Within `changing`. A letter that came back after it was called delivered came back.
        """
        held = (f"<{token}@", f"<{token}A")
        ours = self.connection.execute(
            "select 1 from notice where channel in ('post', 'sms') and message_id >= ? and message_id < ?",
            held,
        ).fetchone()
        before = "('accepted', 'delivered')" if state is State.FAILED else "('accepted')"
        cursor = self.connection.execute(
            "update notice set state = ?, reason = ? where channel in ('post', 'sms') and message_id >= ?"
            f" and message_id < ? and state in {before}",
            (state, reason, *held),
        )
        return ours is not None, cursor.rowcount > 0

    def held_back(self) -> list[int]:
        """Persons whose last notice was not sent, since what is known of them, or their way, had changed."""
        query = (
            f"select person_id from ({_STANDING}) where state = 'failed'"
            " and (reason in ('facts_changed', 'superseded') or reason like 'answer%')"
        )
        with _told():
            return [int(person) for (person,) in self.connection.execute(query)]

    def sent_before(self, persons: Sequence[int], wave: int) -> dict[int, int]:
        """Of these persons those of whom an earlier wave's notice left, or may have, and the last such wave.

        A notice that came back did not reach them.
        """
        query = (
            "select max(wave) from notice where person_id = ? and wave < ?"
            " and state in ('sending', 'accepted', 'uncertain', 'delivered')"
        )
        with _told():
            found = {one: self.connection.execute(query, (one, wave)).fetchone()[0] for one in persons}
        return {person: int(held) for person, held in found.items() if held is not None}

    def accepted(self, channel: str) -> list[str]:
        """Message ids of what was taken over, and of which nothing more is known."""
        query = "select message_id from notice where channel = ? and state = 'accepted' order by id"
        with _told():
            return [str(one) for (one,) in self.connection.execute(query, (channel,))]

    def failed_by(self, channel: str, reasons: tuple[str, str]) -> list[tuple[int, int]]:
        """Wave and person that a channel failed, and that no later row stands for."""
        query = (
            "select wave, person_id from notice as n where channel = ? and state = 'failed'"
            " and (reason like ? or reason like ?)"
            " and not exists (select 1 from notice as o where o.person_id = n.person_id and o.id > n.id)"
            " order by id"
        )
        with _told():
            return list(self.connection.execute(query, (channel, *reasons)))

    def add(self, rows: Iterable[tuple[int, int, str, str, str]]) -> None:
        """Further ways within a wave: wave, person, channel, message id, reason."""
        with self.changing() as db:
            db.executemany(
                "insert or ignore into notice (wave, person_id, channel, message_id, state, reason, kind)"
                " select ?1, ?2, ?3, ?4, 'queued', ?5, kind from notice where person_id = ?2 and wave = ?1"
                " order by id limit 1",
                rows,
            )

    def note_answers(self, steps: Iterable[tuple[str, str, int, int, tuple[str, ...]]]) -> int:
        """What answers make of notices: state, reason, person, last wave, and the states that give way."""
        changed = 0
        with self.changing() as db:
            for state, reason, person, wave, before in steps:
                marks = ", ".join("?" * len(before))
                changed += db.execute(
                    "update notice set state = ?, reason = ? where person_id = ? and wave <= ?"
                    f" and state in ({marks})",
                    (state, reason, person, wave, *before),
                ).rowcount
        return changed

    def publish(self, waves: Sequence[int]) -> int:
        """Those without a way, of these waves, are told by the public notice; not of a stolen account."""
        with self.changing() as db:
            return sum(
                db.execute(
                    "update notice set state = 'public'"
                    " where wave = ? and state = 'no_route' and kind <> 'account'",
                    (wave,),
                ).rowcount
                for wave in waves
            )

    def decide_uncertain(self, state: State) -> int:
        """What a person holds of all uncertain notices: queued again, delivered, or failed."""
        with self.changing() as db:
            return db.execute(
                "update notice set state = ?, reason = 'decided', not_before = 0 where state = 'uncertain'",
                (state,),
            ).rowcount

    def standing(self) -> dict[str, int]:
        """Persons by the state of their latest notice; together, all who stand in a released wave."""
        with _told():
            rows = self.connection.execute(f"select state, count(*) from ({_STANDING}) group by state")
            return {str(state): int(count) for state, count in rows}

    def standing_by_kind(self) -> dict[tuple[str, str], int]:
        """The same by kind of notice: kind and state."""
        with _told():
            rows = self.connection.execute(
                f"select kind, state, count(*) from ({_STANDING}) group by kind, state"
            )
            return {(str(kind), str(state)): int(count) for kind, state, count in rows}

    def reasons(self) -> list[tuple[str, str, str, int]]:
        """Channel, state, reason and persons."""
        query = (
            f"select channel, state, reason, count(*) from ({_STANDING})"
            " group by channel, state, reason order by channel, state, reason"
        )
        with _told():
            return list(self.connection.execute(query))

    def notices(self) -> int:
        """Rows, of all waves and channels."""
        with _told():
            return int(self.connection.execute("select count(*) from notice").fetchone()[0])

    def persons(self) -> int:
        """Distinct persons of all released waves."""
        with _told():
            return int(self.connection.execute("select count(distinct person_id) from notice").fetchone()[0])


def _lanes(db: sqlite3.Connection, channel: str) -> list[str]:
    """All that something waits in."""
    return [str(lane) for (lane,) in db.execute(_LANES, (channel,))]


def _connected(place: str) -> sqlite3.Connection:
    with _told():
        connection = sqlite3.connect(place, timeout=BUSY_S, isolation_level=None)
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.executescript(_SCHEMA)
        columns = {row[1] for row in connection.execute("pragma table_info(notice)")}
        for column, usual in _LATER_COLUMNS.items():
            if column not in columns:
                connection.execute(f"alter table notice add column {column} text not null default {usual}")
        connection.executescript(_INDEXES)
    return connection


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise MachineError(
            _("The outbox failed ({kind})."),
            do=_("Nothing is lost: run again."),
            code="outbox_failed",
            kind=type(error).__name__,
        ) from None
