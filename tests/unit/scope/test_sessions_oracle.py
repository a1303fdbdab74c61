# SPDX-License-Identifier: Apache-2.0
"""Sessions against a plain loop over the events in order of time."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.scope.scenes import at
from tocsin.scope.sessions import cut_sessions
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

TEXTS = ("source", "account", "session", "device", "address", "client", "person")

acts = st.fixed_dictionaries(
    {
        "minute": st.integers(0, 200),
        "source": st.sampled_from(["app", "web"]),
        "account": st.sampled_from(["a", "b", None]),
        "session": st.sampled_from([None, None, "s", ""]),
        "device": st.sampled_from([None, "d"]),
        "address": st.sampled_from([None, "x", "y"]),
        "client": st.just(None),
        "person": st.sampled_from([None, "P1", "P2"]),
        "persons": st.sampled_from([None, [], ["P1"], ["P2", "P3"]]),
    }
)
Act = dict[str, object]


def expected(events: list[tuple[int, Act]]) -> set[tuple[object, ...]]:
    """(id, logged session, device, events, persons) of every session of the account `a`."""
    ordered = sorted((e for e in events if e[1]["account"] == "a"), key=lambda e: (e[1]["minute"], e[0]))
    open_ones: dict[tuple[object, ...], list[list[tuple[int, Act]]]] = {}
    for event in ordered:
        act = event[1]
        own = () if act["session"] is not None else (act["device"], act["address"], act["client"])
        cuts = open_ones.setdefault((act["source"], act["session"], *own), [])
        if not cuts or (act["session"] is None and int(act["minute"]) - int(cuts[-1][-1][1]["minute"]) > 30):  # type: ignore[call-overload]
            cuts.append([])
        cuts[-1].append(event)
    return {_told(cut) for cuts in open_ones.values() for cut in cuts}


def _told(cut: list[tuple[int, Act]]) -> tuple[object, ...]:
    number, first = cut[0]
    name = hashlib.sha256(f"{first['source']}\x1fa\x1f{number}".encode()).hexdigest()[:16]
    persons = {p for _, act in cut for p in [act["person"], *(act["persons"] or [])] if p is not None}  # type: ignore[misc]
    return (name, first["session"], first["device"], len(cut), len(persons))


@settings(max_examples=40, deadline=None)
@given(st.lists(acts, max_size=25))
def test_sessions_are_those_that_a_loop_over_the_events_cuts(drawn: list[Act]) -> None:
    events = list(enumerate(drawn))
    table = pa.table(
        {
            "event_id": pa.array([n for n, _ in events], pa.int64()),
            "occurred_at": pa.array(
                [at(0) + timedelta(minutes=int(e["minute"])) for _, e in events],  # type: ignore[call-overload]
                pa.timestamp("us", "UTC"),
            ),
            **{name: pa.array([e[name] for _, e in events], pa.string()) for name in TEXTS},
            "persons": pa.array([e["persons"] for _, e in events], pa.list_(pa.string())),
        }
    )
    with Engine() as engine:
        engine.register("events", table)
        cut_sessions(engine, "select 'a' as account")
        sessions = load_query("tocsin.scope", "sessions").sql
        found = engine.rows(f"select session_id, logged_session, device, events, persons from ({sessions})")
    assert set(found) == expected(events)
