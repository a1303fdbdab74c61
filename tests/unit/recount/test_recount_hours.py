# SPDX-License-Identifier: Apache-2.0
"""The night the clocks change: the recount reads it apart from the product, and finds the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.made_case import rows_of
from tests.unit.recount.small_case import CATALOGUE, MAPPING, PATIENTS
from tocsin.cli.main import cli
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
PARIS = "2024-10-27T{}:00"


def write_night(folder: Path, lines: list[dict[str, object] | str], case: str = CASE) -> Path:
    files = {
        "case.toml": case,
        "app.toml": MAPPING,
        "catalogue.toml": NO_VISITS,
        "patients.csv": PATIENTS,
        "app.ndjson": "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in lines),
    }
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def read_card(time: str, **more: object) -> dict[str, object]:
    common = {"account": "thief", "action": "read", "object": "/card/P1", "outcome": "ok"}
    return {"at": PARIS.format(time), **common, **more}


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
    lines = [read_card(time, object=f"/card/P{n % 5 + 1}") for n, time in enumerate(times)]
    lines.append({**lines[0], "at": "2024-03-31T02:30:00"})
    write_night(tmp_path, [*lines])
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


EARLY = CASE.replace("T00:30:00Z", "T00:35:00Z").replace("T01:30:00Z", "T00:50:00Z")
"""The thief acted in the first pass of the hour, before the later reading of half past two."""


@pytest.mark.parametrize(
    ("lines", "ceiling"),
    [
        ([read_card("02:30", node="a", sequence=1), read_card("04:00", node="a", sequence=3)], 1),
        ([read_card("04:00", node="a", sequence=1), read_card("02:30", node="a", sequence=3)], 1),
        ([read_card("03:10", node="a", sequence=1), read_card("04:00", node="a", sequence=3)], 0),
        ([read_card("02:30", node="a", sequence=1), read_card("04:00", node="a", sequence=2)], 0),
        ([read_card("04:00", node="a"), json.dumps(read_card("02:40"))[:-1]], 1),
        ([read_card("04:00", node="a"), json.dumps(read_card("03:40"))[:-1]], 0),
    ],
)
def test_what_was_not_read_beside_the_hour_that_comes_twice_may_lie_in_either_pass(
    tmp_path: Path, lines: list[dict[str, object] | str], ceiling: int
) -> None:
    sure = read_card("04:10")
    case = (
        EARLY
        + """
[[known]]
account = "thief"
from = 2024-10-27T03:00:00Z
until = 2024-10-27T04:00:00Z
"""
    )
    write_night(tmp_path, [*lines, sure], case)
    ran = CliRunner().invoke(cli, ["run", str(tmp_path), "--json", "--by", "tests"])
    counts = json.loads(ran.stdout)["result"]["counts"]["persons"]
    assert (counts["best"], counts["ceiling"]) == (1, 1 + ceiling)
    recounted = CliRunner().invoke(cli, ["recount", str(tmp_path), "--json"])
    assert recounted.exit_code == 0, recounted.output
