# SPDX-License-Identifier: Apache-2.0
"""Statements at random, between changes of the rows: persons and columns as a walk over the rows has them.

SQLite, over the rows of each minute, counts as many rows as the reference does: that is what the log says,
and each count must be confirmed.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.made_case import rows_of
from tests.unit.scope.scenes import at, event, run_scene
from tests.unit.scope.sql.made_statements import (
    CATALOGUE,
    LAST,
    SETTINGS,
    TABLES,
    Made,
    Version,
    make_history,
    make_statement,
    record_rows,
    registry_rows,
    snapshot_of,
)
from tocsin.store.case import Case

Told = set[tuple[str, str | None, str]]


@pytest.mark.parametrize(
    ("seed", "number"), [(1, 60), pytest.param(2, 1500, marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_persons_and_columns_are_those_of_the_reference(tmp_path: Path, seed: int, number: int) -> None:
    chance = random.Random(seed)  # a test's own chance
    history = make_history(chance)
    made = [make_statement(chance, history, chance.randrange(LAST)) for _ in range(number)]
    case = run_case(tmp_path, history, made)
    assert rows_of(case, "unresolved") == []
    sure, possible, inexact = told_of(case, number)
    for place, one in enumerate(made):
        assert sure[place] | possible[place] == one.possible, one.text
        assert sure[place] <= one.sure, one.text
        if one.is_total:
            assert sure[place] == one.sure, one.text
        assert (place in inexact) <= (not one.is_total), one.text
    verdicts = {row["verdict"] for row in rows_of(case, "replay_checks")}
    assert verdicts == {"confirmed"}
    assert len(rows_of(case, "replay_checks")) == number


def test_reference_counts_rows_as_sqlite_does() -> None:
    chance = random.Random(3)  # a test's own chance
    history = make_history(chance)
    for _ in range(200):
        one = make_statement(chance, history, chance.randrange(LAST))
        if one.text.startswith("select") or one.text.startswith("with"):
            assert sqlite_rows(history, one) == one.rows, one.text


def run_case(folder: Path, history: Sequence[Version], made: Sequence[Made]) -> Case:
    """A case in which each statement is logged at its minute, with the rows that the reference counts."""
    events = [
        event(
            place,
            occurred_at=at(one.minute),
            query=one.text,
            items=one.rows,
            detail=None if one.binds is None else f'{{"parameters": "{one.binds}"}}',
        )
        for place, one in enumerate(made)
    ]
    _, case = run_scene(
        folder,
        catalogue=CATALOGUE,
        settings=SETTINGS,
        events=events,
        registry=registry_rows(history),
        records=record_rows(history),
    )
    return case


def told_of(case: Case, number: int) -> tuple[list[Told], list[Told], set[int]]:
    """What each event showed for certain and perhaps, and the events of which something is not exact."""
    sure: list[Told] = [set() for _ in range(number)]
    possible: list[Told] = [set() for _ in range(number)]
    inexact: set[int] = set()
    for row in rows_of(case, "disclosures"):
        place = int(str(row["event_id"]))
        told = sure if row["certainty"] == "reconstructed" else possible
        record = None if row["record"] is None else str(row["record"])
        told[place].add((str(row["person"]), record, str(row["category"])))
        inexact |= set() if row["exact"] else {place}
    return sure, possible, inexact


def sqlite_rows(history: Sequence[Version], one: Made) -> int:
    """The rows that SQLite gives on the rows of that minute."""
    connection = sqlite3.connect(":memory:")
    held = snapshot_of(history, one.minute)
    for table in TABLES:
        connection.execute(f"create table main.{table.name} ({', '.join(table.columns)})")
        rows = [tuple(values[c] for c in table.columns) for _n, values in held[table.name]]
        places = ", ".join("?" for _ in table.columns)
        connection.executemany(f"insert into main.{table.name} values ({places})", rows)
    text = one.text.replace("clinic.", "")
    counted: int = connection.execute(f"select count(*) from ({text})").fetchone()[0]
    connection.close()
    return counted
