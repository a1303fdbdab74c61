# SPDX-License-Identifier: Apache-2.0
"""Expected figures are found in a report by their path, and only a right one agrees."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.replays.conftest import Written
from tocsin.core.errors import InputError
from tocsin.replays.figures import agree, find_figure
from tocsin.replays.r5.replay import R5

REPORT = {
    "accounting": [{"source": "gateway", "events": 12}],
    "accounts": [{"account": "u1", "rank": 1}, {"account": "u2", "rank": 2}],
    "counts": {"records:appointment": {"best": 3}, "persons": {"best": 2, "ceiling": None}},
    "categories": {"identity.name": {"persons": {"best": 2}}, "identity": {"other": 1}},
    "shares": [{"unit": "records:appointment", "share": 0.25}],
    "claims": [{"id": "no:health.reason", "grade": "proven"}],
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("accounting.gateway.events", 12),
        ("accounts.1.account", "u1"),
        ("accounts.u2.rank", 2),
        ("counts.records:appointment.best", 3),
        ("categories.identity.name.persons.best", 2),
        ("categories.identity.other", 1),
        ("shares.records:appointment.share", 0.25),
        ("claims.no:health.reason.grade", "proven"),
        ("counts.persons.floor", None),
        ("counts.nothing.best", None),
    ],
)
def test_find_figure_follows_its_path(path: str, value: object) -> None:
    assert find_figure(REPORT, path) == value


@pytest.mark.parametrize(
    ("expected", "found", "agrees"),
    [
        (3, 3, True),
        (3, 4, False),
        (3, None, False),
        (0, None, False),
        (0, False, False),
        (1, True, False),
        (0.25, 0.25 + 5e-10, True),
        (0.25, 0.2500001, False),
        ("2020-07-21T07:00:00.000Z", "2020-07-21T07:00:00.000000Z", True),
        ("2020-07-21T07:00:00.000Z", "2020-07-21T07:00:01Z", False),
        (("proven", "not_observed"), "not_observed", True),
        (("proven", "not_observed"), "contradicted", False),
        ("proven", "unknown", False),
    ],
)
def test_agree_tells_right_from_wrong(expected: object, found: object, agrees: bool) -> None:
    assert agree(expected, found) is agrees


def report_of(figures: dict[str, Any]) -> dict[str, object]:
    """The report that a product without fault would write."""
    appointments, persons = figures["appointments"], figures["persons"]
    return {
        "accounting": [{"source": "gateway", **figures["accounting"]["gateway"]}],
        "accounts": [{"account": figures["account"], "rank": 1}],
        "counts": {
            "persons": {"floor": persons, "best": persons},
            "records:appointment": {"floor": appointments, "best": appointments},
        },
        "categories": {
            name: {
                "persons": {"best": count},
                "first_at": figures["first_at"],
                "last_at": figures["last_at"],
            }
            for name, count in figures["categories"].items()
        },
        "shares": [{"unit": "records:appointment", **figures["share"]}],
        "controllers": {"count": len(figures["controllers"])},
        "unreadable": figures["unreadable"],
        "not_in_registry": 0,
        "modifications": {"records": {"best": 0}},
        "claims": [
            {"id": claim, "grade": "proven"}
            for claim in (
                "no:health.reason",
                "no:health.document",
                "no:credential.password",
                "no:finance.bank",
                "no_from:appointment:site",
                "no_from:appointment:practice-software",
                "no_change:appointment",
                "protected:health.reason",
            )
        ],
    }


def test_comparison_agrees_in_all_when_the_report_is_right(either: Written) -> None:
    outcomes = R5().compare(report_of(either.figures), either.truth)
    assert [outcome.expected.figure for outcome in outcomes if not outcome.agrees] == []
    assert len(outcomes) > 30


def test_comparison_shows_the_one_figure_that_is_wrong(patient_account: Written) -> None:
    report: dict[str, Any] = report_of(patient_account.figures)
    report["counts"]["persons"]["best"] += 1
    (wrong,) = [o for o in R5().compare(report, patient_account.truth) if not o.agrees]
    assert wrong.expected.figure == "counts.persons.best"
    assert wrong.found == wrong.expected.value + 1  # type: ignore[operator]


def test_every_expected_figure_has_a_sentence_in_both_languages(either: Written) -> None:
    for expected in R5().expected(0.001, either.truth):
        assert expected.en
        assert expected.fr


def test_comparison_refuses_a_truth_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        R5().compare({}, tmp_path)
