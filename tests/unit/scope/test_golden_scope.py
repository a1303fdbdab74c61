# SPDX-License-Identifier: Apache-2.0
"""The golden case, from its logs to the tables of scope, and the same bytes whoever runs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.golden_compare import compare_table, label_events, label_rows
from tests.made_case import rows_of
from tocsin.ingest.run import run as ingest
from tocsin.scope.run import run
from tocsin.store.case import Case


@pytest.fixture
def golden(tmp_case: Callable[..., Path]) -> Case:
    """The golden case with scope run."""
    with Case(tmp_case(), by="tests") as case:
        ingest(case)
        run(case)
    return case


@pytest.mark.parametrize("table", ["judged", "disclosures", "nothing_shown", "unresolved"])
def test_golden_case_gives_the_expected_rows(golden: Case, table: str) -> None:
    labels = label_events(rows_of(golden, "events"))
    assert compare_table(table, label_rows(rows_of(golden, table), labels)) == []


def test_golden_case_leaves_three_set_aside_records_in_doubt_and_no_gap(golden: Case) -> None:
    assert [(row["kind"], row["names"]) for row in rows_of(golden, "doubts")] == [
        ("set_aside", None),
        ("set_aside", 1),
        ("set_aside", None),
    ]


def test_golden_case_modifies_one_record_for_certain_and_perhaps_another(golden: Case) -> None:
    found = {(row["record"], row["count_in"]) for row in rows_of(golden, "modifications")}
    assert found == {("A003", "floor"), ("A002", "ceiling")}


def test_two_runs_write_the_same_bytes(tmp_case: Callable[..., Path]) -> None:
    digests = []
    for name in ("one", "other"):
        with Case(tmp_case(name), by=name) as case:
            ingest(case)
            run(case)
            digests.append(
                {table: [p.sha256 for p in parts] for table, parts in case.generation.tables.items()}
            )
    assert digests[0] == digests[1]
