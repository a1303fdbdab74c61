# SPDX-License-Identifier: Apache-2.0
"""One act told by a gateway, an application and a database: counted once, three witnesses in its trace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Tocsin

CASE = """
[case]
id = "three-logs"
[[sources]]
name = "proxy"
paths = ["logs/proxy.log"]
kind = "gateway"
custody = "outside"
mapping = "mappings/proxy.toml"
[[sources]]
name = "application"
paths = ["logs/app.ndjson"]
kind = "application"
mapping = "mappings/app.toml"
[[sources]]
name = "database"
paths = ["logs/pgaudit.csv"]
kind = "database"
mapping = "mappings/pgaudit.toml"
[[registries]]
name = "patients"
paths = ["patients.csv"]
[registries.columns]
person = "id"
[catalogue]
path = "catalogue.toml"
signed_by = "DPO"
[[known]]
address = "192.0.2.7"
[[known]]
account = "dr.a"
[detect]
enabled = false
"""
PROXY_MAPPING = """
reader = "json-lines"
[fields]
occurred_at = { path = "$.time_iso8601" }
address = { path = "$.remote_addr" }
request = { path = "$.request_id" }
object = { path = "$.request_uri" }
status = { path = "$.status" }
bytes = { path = "$.body_bytes_sent" }
action = { path = "$.request_method", map = { GET = "read", POST = "create" }, default = "other" }
outcome = { path = "$.status", map = { 200 = "success", 500 = "failure" }, default = "unknown" }
"""
APP_MAPPING = """
reader = "json-lines"
[fields]
occurred_at = { path = "$.at" }
account = { path = "$.user" }
address = { path = "$.ip" }
request = { path = "$.rid" }
action = { path = "$.op" }
object = { path = "$.path" }
person = { path = "$.patient" }
outcome = { const = "success" }
"""
DATABASE_MAPPING = """
reader = "csv"
header = true
[fields]
occurred_at = { column = "log_time" }
account = { column = "end_user" }
request = { column = "application_name" }
object = { column = "object" }
action = { column = "command", map = { SELECT = "read" }, default = "other" }
outcome = { const = "success" }
"""
CATALOGUE = """
[[shows]]
source = "application"
object = "/patients/{person}/card"
categories = ["identity.name"]
"""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    proxy = [
        {
            "time_iso8601": f"2024-06-11T10:0{n}:01Z",
            "remote_addr": "192.0.2.7",
            "request_id": f"req-{n}",
            "request_uri": f"/ehr/patients/P{n}/card?x=1",
            "request_method": "GET",
            "status": 200,
            "body_bytes_sent": 900,
        }
        for n in (1, 2)
    ]
    app = [
        {
            "at": f"2024-06-11T10:0{n}:00Z",
            "user": "dr.a",
            "rid": f"req-{n}",
            "ip": "192.0.2.7",
            "op": "read",
            "path": f"/patients/P{n}/card",
        }
        for n in (1, 2)
    ]
    rows = [f"2024-06-11T10:0{n}:00.5Z,dr.a,req-{n},patients,READ,SELECT" for n in (1, 2)]
    files = {
        "case.toml": CASE,
        "catalogue.toml": CATALOGUE,
        "patients.csv": "id\nP1\nP2\nP3\n",
        "mappings/proxy.toml": PROXY_MAPPING,
        "mappings/app.toml": APP_MAPPING,
        "mappings/pgaudit.toml": DATABASE_MAPPING,
        "logs/proxy.log": "".join(json.dumps(line) + "\n" for line in proxy),
        "logs/app.ndjson": "".join(json.dumps(line) + "\n" for line in app),
        "logs/pgaudit.csv": "log_time,end_user,application_name,object,class,command\n"
        + "\n".join(rows)
        + "\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def test_one_act_told_by_three_logs_is_one_act_with_three_witnesses_in_its_trace(
    tocsin: Tocsin, case: Path
) -> None:
    answer = tocsin("run", case, "--json")
    assert answer.code in (0, 1), answer.out + answer.err
    report = answer.json["result"]
    scope = report["scope"]
    sums = {name: scope[name] for name in ("events", "acts", "disclosed", "nothing_shown", "unresolved")}
    assert sums == {"events": 6, "acts": 2, "disclosed": 2, "nothing_shown": 4, "unresolved": 0}
    assert scope["uncovered"] == {"events": 0, "share": 0.0}
    assert report["nothing_shown"] == {"witness": 4}
    counts = report["counts"]
    assert [counts["persons"][level] for level in ("floor", "best", "ceiling")] == [2, 2, 2]
    witnesses = report["witnesses"]
    assert (witnesses["acts"], witnesses["settled"], witnesses["contradicted"]) == (2, 4, 0)
    assert [(row["source"], row["other"], row["acts"]) for row in witnesses["pairs"]] == [
        ("application", "database", 2),
        ("application", "proxy", 2),
        ("database", "proxy", 2),
    ]
    lines = tocsin("trace", case, "counts.persons.floor", "--limit", "3", "--json").json["result"]["lines"]
    assert [(line["file"], line["line_number"]) for line in lines] == [
        ("logs/proxy.log", 1),
        ("logs/app.ndjson", 1),
        ("logs/pgaudit.csv", 2),
    ]


def test_independent_count_agrees_when_witnesses_settle(tocsin: Tocsin, case: Path) -> None:
    tocsin("run", case, "--json")
    answer = tocsin("recount", case, "--json")
    assert answer.code == 0, answer.out


def test_page_tells_of_witnesses_and_clocks_when_there_are_any(tocsin: Tocsin, case: Path) -> None:
    tocsin("run", case, "--json")
    page = (case / "report" / "report.html").read_text("utf-8")
    assert "Plusieurs journaux, un seul acte" in page
    assert "Several logs, one act" in page
