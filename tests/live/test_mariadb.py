# SPDX-License-Identifier: Apache-2.0
"""What MariaDB's audit plug-in writes of tables, views, failures, quotes and statements that it cuts."""

from __future__ import annotations

import json

import pymysql
import pytest

from tests.live.database_servers import Server, mariadb_server
from tests.unit.ingest.scenes import Scene

pytestmark = pytest.mark.needs("mariadbd", "mariadb-install-db", "server_audit")

OPTIONS = (
    "--plugin-load-add=server_audit",
    "--server-audit-logging=ON",
    "--server-audit-file-path=audit.log",
    "--skip-name-resolve",
    "--character-set-server=utf8mb4",
)
MANY_LINES = "select *\n\tfrom patient\r\n where nom = 'O\\'Brien, \"Zoé\" \\\\n'  -- l'été"
ACTS: list[tuple[str, list[tuple[str, str | None]]]] = [
    ("select * from patient", [("read", "dpi.patient")]),
    ("select * from seen", [("read", "dpi.patient")]),
    (MANY_LINES, [("read", "dpi.patient")]),
    ("update patient set nom = 'z' where id = 1", [("update", "dpi.patient")]),
    ("delete from patient where id = 5", [("update", "dpi.patient")]),
    ("insert into patient values (9, 'é\t')", [("update", "dpi.patient")]),
    ("start transaction", []),
    ("commit", []),
    ("prepare p from 'select * from patient where id = ?'", []),
]
WHOLE = {"read": 3, "update": 1, "delete": 1, "create": 1, "other": 3}
"""Of these statements, by action."""

PASSWORD = "s3cret"

Rows = list[dict[str, object]]


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """All that the plug-in wrote, in order of writing."""
    with mariadb_server(*OPTIONS) as server:
        _act(server)
        written = (server.folder / "cluster" / "audit.log").read_bytes()
    scene = Scene(
        tmp_path_factory.mktemp("case"), '[[sources]]\nname = "db"\nzone = "UTC"\npaths = ["logs/*"]\n'
    )
    scene.write("logs/audit.log", written)
    scene.ingest()
    assert scene.rows("set_aside") == []
    assert [row["format"] for row in scene.rows("files")] == ["mariadb-audit"]
    return sorted(scene.rows("events"), key=lambda row: int(str(row["byte_offset"])))


def _act(server: Server) -> None:
    with pymysql.connect(unix_socket=server.socket, user="root", charset="utf8mb4", autocommit=True) as root:
        for sql in (
            "create database dpi character set utf8mb4",
            "create table dpi.patient (id int primary key, nom varchar(80))",
            "insert into dpi.patient values (1, 'a'), (2, 'b'), (5, 'c')",
            "create view dpi.seen as select * from dpi.patient",
            f"create user reader@'127.0.0.1' identified by '{PASSWORD}'",
            "grant select, insert, update, delete, show view on dpi.* to reader@'127.0.0.1'",
        ):
            root.cursor().execute(sql)
    told = {
        "host": "127.0.0.1",
        "port": server.port,
        "user": "reader",
        "database": "dpi",
        "charset": "utf8mb4",
    }
    with pymysql.connect(**told, password=PASSWORD, autocommit=True) as reader:
        for sql, _ in ACTS:
            reader.cursor().execute(sql)
        for sql in ("select * from nowhere", "drop table patient"):
            with pytest.raises(pymysql.Error):
                reader.cursor().execute(sql)
        reader.cursor().execute("select * from patient as a join patient as b using (id)")
        reader.cursor().execute(f"select '{'x' * 3000}'")
    with pytest.raises(pymysql.Error):
        pymysql.connect(**told, password=PASSWORD[1:])


def of_reader(events: Rows) -> Rows:
    return [row for row in events if row["account"] == "reader"]


def test_statements_are_whole_when_they_hold_quotes_and_line_ends(events: Rows) -> None:
    asked = [row for row in of_reader(events) if row["query"] in [sql for sql, _ in ACTS]]
    assert [row["query"] for row in asked] == [sql for sql, _ in ACTS]
    found = [str(row["action"]) for row in asked]
    assert {action: found.count(action) for action in set(found)} == WHOLE
    assert {row["outcome"] for row in asked} == {"success"}
    assert {(row["address"], row["session"]) for row in asked} == {("127.0.0.1", None)}


def test_tables_have_the_request_and_result_of_their_statement_when_both_are_logged(events: Rows) -> None:
    requests = {row["query"]: row["request"] for row in of_reader(events)}
    for sql, tables in ACTS:
        mine = [row for row in of_reader(events) if row["request"] == requests[sql] and row["object"]]
        mine = [row for row in mine if not str(row["object"]).startswith("mysql.")]
        assert [(row["action"], row["object"]) for row in mine] == tables
        assert {row["outcome"] for row in mine} <= {"success"}


def test_statement_is_a_failure_when_it_was_refused_or_names_no_table(events: Rows) -> None:
    failed = [row for row in of_reader(events) if row["outcome"] == "failure" and row["query"]]
    assert [(row["action"], row["query"], row["status"]) for row in failed] == [
        ("read", "select * from nowhere", "1146"),
        ("admin", "drop table patient", "1142"),
    ]


def test_table_opened_twice_is_told_once_when_a_statement_joins_it_with_itself(events: Rows) -> None:
    [asked] = [row for row in of_reader(events) if "join patient" in str(row["query"])]
    mine = [row for row in events if row["request"] == asked["request"] and row["object"] == "dpi.patient"]
    assert len(mine) == 1


def test_statement_is_flagged_when_the_plugin_cut_it(events: Rows) -> None:
    [cut] = [row for row in of_reader(events) if str(row["query"]).startswith("select 'xxx")]
    assert cut["flags"] == ["truncated"]
    assert len(str(cut["query"])) < 3000
    assert [row["flags"] for row in of_reader(events) if row is not cut and row["flags"]] == []


def test_signing_in_and_out_is_told_apart_when_a_password_is_wrong(events: Rows) -> None:
    signs = [row for row in of_reader(events) if str(row["action"]).startswith("log")]
    told = [(row["action"], json.loads(str(row["detail"]))["operation"]) for row in signs]
    assert told[:3] == [("login", "CONNECT"), ("logout", "DISCONNECT"), ("login_failed", "FAILED_CONNECT")]
