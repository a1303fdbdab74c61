# SPDX-License-Identifier: Apache-2.0
"""Records of one request in different chunks, files or runs: the same record twice, or another attempt.

Within a chunk `attempts` has seen to it. Here the requests that stand in several chunks of a source are
looked at again, whole: byte-equal records are told from others by reading them again where they stand. Only
the parts that change are written anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pyarrow as pa

from tocsin.core.tables import TABLES
from tocsin.ingest.attempts import SAME_ACT
from tocsin.ingest.extract import EVENT_COLUMNS, ITEM_BITS
from tocsin.ingest.lookup import Place
from tocsin.ingest.rewritten import rewrite_parts
from tocsin.store.case import Stage
from tocsin.store.engine import Engine
from tocsin.store.parts import Part
from tocsin.store.query import load_query, quote

EVENTS = TABLES["events"]
BATCH_PLACES = 100_000
"""Records that are held as text at the same time."""

Fetch = Callable[[Iterable[Place]], dict[Place, str]]


@dataclass(slots=True)
class Twins:
    """What became of the events that share a request with those of another chunk."""

    parts: list[Part]
    """All parts of `events`, those that changed written anew."""

    dropped: dict[tuple[str, int], int] = field(default_factory=dict)
    """(source, file number): events that were the same record again."""

    leaning: dict[int, set[int]] = field(default_factory=dict)
    """File number whose last, unfinished record stands for records dropped from these files."""

    unverified: int = 0
    """Events that may be the same record, in a file that is no longer there: they stand."""


def resolve_twins(
    stage: Stage,
    kept: list[Part],
    fresh: list[Part],
    anew: set[int],
    complete_bytes: dict[int, int],
    fetch: Fetch,
) -> Twins:
    """Find the records that stand twice and the attempts of one request, over all parts of `events`.

    `anew` are the files read before and now read again from their beginning; `complete_bytes` tells, by file
    number, where a file's last unfinished record begins.
    """
    twins = Twins([*kept, *fresh])
    engine = stage.engine
    if len({part.label for part in twins.parts}) < 2 or not _make_requests(stage, kept, fresh, anew):
        return twins
    engine.create("twin_events", twin_events_sql())
    dropped = _drop_equal(engine, twins, complete_bytes, fetch)
    engine.register("dropped", pa.table({"event_id": pa.array(dropped, pa.int64())}))
    engine.create("corrections", corrections_sql())
    for source, number, count in engine.rows(load_query("tocsin.ingest", "dropped_events")):
        twins.dropped[str(source), int(str(number))] = int(str(count))
    twins.parts = rewrite_parts(stage, twins.parts, load_query("tocsin.ingest", "corrected_events"))
    engine.unregister("dropped")
    for name in ("twin_requests", "twin_events", "alike_events", "corrections"):
        engine.drop(name)
    return twins


def _make_requests(stage: Stage, kept: list[Part], fresh: list[Part], anew: set[int]) -> int:
    """Keep the requests to look at; returns how many. What was read before was seen to before."""
    engine = stage.engine
    asked = "select source, hash(request) as request_hash, retry_of from events where request is not null"
    if kept:
        stage.case.attach(engine, EVENTS, fresh)
        engine.create("fresh_requests", f"select distinct source, request_hash from ({asked})")
    stage.case.attach(engine, EVENTS, [*kept, *fresh])
    engine.view("asked", asked)
    engine.create("twin_requests", load_query("tocsin.ingest", "twin_requests"), anew=sorted(anew))
    if kept:
        engine.run(
            """
            delete from twin_requests as t
            where not is_anew
              and not exists (
                  select 1
                  from fresh_requests as f
                  where f.source = t.source
                    and f.request_hash = t.request_hash
              )
            """
        )
        engine.drop("fresh_requests")
    return engine.count("select count(*) from twin_requests")


def twin_events_sql() -> str:
    """The events of the requests to look at: place, act, and a digest of all that a record says."""
    acts = ",\n    ".join(f"e.{quote(name)}" for name in SAME_ACT)
    said = ", ".join(f"c{at} := e.{quote(name)}" for at, name in enumerate((*EVENT_COLUMNS, "flags")))
    return f"""
select
    e.event_id,
    e.source,
    e.file_number,
    e.byte_offset,
    e.occurred_at,
    e.request,
    e.retry_of,
    {acts},
    hash(struct_pack({said})) as said_hash
from events as e
join twin_requests as r
  on r.source = e.source
 and r.request_hash = hash(e.request)
where e.request is not null"""


def corrections_sql() -> str:
    """The events that go, and those whose first attempt is another one than was written."""
    acts = ", ".join(quote(name) for name in SAME_ACT)
    place = "event_id, source, file_number, byte_offset, occurred_at"
    return f"""
with standing as (
    select
        *,
        first_value(event_id) over attempts as first_id,
        row_number() over attempts as attempt
    from twin_events
    where event_id not in (select event_id from dropped)
    window attempts as (
        partition by source, request, {acts}
        order by occurred_at, event_id
    )
),

placed as (
    select
        *,
        case when attempt > 1 then first_id end as right_retry
    from standing
)

select {place}, right_retry as retry_of, false as is_dropped
from placed
where right_retry is distinct from retry_of
union all
select {place}, null as retry_of, true as is_dropped
from twin_events
where event_id in (select event_id from dropped)"""


def _drop_equal(engine: Engine, twins: Twins, complete_bytes: dict[int, int], fetch: Fetch) -> list[int]:
    """Event ids of records that are byte-equal to one before them; the first of them stands."""
    engine.create("alike_events", load_query("tocsin.ingest", "alike_events"), batch_places=BATCH_PLACES)
    dropped: list[int] = []
    for batch in range(engine.count("select max(batch) + 1 from alike_events")):
        rows = engine.rows(
            "select alike, event_id, byte_offset from alike_events where batch = $batch "
            "order by alike, event_id",
            batch=batch,
        )
        places = {int(str(i)): place_of(int(str(i)), int(str(at))) for _, i, at in rows}
        texts = fetch(places.values())
        first: dict[tuple[int, str], int] = {}
        for alike, given, _ in rows:
            event = int(str(given))
            text = texts.get(places[event])
            if text is None:
                twins.unverified += 1
                continue
            stands = first.setdefault((int(str(alike)), text), event)
            if stands != event:
                dropped.append(event)
                _lean(twins, places[stands], places[event], complete_bytes)
    return dropped


def place_of(event_id: int, byte_offset: int) -> Place:
    """Where an event's record stands, from its number."""
    return event_id >> ITEM_BITS, byte_offset, (event_id & ((1 << ITEM_BITS) - 1)) - byte_offset


def _lean(twins: Twins, stands: Place, goes: Place, complete_bytes: dict[int, int]) -> None:
    number, offset, _ = stands
    if number != goes[0] and offset >= complete_bytes.get(number, offset + 1):
        twins.leaning.setdefault(number, set()).add(goes[0])
