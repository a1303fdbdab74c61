# SPDX-License-Identifier: Apache-2.0
"""A first look finds exactly what was written: sessions, siblings, distinct ids, ranks, ends, silences."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.first.conftest import Looking
from tests.unit.first.scenes import (
    MORNING,
    Act,
    distinct,
    random_acts,
    sessions_of,
    siblings_of,
    standing_of,
)
from tocsin.core.errors import InputError

MINUTE = timedelta(minutes=1)
SOURCE = "log"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_look_finds_what_a_plain_count_finds_when_a_log_is_made_at_random(look: Looking, seed: int) -> None:
    acts = random_acts(seed)
    [found] = look(acts, "dr.a").accounts
    own = [act for act in acts if act.user == "dr.a"]
    assert found.totals.events == len(own)
    assert (found.totals.first_at, found.totals.last_at) == (own[0].at, own[-1].at)
    assert found.totals.success == sum(act.outcome == "success" for act in own)
    assert found.totals.sign_ins == sum(act.op == "login" and act.outcome == "success" for act in own)
    assert found.totals.failed_sign_ins == sum(act.op == "login" and act.outcome == "failure" for act in own)
    sessions = [(row.session, row.first_at, row.last_at, row.events) for row in found.sessions]
    assert sessions == sessions_of(acts, "dr.a", SOURCE)
    persons = found.persons
    told = {name: getattr(persons, name) for name in ("total", "success", "failure", "unknown")}
    assert told == distinct(acts, "dr.a", "person")
    [documents] = found.records
    assert documents.name == "document"
    assert documents.total == distinct(acts, "dr.a", "record")["total"]
    siblings = {(row.account, row.kind, row.value, row.accounts, row.events) for row in found.siblings}
    assert siblings == siblings_of(acts, "dr.a")
    for row in found.standings:
        if row.measure != "night_events":
            assert (row.value, row.standing, row.below, row.accounts) == standing_of(
                acts, "dr.a", row.measure
            )


@pytest.mark.parametrize("seed", [4, 5])
def test_look_at_a_period_counts_its_acts_and_keeps_sessions_whole(look: Looking, seed: int) -> None:
    acts = random_acts(seed)
    since, until = acts[100].at, acts[300].at
    within = [act for act in acts if since <= act.at < until]
    [found] = look(acts, "dr.b", since=since, until=until).accounts
    assert found.totals.events == sum(act.user == "dr.b" for act in within)
    assert found.persons.total == distinct(within, "dr.b", "person")["total"]
    whole = {row[0] for row in sessions_of(acts, "dr.b", SOURCE)}
    assert {row.session for row in found.sessions} <= whole
    assert {(s.account, s.kind, s.value, s.accounts, s.events) for s in found.siblings} == siblings_of(
        within, "dr.b"
    )


def test_templates_weigh_what_an_account_did_and_tell_who_else_does_it(look: Looking) -> None:
    cards = [Act(MORNING + n * MINUTE, "dr.x", path=f"/v1/patients/{n}/card") for n in range(98)]
    rare = [Act(MORNING, "dr.x", path="/admin/export", query="format=csv&all=1"), Act(MORNING, "dr.x")]
    others = [Act(MORNING, f"dr.{n}", path=f"/v1/patients/{n}/card") for n in range(3)]
    [found] = look([*cards, *rare, *others], "dr.x").accounts
    first, *rest = found.requests
    assert (first.template, first.events, first.distinct_requests, first.others) == (
        "/v1/patients/{id}/card", 98, 98, 3,
    )  # fmt: skip
    assert (first.for_99, first.total) == (2, 3)
    assert {(row.template, row.parameters, row.others) for row in rest} == {
        ("/admin/export", "all&format", 0),
        ("", None, 0),
    }
    assert {(row.kind, row.value) for row in found.alone if row.others == 0} >= {
        ("template", "read /admin/export")
    }
    [ids] = found.path_ids
    assert (ids.name, ids.total, ids.success) == ("/v1/patients/{id}", 98, 98)


def test_hospital_exit_names_no_sibling_and_a_token_shared_by_two_does(look: Looking) -> None:
    crowd = [Act(MORNING, f"dr.{n:02d}", ip="198.51.100.7") for n in range(30)]
    own = [
        Act(MORNING, "dr.x", ip="198.51.100.7"),
        Act(MORNING + MINUTE, "dr.x", session="T1", ip="192.0.2.9"),
    ]
    thief = [Act(MORNING + 2 * MINUTE, "dr.y", session="T1", ip="203.0.113.5")]
    [found] = look([*crowd, *own, *thief], "dr.x").accounts
    assert {(row.account, row.kind, row.value, row.accounts) for row in found.siblings} == {
        ("dr.y", "session", "T1", 2)
    }
    exits = {row.value: row.accounts for row in found.places if row.kind == "address"}
    assert exits == {"198.51.100.7": 31, "192.0.2.9": 1}


def test_records_under_no_account_at_an_address_are_counted_apart(look: Looking) -> None:
    acts = [Act(MORNING, "dr.x"), Act(MORNING, None), Act(MORNING, None)]
    [found] = look(acts, "dr.x").accounts
    [place] = found.places
    assert (place.accounts, place.nameless) == (1, 2)


@pytest.mark.parametrize(("later", "may_act"), [(MINUTE, True), (60 * MINUTE, True), (61 * MINUTE, False)])
def test_account_may_still_act_when_its_last_act_is_in_the_last_hour(
    look: Looking, later: timedelta, may_act: bool
) -> None:
    acts = [Act(MORNING, "dr.x"), Act(MORNING + later, "dr.y")]
    [found] = look(acts, "dr.x").accounts
    assert found.may_still_act is may_act
    [log] = found.logs
    assert (log.last_act_at, log.last_at) == (MORNING, MORNING + later)


def test_last_act_is_that_of_the_whole_log_even_when_a_period_is_asked_for(look: Looking) -> None:
    acts = [Act(MORNING, "dr.x"), Act(MORNING + 300 * MINUTE, "dr.x")]
    [found] = look(acts, "dr.x", until=MORNING + MINUTE).accounts
    assert found.totals.events == 1
    assert found.may_still_act


def test_silence_is_told_when_a_log_usually_speaks_at_that_hour(look: Looking) -> None:
    hours = [MORNING + timedelta(hours=h) for h in range(24 * 8) if h % 24 < 10]
    acts = [
        Act(at, "dr.x")
        for at in hours
        if not MORNING + timedelta(hours=50) <= at < MORNING + timedelta(hours=53)
    ]
    found = look(acts, "dr.x")
    [silence] = found.silences
    assert (silence.from_at, silence.hours) == (MORNING + timedelta(hours=50), 3)
    assert silence.until_at == MORNING + timedelta(hours=53)


def test_account_that_is_alone_is_compared_with_nobody(look: Looking) -> None:
    [found] = look([Act(MORNING, "dr.x")], "dr.x").accounts
    assert found.alone == []
    assert {row.accounts for row in found.standings} == {1}


def test_what_a_log_cannot_tell_is_told(look: Looking) -> None:
    [found] = look([Act(MORNING, "dr.x", outcome="unknown")], "dr.x").accounts
    codes = {row.code for row in found.unsaid}
    assert codes == {
        "no_persons", "no_devices", "no_sessions", "no_sign_ins", "unknown_outcomes",
        "content", "who", "elsewhere",
    }  # fmt: skip
    rich = Act(MORNING, "dr.x", device="d", session="s", person="P1", op="login")
    [found] = look([rich], "dr.x").accounts
    assert {row.code for row in found.unsaid} == {"content", "who", "elsewhere"}


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        ("DR.LEMOINE", ["dr.lemoine"]),
        ("lemoine", ["dr.lemoine", "dr.lemoine2"]),
        ("dr.lemione", ["dr.lemoine", "dr.lemoine2"]),
        ("zzz", []),
    ],
)
def test_account_that_never_appears_is_refused_with_the_nearest_names(
    look: Looking, asked: str, nearest: list[str]
) -> None:
    acts = [Act(MORNING, name) for name in ("dr.lemoine", "dr.lemoine2", "adm-7")]
    with pytest.raises(InputError) as refused:
        look(acts, asked)
    assert refused.value.code == "no_account"
    assert "2024-06-11T06:00:00Z" in refused.value.what
    if nearest:
        assert refused.value.do == f"Names that come near: {', '.join(nearest)}."
    else:
        assert "No name comes near" in refused.value.do


def test_account_that_is_missing_beside_one_that_is_there_is_told_apart(look: Looking) -> None:
    found = look([Act(MORNING, "dr.x")], "dr.x", "DR.X")
    assert [row.account for row in found.accounts] == ["dr.x"]
    assert found.missing == {"DR.X": ["dr.x"]}


def test_logs_of_another_month_are_refused_with_what_they_cover(look: Looking) -> None:
    acts = [Act(MORNING, "dr.x"), Act(MORNING + timedelta(days=9), "dr.y")]
    for since, until in ((MORNING + timedelta(days=30), None), (None, MORNING)):
        with pytest.raises(InputError, match="they go from 2024-06-11T06:00:00Z to 2024-06-20T06:00:00Z"):
            look(acts, "dr.x", since=since, until=until)
    with pytest.raises(InputError, match="does nothing within the period"):
        look(acts, "dr.x", since=MORNING + MINUTE)


def test_log_without_an_event_is_refused(look: Looking) -> None:
    with pytest.raises(InputError) as refused:
        look([], "dr.x")
    assert refused.value.code == "no_events"


def test_several_accounts_are_looked_at_each_by_itself(look: Looking) -> None:
    acts = random_acts(6)
    together = look(acts, "dr.a", "dr.b")
    apart = [look(acts, name).accounts[0] for name in ("dr.a", "dr.b")]
    assert together.accounts == apart


def test_same_acts_in_another_order_of_lines_give_the_same_facts(look: Looking) -> None:
    acts = random_acts(7, 60)
    [straight] = look(acts, "dr.c").accounts
    [turned] = look(acts[::-1], "dr.c").accounts
    for field in ("totals", "persons", "requests", "siblings", "standings", "alone", "pace", "hours"):
        assert getattr(straight, field) == getattr(turned, field)


def test_case_of_an_account_is_the_log_s(look: Looking) -> None:
    acts = [Act(MORNING, "dr.x"), replace(Act(MORNING, "Dr.X"), ip="192.0.2.2")]
    [found] = look(acts, "dr.x").accounts
    assert found.totals.events == 1


def test_log_that_tells_nothing_but_who_and_when_is_looked_at_all_the_same(look: Looking) -> None:
    acts = [Act(MORNING + n * MINUTE, "dr.x", ip=None) for n in range(3)]
    [found] = look(acts, "dr.x").accounts
    [session] = found.sessions
    assert (session.addresses, session.events) == ([], 3)
    assert (found.places, found.siblings, found.path_ids) == ([], [], [])
    assert "no_addresses" in {row.code for row in found.unsaid}
