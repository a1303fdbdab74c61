# SPDX-License-Identifier: Apache-2.0
"""What a ceiling is made of: the bounds of what could not be resolved, read or found."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.made_case import NOON
from tests.unit.report_figures.made_scope import (
    event,
    gap,
    linked,
    persons_of,
    report_of,
    set_aside,
    shown,
    unresolved,
)
from tocsin.report.figures import Row
from tocsin.store.query import load_query

ONE, TWO, THREE = event(1), event(2), event(3, "web")
BOTH = [shown(ONE, "p1"), shown(ONE, "p2"), shown(TWO, "p1")]


def test_a_ceiling_adds_the_bounds_of_unresolved_events(tmp_path: Path) -> None:
    report = report_of(
        tmp_path,
        events=[ONE, TWO, THREE],
        disclosures=BOTH,
        unresolved=[
            unresolved(TWO, 4, categories=["contact.phone"]),
            unresolved(THREE, 3, "no_rule", categories=["identity.name"]),
        ],
    )
    assert persons_of(report) == (2, 2, 9)
    assert report["counts"]["persons"]["ceiling_parts"] == {
        "named": 2,
        "records_without_person": 0,
        "unresolved": 7,
        "set_aside": 0,
        "gaps": 0,
    }
    assert report["categories"]["contact.phone"]["persons"]["ceiling"] == 7
    assert report["categories"]["identity.name"]["persons"]["ceiling"] == 5
    assert report["unresolved"] == [
        {"reason": "missing_parameter", "events": 1, "bound": 4},
        {"reason": "no_rule", "events": 1, "bound": 3},
    ]


def test_a_record_set_aside_stands_for_one_when_it_names_one_and_for_the_most_otherwise(
    tmp_path: Path,
) -> None:
    report = report_of(
        tmp_path,
        events=[ONE],
        disclosures=BOTH[:2],
        doubts=[set_aside(1, 1), set_aside(2, None), set_aside(3, 5)],
    )
    assert persons_of(report) == (2, 2, 2 + 1 + 2 + 2)
    assert report["scope"]["set_aside"] == 3
    assert report["counts"]["records:appointment"]["ceiling"] == 5


def test_a_gap_stands_for_its_missing_records_times_the_most(tmp_path: Path) -> None:
    report = report_of(tmp_path, events=[ONE], disclosures=BOTH[:2], doubts=[gap(3)])
    assert persons_of(report) == (2, 2, 8)


def test_there_is_no_ceiling_when_the_source_disclosed_nothing(tmp_path: Path) -> None:
    report = report_of(tmp_path, events=[ONE], disclosures=BOTH[:2], doubts=[set_aside(1, None, "web")])
    assert persons_of(report) == (2, 2, None)
    assert report["counts"]["persons"]["ceiling_reason"] == "set_aside"
    question = {"code": "set_aside_without_bound", "values": {"number": 1, "what": ["web"]}}
    assert question in report["open_questions"]
    assert report["categories"]["contact.phone"]["persons"]["ceiling"] is None
    assert report["figures"]["counts.persons.ceiling"]["value"] is None


def test_there_is_no_ceiling_when_nothing_counts_what_is_missing(tmp_path: Path) -> None:
    hole = {"source": "gateway", "kind": "period", "from_at": NOON, "until_at": NOON + timedelta(hours=1)}
    report = report_of(
        tmp_path, events=[ONE], disclosures=BOTH[:2], gaps=[hole], doubts=[gap(None, node=None)]
    )
    assert persons_of(report)[2] is None
    assert report["counts"]["persons"]["ceiling_reason"] == "gap"
    assert report["accounting"][0]["gaps"][0]["bound"] is None


def test_a_category_keeps_its_ceiling_when_what_has_no_bound_is_of_another(tmp_path: Path) -> None:
    report = report_of(
        tmp_path,
        events=[ONE, TWO],
        disclosures=BOTH[:2],
        unresolved=[unresolved(TWO, None, "unknown_content", categories=["contact.phone"])],
    )
    assert persons_of(report) == (2, 2, None)
    assert report["categories"]["identity.name"]["persons"]["ceiling"] == 2
    assert report["categories"]["contact.phone"]["persons"]["ceiling"] is None
    assert report["counts"]["records:appointment"]["ceiling"] == 0
    assert report["unresolved"] == [{"reason": "unknown_content", "events": 1, "bound": None}]


def test_records_add_the_bounds_of_events_whose_rule_has_them(tmp_path: Path) -> None:
    of = {"categories": ["identity.name"]}
    report = report_of(
        tmp_path,
        events=[ONE, TWO, THREE],
        disclosures=[shown(ONE, "p1", record_type="appointment", record="A1")],
        unresolved=[
            unresolved(TWO, 4, record_type="appointment", **of),
            unresolved(THREE, 8, **of),
        ],
    )
    assert report["counts"]["records:appointment"] == {"floor": 1, "best": 1, "ceiling": 5}


def test_the_most_that_one_event_disclosed_has_the_encrypted_too_which_another_may_show_in_clear(
    tmp_path: Path,
) -> None:
    hidden = {"protection": "encrypted", "count_in": None}
    report = report_of(
        tmp_path,
        events=[ONE, TWO],
        disclosures=[shown(ONE, "p1"), shown(TWO, "p2", **hidden), shown(TWO, "p3", **hidden)],
        doubts=[set_aside(1, None)],
    )
    assert persons_of(report) == (1, 1, 3)


def test_a_gap_of_the_accounting_has_a_bound_only_within_the_scope(tmp_path: Path) -> None:
    hole = {"source": "gateway", "node": "a", "kind": "sequence", "missing": 2}
    within = hole | {"from_at": NOON - timedelta(hours=1), "until_at": NOON + timedelta(hours=2)}
    before = hole | {"from_at": NOON - timedelta(hours=5), "until_at": NOON - timedelta(hours=4)}
    report = report_of(tmp_path, events=[ONE], disclosures=BOTH[:2], gaps=[within, before], doubts=[gap(2)])
    [gateway, _] = report["accounting"]
    assert [one["bound"] for one in gateway["gaps"]] == [0, 4]


def test_a_hostile_number_does_not_overflow(tmp_path: Path) -> None:
    huge = 2**62
    report = report_of(
        tmp_path,
        events=[ONE, TWO, THREE],
        disclosures=BOTH[:2],
        unresolved=[unresolved(TWO, huge, categories=["contact.phone"]), unresolved(THREE, huge, "no_rule")],
        doubts=[gap(huge)],
    )
    assert report["counts"]["persons"]["ceiling"] >= 10**15
    assert report["categories"]["contact.phone"]["persons"]["ceiling"] >= 10**15


def partly_told(names: int | None, **more: object) -> Row:
    """An event that disclosed somebody, and may have shown more."""
    return {
        "kind": "partial",
        "source": "gateway",
        "file_number": 1,
        "byte_offset": 100,
        "names": names,
    } | more


def test_a_ceiling_adds_what_a_disclosed_event_may_have_shown_beyond_whom_it_told(tmp_path: Path) -> None:
    report = report_of(
        tmp_path,
        events=[ONE],
        disclosures=BOTH[:2],
        doubts=[partly_told(3, categories=["contact.phone"], record_type="appointment")],
    )
    assert persons_of(report) == (2, 2, 5)
    parts = report["counts"]["persons"]["ceiling_parts"]
    assert sum(parts.values()) == 5
    assert report["categories"]["contact.phone"]["persons"]["ceiling"] == 3
    assert report["categories"]["identity.name"]["persons"]["ceiling"] == 2, "no rule of it shows names"
    assert report["counts"]["records:appointment"]["ceiling"] == 3
    assert report["unresolved"] == []


def test_there_is_no_ceiling_when_nothing_bounds_the_rest_of_a_disclosed_event(
    tmp_path: Path,
) -> None:
    report = report_of(tmp_path, events=[ONE], disclosures=BOTH[:2], doubts=[partly_told(None)])
    assert persons_of(report) == (2, 2, None)
    assert report["counts"]["persons"]["ceiling_reason"] == "unresolved"
    question = {"code": "unresolved_without_bound", "values": {"number": 1, "what": ["partly_told"]}}
    assert question in report["open_questions"]


def test_nobody_is_cleared_by_an_event_that_may_have_shown_more_than_it_told(tmp_path: Path) -> None:
    tables = ("unresolved", "doubts", "uncovered", "judged")
    with (
        linked(tmp_path, events=[ONE], disclosures=BOTH[:2], doubts=[partly_told(1)]) as case,
        case.engine(*tables) as engine,
    ):
        [(unresolved_events, *_)] = engine.rows(load_query("tocsin.report", "person_doubts"))
    assert unresolved_events == 1
