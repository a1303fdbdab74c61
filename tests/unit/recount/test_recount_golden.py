# SPDX-License-Identifier: Apache-2.0
"""The recount gives every expected file of the golden case, and differs where a report is changed."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest

from tests.golden_compare import compare_exposure, compare_persons, compare_report, compare_table
from tocsin.recount import Recount, compare, list_rows, recount, report

GOLDEN = Path(__file__).resolve().parents[2] / "golden"


@cache
def golden() -> Recount:
    return recount(GOLDEN / "case")


@pytest.mark.parametrize(
    "table", ["events", "set_aside", "judged", "disclosures", "nothing_shown", "unresolved"]
)
def test_recount_gives_the_expected_table(table: str) -> None:
    assert compare_table(table, list_rows(golden(), table)) == []


def test_recount_gives_the_expected_partition() -> None:
    assert compare_persons(list_rows(golden(), "persons")) == []


def test_recount_gives_the_expected_exposure() -> None:
    assert compare_exposure(list_rows(golden(), "exposure"), list_rows(golden(), "persons")) == []


def test_recount_gives_the_expected_report() -> None:
    figures = report(golden())
    claims = figures["claims"]
    assert isinstance(claims, list)
    graded = [
        {"id": one["id"], "grade": "contradicted" if one["contradicted"] else "not_observed"}
        for one in claims
    ]
    assert compare_report(figures | {"claims": graded}) == []


def as_product(figures: dict[str, object]) -> dict[str, object]:
    """The recount's own figures in the shape of a report of the product."""
    made = copy.deepcopy(figures)
    claims = made["claims"]
    assert isinstance(claims, list)
    made["claims"] = [
        {"id": one["id"], "grade": "contradicted" if one["contradicted"] else "proven"} for one in claims
    ]
    return made


def test_comparison_finds_nothing_when_the_report_agrees() -> None:
    assert compare(report(golden()), as_product(report(golden()))) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("counts.persons.floor", 13),
        ("counts.persons.ceiling", None),
        ("counts.persons.ceiling_reason", "gap"),
        ("scope.disclosed", 18),
        ("categories.contact.phone.persons.best", 6),
        ("accounting.web.reasons.comment", 1),
        ("accounting.gateway.last_at", "2024-06-11T10:30:00.000001Z"),
        ("claims.no:finance.bank.grade", "contradicted"),
        ("shares.records:appointment.share", 0.26),
        ("modifications.records.ceiling", 3),
    ],
)
def test_comparison_names_the_figure_when_one_was_changed(path: str, value: object) -> None:
    changed = as_product(report(golden()))
    put(changed, path, value)
    assert [one.path for one in compare(report(golden()), changed)] == [
        path.replace(".grade", ".contradicted")
    ]


def put(value: object, path: str, new: object) -> None:
    """Change one figure; a list's row is found by source, id or unit, a category by its dotted name."""
    if isinstance(value, list):
        rows = [(key, row) for row in value for key in ("source", "id", "unit") if key in row]
        name, row = next((row[key], row) for key, row in rows if path.startswith(f"{row[key]}."))
        put(row, path.removeprefix(f"{name}."), new)
        return
    assert isinstance(value, dict)
    name = next((key for key in value if path.startswith(f"{key}.")), None)
    if name is None:
        value[path] = new
    else:
        put(value[name], path.removeprefix(f"{name}."), new)


def test_comparison_reads_instants_when_they_are_written_otherwise() -> None:
    changed = as_product(report(golden()))
    put(changed, "accounting.gateway.last_at", "2024-06-11T12:30:00+02:00")
    assert compare(report(golden()), changed) == []


def test_comparison_names_a_category_when_only_the_report_has_it() -> None:
    changed = as_product(report(golden()))
    put(changed, "categories", changed["categories"] | {"id.nir": {"persons": {"floor": 1, "best": 1}}})  # type: ignore[operator]
    assert [one.path for one in compare(report(golden()), changed)] == ["categories.id.nir"]


def test_recount_sets_bounds_apart_from_names_in_the_ceiling() -> None:
    bounds = golden().bounds
    assert sorted(bound or 0 for _, bound in bounds.unresolved) == [2, 4, 7]
    assert sorted(bound or 0 for _, bound in bounds.set_aside) == [1, 2, 4]
    assert bounds.gaps == ()


def test_hole_against_a_declared_period_is_no_difference_and_takes_the_ceilings_with_it() -> None:
    changed = cast("dict[str, Any]", copy.deepcopy(as_product(report(golden()))))
    lacking = {"from": "2024-06-11T10:00:00Z", "until": "2024-06-11T11:00:00Z", "kind": "period"}
    changed["accounting"][0]["gaps"].append(lacking)
    changed["counts"]["persons"] |= {"ceiling": None, "ceiling_reason": "gap"}
    assert compare(report(golden()), changed) == []
    changed["accounting"][0]["gaps"].append(lacking | {"kind": "sequence"})
    assert [one.path for one in compare(report(golden()), changed)] == ["accounting.gateway.gaps"]
