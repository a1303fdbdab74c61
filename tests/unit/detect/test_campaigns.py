# SPDX-License-Identifier: Apache-2.0
"""Stolen accounts that share rare devices and addresses are told together; honest ones are not drawn in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.made_case import rows_of
from tests.unit.detect.directory import found, reasons
from tests.unit.detect.small_platform import detected, doctor, quiet_days, quiet_relations, read, theft
from tocsin.store.case import Case

DIRECTORY = [{"account": doctor(n), "role": "gp", "organisation": f"practice {n // 2}"} for n in range(40)]


def thief(number: int, gear: str, line: str) -> list[dict[str, object]]:
    return theft(number, range(8, 18), device=gear, address=line)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """Two thieves, two accounts each; an innocent uses the first one's line; all share one way out."""
    first = [*thief(3, "gear-a", "192.0.2.1"), *thief(9, "gear-a", "192.0.2.1")]
    second = [*thief(15, "gear-b", "192.0.2.5"), *thief(21, "gear-b", "192.0.2.5")]
    at_home = [
        row | {"event_id": 0, "address": "192.0.2.1"} if row["account"] == doctor(30) else row
        for row in quiet_days()
    ]
    common = [read(n, 1, 300, None, device=f"pc{n}", address="192.0.2.99") for n in range(40)]
    folder = tmp_path_factory.mktemp("campaigns")
    events = [*at_home, *common, *first, *second]
    with detected(folder, events, accounts=DIRECTORY, relations=quiet_relations()) as (opened, _report):
        yield opened


def members(case: Case, kind: str) -> dict[int, set[str]]:
    told: dict[int, set[str]] = {}
    for row in rows_of(case, "campaigns"):
        if row["kind"] == kind:
            told.setdefault(int(str(row["campaign"])), set()).add(str(row["name"]))
    return told


def test_two_campaigns_stay_two_and_hold_no_innocent(case: Case) -> None:
    assert members(case, "account") == {1: {doctor(3), doctor(9)}, 2: {doctor(15), doctor(21)}}


def test_campaign_names_the_rare_places_and_who_else_uses_them(case: Case) -> None:
    assert members(case, "device") == {1: {"gear-a"}, 2: {"gear-b"}}
    assert members(case, "address") == {1: {"192.0.2.1"}, 2: {"192.0.2.5"}}
    outsiders = {
        row["name"]: row["outsiders"] for row in rows_of(case, "campaigns") if row["kind"] == "address"
    }
    assert outsiders == {"192.0.2.1": 1, "192.0.2.5": 0}


def test_address_alone_accuses_nobody(case: Case) -> None:
    row = found(case).get(doctor(30))
    assert row is None or float(str(row["p"])) < 0.01


def test_campaign_is_told_among_the_reasons(case: Case) -> None:
    said = {str(reason["code"]): reason for reason in reasons(found(case)[doctor(3)])}
    assert said["campaign"]["values"] == {"places": 2, "others": 1, "campaign": 1}
    assert "campagne 1" in str(said["campaign"]["fr"])


def test_what_the_others_add_stays_within_its_cap(case: Case) -> None:
    gains = [float(str(row["gain"])) for row in rows_of(case, "campaigns") if row["kind"] == "account"]
    assert len(gains) == 4
    assert all(0 < gain <= 4.6 for gain in gains)


def test_each_campaign_is_said_with_its_days(case: Case) -> None:
    told = {str(row["about"]): row for row in rows_of(case, "sight") if row["code"] == "campaign"}
    assert told["1"]["en"] == (
        "Campaign 1: 2 accounts joined by 2 rare devices or addresses, from 12 March 2024 to 21 March 2024."
    )


def test_place_that_everybody_uses_joins_nobody(tmp_path: Path) -> None:
    events = [row | {"address": "192.0.2.99"} for row in quiet_days()]
    shared = {"device": "pc3", "address": "192.0.2.99"}
    stolen = [*theft(3, range(8, 18), **shared), *theft(9, range(8, 18), **shared | {"device": "pc9"})]  # type: ignore[arg-type]
    with detected(tmp_path, events + stolen, accounts=DIRECTORY, relations=quiet_relations()) as (
        opened,
        _report,
    ):
        assert {doctor(3), doctor(9)} <= set(found(opened))
        assert rows_of(opened, "campaigns") == []
