# SPDX-License-Identifier: Apache-2.0
"""Journeys that nobody makes: told with their distance, and the honest ones left alone."""

from __future__ import annotations

from pathlib import Path

from tests.made_case import HEAD, Rows, make_case
from tests.unit.detect.directory import reasons
from tests.unit.detect.small_platform import SOURCES, doctor, numbered, quiet_days, read, stranger
from tests.unit.detect.test_more_rules import told_by
from tocsin.detect.detectors.travels import Travels
from tocsin.ingest.whereabouts import write_whereabouts
from tocsin.store.case import Case

RENNES = """
[[places]]
name = "Rennes"
addresses = ["10.0.0.0/16"]
latitude = 48.11
longitude = -1.68
radius_km = 5
"""
MARSEILLE = """
[[places]]
name = "register"
paths = ["ranges.csv"]
[places.columns]
network = "net"
latitude = "lat"
longitude = "lon"
radius_km = "km"
kind = "kind"
place = "city"
"""
RANGES = """net,lat,lon,km,kind,city
192.0.2.0/24,43.30,5.37,30,fixed,Marseille
198.51.100.0/25,43.30,5.37,30,mobile,Marseille
198.51.100.128/25,43.30,5.37,30,vpn,Marseille
203.0.113.0/24,48.85,2.35,20,fixed,Paris
203.0.113.64/26,43.30,5.37,20,fixed,Marseille
203.0.113.64/26,47.21,-1.55,20,fixed,Nantes
2001:db8:a::/48,43.30,5.37,30,fixed,Marseille
"""
EVENTS = quiet_days(9)
Told = tuple[list[dict[str, object]], list[dict[str, object]]]


def away(number: int, days: range, minute: int, address: str, **columns: object) -> list[dict[str, object]]:
    """Five strangers, on another machine; the owner's morning ends after some twenty minutes."""
    seen = {"device": f"far{number}", "address": address} | columns
    return [read(number, day, minute + n, stranger(n + 10 * day), **seen) for day in days for n in range(5)]


def journeys(
    folder: Path,
    *thefts: list[dict[str, object]],
    settings: str = RENNES + MARSEILLE,
    quiet: list[dict[str, object]] = EVENTS,
    directory: Rows = (),
) -> dict[str, dict[str, object]]:
    """What the rule finds, by account."""
    return {
        str(row["account"]): row
        for row in told(folder, *thefts, settings=settings, quiet=quiet, directory=directory)[0]
    }


def told(
    folder: Path,
    *thefts: list[dict[str, object]],
    settings: str = RENNES + MARSEILLE,
    quiet: list[dict[str, object]] = EVENTS,
    directory: Rows = (),
) -> Told:
    """What the rule finds, and what it says that it could see."""
    events = numbered([*quiet, *(row for rows in thefts for row in rows)])
    (folder / "case.toml").write_text(HEAD + SOURCES + settings, "utf-8")
    (folder / "ranges.csv").write_text(RANGES, "utf-8")
    with make_case(folder, events=events, accounts=directory) as case:
        placed(case)
        return told_by(case, "travel")


def placed(case: Case) -> None:
    with case.stage("placed") as stage:
        write_whereabouts(stage)
        stage.commit("placed")


def test_two_places_too_far_apart_for_the_time_between_them_are_told(tmp_path: Path) -> None:
    found = journeys(
        tmp_path,
        away(1, range(7, 8), 40, "192.0.2.9"),
        away(2, range(6, 9), 40, "2001:db8:a::9"),
    )
    assert {account: float(str(row["p"])) for account, row in found.items()} == {
        doctor(1): 0.3,
        doctor(2): 0.45,
    }
    [said] = reasons(found[doctor(1)])
    # 764 km from one to the other, less 5 and 30; the owner ended at 8:12, and it began at 8:40.
    assert said["values"] == {
        "times": 1, "from_place": "Rennes", "to_place": "Marseille", "km": 729, "minutes": 28, "persons": 5,
    }  # fmt: skip
    assert "from Rennes to Marseille, 729 km at least in 28 minutes" in str(said["en"])
    assert "729 km au moins en 28 minutes" in str(said["fr"])


