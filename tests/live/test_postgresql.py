# SPDX-License-Identifier: Apache-2.0
"""What PostgreSQL with pgAudit writes of statements that count wrongly most easily, in three of its logs.

The same session stands in csvlog, jsonlog and stderr: each is read for itself, and they must say the same.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import psycopg
import pytest

from tests.live.database_servers import PASSWORD, Server, postgresql_server
from tests.unit.ingest.scenes import Scene

pytestmark = pytest.mark.needs("initdb", "postgres", "pgaudit")

LOGS = {"csv": "postgresql-csv", "json": "postgresql-json", "log": "postgresql-text"}
SETTINGS = (
    "shared_preload_libraries=pgaudit",
    "logging_collector=on",
    "log_destination=stderr,csvlog,jsonlog",
    "log_filename=server.log",
    "log_line_prefix=%m [%p] %c %q%u@%d ",
    "log_connections=on",
    "log_disconnections=on",
    "log_timezone=Europe/Paris",
    "pgaudit.log=all",
    "pgaudit.log_relation=on",
    "pgaudit.log_parameter=on",
    "pgaudit.log_rows=on",
    "pgaudit.role=auditor",
)
MANY_LINES = "select *\n  from patient\n\twhere nom = 'O''Brien, \"Zoé\"' -- l'été"
Act = tuple[str, str | None, str | None, int | None]
"""Action, object, statement, rows."""

PATIENT = "public.patient"
ACTS: list[tuple[str, tuple[object, ...] | None, list[Act]]] = [
    ("select * from patient", None, [("read", PATIENT, "select * from patient", 5)]),
    (
        "select * from seen",
        None,
        [
            ("read", "public.seen", "select * from seen", 5),
            ("other", "public.seen", "select * from seen", 5),
            ("read", PATIENT, "select * from seen", 5),
        ],
    ),
    (MANY_LINES, None, [("read", PATIENT, MANY_LINES, 0)]),
    (
        "select nom from patient where id = %s",
        (3,),
        [("read", PATIENT, "select nom from patient where id = $1", 1)],
    ),
    (
        "copy patient to '/dev/null'",
        None,
        [("export", None, "copy patient to '/dev/null'", None)],
    ),
    (
        "copy (select * from patient) to '/dev/null'",
        None,
        [
            ("read", PATIENT, "copy (select * from patient) to '/dev/null'", 5),
            ("export", None, "copy (select * from patient) to '/dev/null'", None),
        ],
    ),
    ("begin", None, [("other", None, "begin", 0)]),
    (
        "declare c cursor for select * from patient",
        None,
        [("read", None, "declare c cursor for select * from patient", None)],
    ),
    ("fetch all from c", None, [("other", None, "fetch all from c", None)]),
    ("commit", None, [("other", None, "commit", 0)]),
    (
        "prepare p(int) as select * from patient where id = $1",
        None,
        [("other", None, "prepare p(int) as select * from patient where id = $1", None)],
    ),
    (
        "execute p(1)",
        None,
        [
            ("read", PATIENT, "prepare p(int) as select * from patient where id = $1", 1),
            ("other", None, "execute p(1)", None),
        ],
    ),
    (
        "do $$ begin perform * from patient; update patient set nom = 'z' where id = 2; end $$",
        None,
        [
            (
                "other",
                None,
                "do $$ begin perform * from patient; update patient set nom = 'z' where id = 2; end $$",
                None,
            ),
            ("read", PATIENT, "SELECT * from patient", 5),
            ("update", PATIENT, "update patient set nom = 'z' where id = 2", 1),
        ],
    ),
    (
        "explain select * from patient",
        None,
        [
            ("other", PATIENT, "explain select * from patient", 0),
            ("other", None, "explain select * from patient", None),
        ],
    ),
    ("delete from patient where id = 5", None, [("delete", PATIENT, "delete from patient where id = 5", 1)]),
    ("select 1", None, [("read", None, "select 1", 1)]),
]
FAILING = ["select *\n\tfrom nowhere", "select 1/0 from patient", "selec"]


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three logs of one session of `owner`, and of three who want to sign in as `reader`."""
    folder = tmp_path_factory.mktemp("logs")
    with postgresql_server(*SETTINGS) as server:
        _prepare(server)
        _act(server)
        _sign_in(server)
        written = server.folder / "cluster" / "log"
        for kind in LOGS:
            shutil.copy(_complete(written / f"server.{kind}"), folder)
    return folder


