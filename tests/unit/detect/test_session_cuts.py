# SPDX-License-Identifier: Apache-2.0
"""Detection cuts sessions of all accounts as everybody else cuts those of a few, in slices or in one go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.made_case import make_case
from tests.unit.detect.small_platform import START, numbered
from tocsin.detect import sessions
from tocsin.detect.prepare import READS, SESSION_ID
from tocsin.detect.sessions import buckets_of, cut_sessions, make_moments, read_events
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

WAYS: list[dict[str, object]] = [
    {"device": "pc", "address": "10.0.0.1"},
    {"device": "pc", "address": None},
    {"device": None, "address": "10.0.0.1", "client": "app"},
    {"session": "s1", "device": "pc"},
    {"session": "s1", "device": "phone", "address": "192.0.2.1"},
]
ACTS = (
    "select h.source, h.account, h.device, h.address, h.client, a.* exclude (habit)"
    " from session_acts as a join session_habits as h on h.habit = a.habit"
)
KINDS: list[dict[str, object]] = [
    {"action": "read", "person": "p1"},
    {"action": "search", "items": 20, "query": "dupo"},
    {"action": "update", "person": "p2", "object": "/new/p2"},
    {"action": "search", "outcome": "failure", "query": "dupont"},
]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """Three accounts, now here and now there, with pauses shorter and longer than half an hour."""
    rows = [
        {
            "source": "portal",
            "account": f"dr{number % 3}",
            "occurred_at": START
            + timedelta(minutes=(number * 7) % 11 * 10 * (number // 12), hours=number // 4),
            "outcome": "success",
            **WAYS[number * 5 % 7 % len(WAYS)],
            **KINDS[number % 4],
        }
        for number in range(120)
    ]
    folder = tmp_path_factory.mktemp("cuts")
    with make_case(folder, events=numbered(rows), accounts=[{"account": "dr0"}]) as opened:
        yield opened


def gathered(case: Case) -> dict[str, list[tuple[object, ...]]]:
    with case.engine(*READS) as engine:
        for step in ("actor_facts", "actors"):
            engine.create(step, load_query("tocsin.detect", step))
        buckets = buckets_of(engine)
        read_events(case, engine, buckets)
        for number, bucket in enumerate(buckets):
            cut_sessions(engine, bucket, is_first=number == 0, least=100)
        wanted = {
            "acts": f"select session, {SESSION_ID} as id, * exclude (session) from ({ACTS}) order by all",
            "views": "from person_views order by all",
            "steps": "select * from search_steps order by all",
            "shapes": "select account, shape, sum(events), max(last_at) from path_shapes"
            " group by all order by all",
        }
        return {name: engine.rows(query) for name, query in wanted.items()}


def test_sessions_are_those_that_are_cut_for_a_few_accounts(case: Case) -> None:
    with case.engine("events") as engine:
        engine.create("session_accounts", "select distinct account from events")
        cuts = load_query("tocsin.store", "event_sessions").sql
        few = engine.rows(
            "select first_event_id, any_value(session_id), any_value(account), count(*)"
            f" from ({cuts}) group by all order by all"
        )
    acts = gathered(case)["acts"]
    assert len(few) > 20
    assert [(row[0], row[1], row[3], row[10]) for row in acts] == few


@pytest.mark.parametrize("most", [1, 50])
def test_days_and_accounts_gone_through_a_few_at_a_time_give_the_same(
    case: Case, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    whole = gathered(case)
    monkeypatch.setattr(sessions, "BUCKET_EVENTS", most)
    assert gathered(case) == whole
    assert all(whole.values())


def test_ways_of_acting_are_told_apart_when_they_share_a_number(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of one source share what stands here for their hash: then their texts are compared."""
    usual = gathered(case)
    monkeypatch.setattr(sessions, "_WAYS", ("coalesce", "row"))
    assert gathered(case) == usual


MOMENTS = st.tuples(st.datetimes(timezones=st.just(UTC)), st.integers(0, 2**63 - 1))


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(memory="64MiB", threads=1) as opened:
        make_moments(opened)
        yield opened


@given(st.lists(MOMENTS, min_size=1, max_size=5))
def test_first_of_instants_and_numbers_is_found_as_the_least(
    engine: Engine, moments: list[tuple[datetime, int]]
) -> None:
    rows = ", ".join(f"(timestamptz '{instant.isoformat()}', {number})" for instant, number in moments)
    firsts = f"select min(moment(epoch_us(told), number)) as first from (values {rows}) as t(told, number)"
    found = engine.rows(f"select make_timestamptz(moment_us(first)), moment_id(first) from ({firsts})")
    assert found == [min(moments)]


def test_case_without_an_account_has_no_session(tmp_path: Path) -> None:
    with make_case(tmp_path / "case", events=[]) as empty:
        assert gathered(empty) == {"acts": [], "views": [], "steps": [], "shapes": []}
