# SPDX-License-Identifier: Apache-2.0
"""One act that several logs tell of: which events are its witnesses, and on what they contradict one another.

A request that each source tells once is certain. Without one, address, path, query, action and time join
what is alone of its kind in both sources, and only where their clocks are known. What can be joined in two
ways is not joined: it is counted and said.
"""

from __future__ import annotations

import pyarrow as pa

from tocsin.core.settings import CaseSettings
from tocsin.core.terms import Custody
from tocsin.store.engine import Engine, Value
from tocsin.store.query import load_query

PACKAGE = "tocsin.scope"
CUSTODY_RANKS = {Custody.OUTSIDE: 1, Custody.SAME_HOST: 2, Custody.ATTACKER_REACHABLE: 3}
STEP_KINDS = ("application", "database")
"""Sources that may tell a request in several events: the steps that it took."""

LEAST_PAIRS = 5
"""Acts that two sources must share in a day for times to be laid on one another."""

SLICE = 2_000_000
"""Events with a request from which clocks are compared; of more, an even slice."""

KINDS = pa.schema(
    [
        pa.field("source", pa.string()),
        pa.field("custody_rank", pa.int64()),
        pa.field("tells_steps", pa.bool_()),
        pa.field("is_gateway", pa.bool_()),
        pa.field("is_database", pa.bool_()),
    ]
)


def join_witnesses(engine: Engine, settings: CaseSettings) -> None:
    """Make `joined_acts`, `request_acts`, `act_contradictions`, `clock_skews` and `unjoined_now`.

    From `events`, `judged` and `scoped`. Only acts with an event in scope are joined; their other events need
    not be.
    """
    window = max(1, round(settings.witnesses.window * 1_000_000))
    engine.register("source_kinds", _kinds(settings))
    told, sources = _count_requests(engine)
    for step in ("judged_requests", "shared_requests", "tellings", "request_standings", "request_acts"):
        query = load_query(PACKAGE, step)
        binds: dict[str, Value] = {"are_told": sources > 1} if "are_told" in query.binds else {}
        engine.create(step, query, **binds)
    _compare_clocks(engine, told, sources)
    engine.create(
        "steady_clocks", load_query(PACKAGE, "steady_clocks"), least_pairs=LEAST_PAIRS, window_us=window
    )
    engine.create("lone_acts", load_query(PACKAGE, "lone_acts"), window_us=window)
    engine.create("timed_pairs", load_query(PACKAGE, "timed_pairs"), window_us=window)
    _label_acts(engine, len(settings.sources))
    engine.create("timed_acts", load_query(PACKAGE, "timed_acts"))
    engine.create("joined_acts", "select * from request_acts union all by name select * from timed_acts")
    engine.create("act_contradictions", load_query(PACKAGE, "act_contradictions"))
    engine.create("unjoined_now", load_query(PACKAGE, "unjoined"))
    for step in ("judged_requests", "shared_requests", "tellings", "alike_acts", "lone_acts", "timed_pairs"):
        engine.drop(step)


def _kinds(settings: CaseSettings) -> pa.Table:
    rows = [
        {
            "source": source.name,
            "custody_rank": CUSTODY_RANKS[Custody(source.custody)],
            "tells_steps": source.kind in STEP_KINDS,
            "is_gateway": source.kind == "gateway",
            "is_database": source.kind == "database",
        }
        for source in settings.sources
    ]
    return pa.Table.from_pylist(rows, KINDS)


def _count_requests(engine: Engine) -> tuple[int, int]:
    """How many events tell a request, and of how many sources."""
    asked = "select count(*) as told from events where request is not null group by source"
    told, sources = engine.rows(f"select coalesce(sum(told), 0)::bigint, count(*) from ({asked})")[0]
    return int(str(told)), int(str(sources))


def _compare_clocks(engine: Engine, told: int, sources: int) -> None:
    """Make `clock_skews` from shared requests; where sources share none, from what each tells once."""
    slices = max(1, told // SLICE)
    pairs = load_query(PACKAGE, "request_pairs")
    engine.create("clock_pairs", pairs, slices=slices, are_told=sources > 1)
    engine.create("alike_acts", load_query(PACKAGE, "alike_acts"))
    engine.create("clock_pairs_alike", load_query(PACKAGE, "alike_pairs"))
    engine.run("insert into clock_pairs select * from clock_pairs_alike")
    engine.create("clock_skews", load_query(PACKAGE, "skews"))
    engine.drop("clock_pairs")


def _label_acts(engine: Engine, sources: int) -> None:
    """Make `timed_labels`: each event under the smallest number of its act.

    An act has one event of each source at most, so as many rounds as there are sources reach them all.
    """
    engine.create(
        "timed_links",
        "select event_id, other_id from timed_pairs union all select other_id, event_id from timed_pairs",
    )
    engine.create("timed_labels", "select distinct event_id, event_id as act_id from timed_links")
    for _ in range(max(0, sources - 1)):
        engine.create(
            "timed_labels_next",
            "select l.event_id, least(l.act_id, min(o.act_id)) as act_id from timed_labels as l"
            " inner join timed_links as k on k.event_id = l.event_id"
            " inner join timed_labels as o on o.event_id = k.other_id group by l.event_id, l.act_id",
        )
        engine.create("timed_labels", "select * from timed_labels_next")
