# SPDX-License-Identifier: Apache-2.0
"""What a connection's records say for one another, against a reading of them one by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tocsin.ingest.carried import carried_sql
from tocsin.ingest.interface import Carry
from tocsin.store.engine import Engine

FORWARD = Carry(("account", "address"), ("node", "session"), "action = 'login'", "action = 'logout'")
BACKWARD = Carry(("outcome",), ("node", "session"), "action = 'other'", is_backward=True)
FIRST = datetime(2024, 6, 11, tzinfo=UTC)

Event = dict[str, object]

EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "file_number": st.sampled_from([0, 1]),
            "node": st.sampled_from(["web-1", None]),
            "session": st.sampled_from(["7", "8", None]),
            "action": st.sampled_from(["login", "read", "read", "logout", "other"]),
            "account": st.sampled_from(["dr.a", "dr.b", None]),
            "address": st.sampled_from(["192.0.2.1", None]),
            "outcome": st.sampled_from(["success", "failure", "unknown"]),
        }
    ),
    max_size=14,
)


def told(events: list[Event]) -> list[Event]:
    """In order of reading: the file that begins first comes first, and time goes on within a file."""
    placed = []
    for number, event in enumerate(events):
        at = FIRST + timedelta(days=1 - int(str(event["file_number"])), seconds=number)
        place = {"event_id": int(str(event["file_number"])) << 40 | number, "byte_offset": number}
        placed.append({**event, **place, "occurred_at": at, "source": "log"})
    return placed


def filled(events: list[Event], carry: Carry) -> list[Event]:
    """One record at a time, as a reader of the log would."""
    ordered = sorted(
        events, key=lambda e: (-int(str(e["file_number"])), e["event_id"]), reverse=carry.is_backward
    )
    said: dict[tuple[object, ...], Event | None] = {}
    found = []
    for event in ordered:
        key = tuple(event[name] for name in carry.by)
        begins = event["action"] == ("other" if carry.is_backward else "login")
        if begins:
            said[key] = event
        teller = None if None in key else said.get(key)
        whole = dict(event)
        for name in carry.columns:
            if teller and event[name] in (None, "unknown") and teller[name] is not None:
                whole[name] = teller[name]
        found.append(whole)
        if not carry.is_backward and event["action"] == "logout":
            said[key] = None
    return found


def carried(events: list[Event], *carries: Carry) -> dict[object, Event]:
    columns = [name for carry in carries for name in carry.columns]
    names = ["file_number", "node", "session", "action", "account", "address", "outcome"]
    kinds = {"file_number": pa.int64()}
    schema = pa.schema(
        [
            *(pa.field(name, kinds.get(name, pa.string())) for name in names),
            pa.field("event_id", pa.int64()),
            pa.field("byte_offset", pa.int64()),
            pa.field("occurred_at", pa.timestamp("us", "UTC")),
            pa.field("source", pa.string()),
        ]
    )
    with Engine(memory="128MiB", threads=1) as engine:
        engine.register("events", pa.Table.from_pylist(events, schema))
        rows = engine.table(carried_sql("log", carries, columns)).to_pylist()
    changes = {row["event_id"]: {name: row[name] for name in columns} for row in rows}
    assert len(changes) == len(rows)
    return {event["event_id"]: {**event, **changes.get(event["event_id"], {})} for event in events}


@given(EVENTS)
def test_login_says_the_account_up_to_the_logout(events: list[Event]) -> None:
    placed = told(events)
    assert carried(placed, FORWARD) == {event["event_id"]: event for event in filled(placed, FORWARD)}


@given(EVENTS)
def test_result_says_the_outcome_of_what_stands_before(events: list[Event]) -> None:
    placed = told(events)
    assert carried(placed, BACKWARD) == {event["event_id"]: event for event in filled(placed, BACKWARD)}


@given(EVENTS)
def test_carries_follow_one_another(events: list[Event]) -> None:
    placed = told(events)
    both = filled(filled(placed, FORWARD), BACKWARD)
    assert carried(placed, FORWARD, BACKWARD) == {event["event_id"]: event for event in both}


def test_number_given_to_another_connection_carries_nothing_over() -> None:
    at = {"file_number": 0, "node": "sftp", "session": "7", "address": None, "outcome": "success"}
    acts = [
        ("login", "dr.a"),
        ("read", None),
        ("logout", None),
        ("read", None),
        ("login", "dr.b"),
        ("read", None),
    ]
    placed = told([{**at, "action": action, "account": account} for action, account in acts])
    accounts = [event["account"] for event in carried(placed, FORWARD).values()]
    assert accounts == ["dr.a", "dr.a", "dr.a", None, "dr.b", "dr.b"]
