# SPDX-License-Identifier: Apache-2.0
"""Sessions of all accounts, and whom each of them saw: every event is read once, and kept as numbers.

What is read goes a slice of days at a time, what is made of it some accounts at a time, so that memory is
bounded by neither. How sessions are cut is said in `store/queries/event_sessions.sql`, for a few accounts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from tocsin.detect.obtained import number_persons
from tocsin.store.case import Case
from tocsin.store.engine import Engine, Value
from tocsin.store.query import literal, load_query, quote

PACKAGE: Final = "tocsin.detect"

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

BUCKET_EVENTS: Final = 8_000_000
"""Events that are gone through together, of some days or of some accounts: about 2 GiB of tables."""

_EMPTY: Final = {
    "path_shapes": "null::varchar as account, null::varchar as shape, null::timestamptz as first_at,"
    " null::timestamptz as last_at, 0::bigint as events",
    "session_habits": "0::integer as habit, 0::integer as actor, null::varchar as source,"
    " null::varchar as account, null::varchar as session, null::varchar as device, null::varchar as address,"
    " null::varchar as client",
}
"""Tables of texts met: their columns."""

_KEPT: Final = {
    "half_hours": "* exclude (actor)",
    "seen_persons": "habit, half_hour, after_us, number, digits",
    "asked_searches": "* exclude (actor)",
}
"""What is kept of the events, a slice of days at a time, and its columns: numbers, but for what was asked."""

_READ: Final = ("slice_habits", "numbered_persons", "slice_rows")
"""Tables that nobody needs once events are read."""

_MOMENT: Final = (
    "moment(us, number) as ((us + 1000000000000000000)::hugeint << 64) + number",
    "moment_us(whole) as (whole >> 64)::bigint - 1000000000000000000",
    "moment_id(whole) as (whole & 18446744073709551615)::bigint",
)
"""Microseconds and a number as one: the first of many is the least, in a third of the time of two fields.

No year is before 1: what is shifted is never negative.
"""

_WAY: Final = "source, account, session, device, address, client"
"""What a way of acting is told by."""

_WAYS: Final = ("hash", "row")
"""How one is found again: by one number, or by all its texts."""

_CUT: Final = ("search_steps", "session_sights", "bulk_views")
"""What is made of it, some accounts at a time; `session_acts` too."""

SPENT: Final = ("session_seats", "half_hour_cuts", "bucket_views", "first_views")
"""Tables that nobody needs once sessions are cut."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Accounts that are gone through together, by their numbers."""

    first: int
    last: int

    @property
    def binds(self) -> dict[str, Value]:
        """As queries name them."""
        return {"first": self.first, "last": self.last}

    def table(self, step: str) -> str:
        """The name of what a step keeps of them alone."""
        return f"{step} {self.first}"


def buckets_of(engine: Engine) -> list[Bucket]:
    """One at least; reads `actors`."""
    rows = engine.rows(load_query(PACKAGE, "actor_buckets"), most=BUCKET_EVENTS)
    found = [Bucket(int(str(first)), int(str(last))) for _number, first, last, _events in rows]
    return found or [Bucket(0, 0)]


def read_events(case: Case, engine: Engine, buckets: list[Bucket]) -> None:
    """Make `path_shapes`, and what `cut_sessions` reads."""
    make_moments(engine)
    for table, columns in _EMPTY.items():
        engine.create(table, f"select {columns} where false")
    for number, days in enumerate(_slices(engine, is_whole=len(buckets) == 1)):
        _read(case, engine, days, buckets, is_first=number == 0)
    for step in _READ:
        engine.drop(step)


def make_moments(engine: Engine) -> None:
    """Let queries say an instant and a number of its own as one number."""
    for macro in _MOMENT:
        engine.run(f"create or replace temp macro {macro}")


