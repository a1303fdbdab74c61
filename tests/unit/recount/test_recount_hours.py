# SPDX-License-Identifier: Apache-2.0
"""The night the clocks change: the recount reads it apart from the product, and finds the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.made_case import rows_of
from tests.unit.recount.small_case import CATALOGUE, MAPPING, PATIENTS
from tocsin.ingest.run import run as ingest
from tocsin.recount import list_rows, recount
from tocsin.scope.run import run as scope
from tocsin.store.case import Case

CASE = """
[case]
id = "night"
[[sources]]
name = "app"
paths = ["app.ndjson"]
mapping = "app.toml"
zone = "Europe/Paris"
[[registries]]
name = "patients"
paths = ["patients.csv"]
[registries.columns]
person = "id"
[catalogue]
path = "catalogue.toml"
[[known]]
account = "thief"
from = 2024-10-27T00:30:00Z
until = 2024-10-27T01:30:00Z
"""
NO_VISITS = "\n\n".join(part for part in CATALOGUE.split("\n\n") if "visit" not in part)


@pytest.mark.parametrize(
    "times",
    [
        ["01:00", "02:10", "02:40", "02:05", "02:35", "03:20"],
        ["02:10", "02:40"],
        ["02:40", "02:10"],
        ["03:20", "02:40", "02:10", "01:00"],
        ["01:59", "02:00", "02:59", "02:00", "02:59", "03:00"],
        ["02:10", "02:50", "02:10", "02:50", "02:10"],
    ],
)
def test_both_counts_read_the_hour_that_comes_twice_alike(tmp_path: Path, times: list[str]) -> None:
    lines = [
        {
            "at": f"2024-10-27T{time}:00",
            "account": "thief",
            "action": "read",
            "object": f"/card/P{n % 5 + 1}",
            "outcome": "ok",
        }
        for n, time in enumerate(times)
    ]
    lines.append({**lines[0], "at": "2024-03-31T02:30:00"})
    files = {
        "case.toml": CASE,
        "app.toml": MAPPING,
        "catalogue.toml": NO_VISITS,
        "patients.csv": PATIENTS,
        "app.ndjson": "".join(json.dumps(line) + "\n" for line in lines),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    with Case(tmp_path, by="tests") as case:
        ingest(case)
        scope(case)
        line_of = {
            row["event_id"]: (row["line_number"], row["occurred_at"]) for row in rows_of(case, "events")
        }
        ours = {line_of[r["event_id"]]: (r["verdict"], r["p"]) for r in rows_of(case, "judged")}
        assert [row["line_number"] for row in rows_of(case, "set_aside")] == [len(lines)]
    found = recount(tmp_path)
    instants = {event.place: (event.place.line, event.occurred_at) for event in found.events}
    assert {instants[one.event]: (one.verdict, one.p) for one in found.judged} == ours
    assert set(instants.values()) == set(line_of.values())
    assert len(list_rows(found, "set_aside")) == 1
