# SPDX-License-Identifier: Apache-2.0
"""The verdict of each event, and the disputes, against a plain loop that ranks suspects event by event."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.scope.scenes import at
from tocsin.core.terms import Origin, Verdict
from tocsin.scope.judge import GRAVITY, ORIGINS, judge_events, suspect_table
from tocsin.scope.suspects import Suspect
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

Event = tuple[int, str | None, str | None, str | None]

suspects = st.builds(
    Suspect,
    st.dictionaries(st.sampled_from(["account", "session", "address"]), st.sampled_from("ab"), min_size=1),
    st.sampled_from(Verdict),
    st.sampled_from([None, 0.2, 0.8]),
    st.sampled_from(Origin),
    decided_at=st.sampled_from([None, datetime(2024, 6, 1, tzinfo=UTC), datetime(2024, 6, 2, tzinfo=UTC)]),
)
names = st.sampled_from(["a", "b", None])


def matches(suspect: Suspect, event: Event) -> bool:
    values = dict(zip(("account", "session", "address"), event[1:], strict=True))
    return all(values[name] == value for name, value in suspect.selectors.items())


def rank(suspect: Suspect) -> tuple[float, ...]:
    decided = suspect.decided_at.timestamp() if suspect.decided_at else float("-inf")
    return (ORIGINS.index(suspect.origin), suspect.narrowness, suspect.is_weighed, decided)


def expected(
    rows: list[Suspect], events: list[Event]
) -> tuple[set[tuple[object, ...]], dict[tuple[int, int], int]]:
    judged: set[tuple[object, ...]] = set()
    disputes: dict[tuple[int, int], int] = {}
    for event in events:
        found = [(n, s) for n, s in enumerate(rows, start=1) if matches(s, event)]
        if not found:
            continue
        first = max(rank(s) for _, s in found)
        tied = [(n, s) for n, s in found if rank(s) == first]
        number, held = max(
            tied, key=lambda t: (GRAVITY.index(t[1].verdict), t[1].p if t[1].p is not None else -1, t[0])
        )
        if held.verdict is not Verdict.LEGITIMATE:
            judged.add((event[0], number, held.verdict.value, held.p))
        for n, one in tied:
            for m, other in tied:
                if n < m and one.verdict != other.verdict:
                    disputes[n, m] = disputes.get((n, m), 0) + 1
    return judged, disputes


@settings(max_examples=40, deadline=None)
@given(st.lists(suspects, min_size=1, max_size=8), st.lists(st.tuples(names, names, names), max_size=8))
def test_ranking_suspects_once_gives_what_ranking_them_by_event_gives(
    rows: list[Suspect], drawn: list[tuple[str | None, str | None, str | None]]
) -> None:
    events: list[Event] = [(number, *row) for number, row in enumerate(drawn)]
    columns = {
        "event_id": pa.array([e[0] for e in events], pa.int64()),
        "occurred_at": pa.array([at(e[0]) for e in events], pa.timestamp("us", "UTC")),
        "flags": pa.nulls(len(events), pa.list_(pa.string())),
        **{
            name: pa.array([e[place] for e in events], pa.string())
            for place, name in enumerate(("account", "session", "address"), start=1)
        },
    }
    with Engine() as engine:
        engine.register("events", pa.table(columns))
        engine.register("suspect_rows", suspect_table(rows))
        judge_events(engine, rows)
        judged = engine.rows("select event_id, suspect_id, verdict, p from judged")
        disputes = engine.rows(load_query("tocsin.scope", "disputes"))
    assert (set(judged), {(a, b): n for a, b, n in disputes}) == expected(rows, events)
