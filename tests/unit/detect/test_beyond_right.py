# SPDX-License-Identifier: Apache-2.0
"""An account that obtains somebody its directory does not let it see is found; nobody else is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.made_case import NOON, put
from tests.unit.detect.directory import (
    CARD,
    SETTINGS,
    accounts_of,
    card,
    event,
    found,
    platform,
    reasons,
)
from tocsin.detect.run import run

ALICE = {"account": "alice", "person": "P1", "may_see": ["P2"]}


def test_account_that_obtains_another_person_is_found_with_its_reason(tmp_path: Path) -> None:
    events = [card(1, "alice", "P1"), card(2, "alice", "P8"), card(5, "alice", "P9"), card(6, "alice", "P9")]
    with platform(tmp_path, events=events, accounts=[ALICE]) as (case, report):
        row = found(case)["alice"]
        assert report.accounts == 1
        assert (row["p"], row["rank"], row["persons"], row["events"]) == (1.0, 1, 2, 3)
        assert row["first_at"] == NOON + timedelta(minutes=2)
        assert row["last_at"] == NOON + timedelta(minutes=6)
        [reason] = reasons(row)
        assert (reason["code"], reason["values"]) == ("beyond_right", {"persons": 2})
        assert "2" in str(reason["fr"])
        assert "2" in str(reason["en"])


def test_own_person_and_dependants_are_allowed(tmp_path: Path) -> None:
    events = [card(1, "alice", "P1"), card(2, "alice", "P2")]
    assert accounts_of(tmp_path, events, [ALICE]) == set()


@pytest.mark.parametrize(
    ("keys", "is_found"),
    [
        ({"ins": "1"}, False),
        ({"nir": "7", "birth_date": NOON.date()}, False),
        ({"nir": "7", "birth_date": NOON.date() + timedelta(days=1)}, True),
        ({"nir": "7"}, True),
        ({}, True),
    ],
)
def test_second_local_id_of_the_same_person_is_allowed(tmp_path: Path, keys: dict, is_found: bool) -> None:
    own = {"registry": "r", "person": "P1", "ins": "1", "nir": "7", "birth_date": NOON.date()}
    registry = [own, {"registry": "r", "person": "P50", **keys}]
    found_accounts = accounts_of(tmp_path, [card(1, "alice", "P50")], [ALICE], registry=registry)
    assert found_accounts == ({"alice"} if is_found else set())


@pytest.mark.parametrize(
    "columns",
    [{"outcome": "failure"}, {"action": "login"}, {"action": "logout"}, {"action": "login_failed"}],
)
def test_access_that_showed_nothing_does_not_count(tmp_path: Path, columns: dict) -> None:
    assert accounts_of(tmp_path, [card(1, "alice", "P9", **columns)], [ALICE], catalogue="") == set()


def test_failure_counts_where_the_rule_speaks_of_outcomes(tmp_path: Path) -> None:
    shown = CARD + 'outcome = "failure"\n'
    events = [card(1, "alice", "P9", outcome="failure")]
    assert accounts_of(tmp_path, events, [ALICE], catalogue=shown) == {"alice"}


@pytest.mark.parametrize(
    ("more", "is_found"),
    [('protection = "encrypted"', False), ('protection = "pseudonymised"', True), ("", True)],
)
def test_view_that_cannot_be_read_does_not_count(tmp_path: Path, more: str, is_found: bool) -> None:
    names = accounts_of(tmp_path, [card(1, "alice", "P9")], [ALICE], catalogue=CARD + more)
    assert names == ({"alice"} if is_found else set())


def test_rule_that_shows_nothing_does_not_count(tmp_path: Path) -> None:
    catalogue = CARD.replace('["identity.name"]', "[]")
    events = [card(1, "alice", "P9", person="P9")]
    assert accounts_of(tmp_path, events, [ALICE], catalogue=catalogue) == set()


def test_accounts_without_a_limit_are_not_judged(tmp_path: Path) -> None:
    events = [card(1, "dr.x", "P9"), card(2, None, "P9"), card(3, "unknown", "P9")]
    accounts = [{"account": "dr.x", "role": "physician"}, ALICE]
    assert accounts_of(tmp_path, events, accounts) == set()


def test_account_that_may_see_nobody_but_a_list_is_judged_on_it(tmp_path: Path) -> None:
    accounts = [{"account": "tutor", "may_see": ["P1"]}, {"account": "none", "may_see": []}]
    events = [card(1, "tutor", "P1"), card(2, "none", "P1")]
    assert accounts_of(tmp_path, events, accounts) == {"none"}


def test_two_rows_of_one_account_allow_what_either_does(tmp_path: Path) -> None:
    accounts = [{"account": "alice", "person": "P1"}, {"account": "alice", "may_see": ["P2"]}]
    events = [card(1, "alice", "P1"), card(2, "alice", "P2")]
    assert accounts_of(tmp_path, events, accounts) == set()


def test_records_lead_to_their_persons(tmp_path: Path) -> None:
    catalogue = CARD + '[[shows]]\nobject = "/visits/{record:visit}"\ncategories = ["appointment.date"]\n'
    records = [
        {"record_type": "visit", "record": "V1", "person": "P1"},
        {"record_type": "visit", "record": "V9", "person": "P9"},
        {"record_type": "other", "record": "V1", "person": "P7"},
    ]
    accounts = [ALICE, {"account": "bob", "person": "P1"}]
    events = [
        event(1, "alice", object="/visits/V1"),
        event(2, "bob", object="/visits/V9"),
        event(3, "bob", object="/visits/V-unknown"),
    ]
    with platform(tmp_path, catalogue=catalogue, events=events, accounts=accounts, records=records) as (
        case,
        _,
    ):
        assert set(found(case)) == {"bob"}
        assert found(case)["bob"]["events"] == 1


def test_path_that_names_a_person_and_a_record_counts_both(tmp_path: Path) -> None:
    catalogue = '[[shows]]\nobject = "/persons/{person}/visits/{record:visit}"\ncategories = ["other"]\n'
    records = [{"record_type": "visit", "record": "V1", "person": "P1"}]
    events = [event(1, "alice", object="/persons/P9/visits/V1")]
    assert accounts_of(tmp_path, events, [ALICE], catalogue=catalogue, records=records) == {"alice"}


def test_lists_of_persons_are_judged_one_by_one_and_an_event_counts_once(tmp_path: Path) -> None:
    catalogue = '[[shows]]\naction = "list"\ncategories = ["identity.name"]\n'
    events = [
        event(1, "alice", action="list", persons=["P1", "P2"]),
        event(2, "alice", action="list", persons=["P1", "P8", "P9"]),
    ]
    with platform(tmp_path, catalogue=catalogue, events=events, accounts=[ALICE]) as (case, _):
        row = found(case)["alice"]
        assert (row["persons"], row["events"]) == (2, 1)


def test_access_that_no_rule_covers_counts_by_what_the_log_names(tmp_path: Path) -> None:
    events = [event(1, "alice", object="/elsewhere", person="P9"), event(2, "alice", object="/elsewhere")]
    assert accounts_of(tmp_path, events, [ALICE]) == {"alice"}


def test_version_of_a_rule_that_held_at_the_time_counts(tmp_path: Path) -> None:
    later = NOON + timedelta(minutes=10)
    catalogue = (
        CARD.replace('["identity.name"]', "[]")
        + CARD
        + f"since = {later.isoformat()}\n"
        + CARD.replace('["identity.name"]', "[]")
        + f"since = {(later + timedelta(minutes=10)).isoformat()}\n"
    )
    accounts = [{"account": name, "person": "P1"} for name in ("early", "exact", "before", "late")]
    events = [
        card(5, "early", "P9", person="P9"),
        card(10, "exact", "P9"),
        card(19, "before", "P9"),
        card(20, "late", "P9"),
    ]
    assert accounts_of(tmp_path, events, accounts, catalogue=catalogue) == {"exact", "before"}


def test_selectors_are_versions_of_one_another_when_their_address_is_spelt_otherwise(tmp_path: Path) -> None:
    later = (NOON + timedelta(minutes=10)).isoformat()
    catalogue = (
        CARD + 'address = "2001:DB8::0001"\n' + CARD.replace('["identity.name"]', "[]")
        + f'address = "2001:db8::1"\nsince = {later}\n'
    )  # fmt: skip
    accounts = [{"account": name, "person": "P1"} for name in ("early", "late")]
    events = [card(5, "early", "P9", address="2001:db8::1"), card(15, "late", "P9", address="2001:db8::1")]
    assert accounts_of(tmp_path, events, accounts, catalogue=catalogue) == {"early"}


def test_accounts_are_ranked_by_how_many_they_obtained_then_by_name(tmp_path: Path) -> None:
    accounts = [{"account": name, "person": "P1"} for name in ("c", "b", "a")]
    events = [card(1, "c", "P9"), card(2, "b", "P9"), card(3, "a", "P9"), card(4, "a", "P8")]
    with platform(tmp_path, events=events, accounts=accounts) as (case, _):
        assert [row["rank"] for row in sorted(found(case).values(), key=lambda row: str(row["account"]))] == [
            1,
            2,
            3,
        ]


def test_detection_is_not_run_again_on_the_same_inputs_and_is_on_others(tmp_path: Path) -> None:
    with platform(tmp_path, events=[card(1, "alice", "P9")], accounts=[ALICE]) as (case, first):
        assert not first.is_current
        assert run(case).is_current
        put(case, accounts=[ALICE | {"may_see": ["P9"]}])
        again = run(case)
        assert (again.is_current, again.accounts) == (False, 0)


@pytest.mark.parametrize(
    "settings", [SETTINGS + "[detect]\nenabled = false\n", '[catalogue]\npath="catalogue.toml"\n']
)
def test_nothing_is_found_when_detection_is_off_or_blind(tmp_path: Path, settings: str) -> None:
    with platform(tmp_path, settings=settings, events=[card(1, "alice", "P9")], accounts=[ALICE]) as (
        case,
        report,
    ):
        assert found(case) == {}
        assert "beyond_right" in report.blind
