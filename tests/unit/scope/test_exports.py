# SPDX-License-Identifier: Apache-2.0
"""Exports run again whole, or told by their file; searches and exports held against what the log counts."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from tests.made_case import NOON, make_case, rows_of
from tests.unit.scope.scenes import HEAD, KNOWN, REGISTRY, event, person, persons, run_scene, values
from tocsin.scope.copies.run import read_copies
from tocsin.scope.run import run

REPLAY = """
[[shows]]
action = "{action}"
parameters = {{ name = "query:name" }}
replay = "select person from patients where family_name = $name order by person{page}"
collation = "binary"
row_bytes = 40
categories = ["identity.name"]
"""
EXPORT = REPLAY.format(action="export", page="")
SEARCH = REPLAY.format(action="search", page=" limit 2")
SMITHS = [person(f"P{n}", family_name="Smith") for n in range(1, 4)]
FILE = "nom;prenom;ne_le\nMartin;Zoé;1984-12-03\nPetit;Paul;1975-02-01\n"


def asked(number: int, action: str, **more: object) -> dict[str, object]:
    return event(number, action=action, query="name=Smith", **more)


def test_export_shows_all_that_its_criteria_find(tmp_path: Path) -> None:
    _, case = run_scene(tmp_path, catalogue=EXPORT, events=[asked(1, "export")], registry=SMITHS)
    assert persons(case) == {1: {"P1", "P2", "P3"}}
    assert set(values(case, "disclosures", "resolver", "certainty", "exact")) == {
        ("export", "reconstructed", True)
    }


def test_export_whose_file_is_held_is_told_by_the_file(tmp_path: Path) -> None:
    path = tmp_path / "share" / "smith.csv"
    path.parent.mkdir()
    path.write_text(FILE, "utf-8")
    before = (NOON - timedelta(days=10)).timestamp()
    os.utime(path, (before, before))
    (tmp_path / "catalogue.toml").write_text(EXPORT, "utf-8")
    files = '[[files]]\nname = "share"\npaths = ["share"]\n'
    events = [
        asked(1, "export", file_name="share/smith.csv", bytes=len(FILE.encode())),
        asked(2, "export", file_name="share/lost.csv"),
    ]
    with make_case(
        tmp_path, settings=HEAD + REGISTRY + KNOWN + files, events=events, registry=SMITHS
    ) as case:
        read_copies(case)
        run(case)
    rows = rows_of(case, "disclosures")
    assert {(r["event_id"], r["registry"], r["certainty"]) for r in rows} == {
        (1, "share", "taken"),
        (2, "patients", "reconstructed"),
    }
    checks = values(case, "replay_checks", "event_id", "against", "most_rows", "logged", "verdict")
    assert (1, "file", 3, 2, "contradicted") in checks


@pytest.mark.parametrize(
    ("logged", "expected"),
    [
        ({"items": 2}, [("items", "confirmed")]),
        ({"items": 7}, [("items", "contradicted")]),
        ({"bytes": 79}, [("bytes", "contradicted")]),
        ({"bytes": 80}, [("bytes", "not_contradicted")]),
        ({}, []),
    ],
    ids=["as_many", "more", "too_small", "large_enough", "nothing_logged"],
)
def test_search_is_held_against_what_the_log_counts(
    tmp_path: Path, logged: dict[str, object], expected: list[tuple[str, str]]
) -> None:
    _, case = run_scene(tmp_path, catalogue=SEARCH, events=[asked(1, "search", **logged)], registry=SMITHS)
    assert persons(case) == {1: {"P1", "P2"}}
    assert values(case, "replay_checks", "against", "verdict") == expected