def cut_sessions(engine: Engine, bucket: Bucket, *, is_first: bool, least: int) -> None:
    """Add to `person_views` and to each step's table what some accounts did; what was kept of them is spent.

    `bucket_views` holds the views of these accounts alone, until the next are cut. Hours of fewer persons
    than the least are no burst.
    """
    for step in _KEPT:
        engine.view(step, f"from {quote(bucket.table(step))}")
    engine.create("session_seats", load_query(PACKAGE, "session_seats"), **bucket.binds)
    # Two threads do a third more work here than one, and have not done much sooner.
    with engine.one_thread_each():
        engine.create("half_hour_cuts", load_query(PACKAGE, "half_hour_cuts"))
        add_step(engine, "session_acts", bucket, is_first=is_first)
    for step in ("bucket_views", "first_views"):
        engine.create(step, load_query(PACKAGE, step))
    views = "select session, number from bucket_views"
    add_rows(engine, "person_views", views, is_first=is_first)
    for step in _CUT:
        add_step(engine, step, bucket, is_first=is_first, least=least)
    for step in _KEPT:
        engine.drop(bucket.table(step))


def add_step(engine: Engine, step: str, bucket: Bucket, *, is_first: bool, **binds: Value) -> None:
    """To a step's table what it gives for some accounts."""
    query = load_query(PACKAGE, step)
    held = bucket.binds | binds
    add_rows(engine, step, query.sql, is_first=is_first, **{name: held[name] for name in query.binds})


def add_rows(engine: Engine, table: str, sql: str, *, is_first: bool, **binds: Value) -> None:
    """To a table that the first of them makes."""
    if is_first:
        engine.create(table, sql, **binds)
    else:
        engine.run(f"insert into {quote(table)} by name {sql}", **binds)


def _slices(engine: Engine, *, is_whole: bool) -> Iterator[str]:
    """Conditions on events, so many days together as fit; parts of other days are not opened.

    Two buckets' events fit: nothing of them is kept but numbers.
    """
    if is_whole:
        yield "true"
        return
    begin, held = "-infinity", 0
    for day, events in engine.rows(load_query(PACKAGE, "event_days")):
        number = int(str(events))
        if held and held + number > 2 * BUCKET_EVENTS:
            end = (_EPOCH + timedelta(days=int(str(day)))).isoformat()
            yield _days_sql(begin, end)
            begin, held = end, 0
        held += number
    yield _days_sql(begin, "infinity")


def _days_sql(first: str, end: str) -> str:
    return f"occurred_at >= timestamptz {literal(first)} and occurred_at < timestamptz {literal(end)}"


def _read(case: Case, engine: Engine, days: str, buckets: list[Bucket], *, is_first: bool) -> None:
    """Every text of these days becomes a number; slices end at midnight, and so within no half hour."""
    engine.view("slice_events", f"select * from events where account is not null and {days}")
    _number_habits(engine)
    engine.view("habit_acts", load_query(PACKAGE, "habit_acts").sql)
    number_persons(case, engine, "habit_acts")
    for step in ("half_hours", "asked_searches"):
        engine.create("slice_rows", load_query(PACKAGE, step))
        _keep(engine, step, "slice_rows", buckets, is_first=is_first)
    _keep(engine, "seen_persons", "numbered_persons", buckets, is_first=is_first)
    if engine.count("select count(*) from (select 1 from slice_events where object is not null limit 1)"):
        engine.run(f"insert into path_shapes by name {load_query(PACKAGE, 'path_shapes').sql}")


def _keep(engine: Engine, step: str, rows: str, buckets: list[Bucket], *, is_first: bool) -> None:
    """Accounts that are gone through together have a table of their own."""
    chosen = f"select {_KEPT[step]} from {rows} where actor between $first and $last"
    for bucket in buckets:
        add_rows(engine, bucket.table(step), chosen, is_first=is_first, **bucket.binds)


def _number_habits(engine: Engine) -> None:
    """New ones are kept in the order of their accounts; events find theirs by a hash, unless two share it."""
    known = engine.count("select max(habit) from session_habits")
    for way in _WAYS:
        engine.run(f"create or replace temp macro way_of({_WAY}) as {way}({_WAY})")
        engine.create("slice_habits", load_query(PACKAGE, "slice_habits"), known=known)
        if engine.value("select count(*) = count(distinct way) from slice_habits"):
            break
    new = "select * exclude (way) from slice_habits where habit > $known order by actor"
    engine.run(f"insert into session_habits by name {new}", known=known)
