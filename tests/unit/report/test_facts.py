# SPDX-License-Identifier: Apache-2.0
"""The result in a minute holds what a director asks, and raises its voice where a person is needed."""

from __future__ import annotations

from tests.unit.report.sample import golden_report
from tocsin.core.words import words
from tocsin.report.facts import Fact, brief, categories_by_size, summarise
from tocsin.report.reading import read_report

EN = words("en")


def facts_of(report: dict[str, object]) -> list[Fact]:
    return summarise(read_report(report), EN).facts


def texts(report: dict[str, object], label: str) -> list[str]:
    return [fact.text for fact in facts_of(report) if fact.label == label]


def test_golden_result_is_said() -> None:
    summary = summarise(read_report(golden_report()), EN)
    assert summary.headline == "At least 12 persons, most likely 17, at most 39."
    assert [row.name for row in summary.rows[:2]] == ["surname and given names", "date of birth"]
    said = [fact.text for fact in summary.facts]
    assert "11 June 2024, from 10:00 to 12:00 (Europe/Paris)" in said
    assert (
        "39 at most = 19 named by the accesses + 13 by the accesses not resolved + 7 by the records set aside"
        in said
    )
    assert "appointments: 25% (3 of 12)" in said
    assert "records created, changed or deleted: 1, at most 2" in said


def test_nothing_is_said_of_what_the_report_lacks() -> None:
    summary = summarise(read_report({}), EN)
    assert (summary.title, summary.headline, summary.rows) == ("", "", [])
    assert [fact.label for fact in summary.facts] == ["Secrecy"]
    assert brief(read_report({}), EN) == []


def test_wrong_sum_is_an_alarm() -> None:
    report = golden_report()
    report["accounting"][0]["records"] += 1
    report["scope"]["events"] += 1
    wrong = [fact for fact in facts_of(report) if "THE SUM IS WRONG" in fact.text]
    assert len(wrong) == 2
    assert all(fact.alarm for fact in wrong)


def test_right_sum_is_not_an_alarm() -> None:
    sums = [fact for fact in facts_of(golden_report()) if "the sum is right" in fact.text]
    assert len(sums) == 2
    assert not any(fact.alarm for fact in sums)


def test_missing_bound_is_an_alarm_with_its_reason() -> None:
    report = golden_report()
    report["counts"]["persons"] = {
        "floor": 1,
        "best": 2,
        "ceiling": None,
        "ceiling_reason": "gap without sequence",
    }
    fact = next(fact for fact in facts_of(report) if fact.label == "Certainty")
    assert (fact.text, fact.alarm) == ("no upper bound: gap without sequence", True)


def test_open_case_is_an_alarm_and_a_sealed_one_is_not() -> None:
    report = golden_report()
    assert facts_of(report)[-1].alarm
    report["secrecy"] = {"sealed": True}
    assert not facts_of(report)[-1].alarm


def test_first_accounts_are_named_and_the_others_counted() -> None:
    report = golden_report()
    report["accounts"] = [
        {"account": f"a{n}", "rank": n, "p": None, "verdict": "doubtful"} for n in range(1, 8)
    ]
    said = texts(report, "Accounts")
    assert said[0] == "1. a1: doubtful, not assessed"
    assert said[5:] == ["and 2 other accounts"]
    report["accounts_total"] = 311
    assert texts(report, "Accounts")[5:] == ["and 306 other accounts"]


def test_absence_of_change_is_said() -> None:
    report = golden_report()
    report["modifications"] = {"records": {"floor": 0, "best": 0, "ceiling": 0}}
    assert texts(report, "Changes") == ["no change seen"]


def test_changes_have_no_upper_bound_where_something_was_not_read() -> None:
    report = golden_report()
    report["modifications"] = {"records": {"floor": 0, "best": 0, "ceiling": 0, "untold": ["gap"]}}
    assert texts(report, "Changes") == ["no change seen in what was read"]
    report["modifications"]["records"] |= {"floor": 1, "best": 1, "ceiling": 2}
    assert texts(report, "Changes") == ["records created, changed or deleted: 1, at most no bound"]


def test_declared_figure_is_said_with_its_certainty() -> None:
    assert texts(golden_report(), "To declare") == ["persons: 17 (approximate; from the best estimate)"]


def test_categories_come_the_most_exposed_first() -> None:
    names = [name for name, _row in categories_by_size(read_report(golden_report()))]
    assert names[0] == "identity.name"
    assert names[-1] == "health.reason"
