# SPDX-License-Identifier: Apache-2.0
"""The small print says what the report holds, and nothing where it holds nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.unit.report.sample import golden_report
from tocsin.core.words import words
from tocsin.report import notes
from tocsin.report.reading import Account, CategoryCount, Claim, Count, read_report

EN = words("en")
PARIS = "Europe/Paris"
AT = datetime(2024, 6, 11, 8, tzinfo=UTC)


def test_category_says_when_of_what_time_and_in_what_form() -> None:
    row = CategoryCount(Count(1, 1, 1), AT, AT, "2020-01-01", "2021-12-31T23:30:00Z", ["clear", "encrypted"])
    said = "11 June 2024 at 10:00 · data from 1 January 2020 to 1 January 2022 · in clear and encrypted"
    assert notes.category_notes(EN, row, PARIS) == said


def test_category_says_nothing_when_nothing_is_known_of_it() -> None:
    assert notes.category_notes(EN, CategoryCount(protection=["clear"]), PARIS) == ""


def test_category_says_an_open_period_of_its_data() -> None:
    assert (
        notes.category_notes(EN, CategoryCount(data_from="2020-01-01"), PARIS)
        == "data from 1 January 2020 on"
    )
    assert (
        notes.category_notes(EN, CategoryCount(data_until="2020-01-01"), PARIS) == "data until 1 January 2020"
    )
    assert notes.category_notes(EN, CategoryCount(data_from="spring"), PARIS) == "data from spring on"


def test_account_says_its_sessions_and_times() -> None:
    account = Account("x", sessions=2, events=31, first_at=AT, last_at=AT)
    assert notes.account_notes(EN, account, PARIS) == "2 sessions · 31 accesses · 11 June 2024 at 10:00"


def test_source_says_its_reasons() -> None:
    source = read_report(golden_report()).accounting[1]
    said = "11 June 2024, from 07:58 to 11:30 · kept outside the system attacked · not events: 1 blank lines"
    assert notes.source_notes(EN, source, PARIS) == said


def test_gap_says_what_it_can_hide() -> None:
    report = golden_report()
    report["accounting"][1]["gaps"] = [
        {"from": "2024-06-11T08:00:00Z", "until": "2024-06-11T09:00:00Z", "bound": 8},
        {"from": "2024-06-11T08:00:00Z", "until": None, "bound": None},
    ]
    assert notes.gap_lines(EN, read_report(report)) == [
        "gateway: 11 June 2024, from 07:30 to 08:10 (outside the periods in question: adds nothing)",
        "web: 11 June 2024, from 10:00 to 11:00 (at most 8 persons)",
        "web: from 11 June 2024 at 10:00 on (no bound)",
    ]


def test_those_in_no_count_are_said_even_when_there_are_none() -> None:
    lines = notes.set_apart_lines(EN, read_report(golden_report()))
    assert len(lines) == 4
    assert lines[2] == "0 test identities were left out of every count."
    assert notes.set_apart_lines(EN, read_report({})) == []


def test_exceptions_are_listed_up_to_ten() -> None:
    claim = Claim("x", "contradicted", exceptions=list(range(12)), exceptions_count=47)
    assert notes.exceptions_listed(EN, claim).endswith("event 9 and 37 more")
    assert notes.exceptions_listed(EN, Claim("x", "contradicted", exceptions=3)) == ""
    assert notes.exceptions_listed(EN, Claim("x", exceptions=[{"fr": "a", "en": "b"}, 1.5])) == "b and 1.5"


def test_controllers_are_named_with_their_persons() -> None:
    report = {
        "controllers": {"count": 3, "largest": ["p-1", {"id": "p-2", "persons": 6128}, {"controller": "p-3"}]}
    }
    rows = notes.controller_rows(EN, read_report(report))
    assert rows == [("p-1", "–"), ("p-2", "6,128"), ("p-3", "–")]
    assert notes.controller_rows(EN, read_report({})) == []
