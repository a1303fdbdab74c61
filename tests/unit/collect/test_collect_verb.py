# SPDX-License-Identifier: Apache-2.0
"""`tocsin collect`, and what `run`, `ingest` and `recount` make of what was collected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.collect.tables import HEAD, fill, write
from tocsin.cli.main import run_command

MAPPING = """
reader = "json-lines"
[fields]
occurred_at = { path = "$.at", time = "iso8601" }
account = { path = "$.login" }
action = { const = "read" }
outcome = { const = "success" }
person = { path = "$.pid" }
"""

CASE = """
[[sources]]
name = "app"
database = "sqlite:///app.db"
query = "select * from trace"
watermark = "id"
mapping = "app.toml"

[[registries]]
name = "persons"
database = "sqlite:///app.db"
query = "select distinct pid from trace order by pid"
[registries.columns]
person = "pid"

[[known]]
account = "dr.x"

[detect]
enabled = false
"""

ROWS = [(n, f"2024-06-11T10:{n:02}:00Z", "dr.x" if n % 2 else "dr.y", f"p{n}") for n in range(10)]
COLUMNS = "(id integer, at text, login text, pid text)"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = write(tmp_path / "case", CASE)
    (folder / "app.toml").write_text(MAPPING, "utf-8")
    fill(folder, ROWS, made=COLUMNS)
    return folder


class Tocsin:
    """The command line in this process."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self._capfd = capfd
        self.err = ""

    def __call__(self, *words: object) -> tuple[int, Any]:
        self._capfd.readouterr()
        code = run_command([*(str(word) for word in words), "--json", "--lang", "en"])
        out, self.err = self._capfd.readouterr()
        return code, json.loads(out)


@pytest.fixture
def tocsin(capfd: pytest.CaptureFixture[str]) -> Tocsin:
    return Tocsin(capfd)


def questions(told: Any) -> list[str]:
    return [one["code"] for one in told["open_questions"]]


def test_collect_tells_what_came_of_each(tocsin: Tocsin, case: Path) -> None:
    code, told = tocsin("collect", case, "--by", "DPO")
    assert code == 0
    rows = {one["name"]: (one["collector"], one["rows"], one["total"]) for one in told["result"]["collected"]}
    assert rows == {"app": ("database", 10, 10), "persons": ("registry", 10, 10)}
    code, told = tocsin("collect", case, "--source", "app")
    assert [one["name"] for one in told["result"]["collected"]] == ["app"]
    code, told = tocsin("collect", case, "--source", "ap")
    assert (code, told["error"]["code"]) == (2, "unknown_source")


def test_run_collects_first_and_counts_what_came(tocsin: Tocsin, case: Path) -> None:
    _code, told = tocsin("run", case)
    report = told["result"]
    assert (report["accounting"][0]["records"], report["accounting"][0]["events"]) == (10, 10)
    assert report["counts"]["persons"]["best"] == 5
    fill(case, [(10, "2024-06-11T10:30:00Z", "dr.x", "p1")])
    _code, told = tocsin("run", case)
    assert told["result"]["accounting"][0]["events"] == 11
    assert told["result"]["accounting"][0]["files"] == 1
    code, told = tocsin("recount", case)
    assert (code, told.get("error")) == (0, None)


def test_run_changes_no_table_when_nothing_is_new(tocsin: Tocsin, case: Path) -> None:
    tocsin("run", case)
    tables = {p: p.read_bytes() for p in (case / "tables").rglob("*.parquet")}
    current = json.loads((case / "tables" / "CURRENT").read_text("utf-8"))["generation"]
    tocsin("run", case)
    assert {p: p.read_bytes() for p in (case / "tables").rglob("*.parquet")} == tables
    assert json.loads((case / "tables" / "CURRENT").read_text("utf-8"))["generation"] == current


def test_run_goes_on_with_what_stands_when_the_place_is_gone_and_asks(tocsin: Tocsin, case: Path) -> None:
    tocsin("run", case)
    (case / "app.db").rename(case / "away.db")
    code, told = tocsin("run", case)
    assert code == 1
    assert told["result"]["accounting"][0]["events"] == 10
    assert "source_not_collected" in questions(told)
    assert {"no_file", "not_collected"} <= {one["code"] for one in told["warnings"]}
    _code, told = tocsin("run", case, "--no-collect")
    assert "source_not_collected" in questions(told)
    assert "no_file" not in {one["code"] for one in told["warnings"]}
    (case / "away.db").rename(case / "app.db")
    _code, told = tocsin("run", case)
    assert "source_not_collected" not in questions(told)


def test_run_fails_when_nothing_was_ever_collected(tocsin: Tocsin, case: Path) -> None:
    (case / "app.db").unlink()
    code, told = tocsin("run", case)
    assert (code, told["error"]["code"]) == (2, "no_file")
    code, told = tocsin("run", case, "--no-collect")
    assert (code, told["error"]["code"]) == (2, "not_collected")


def test_collect_fails_as_a_whole_when_every_place_does(tocsin: Tocsin, case: Path) -> None:
    (case / "app.db").unlink()
    code, told = tocsin("collect", case)
    assert (code, told["error"]["code"]) == (2, "no_file")


def test_collect_needs_a_person_when_one_place_fails(tocsin: Tocsin, case: Path) -> None:
    text = (case / "case.toml").read_text("utf-8")
    (case / "case.toml").write_text(text.replace("select distinct pid from trace", "select nothing"), "utf-8")
    code, told = tocsin("collect", case)
    assert code == 1
    assert [one["error"] for one in told["result"]["collected"]] == [None, "query_refused"]


def test_collect_says_so_when_nothing_is_to_be_collected(tocsin: Tocsin, tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text(HEAD, "utf-8")
    code, told = tocsin("collect", tmp_path)
    assert (code, told["result"]) == (0, {"collected": []})


def test_trace_leads_from_an_event_to_the_row_that_was_collected(tocsin: Tocsin, case: Path) -> None:
    tocsin("run", case)
    _code, told = tocsin("trace", case, "counts.persons.best", "--limit", "1")
    [line] = told["result"]["lines"]
    assert line["file"] == "evidence/collected/app/records.ndjson"
    assert json.loads(line["text"])["login"] == "dr.x"


def test_words_of_a_failure_exist_in_french(
    case: Path, capfd: pytest.CaptureFixture[str], tocsin: Tocsin
) -> None:
    tocsin("run", case)
    (case / "app.db").rename(case / "away.db")
    capfd.readouterr()
    assert run_command(["run", str(case), "--lang", "fr"]) == 1
    out, err = capfd.readouterr()
    assert "collect" in out + err
    assert "It was not collected" not in err
