# SPDX-License-Identifier: Apache-2.0
"""The outbox's file: its tables, and what earlier versions of them lack."""

from __future__ import annotations

from typing import Final

from tocsin.core.errors import MachineError
from tocsin.core.words import _
from tocsin.store.small_file import SmallFile

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

STANDING: Final = """
select person_id, state, reason, channel, wave, kind from (
    select *, row_number() over (partition by person_id order by wave desc, id desc) as place from notice
) where place = 1
"""
"""Each person's latest notice."""


class OutboxFile(SmallFile):
    """One open file, or one in memory."""

    def __init__(self, place: str) -> None:
        super().__init__(place, _SCHEMA)
        with self.told():
            columns = {row[1] for row in self.connection.execute("pragma table_info(notice)")}
            for column, usual in _LATER_COLUMNS.items():
                if column not in columns:
                    self.connection.execute(
                        f"alter table notice add column {column} text not null default {usual}"
                    )
            self.connection.executescript(_INDEXES)

    @staticmethod
    def failure(kind: str) -> MachineError:
        """The outbox failed: whatever was committed stands."""
        return MachineError(
            _("The outbox failed ({kind})."),
            do=_("Nothing is lost: run again."),
            code="outbox_failed",
            kind=kind,
        )

    def rows(self, query: str, *values: str | float) -> list[tuple[object, ...]]:
        """What a query gives."""
        with self.told():
            return list(self.connection.execute(query, values))