def test_carrier_remote_access_and_time_enough_are_no_journey(tmp_path: Path) -> None:
    found = journeys(
        tmp_path,
        away(1, range(7, 8), 40, "198.51.100.9"),
        away(2, range(7, 8), 40, "198.51.100.200"),
        away(3, range(7, 8), 120, "192.0.2.9"),
        away(4, range(9), 40, "192.0.2.9"),  # from the first day on: this is how the account works
        away(5, range(7, 8), 40, "203.0.113.70"),  # the register says two places of this range
        away(6, range(7, 8), 40, "172.16.0.9"),  # nobody says where that is
    )
    assert found == {}


def test_crowd_on_an_address_of_a_register_is_no_journey(tmp_path: Path) -> None:
    crowd = [away(number, range(7, 8), 40, "192.0.2.9") for number in range(26)]
    assert journeys(tmp_path, *crowd) == {}


def test_range_is_no_place_when_three_who_work_elsewhere_came_from_it_from_the_beginning(
    tmp_path: Path,
) -> None:
    theft = away(1, range(7, 8), 40, "192.0.2.9")
    commuters = [away(number, range(1, 2), 300, f"192.0.2.{number}") for number in (10, 11, 12)]
    two, three = tmp_path / "two", tmp_path / "three"
    two.mkdir()
    three.mkdir()
    assert set(journeys(two, theft, *commuters[:2])) == {doctor(1)}
    found, sight = told(three, theft, *commuters)
    assert found == []
    [said] = [row for row in sight if row["code"] == "mistaken_ranges"]
    assert said["value"] == 1
    assert "not where they are said to be: 1 (Marseille)" in str(said["en"])
    assert "Marseille" in str(said["fr"])


def test_place_that_the_account_has_known_for_a_week_is_no_journey(tmp_path: Path) -> None:
    """In the evening of one day; nine days later within half an hour."""
    known = away(1, range(6, 7), 300, "192.0.2.9")
    later = away(1, range(15, 16), 40, "192.0.2.9")
    new = away(2, range(15, 16), 40, "192.0.2.9")
    assert set(journeys(tmp_path, known, later, new, quiet=quiet_days(17))) == {doctor(2)}


def test_range_of_a_colleague_is_no_journey(tmp_path: Path) -> None:
    """Who came from it in the first days, and whose it is not from there on either."""
    directory = [
        {"account": doctor(number), "organisation": "ward" if number < 3 else "other"} for number in range(40)
    ]
    colleague = away(2, range(1, 2), 300, "192.0.2.20")
    same, another = away(1, range(7, 8), 40, "192.0.2.9"), away(5, range(7, 8), 40, "192.0.2.10")
    assert set(journeys(tmp_path, colleague, same, another, directory=directory)) == {doctor(5)}


def test_machine_that_the_account_has_at_its_own_place_is_half_as_sure(tmp_path: Path) -> None:
    """A remote access that nobody told of looks so; a copied session too."""
    found = journeys(
        tmp_path,
        away(1, range(5, 9), 40, "192.0.2.9", device="pc1"),
        away(2, range(5, 9), 40, "192.0.2.10", device=None),
    )
    assert {account: float(str(row["p"])) for account, row in found.items()} == {
        doctor(1): 0.15,
        doctor(2): 0.45,
    }


def test_slower_limit_and_nearer_place_are_told_when_the_site_says_so(tmp_path: Path) -> None:
    paris = away(1, range(7, 8), 40, "203.0.113.9")  # 308 km, less 25, in 28 minutes: 600 km/h
    assert journeys(tmp_path, paris) == {}
    slower = RENNES + MARSEILLE + "\n[detect]\ntravel_kmh = 300\n"
    assert set(journeys(tmp_path, paris, settings=slower)) == {doctor(1)}


def test_share_of_addresses_whose_place_is_known_is_said(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text(HEAD + SOURCES + RENNES, "utf-8")
    events = numbered([*quiet_days(2), *away(1, range(1), 40, "192.0.2.9")])
    with make_case(tmp_path, events=events) as case:
        placed(case)
        [said] = told_by(case, "travel")[1]
    assert said["code"] == "places"
    assert said["value"] == 40
    assert str(said["en"]).startswith("Of 41 addresses that accounts came from, 40 lie at a known place;")
    assert str(said["fr"]).startswith("Des 41 adresses")


def test_nothing_is_looked_for_when_no_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text(HEAD + SOURCES, "utf-8")
    with make_case(tmp_path) as case:
        assert not Travels().can_see(case)
