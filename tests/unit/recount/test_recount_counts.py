# SPDX-License-Identifier: Apache-2.0
"""Floor, best and ceiling on tiny cases, one rule of counting at a time."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from tests.unit.recount.small_case import CATALOGUE, KNOWN, PATIENTS, Line, act, card, write_case
from tocsin.recount import Recount, list_left_out, list_rows, recount, report
from tocsin.recount.values import Table

Counts = tuple[int, int, int | None]


def count(recounted: Recount, unit: str = "persons") -> Counts:
    counts = cast(Table, cast(Table, report(recounted)["counts"])[unit])
    return cast(Counts, (counts["floor"], counts["best"], counts["ceiling"]))


def count_lines(folder: Path, *lines: Line, known: str = KNOWN, more: str = "") -> Counts:
    return count(recount(write_case(folder, lines, known=known, more=more)))


def doubtful(p: str) -> str:
    return KNOWN + f'verdict = "doubtful"\n{p}\n'


def test_person_is_counted_once_when_read_twice(tmp_path: Path) -> None:
    assert count_lines(tmp_path, card("P1"), card("P1", "09:11:00"), card("P2")) == (2, 2, 2)


def test_access_is_out_of_scope_when_it_stands_on_the_end_of_the_period(tmp_path: Path) -> None:
    lines = [
        card("P1", "08:59:59.999999"),
        card("P2", "09:00:00"),
        card("P3", "09:59:59.999999"),
        card("P4", "10:00:00"),
    ]
    recounted = recount(write_case(tmp_path, lines))
    assert [row["event"] for row in list_rows(recounted, "judged")] == ["app:2", "app:3"]


def test_unknown_outcome_counts_only_in_the_ceiling(tmp_path: Path) -> None:
    assert count_lines(tmp_path, card("P1", outcome="timeout")) == (0, 0, 1)


def test_absent_outcome_counts_only_in_the_ceiling(tmp_path: Path) -> None:
    assert count_lines(tmp_path, card("P1", outcome=None)) == (0, 0, 1)


def test_failure_counts_nowhere(tmp_path: Path) -> None:
    assert count_lines(tmp_path, card("P1", outcome="ko")) == (0, 0, 0)


def test_failure_counts_when_its_rule_matches_on_outcome(tmp_path: Path) -> None:
    rule = CATALOGUE + (
        '[[shows]]\nsource = "app"\noutcome = "failure"\nobject = "/card/{person}"\n'
        'categories = ["identity.name"]\n'
    )
    recounted = recount(write_case(tmp_path, [card("P1", outcome="ko")], catalogue=rule))
    assert count(recounted) == (1, 1, 1)


def test_uncovered_access_is_never_in_the_floor_when_it_names_a_person(tmp_path: Path) -> None:
    recounted = recount(write_case(tmp_path, [act(object="/other", person="P1")]))
    assert count(recounted) == (0, 1, 1)
    assert [row["category"] for row in list_rows(recounted, "disclosures")] == ["undetermined"]
    assert cast(Table, report(recounted)["scope"])["uncovered"] == {"events": 1}


@pytest.mark.parametrize(
    ("p", "expected"),
    [("p = 0.5", (0, 1, 1)), ("p = 0.49", (0, 0, 1)), ("", (0, 0, 1)), ("p = 1.0", (0, 1, 1))],
)
def test_doubtful_access_is_in_the_best_when_more_likely_than_not(
    tmp_path: Path, p: str, expected: Counts
) -> None:
    assert count_lines(tmp_path, card("P1"), known=doubtful(p)) == expected


def test_split_account_counts_only_in_the_ceiling_when_nothing_was_detected(tmp_path: Path) -> None:
    assert count_lines(tmp_path, card("P1"), known=KNOWN + "split = true\n") == (0, 0, 1)


def test_legitimate_access_is_judged_and_counts_nowhere(tmp_path: Path) -> None:
    recounted = recount(write_case(tmp_path, [card("P1")], known=KNOWN + 'verdict = "legitimate"\n'))
    assert count(recounted) == (0, 0, 0)
    assert len(recounted.judged) == 1


def test_absent_person_is_in_the_floor_when_there_is_one_registry(tmp_path: Path) -> None:
    recounted = recount(write_case(tmp_path, [card("P9")]))
    assert count(recounted) == (1, 1, 1)
    assert report(recounted)["not_in_registry"] == 1


def test_absent_person_is_not_in_the_floor_when_there_are_two_registries(tmp_path: Path) -> None:
    other = (
        '[[registries]]\nname = "staff"\npaths = ["patients.csv"]\nsources = ["hr"]\n'
        '[registries.columns]\nperson = "id"\n'
    )
    assert count_lines(tmp_path, card("P9"), more=other) == (0, 1, 1)


def test_id_of_another_shape_is_nobody(tmp_path: Path) -> None:
    recounted = recount(write_case(tmp_path, [card("all")]))
    assert count(recounted) == (0, 0, 1)
    assert [(row["reason"], row["bound"]) for row in list_rows(recounted, "unresolved")] == [
        ("unknown_content", 1)
    ]


def test_encrypted_access_counts_nowhere_and_its_person_is_unreadable(tmp_path: Path) -> None:
    sealed = CATALOGUE.replace(
        'categories = ["appointment.date"]', 'categories = ["health.reason"]\nprotection = "encrypted"'
    )
    lines = [act(object="/visit/V1"), act(object="/visit/V2"), card("P2")]
    recounted = recount(write_case(tmp_path, lines, catalogue=sealed))
    assert count(recounted) == (1, 1, 1)
    assert count(recounted, "records:visit") == (0, 0, 0)
    assert report(recounted)["unreadable"] == {"persons": 1}


def test_test_identity_counts_nowhere(tmp_path: Path) -> None:
    patients = PATIENTS + "P6,,290010199900101,1.2.250.1.213.1.4.10,,Test,Test,1990-01-01,A,,\n"
    recounted = recount(write_case(tmp_path, [card("P6"), card("P1")], patients=patients))
    assert count(recounted) == (1, 1, 1)
    assert report(recounted)["test_identities"] == 1


def test_ceiling_adds_the_items_of_an_export_whose_content_is_unknown(tmp_path: Path) -> None:
    assert count_lines(tmp_path, card("P1"), act(action="export", object="/export/a.csv", items=40)) == (
        1,
        1,
        41,
    )


def test_ceiling_is_null_when_an_unresolved_event_has_no_bound(tmp_path: Path) -> None:
    recounted = recount(write_case(tmp_path, [card("P1"), act(action="export", object="/export/a.csv")]))
    assert count(recounted) == (1, 1, None)
    assert cast(Table, cast(Table, report(recounted)["counts"])["persons"])["ceiling_reason"] == "unresolved"


def test_ceiling_of_a_category_adds_only_what_its_rules_left_open(tmp_path: Path) -> None:
    lines = [
        card("P1"),
        act(action="export", object="/export/a.csv", items=40),
        act(object="/nowhere", items=3),
    ]
    categories = cast(Table, report(recount(write_case(tmp_path, lines)))["categories"])
    ceilings = {name: cast(Table, cast(Table, row)["persons"])["ceiling"] for name, row in categories.items()}
    assert ceilings == {"identity.name": 44, "contact.phone": 43, "appointment.date": 3}


def test_export_is_taken_when_it_succeeded_and_names_its_persons(tmp_path: Path) -> None:
    export = act(action="export", object="/export/a.csv", persons=["P1", "P2"])
    recounted = recount(write_case(tmp_path, [export, export | {"outcome": "?", "persons": ["P3"]}]))
    assert {(row["person"], row["certainty"]) for row in list_rows(recounted, "disclosures")} == {
        ("P1", "taken"),
        ("P2", "taken"),
        ("P3", "shown"),
    }
    assert count(recounted) == (2, 2, 3)


def test_record_leads_to_its_person(tmp_path: Path) -> None:
    recounted = recount(write_case(tmp_path, [act(object="/visit/V2"), act(object="/visit/V3")]))
    assert count(recounted) == (1, 1, 1)
    assert count(recounted, "records:visit") == (2, 2, 2)


def test_record_that_no_table_knows_is_unresolved(tmp_path: Path) -> None:
    recounted = recount(write_case(tmp_path, [act(object="/visit/V8")]))
    assert [row["bound"] for row in list_rows(recounted, "unresolved")] == [1]
    assert count(recounted) == (0, 0, 1)


def test_every_event_in_scope_ends_in_one_place(tmp_path: Path) -> None:
    lines = [
        card("P1"),
        act(action="login"),
        act(object="/nowhere"),
        act(object="/help/a/b"),
        card("P2", outcome="ko"),
    ]
    scope = cast(Table, report(recount(write_case(tmp_path, lines)))["scope"])
    assert (scope["events"], scope["disclosed"], scope["nothing_shown"], scope["unresolved"]) == (5, 1, 3, 1)


def test_recount_tells_what_it_leaves_out(tmp_path: Path) -> None:
    case = write_case(tmp_path, [card("P1")])
    assert list_left_out(recount(case)) == ["probable_merges"]
    toml = case / "case.toml"
    period = 'zone = "UTC"\nperiod = { from = 2024-03-01T00:00:00Z, until = 2024-03-02T00:00:00Z }\n'
    toml.write_text(toml.read_text("utf-8").replace('zone = "UTC"\n', period), "utf-8")
    assert list_left_out(recount(case)) == ["probable_merges", "holes_against_period"]
