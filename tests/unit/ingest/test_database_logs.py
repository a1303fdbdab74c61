# SPDX-License-Identifier: Apache-2.0
"""Logs of databases: prefixes, what a connection says for its statements, what is told twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.ingest.scenes import Scene
from tocsin.ingest.interface import ReadOptions
from tocsin.ingest.recognise import known_formats
from tocsin.store.engine import Engine
from tocsin.testing.formats import FormatCase, Row

READ = "AUDIT: SESSION,3,1,READ,SELECT,TABLE,public.patient,select 1,<none>,1"
SOURCE = '[[sources]]\nname = "db"\nzone = "UTC"\npaths = ["logs/*"]\n'

PREFIXES = {
    "2026-07-05 09:00:00.622 CEST [19691] ": (None, None, None, None),
    "2026-07-05 09:00:00.622 CEST [19691] admin@dpi ": ("admin", None, None, None),
    "2026-07-05 07:00:00 UTC:10.0.0.5(4711):app_user@dpi:[123]:": ("app_user", "10.0.0.5", None, None),
    "2026-07-05 07:00:00 UTC:::1(4711):app_user@dpi:[123]:": ("app_user", "::1", None, None),
    "2026-07-05 07:00:00 UTC:[local]:app_user@dpi:[123]:": ("app_user", None, None, None),
    "2026-07-05 07:00:00.622 UTC app_user dpi [123]: ": ("app_user", None, None, None),
    "2026-07-05 09:00:00 CEST [123]: user=app_user,db=dpi,app=a, b,client=10.0.0.5 ": (
        "app_user",
        "10.0.0.5",
        "a, b",
        None,
    ),
    "2026-07-05 09:00:00.622 CEST [123]: [7-1] db=dpi,user=app_user,app=portail,client=::1 ": (
        "app_user",
        "::1",
        "portail",
        None,
    ),
    "2026-07-05 07:00:00.622 UTC [123]: [2-1] db=[unknown],user=[unknown],app=[unknown],client=10.0.0.5 ": (
        None,
        "10.0.0.5",
        None,
        None,
    ),
    "2026-07-05 09:00:00.622 CEST [123] 6b024ee3.4ceb app_user@dpi ": (
        "app_user",
        None,
        None,
        "6b024ee3.4ceb",
    ),
    "2026-07-05 07:00:00 UTC-6b024ee3.4ceb-": (None, None, None, "6b024ee3.4ceb"),
    "1783234800.622 [123] app_user@dpi ": ("app_user", None, None, None),
    "< 2026-07-05 11:00:00.622 +04 >": (None, None, None, None),
}


def rows_of(name: str, text: str, zone: str | None = None) -> list[Row]:
    content = text.encode()
    case = FormatCase(name, known_formats()[name], content, ReadOptions(zone=zone))
    with Engine(memory="256MiB", threads=1) as engine:
        return case.rows(engine, content)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_prefix_says_who_and_when_when_it_is_a_usual_one(prefix: str) -> None:
    [row] = rows_of("postgresql-text", f"{prefix}LOG:  {READ}\n")
    found = (row["account"], row["address"], row["client"], row["session"])
    assert found == PREFIXES[prefix]
    assert str(row["occurred_at"]).startswith("2026-07-05 07:00:00")
    assert (row["action"], row["object"], row["items"]) == ("read", "public.patient", 1)


@pytest.mark.parametrize(
    ("zone", "given_zone", "fate"),
    [("CET", None, "event"), ("IST", None, "set_aside"), ("IST", "Asia/Kolkata", "event")],
)
def test_abbreviation_of_a_zone_is_taken_when_it_means_one_zone_only(
    zone: str, given_zone: str | None, fate: str
) -> None:
    [row] = rows_of("postgresql-text", f"2026-01-05 09:00:00 {zone} [1] a@b LOG:  {READ}\n", given_zone)
    assert row["fate"] == fate
    assert row["reason"] == ("" if fate == "event" else "no_zone")


def test_account_is_that_of_the_connection_when_the_prefix_does_not_say_it(tmp_path: Path) -> None:
    at = "2026-01-05 09:00:00.000 UTC"
    lines = [
        f"{at} [7] LOG:  connection authorized: user=dr.martin database=dpi application_name=psql",
        f"{at} [8] LOG:  {READ}",
        f"{at} [7] LOG:  {READ}",
        f"{at} [7] LOG:  disconnection: session time: 0:00:01.000 user=dr.martin database=dpi host=::1",
        f"{at} [7] LOG:  {READ.replace('3,1', '1,1')}",
    ]
    scene = Scene(tmp_path, SOURCE)
    scene.write("logs/a.log", "\n".join(lines) + "\n")
    scene.ingest()
    rows = sorted(scene.rows("events"), key=lambda row: int(str(row["line_number"])))
    assert [row["account"] for row in rows] == ["dr.martin", None, "dr.martin", "dr.martin", None]
    assert rows[2]["client"] == "psql"


def test_statement_is_that_of_its_first_record_when_it_is_logged_once(tmp_path: Path) -> None:
    at = "2026-01-05 09:00:00.000 UTC [7] 6b024ee3.7 a@dpi LOG:  AUDIT: "
    scene = Scene(tmp_path, SOURCE)
    scene.write(
        "logs/a.log",
        f"{at}SESSION,3,1,READ,SELECT,VIEW,public.v,select * from v,<none>,5\n"
        f"{at}SESSION,3,1,READ,SELECT,TABLE,public.t,<previously logged>,<previously logged>,5\n"
        f"{at}SESSION,4,1,READ,SELECT,TABLE,public.t,<not logged>,<not logged>,5\n",
    )
    scene.ingest()
    rows = sorted(scene.rows("events"), key=lambda row: int(str(row["line_number"])))
    assert [row["query"] for row in rows] == ["select * from v", "select * from v", None]
    assert [row["flags"] for row in rows] == [None, None, ["statement_not_logged"]]


def test_statements_of_two_processes_of_one_number_stand_apart_when_the_prefix_has_no_session(
    tmp_path: Path,
) -> None:
    scene = Scene(tmp_path, SOURCE)
    scene.write(
        "logs/a.log",
        f"2026-01-05 09:00:00.000 UTC [7] a@dpi LOG:  {READ}\n"
        f"2026-01-05 09:00:00.001 UTC [7] a@dpi LOG:  {READ.replace('SESSION', 'OBJECT')}\n"
        f"2026-01-05 10:00:00.000 UTC [7] a@dpi LOG:  {READ}\n",
    )
    scene.ingest()
    rows = sorted(scene.rows("events"), key=lambda row: int(str(row["line_number"])))
    assert [row["retry_of"] is not None for row in rows] == [False, True, False]


def test_account_is_that_of_the_connection_when_a_general_log_says_it_once(tmp_path: Path) -> None:
    scene = Scene(tmp_path, SOURCE)
    scene.write(
        "logs/a.log",
        "2026-01-05T08:12:13.000001Z\t    8 Connect\tportail@app01 on dpi using TCP/IP\n"
        "2026-01-05T08:12:13.000002Z\t    8 Query\tselect 1\n"
        "2026-01-05T08:12:13.000003Z\t    8 Quit\t\n"
        "2026-01-05T08:12:13.000004Z\t    8 Query\tselect 2\n",
    )
    scene.ingest()
    rows = sorted(scene.rows("events"), key=lambda row: int(str(row["line_number"])))
    assert [row["account"] for row in rows] == ["portail", "portail", "portail", None]


SQL = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t',\"\\"), min_size=1)


@given(sql=SQL)
def test_statement_and_parameters_are_exact_when_pgaudit_quotes_them(sql: str) -> None:
    def quoted(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    said = f"AUDIT: SESSION,1,1,READ,SELECT,TABLE,public.t,{quoted(sql)},{quoted(quoted(sql))},2"
    lines = said.replace("\n", "\n\t")
    [text] = rows_of("postgresql-text", f"2026-01-05 09:00:00.000 UTC [7] a@dpi LOG:  {lines}\n")
    line = {
        "timestamp": "2026-01-05 09:00:00.000 UTC",
        "pid": 7,
        "session_id": "6b024ee3.7",
        "line_num": 1,
        "error_severity": "LOG",
        "message": said,
        "backend_type": "client backend",
    }
    [found] = rows_of("postgresql-json", json.dumps(line) + "\n")
    for row in (text, found):
        assert (row["fate"], row["query"], row["items"]) == ("event", sql, 2)
        assert json.loads(str(row["detail"]))["parameters"] == quoted(sql)


@given(sql=SQL)
def test_statement_is_exact_when_the_audit_plugin_of_mariadb_escapes_it(sql: str) -> None:
    escaped = sql
    for sign, written in (("\\", "\\\\"), ("\n", "\\n"), ("\t", "\\t"), ("'", "\\'")):
        escaped = escaped.replace(sign, written)
    [row] = rows_of("mariadb-audit", f"20260105 09:00:00,db1,a,10.0.0.5,3,7,QUERY,dpi,'{escaped}',0\n", "UTC")
    assert (row["fate"], row["query"]) == ("event", sql)
