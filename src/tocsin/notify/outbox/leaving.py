# SPDX-License-Identifier: Apache-2.0
"""What leaves: rows are put in, claimed under a lease, sent by somebody, and settled."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final

from tocsin.notify.outbox.file import OutboxFile
from tocsin.notify.outbox.rows import Claimed, Limits, Settled

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


class Leaving(OutboxFile):
    """Nobody sends what another has claimed, until its lease ends."""

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

    def add(self, rows: Iterable[tuple[int, int, str, str, str]]) -> None:
        """Further ways within a wave: wave, person, channel, message id, reason."""
        with self.changing() as db:
            db.executemany(
                "insert or ignore into notice (wave, person_id, channel, message_id, state, reason, kind)"
                " select ?1, ?2, ?3, ?4, 'queued', ?5, kind from notice where person_id = ?2 and wave = ?1"
                " order by id limit 1",
                rows,
            )

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
        with self.told():
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
        with self.told():
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
        with self.told():
            return list(self.connection.execute(query, (channel, first, most)))

    def ahead(self, channel: str, lane: str, most: int, now: float) -> list[tuple[int, int]]:
        """Wave and person of what a lane will give next, in its order: what is read ahead."""
        query = (
            "select wave, person_id from notice where channel = ? and state = 'queued' and lane = ?"
            " and not_before <= ? order by not_before, id limit ?"
        )
        with self.told():
            return list(self.connection.execute(query, (channel, lane, now, most)))

    def queued(self) -> list[tuple[int, str]]:
        """Person and channel of all that is to leave."""
        query = "select person_id, channel from notice where state = 'queued'"
        with self.told():
            return list(self.connection.execute(query))

    def waiting(self, channel: str) -> int:
        """Rows of a channel that are to leave."""
        query = "select count(*) from notice where channel = ? and state = 'queued'"
        with self.told():
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


def _lanes(db: sqlite3.Connection, channel: str) -> list[str]:
    """All that something waits in."""
    return [str(lane) for (lane,) in db.execute(_LANES, (channel,))]
