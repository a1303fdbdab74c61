# SPDX-License-Identifier: Apache-2.0
"""Copies of a log with holes: the truth is inside the interval in all, and no false claim is proven."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.scope.coverage.degraded import KINDS, truth_of, whole_log, write_copy
from tocsin.pipeline import run_stages
from tocsin.report.assemble import assemble
from tocsin.store.case import Case

FEW = ("rotation", "renumbered", "uncounted")
COPIES = 200


def assert_holds(folder: Path, kind: str, seed: int) -> None:
    lines = whole_log(seed)
    write_copy(folder, lines, kind, seed)
    with Case(folder, by="tests") as case:
        run_stages(case, ["ingest", "scope", "link"])
        report = assemble(case)
    count = report["counts"]["persons"]
    assert count["floor"] <= truth_of(lines)
    assert count["ceiling"] is None or count["ceiling"] >= truth_of(lines)
    grades = {claim["id"]: claim["grade"] for claim in report["claims"]}
    assert grades["no:finance.bank"] != "proven"


@pytest.mark.parametrize("kind", FEW)
def test_truth_is_inside_the_interval_when_the_log_is_degraded(tmp_path: Path, kind: str) -> None:
    assert_holds(tmp_path / "case", kind, 1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(COPIES))
def test_truth_is_inside_the_interval_of_many_copies(tmp_path: Path, seed: int) -> None:
    assert_holds(tmp_path / "case", KINDS[seed % len(KINDS)], seed)
