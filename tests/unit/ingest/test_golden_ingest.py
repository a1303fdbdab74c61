# SPDX-License-Identifier: Apache-2.0
"""The golden case comes in as its expected files say, open or sealed; and so do real logs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import golden_compare
from tests.unit.ingest.scenes import GATEWAY, WEB, Scene, gateway_line
from tocsin.core.tables import TABLES
from tocsin.ingest.run import run
from tocsin.store.case import Case
from tocsin.store.query import quote
from tocsin.store.seal import CaseKey


def rows_of(case: Case, table: str) -> list[dict[str, object]]:
    names = TABLES[table].column_names
    with case.engine(table) as engine:
        found = engine.rows(f"select {', '.join(quote(name) for name in names)} from {table}")
    return [dict(zip(names, row, strict=True)) for row in found]


@pytest.mark.parametrize("key", [None, CaseKey.made()], ids=["open", "sealed"])
def test_golden_case_comes_in_as_expected(tmp_case: Callable[..., Path], key: CaseKey | None) -> None:
    with Case(tmp_case(), by="tests", key=key) as case:
        run(case)
        events = rows_of(case, "events")
        labelled = golden_compare.label_rows(events, golden_compare.label_events(events))
        assert golden_compare.compare_table("events", labelled) == []
        aside = golden_compare.label_set_aside(rows_of(case, "set_aside"))
        assert golden_compare.compare_table("set_aside", aside) == []
        accounting, gaps = rows_of(case, "accounting"), rows_of(case, "gaps")
    expected = json.loads((golden_compare.EXPECTED / "report.json").read_text("utf-8"))["accounting"]
    for source in expected:
        mine = [row for row in accounting if row["source"] == source["source"]]
        total = {"events": "event", "set_aside": "set_aside", "non_events": "non_event"}
        for name, fate in total.items():
            assert sum(int(str(row["records"])) for row in mine if row["fate"] == fate) == source[name]
        reasons = {str(row["reason"]): row["records"] for row in mine if row["fate"] == "non_event"}
        assert reasons == source["reasons"]
        assert sum(row["source"] == source["source"] for row in gaps) == len(source["gaps"])


def test_sealed_case_finds_what_stands_twice(tmp_path: Path) -> None:
    scene = Scene(tmp_path / "case", GATEWAY)
    scene.write("logs/a.log", gateway_line(1, rid="r1", user="x") + "\n" + gateway_line(2, rid="r2") + "\n")
    key = CaseKey.made()
    with Case(scene.folder, by="tests", key=key) as case:
        run(case)
        scene.write(
            "logs/b.log", gateway_line(1, rid="r1", user="x") + "\n" + gateway_line(5, rid="r2") + "\n"
        )
        run(case)
        events = rows_of(case, "events")
    assert sorted(row["line_number"] for row in events) == [1, 2, 2]
    assert [row["retry_of"] for row in events if row["file_number"] == 1] == [
        row["event_id"] for row in events if row["request"] == "r2" and row["file_number"] == 0
    ]


def test_real_web_log_is_recognised_and_counted(shared: Path, tmp_path: Path) -> None:
    expected = json.loads((shared / "samples/expected.json").read_text("utf-8"))
    wanted = expected["web-access/elastic/apache_logs.log"]
    scene = Scene(tmp_path / "case", WEB.replace('format = "web-access"\n', ""))
    scene.write("logs/apache.log", (shared / "samples/web-access/elastic/apache_logs.log").read_bytes())
    scene.ingest()
    assert scene.fates() == {"event": wanted["lines"]}
    with Case(scene.folder, by="tests") as case, case.engine("events") as engine:
        [found] = engine.rows(
            "select count(distinct address), min(occurred_at), max(occurred_at), "
            "sum(bytes) filter (where flags is null)::bigint from events"
        )
        status = dict(engine.rows("select status, count(*) from events where flags is null group by all"))
        top = dict(
            engine.rows(
                "select address, count(*) from events where flags is null "
                "group by all order by 2 desc, 1 limit 5"
            )
        )
        flagged = engine.rows("select line_number from events where flags is not null")
    assert found[0] == wanted["distinct_clients"]
    assert [at.isoformat() for at in found[1:3]] == [wanted["first_utc"], wanted["last_utc"]]  # type: ignore[attr-defined]
    assert (found[3], status, top) == (wanted["bytes_sum"], wanted["status"], wanted["top_clients"])
    assert flagged == [(number,) for number in wanted["unparsed_lines"]]
