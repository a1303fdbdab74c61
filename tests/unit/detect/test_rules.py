# SPDX-License-Identifier: Apache-2.0
"""Exact rules: each finds what it names, says it with its figures, and is silent one step short of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.made_case import Rows, rows_of
from tests.unit.detect.directory import reasons
from tests.unit.detect.small_platform import (
    DIRECTORY,
    START,
    detected,
    doctor,
    patient,
    quiet_days,
    read,
    stranger,
)
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

EVERYBODY = [{"account": doctor(number), "role": "gp"} for number in range(40)]


def rule(
    folder: Path, name: str, events: Rows, settings: str = "", **tables: Rows
) -> dict[str, dict[str, object]]:
    """What one detector found, by account."""
    with detected(folder, events, settings=settings, **tables) as (case, _report):
        return {str(r["account"]): r for r in rows_of(case, "findings") if r["detector"] == name}


def departed_on(day: int) -> list[dict[str, object]]:
    return [{"account": doctor(1), "active_until": START + timedelta(days=day)}]


def test_departed_account_that_reaches_persons_is_proposed(tmp_path: Path) -> None:
    events = [read(1, day, 0, patient(1, day)) for day in range(6)]
    [row] = rule(tmp_path, "departed", events, DIRECTORY, accounts=departed_on(4)).values()
    assert (row["p"], row["events"], row["persons"]) == (0.9, 2, 2)
    [reason] = reasons(row)
    assert reason["values"] == {"ended": "2024-03-08", "events": 2, "persons": 2}
    assert "8 mars 2024" in str(reason["fr"]), "the day in the case's zone"


def test_departed_account_that_acts_at_the_last_instant_before_is_not_found(tmp_path: Path) -> None:
    events = [read(1, 4, 0, "P1", occurred_at=START + timedelta(days=4) - timedelta(microseconds=1))]
    assert rule(tmp_path, "departed", events, DIRECTORY, accounts=departed_on(4)) == {}


def test_departed_account_whose_other_row_is_open_is_not_found(tmp_path: Path) -> None:
    accounts: Rows = [*departed_on(4), {"account": doctor(1)}]
    assert rule(tmp_path, "departed", [read(1, 9, 0, "P1")], DIRECTORY, accounts=accounts) == {}


def test_departed_account_that_only_fails_is_not_found(tmp_path: Path) -> None:
    events = [read(1, 9, 0, "P1", outcome="failure")]
    assert rule(tmp_path, "departed", events, DIRECTORY, accounts=departed_on(4)) == {}


def test_account_in_no_directory_is_told_but_not_proposed(tmp_path: Path) -> None:
    stray = read(0, 3, 0, "P1", account="stray")
    found = rule(tmp_path, "unlisted", [*quiet_days(5), stray], DIRECTORY, accounts=EVERYBODY)
    assert {account: row["p"] for account, row in found.items()} == {"stray": 0.3}


def test_directory_that_lacks_many_accuses_nobody(tmp_path: Path) -> None:
    assert rule(tmp_path, "unlisted", quiet_days(5), DIRECTORY, accounts=EVERYBODY[:30]) == {}


def test_account_back_after_long_silence_in_bulk_is_told(tmp_path: Path) -> None:
    events = [read(1, 0, 0, "P1"), *(read(1, 70, n, stranger(n)) for n in range(25))]
    [row] = rule(tmp_path, "dormant", events).values()
    assert reasons(row)[0]["values"] == {"silent": 70, "persons": 25}


def test_account_back_from_leave_or_with_few_patients_is_not_dormant(tmp_path: Path) -> None:
    back = [read(1, 0, 0, "P1"), *(read(1, 30, n, stranger(n)) for n in range(25))]
    few = [read(2, 0, 0, "P1"), *(read(2, 70, n, stranger(n)) for n in range(5))]
    assert rule(tmp_path, "dormant", [*back, *few]) == {}


def test_burst_is_counted_in_distinct_persons(tmp_path: Path) -> None:
    burst = [read(1, 2, 120, stranger(n)) for n in range(160)]
    same = [read(2, 2, 120, stranger(0)) for _ in range(160)]
    found = rule(tmp_path, "burst", [*quiet_days(5), *burst, *same], accounts=EVERYBODY)
    assert set(found) == {doctor(1)}
    assert (found[doctor(1)]["p"], found[doctor(1)]["persons"]) == (0.7, 160)
    assert reasons(found[doctor(1)])[0]["values"] == {"persons": 160, "hours": 1, "quota": 100}


def test_burst_up_to_the_quota_or_declared_is_none(tmp_path: Path) -> None:
    up_to = [read(1, 2, 120, stranger(n)) for n in range(100)]
    declared = [read(2, 2, 120, stranger(n)) for n in range(300)]
    operation = f'\n[[operations]]\naccount = "{doctor(2)}"\n'
    events = [*quiet_days(5), *up_to, *declared]
    assert rule(tmp_path, "burst", events, operation, accounts=EVERYBODY) == {}


def test_bulk_work_of_a_whole_profession_is_no_burst(tmp_path: Path) -> None:
    events = [read(d, 2, 120, stranger(d * 200 + n)) for d in range(20, 40) for n in range(150)]
    accounts: Rows = [*EVERYBODY[:20], *({"account": doctor(n), "role": "coder"} for n in range(20, 40))]
    assert rule(tmp_path, "burst", [*quiet_days(5), *events], accounts=accounts) == {}


def test_account_alone_in_its_role_is_held_to_what_no_role_here_needs(tmp_path: Path) -> None:
    some = [read(1, 9, n // 20, f"P{n}", account="robot") for n in range(1_050)]
    few = [read(1, 9, n // 20, f"Q{n}", account="coder") for n in range(150)]
    rows = rule(tmp_path, "burst", [*quiet_days(4), *some, *few], accounts=EVERYBODY)
    assert {name: row["p"] for name, row in rows.items()} == {"robot": 0.55, "coder": 0.45}
    assert "too few share its profession" in str(reasons(rows["robot"])[0]["en"])


def test_sign_in_after_many_failures_is_told_but_never_enough(tmp_path: Path) -> None:
    failed = [read(1, 0, n, None, action="login_failed", outcome="failure") for n in range(12)]
    entered = read(1, 0, 13, None, action="login")
    [row] = rule(tmp_path, "failures", [*failed, entered]).values()
    assert (row["p"], row["events"]) == (0.2, 12)


def test_address_that_tried_many_accounts_tells_of_those_it_entered(tmp_path: Path) -> None:
    same = {"address": "192.0.2.7"}
    failed = [read(n, 0, n, None, action="login_failed", outcome="failure", **same) for n in range(12)]
    entered = read(5, 0, 30, None, action="login", **same)
    found = rule(tmp_path, "failures", [*failed, entered])
    assert {account: row["p"] for account, row in found.items()} == {doctor(5): 0.3}


def test_numbers_tried_at_random_are_told(tmp_path: Path) -> None:
    missed = [read(1, 0, n, None, object=f"/p/{n}", outcome="failure", status="404") for n in range(60)]
    polled = [read(2, 0, n, None, object="/p/1", outcome="failure", status="404") for n in range(60)]
    found = rule(tmp_path, "missed_objects", [*missed, *polled])
    assert {a: reasons(row)[0]["values"] for a, row in found.items()} == {
        doctor(1): {"missed": 60, "asked": 60}
    }


def test_path_that_nobody_else_took_is_told(tmp_path: Path) -> None:
    usual = [row | {"object": f"/card/{row['person']}"} for row in quiet_days(5)]
    alone = [read(1, 2, n, stranger(n), object=f"/v0/raw/{n}") for n in range(25)]
    [row] = rule(tmp_path, "lone_path", [*usual, *alone]).values()
    assert (row["account"], row["persons"]) == (doctor(1), 25)


def test_rule_that_is_not_enough_alone_does_not_widen_a_hard_one(tmp_path: Path) -> None:
    early = [read(1, 0, n, None, object=f"/p/{n}", outcome="failure", status="404") for n in range(60)]
    late = [read(1, 9, 0, "P1")]
    with detected(tmp_path, [*early, *late], settings=DIRECTORY, accounts=departed_on(4)) as (case, _report):
        [row] = [r for r in rows_of(case, "findings") if r["detector"] == "all"]
    assert row["first_at"] == row["last_at"] == START + timedelta(days=9)
    assert [reason["code"] for reason in reasons(row)] == ["departed", "missed_objects"]


def test_surer_score_does_not_widen_what_the_directory_dates() -> None:
    rows = "('departed', 0.9, 5, 9), ('score', 0.98, 1, 9), ('burst', 0.55, 8, 8)"
    with Engine() as engine:
        engine.create(
            "found",
            "select 'dr.gone' as account, null::varchar as session_id, detector, p, 1.0 as score,"
            " '[]' as reasons, first_at, last_at, 1 as events, 1 as persons"
            f" from (values {rows}) as t(detector, p, first_at, last_at)",
        )
        found = [
            (float(str(row[3])), row[6], row[7])
            for row in engine.rows(load_query("tocsin.detect", "ranked_findings"))
            if row[2] == "all"
        ]
    assert found == [(0.98, 5, 9)], "as sure as the score is, from the day that the account had ended"
