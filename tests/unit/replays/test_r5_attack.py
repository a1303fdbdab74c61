# SPDX-License-Identifier: Apache-2.0
"""The truth of R5 is what a plain reading of the case finds, and nobody else breaks the rule."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime

import pyarrow.parquet as pq

from tests.unit.replays.conftest import SCALE, Written
from tests.unit.replays.plain_reading import Row, instant_of, record_of


def found_records(events: list[Row]) -> dict[str, list[Row]]:
    by_record = defaultdict(list)
    for event in events:
        by_record[record_of(event)].append(event)
    return dict(by_record)


def clear_events(written: Written) -> list[Row]:
    if "known" in written.case.settings:
        return [event for event, rule in written.case.known() if rule["protection"] == "clear"]
    (events,) = written.case.beyond_right().values()
    return events


def test_only_the_new_account_obtains_whom_it_may_not_see(patient_account: Written) -> None:
    assert list(patient_account.case.beyond_right()) == [patient_account.figures["account"]]


def test_nobody_obtains_whom_he_may_not_see_when_a_client_was_stolen(stolen_client: Written) -> None:
    assert stolen_client.case.beyond_right() == {}


def test_the_new_account_obtains_only_others(patient_account: Written) -> None:
    account = patient_account.figures["account"]
    obtained = [e for e, _, _ in patient_account.case.disclosing if e["account"] == account]
    assert obtained == patient_account.case.beyond_right()[account]


def test_disclosed_appointments_are_as_many_as_the_scale_says(either: Written) -> None:
    assert either.figures["appointments"] == round(6_128 * SCALE)


def test_records_of_the_truth_are_those_found_one_by_one(either: Written) -> None:
    found = found_records(clear_events(either))
    told = {row["record"]: row for row in pq.read_table(either.truth / "records.parquet").to_pylist()}
    assert set(found) == set(told)
    for record, row in told.items():
        appointment = either.case.appointments[record]
        instants = [instant_of(event) for event in found[record]]
        assert row["events"] == len(instants)
        assert (row["first_at"], row["last_at"]) == (min(instants), max(instants))
        assert row["person"] == appointment["patient_id"]
        assert row["controller"] == appointment["practice_id"]
        assert row["starts_at"] == appointment["starts_at"]
        assert row["booked_at"] == appointment["booked_at"]
        assert row["origin"] == appointment["booking_software"] == "partner-software"


def test_persons_of_the_truth_are_those_found_one_by_one(either: Written) -> None:
    case = either.case
    local_ids = {str(case.appointments[record_of(e)]["patient_id"]) for e in clear_events(either)}
    told = defaultdict(set)
    for row in pq.read_table(either.truth / "persons.parquet").to_pylist():
        told[row["group"]].add(row["person"])
    assert {frozenset(members) for members in told.values()} == case.persons_of(local_ids)
    assert either.figures["persons"] == len(told)
    assert either.figures["local_ids"] == len(local_ids)


def test_a_person_disclosed_under_two_local_ids_counts_once(patient_account: Written) -> None:
    figures = patient_account.figures
    assert figures["persons"] < figures["local_ids"] < figures["appointments"]


def test_first_and_last_disclosure_are_those_found(either: Written) -> None:
    instants = [instant_of(event) for event in clear_events(either)]
    first, last = (datetime.fromisoformat(either.figures[name]) for name in ("first_at", "last_at"))
    assert (first, last) == (min(instants), max(instants))


def test_share_of_the_month_is_that_of_the_registry(either: Written) -> None:
    (share,) = either.case.settings["shares"]
    since, until = share["of"]["from"], share["of"]["until"]
    booked = {number for number, row in either.case.appointments.items() if since <= row["booked_at"] < until}
    assert len(booked) == either.figures["share"]["total"] == round(30_640_000 * SCALE)
    disclosed = set(found_records(clear_events(either)))
    assert len(disclosed & booked) == either.figures["share"]["count"] == len(disclosed)


def test_controllers_of_the_truth_are_those_found(either: Written) -> None:
    records = found_records(clear_events(either))
    found = Counter(str(either.case.appointments[record]["practice_id"]) for record in records)
    assert either.figures["controllers"] == found


def test_unreadable_persons_are_those_shown_encrypted_only(stolen_client: Written) -> None:
    case = stolen_client.case

    def persons(protection: str) -> set[frozenset[str]]:
        return case.persons_of(
            {
                str(case.appointments[record_of(event)]["patient_id"])
                for event, rule in case.known()
                if rule["protection"] == protection
            }
        )

    assert len(persons("encrypted") - persons("clear")) == stolen_client.figures["unreadable"]["persons"] > 0


def test_the_suspect_changes_no_appointment(either: Written) -> None:
    events = [e for e, _, _ in either.case.disclosing if e["op"] in {"POST", "PUT"}]
    assert events == []
    account = either.figures["account"]
    changes = [
        e for e in either.case.reading.events if e["account"] == account and e["op"] in {"POST", "PUT"}
    ]
    if "known" not in either.case.settings:
        assert changes == []


def test_the_account_is_opened_the_same_morning(patient_account: Written) -> None:
    row = patient_account.case.accounts[patient_account.figures["account"]]
    opened = row["opened_at"]
    assert isinstance(opened, datetime)
    assert opened.astimezone(UTC).date().isoformat() == "2020-07-21"
    assert row["dependants"] == []
    assert row["own_patient_id"] in patient_account.case.patients


def test_most_of_its_requests_miss(patient_account: Written) -> None:
    account = patient_account.figures["account"]
    asked = [e for e in patient_account.case.reading.events if e["account"] == account and e["op"] == "GET"]
    status = Counter(event["status"] for event in asked)
    assert status[404] > len(asked) / 2
    assert status[403] > status[200] > 0
    assert set(status) <= {200, 403, 404, 503}


def test_acts_in_scope_are_all_accounted_for(either: Written) -> None:
    scope = either.figures["scope"]
    assert scope["events"] == scope["disclosed"] + scope["nothing_shown"] + scope["unresolved"]
    if "known" in either.case.settings:
        assert scope["disclosed"] == len(either.case.known())
    else:
        assert scope["disclosed"] == len(clear_events(either))