def _prepare(server: Server) -> None:
    with psycopg.connect(host=server.socket, port=server.port, user="owner", dbname="postgres") as owner:
        owner.execute("create role auditor")
        owner.execute("create extension pgaudit")
        owner.execute("create table patient (id int primary key, nom text)")
        owner.execute("insert into patient select n, 'n' || n from generate_series(1, 5) as n")
        owner.execute("grant select on patient to auditor")
        owner.execute("create view seen as select * from patient")
        owner.execute(f"create role reader login password '{PASSWORD}'")


def _act(server: Server) -> None:
    with psycopg.connect(
        host=server.socket,
        port=server.port,
        user="owner",
        dbname="postgres",
        application_name="portail",
        autocommit=True,
    ) as owner:
        for statement, values, _ in ACTS:
            owner.execute(statement.encode(), values)
        for statement in FAILING:
            with pytest.raises(psycopg.Error):
                owner.execute(statement.encode())


def _sign_in(server: Server) -> None:
    for user, password in (("reader", PASSWORD), ("reader", "wrong"), ("nobody.known", "x")):
        try:
            psycopg.connect(
                host="127.0.0.1", port=server.port, user=user, password=password, dbname="postgres"
            ).close()
        except psycopg.OperationalError:
            continue


def _complete(path: Path) -> Path:
    """The log, once the collector has written the last who wanted to sign in."""
    deadline = time.monotonic() + 30
    while "nobody.known" not in path.read_text("utf-8") and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.2)
    return path


@pytest.fixture(scope="module", params=list(LOGS))
def events(request: pytest.FixtureRequest, logs: Path, tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """Of one of the logs, in order of writing; everything was read."""
    settings = '[[sources]]\nname = "db"\npaths = ["logs/*"]\n'
    scene = Scene(tmp_path_factory.mktemp("case"), settings)
    scene.write(f"logs/server.{request.param}", (logs / f"server.{request.param}").read_bytes())
    scene.ingest()
    assert scene.rows("set_aside") == []
    assert {str(row["format"]) for row in scene.rows("files")} == {LOGS[request.param]}
    return sorted(scene.rows("events"), key=lambda row: int(str(row["byte_offset"])))


Rows = list[dict[str, object]]


def session_of(events: Rows) -> Rows:
    """What the session under observation did."""
    mine = next(row["session"] for row in events if row["query"] == "select * from patient")
    return [row for row in events if row["session"] == mine]


def test_statements_are_read_as_they_were_made_when_session_and_object_both_tell(events: Rows) -> None:
    told = [row for row in session_of(events) if row["request"] is not None and row["retry_of"] is None]
    found = [(row["action"], row["object"], row["query"], row["items"]) for row in told]
    assert found == [act for _, _, acts in ACTS for act in acts]
    assert {row["outcome"] for row in told} == {"success"}
    assert {row["account"] for row in told} == {"owner"}
    assert {row["client"] for row in told} == {"portail"}


def test_object_record_is_a_retry_when_its_session_record_tells_the_same(events: Rows) -> None:
    by_id = {row["event_id"]: row for row in events}
    retries = [row for row in session_of(events) if row["retry_of"] is not None]
    # Eight reads, and an update and a delete, which read what they look for.
    assert len(retries) == 10
    for row in retries:
        first = by_id[row["retry_of"]]
        assert all(first[name] == row[name] for name in ("request", "action", "object", "query", "items"))
        assert '"OBJECT"' in str(first["detail"])
        assert '"SESSION"' in str(row["detail"])


def test_requests_are_of_one_session_when_statement_numbers_begin_again(events: Rows) -> None:
    sessions = {str(row["request"]).split("/")[0] for row in events if row["request"] is not None}
    assert len(sessions) == 2
    assert sessions <= {row["session"] for row in events}


def test_statements_that_failed_are_failures_when_pgaudit_does_not_tell_them(events: Rows) -> None:
    failed = [row for row in session_of(events) if row["outcome"] == "failure"]
    assert [row["query"] for row in failed] == FAILING
    assert [row["action"] for row in failed] == ["read", "read", "other"]


def test_signing_in_and_out_is_told_apart_when_a_password_is_wrong(events: Rows) -> None:
    signs = [(row["action"], row["account"]) for row in events if str(row["action"]).startswith("log")]
    assert signs[-4:] == [
        ("login", "reader"),
        ("logout", "reader"),
        ("login_failed", "reader"),
        ("login_failed", "nobody.known"),
    ]


def test_parameters_stay_when_a_statement_is_sent_with_its_values(events: Rows) -> None:
    [row] = [
        row
        for row in events
        if row["query"] == "select nom from patient where id = $1" and row["retry_of"] is None
    ]
    assert '"parameters":"3"' in str(row["detail"])
