# SPDX-License-Identifier: Apache-2.0
"""What the R5 case folder holds: a log as a gateway writes it, a registry that agrees with itself."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections import Counter, defaultdict
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.unit.replays.conftest import SCALE, Written
from tests.unit.replays.plain_reading import folded, instant_of, record_of
from tocsin.core.errors import InputError
from tocsin.replays.r5.replay import R5


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        R5().write(tmp_path / name / "case", 0.0005, tmp_path / name / "truth", seed=7)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_another_seed_gives_another_log(tmp_path: Path, patient_account: Written) -> None:
    R5().write(tmp_path / "case", SCALE, tmp_path / "truth", seed=6)
    other, ours = digests(tmp_path / "case"), digests(patient_account.case.folder)
    assert other.keys() == ours.keys()
    assert all(other[name] != ours[name] for name in other if name.startswith("logs/"))


def test_accounting_of_the_truth_is_that_of_the_files(either: Written) -> None:
    reading, told = either.case.reading, either.figures["accounting"]["gateway"]
    assert told["events"] == len(reading.events)
    assert told["set_aside"] == len(reading.cut) > 0
    assert told["reasons"] == dict(reading.non_events)
    assert told["non_events"] == reading.non_events.total()
    assert told["records"] == told["events"] + told["set_aside"] + told["non_events"]
    instants = [instant_of(event) for event in reading.events]
    assert datetime.fromisoformat(told["first_at"]) == min(instants)
    assert datetime.fromisoformat(told["last_at"]) == max(instants)


def test_lines_stand_in_order_of_time(either: Written) -> None:
    instants = [event["time"] for event in either.case.reading.events]
    assert instants == sorted(instants)  # type: ignore[type-var]


def test_each_node_counts_without_a_hole_but_the_one_told(either: Written) -> None:
    nodes: dict[object, list[tuple[Any, object]]] = defaultdict(list)
    for event in either.case.reading.events:
        nodes[event["node"]].append((event["seq"], event["time"]))
    holes = [
        (node, after[0] - before[0] - 1, before[1], after[1])
        for node, counted in nodes.items()
        for before, after in pairwise(counted)
        if after[0] != before[0] + 1
    ]
    (gap,) = either.figures["accounting"]["gateway"]["gaps"]
    assert holes == [(gap["node"], gap["missing"], gap["from"], gap["until"])]
    assert gap["until"] < either.figures["acts"]["first_at"]


def test_cut_lines_are_outside_every_suspect_by_fields_read_whole(either: Written) -> None:
    assert either.case.reading.cut
    for line in either.case.reading.cut:
        head = json.loads(line[: line.index(',"session"')] + "}")
        assert head["time"] < either.figures["acts"]["first_at"]
        assert head["account"] is not None
        if "known" not in either.case.settings:
            assert head["account"] != either.figures["account"]


def test_every_request_id_is_one_request_and_its_retries(either: Written) -> None:
    asked = defaultdict(set)
    for event in either.case.reading.events:
        asked[event["rid"]].add((event["account"], event["op"], event["path"]))
    assert {len(what) for what in asked.values()} == {1}
    sent = Counter(Counter(event["rid"] for event in either.case.reading.events).values())
    assert sent[2] > 0
    assert set(sent) == {1, 2}


def test_every_event_has_a_rule_or_is_a_login(either: Written) -> None:
    uncovered = {e["op"] for e in either.case.reading.events if either.case.rule_of(e) is None}
    assert uncovered <= {"LOGIN", "LOGIN_KO", "LOGOUT"}


def test_every_account_is_in_the_directory_and_acts_after_it_was_opened(either: Written) -> None:
    named = [event for event in either.case.reading.events if event["account"] is not None]
    assert named
    for event in named:
        opened = either.case.accounts[str(event["account"])]["opened_at"]
        assert isinstance(opened, datetime)
        assert instant_of(event) >= opened


def test_no_appointment_is_read_before_it_is_booked(either: Written) -> None:
    of_one = [event for event, _, _ in either.case.disclosing if "subjects" not in event]
    assert of_one
    for event in of_one:
        booked = either.case.appointments[record_of(event)]["booked_at"]
        assert isinstance(booked, datetime)
        assert booked <= instant_of(event)


def test_staff_and_software_act_on_their_own_practices_only(patient_account: Written) -> None:
    case = patient_account.case
    served = defaultdict(set)
    for event, _, _ in case.disclosing:
        account = case.accounts[str(event["account"])]
        if account["own_patient_id"] is not None:
            continue
        practice = case.appointments[record_of(event)]["practice_id"]
        if account["practice_id"] is not None:
            assert practice == account["practice_id"]
        served[practice].add(account["role"])
    assert all(len(roles) == 1 for roles in served.values())


def test_only_connected_practices_have_appointments_of_partner_software(patient_account: Written) -> None:
    case = patient_account.case
    connected = {
        case.appointments[record_of(event)]["practice_id"]
        for event, _, _ in case.disclosing
        if str(event["account"]).startswith("sw-")
    }
    partners = {
        row["practice_id"]
        for row in case.appointments.values()
        if row["booking_software"] == "partner-software"
    }
    assert partners == connected
    assert len(connected) < len(case.rows("registry/practices.parquet")) / 2


def test_directory_gives_lists_to_patients_and_nothing_to_others(either: Written) -> None:
    for row in either.case.accounts.values():
        is_patient = row["role"] == "patient"
        assert (row["own_patient_id"] is not None) is is_patient
        assert isinstance(row["dependants"], list) is is_patient
    assert any(row["dependants"] for row in either.case.accounts.values())
    assert any(row["dependants"] == [] for row in either.case.accounts.values())


def test_every_number_has_its_right_key_and_a_commune_that_does_not_exist(either: Written) -> None:
    held = [str(row[kind]) for row in either.case.patients.values() for kind in ("nss", "ins") if row[kind]]
    assert held
    for digits in held:
        assert len(digits) == 15
        assert int(digits[13:]) == 97 - int(digits[:13]) % 97
        assert 991 <= int(digits[7:10]) <= 998


def test_ins_is_of_one_person_and_says_the_birth_month(either: Written) -> None:
    holders = defaultdict(set)
    for row in either.case.patients.values():
        if row["ins"] is not None:
            holders[row["ins"]].add(
                (row["birth_date"], folded(row["given_names"]), folded(row["birth_name"]))
            )
            assert str(row["ins"])[1:5] == f"{row['birth_date']:%y%m}"
    assert {len(people) for people in holders.values()} == {1}


def test_one_number_and_birth_date_are_one_person_or_twins_with_ranks(either: Written) -> None:
    shared = defaultdict(list)
    for row in either.case.patients.values():
        if row["nss"] is not None:
            shared[row["nss"], row["birth_date"]].append(row)
    several = [rows for rows in shared.values() if len(rows) > 1]
    twins = [rows for rows in several if len({folded(row["given_names"]) for row in rows}) == 2]
    assert twins
    assert all(sorted(str(row["birth_rank"]) for row in rows) == ["1", "2"] for rows in twins)
    assert len(several) > len(twins)


def test_contacts_are_nobodys(either: Written) -> None:
    assert all(str(row["phone"]).startswith("+33199") for row in either.case.patients.values())
    assert all(str(row["email"]).endswith("@example.org") for row in either.case.patients.values())


def test_appointment_follows_its_booking(either: Written) -> None:
    for row in either.case.appointments.values():
        assert row["starts_at"] > row["booked_at"]  # type: ignore[operator]


def test_finess_of_a_practice_passes_luhn(either: Written) -> None:
    for row in either.case.rows("registry/practices.parquet"):
        digits = [int(digit) for digit in str(row["finess"])]
        assert len(digits) == 9
        doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
        assert (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def test_mapping_fields_are_all_in_the_log(patient_account: Written) -> None:
    mapping = tomllib.loads((patient_account.case.folder / "mappings/gateway.toml").read_text("utf-8"))
    paths = {field["path"].removeprefix("$.") for field in mapping["fields"].values()}
    written = {name for event in patient_account.case.reading.events for name in event}
    assert paths | {"kind"} == written


def test_suspects_are_not_in_the_case_when_a_rule_must_find_them(patient_account: Written) -> None:
    account = patient_account.figures["account"]
    for path in patient_account.case.folder.rglob("*.toml"):
        assert account not in path.read_text("utf-8")
    assert "known" not in patient_account.case.settings


@pytest.mark.parametrize("scale", [0.0, -1.0, 0.0001, 2.0, float("nan")])
def test_write_refuses_a_scale_out_of_bounds(tmp_path: Path, scale: float) -> None:
    with pytest.raises(InputError, match="out of bounds"):
        R5().write(tmp_path / "case", scale, tmp_path / "truth")


def test_write_refuses_an_unknown_variant(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no variant"):
        R5().write(tmp_path / "case", SCALE, tmp_path / "truth", "another")
    assert not (tmp_path / "case").exists()


def test_write_refuses_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "mine.txt").touch()
    with pytest.raises(InputError, match="already holds"):
        R5().write(tmp_path / "case", SCALE, tmp_path / "truth")
