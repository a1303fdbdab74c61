# SPDX-License-Identifier: Apache-2.0
"""One case in which much comes together, run by the product and recounted: they agree on it.

A rotated copy, a retry across the bound of a suspect's period, a search with a senseless page, an id that is
too long, records of another registry than the log's, a list that names strangers, a period held legitimate.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import cast

import pytest
from click.testing import CliRunner

from tests.unit.recount.small_case import CASE, CATALOGUE, KNOWN, act, card, write_case
from tocsin.cli.main import cli
from tocsin.recount.values import Table

CLIENTS = """
[[sources]]
name = "desk"
paths = ["logs/desk*"]
format = "mapped"
mapping = "mapping.toml"

[[registries]]
name = "clients"
paths = ["clients.csv"]
sources = ["desk"]
columns = { person = "id" }

[detect]
enabled = false

[[known]]
account = "thief"
from = 2024-03-01T09:50:00Z
until = 2024-03-01T10:00:00Z
verdict = "legitimate"
decided_at = 2024-03-02T00:00:00Z
"""
OF_DESK = '''
[[shows]]
source = "desk"
object = "/visit/{record:visit}"
categories = ["appointment.date"]

[[shows]]
source = "app"
action = "search"
registry = "patients"
parameters = { ward = "query:ward", page = { from = "query:page", default = "0" } }
replay = """select person from patients where original.ward = $ward
order by person limit 2 offset 2 * cast($page as integer)"""
collation = "binary"
categories = ["identity.name"]
'''
LINES = [
    card("P1", "08:59:59", request="r1"),
    card("P1", "09:00:01", request="r1"),
    card("P123456", "09:01:00"),
    act("09:02:00", action="list", persons=["P2", "?", "P1234567"]),
    act("09:03:00", action="search", query="ward=A&page=-1"),
    act("09:04:00", action="search", query="ward=B"),
    card("P3", "09:55:00"),
]
AT_THE_DESK = [act("09:10:00", object="/visit/V2"), act("09:11:00", object="/visit/V2")]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_case(
        tmp_path_factory.mktemp("beside"), LINES, more=CLIENTS, catalogue=CATALOGUE + OF_DESK, known=KNOWN
    )
    settings = CASE.replace(
        'sources = ["app"]\n[records', 'sources = ["app"]\nregistry = "patients"\n[records'
    )
    (folder / "case.toml").write_text(settings + KNOWN + CLIENTS, "utf-8")
    (folder / "clients.csv").write_text("id\nP2\nC9\n", "utf-8")
    desk = "".join(json.dumps(line) + "\n" for line in AT_THE_DESK).encode()
    (folder / "logs" / "desk.ndjson").write_bytes(desk)
    (folder / "logs" / "desk.1.gz").write_bytes(gzip.compress(desk[: desk.index(b"\n") + 1]))
    ran = CliRunner().invoke(cli, ["run", str(folder), "--json", "--by", "tests"])
    assert ran.exit_code in (0, 1), ran.output
    return folder


def test_recount_agrees_with_the_product_when_much_comes_together(case: Path) -> None:
    recounted = CliRunner().invoke(cli, ["recount", str(case), "--json"])
    assert recounted.exit_code == 0, recounted.output


def test_interval_holds_the_truth_when_an_event_shows_more_than_it_tells(case: Path) -> None:
    report = cast(Table, json.loads((case / "report" / "report.json").read_text("utf-8")))
    persons = cast(dict[str, dict[str, dict[str, object]]], report)["counts"]["persons"]
    assert (persons["floor"], persons["best"]) == (2, 4), "P1, P2; P4 and P5 by the search"
    # The long id, the two strangers of the list, the page of two.
    assert persons["ceiling"] == 4 + 1 + 2 + 2
    scope = cast(dict[str, int], report["scope"])
    assert (scope["events"], scope["disclosed"], scope["unresolved"]) == (7, 5, 2)
    assert scope["events"] == scope["disclosed"] + scope["nothing_shown"] + scope["unresolved"]
