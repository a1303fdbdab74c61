# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL as a source: a real server, started here; killed, cut off, refused, and asked again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.live.database_servers import PASSWORD, Server, postgresql_server
from tests.unit.collect.tables import HEAD, collect, entries, spooled
from tocsin.collect.collectors import database
from tocsin.collect.spool import Spool

pytestmark = [pytest.mark.needs("initdb", "postgres"), pytest.mark.usefixtures("password")]

ROWS = 30_000


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgresql_server() as started:
        yield started


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_DB_APP", PASSWORD)
    monkeypatch.setenv("TOCSIN_DB_PERSONS", PASSWORD)


@pytest.fixture
def owner(server: Server) -> Iterator[psycopg.Connection]:
    """An administrator on an empty schema."""
    with psycopg.connect(host=server.socket, port=server.port, user="owner", dbname="postgres") as connection:
        connection.autocommit = True
        connection.execute("drop schema public cascade")
        connection.execute("create schema public")
        yield connection


def url(server: Server) -> str:
    return f"postgresql://owner@127.0.0.1:{server.port}/postgres"


def write(folder: Path, server: Server, *, query: str = "select * from trace", more: str = "") -> Path:
    source = f'[[sources]]\nname = "app"\ndatabase = "{url(server)}"\nquery = {json.dumps(query)}\n{more}'
    mark = "" if "watermark" in more else 'watermark = "id"\n'
    (folder / "case.toml").write_text(HEAD + source + mark, "utf-8")
    return folder


def fill(owner: psycopg.Connection, rows: int = ROWS) -> None:
    owner.execute("create table trace (id bigserial primary key, at timestamptz, login text)")
    owner.execute(
        "insert into trace (at, login) select timestamptz '2024-06-11 10:00+02' + n * interval '1 second', "
        "'dr.' || n %% 50 from generate_series(1, %s) n",
        [rows],
    )


def test_values_of_postgresql_come_as_they_are(
    server: Server, owner: psycopg.Connection, tmp_path: Path
) -> None:
    query = """
    select
        1 as id,
        timestamptz '2024-06-11 10:00:00.000001+02' as zoned,
        timestamp '2024-06-11 10:00:00' as local,
        timestamptz 'infinity' as endless,
        timestamp '0044-03-15 10:00:00 BC' as ancient,
        date '2024-06-11' as day,
        interval '1 year 2 seconds' as span,
        12345678901234567890.10::numeric as amount,
        'NaN'::numeric as no_amount,
        9223372036854775807 as large,
        0.1::float8 as share,
        'infinity'::float8 as endless_share,
        true as is_so,
        '\\x00ff'::bytea as bytes,
        null as nothing,
        E'a\\nb\\u2028%s%%' as words,
        '{"n": 1.10, "s": "x"}'::jsonb as held,
        E'{\\n "n": 1.10}'::json as held_as_written,
        array['a', null, 'b'] as texts,
        array[1, 2] as numbers,
        inet '192.0.2.1' as address,
        '00000000-0000-0000-0000-000000000001'::uuid as one,
        int4range(1, 3) as several,
        row(1, 'x') as pair,
        1::oid as number
    """
    owner.execute("set time zone 'Asia/Tokyo'")
    case = write(tmp_path, server, query=query)
    [found] = collect(case)
    assert found.error is None
    assert spooled(case) == [
        {
            "id": 1,
            "zoned": "2024-06-11T08:00:00.000001+00:00",
            "local": "2024-06-11T10:00:00",
            "endless": "infinity",
            "ancient": "0044-03-15 10:00:00 BC",
            "day": "2024-06-11",
            "span": "P1YT2S",
            "amount": "12345678901234567890.10",
            "no_amount": "NaN",
            "large": 9223372036854775807,
            "share": 0.1,
            "endless_share": "inf",
            "is_so": True,
            "bytes": "00ff",
            "nothing": None,
            "words": "a\nb\u2028%s%%",
            "held": {"n": 1.1, "s": "x"},
            "held_as_written": {"n": 1.1},
            "texts": ["a", None, "b"],
            "numbers": [1, 2],
            "address": "192.0.2.1",
            "one": "00000000-0000-0000-0000-000000000001",
            "several": "[1,3)",
            "pair": "(1,x)",
            "number": 1,
        }
    ]
    assert b'"n": 1.10' in (case / "evidence/collected/app/records.ndjson").read_bytes()
    [again] = collect(case)
    assert (again.rows, again.repeated) == (0, 1)


def test_a_huge_row_comes_whole(server: Server, owner: psycopg.Connection, tmp_path: Path) -> None:
    case = write(tmp_path, server, query="select 1 as id, repeat('x', 30000000) as words")
    collect(case)
    [row] = spooled(case)
    assert len(str(row["words"])) == 30_000_000


def test_a_row_committed_late_is_brought_by_the_overlap(
    server: Server, owner: psycopg.Connection, tmp_path: Path
) -> None:
    fill(owner, 100)
    case = write(tmp_path, server, more="collect = { overlap = 50 }\n")
    with psycopg.connect(host=server.socket, port=server.port, user="owner", dbname="postgres") as slow:
        slow.execute("insert into trace (login) values ('slow')")
        owner.execute("insert into trace (login) values ('fast')")
        collect(case)
        assert [row["id"] for row in spooled(case)][-1] == 102
        slow.commit()
    [found] = collect(case)
    assert (found.rows, found.codes) == (1, ["late_rows"])
    assert sorted(row["id"] for row in spooled(case)) == list(range(1, 103))  # type: ignore[type-var]


def test_an_instant_that_many_rows_share_loses_and_doubles_nothing(
    server: Server, owner: psycopg.Connection, tmp_path: Path
) -> None:
    owner.execute("create table trace (at timestamptz, login text)")
    owner.execute("insert into trace values ('2024-06-11 10:00:00.5Z', 'a'), ('2024-06-11 10:00:00.5Z', 'b')")
    case = write(tmp_path, server, more='watermark = "at"\ncollect = { overlap = "1 hour" }\n')
    assert [one.codes for one in collect(case)] == [["watermark_not_unique"]]
    owner.execute("insert into trace values ('2024-06-11 10:00:00.5Z', 'c'), ('2024-06-11 09:30Z', 'd')")
    [found] = collect(case)
    assert (found.rows, found.repeated) == (2, 2)
    assert sorted(str(row["login"]) for row in spooled(case)) == ["a", "b", "c", "d"]


def test_a_session_ended_in_mid_query_is_gone_on_with(
    server: Server, owner: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(owner)
    owner.execute("alter table trace add words text default repeat('x', 2000)")
    monkeypatch.setattr(database, "PAGE_ROWS", 1000)
    case = write(tmp_path, server)
    append = Spool.append

    def ending(spool: Spool, page: object) -> None:
        append(spool, page)  # type: ignore[arg-type]
        owner.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where pid <> pg_backend_pid() and usename = 'owner'"
        )

    with monkeypatch.context() as patched:
        patched.setattr(Spool, "append", ending)
        [broken] = collect(case)
    assert broken.error is not None
    assert (broken.error.code, broken.error.exit_code) == ("broken_off", 3)
    assert 0 < broken.rows < ROWS
    [found] = collect(case)
    assert (found.rows, found.repeated, found.codes) == (ROWS - broken.rows, 1, [])
    assert [row["id"] for row in spooled(case)] == list(range(1, ROWS + 1))


def test_a_run_killed_again_and_again_brings_each_row_once(
    server: Server, owner: psycopg.Connection, tmp_path: Path
) -> None:
    fill(owner)
    owner.execute("alter table trace add words text default repeat('x', 1000)")
    case = write(tmp_path, server)
    ledger = case / "evidence" / "positions" / "app.jsonl"
    command = [sys.executable, "-m", "tocsin", "collect", str(case), "--by", "tests", "--json"]
    kills = 0
    for pages in (2, 5):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=dict(os.environ))
        while process.poll() is None and pages_of(ledger) < pages:
            time.sleep(0.001)
        process.kill()
        kills += process.wait() == -signal.SIGKILL
    assert kills
    [found] = collect(case)
    assert found.error is None
    assert [row["id"] for row in spooled(case)] == list(range(1, ROWS + 1))
    assert found.unfinished + found.rows <= ROWS
    assert [body["total"] for _kind, body in entries(case)][-1] == ROWS


def pages_of(ledger: Path) -> int:
    return ledger.read_bytes().count(b'"position"') if ledger.exists() else 0


def test_a_wrong_password_is_told_without_it(
    server: Server, owner: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_DB_APP", "hunter2")
    [found] = collect(write(tmp_path, server))
    assert found.error is not None
    assert (found.error.code, found.error.exit_code) == ("login_refused", 2)
    assert "hunter2" not in str(found.error)
    assert "TOCSIN_DB_APP" in str(found.error)
    everything = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(b"hunter2" in content for content in everything)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("select id, id from trace", "same_column"),
        ("select id from nowhere", "query_refused"),
        ("select nextval('trace_id_seq') as id", "query_refused"),
        ("select id, ('DUPONT' || login)::int as n from trace", "query_refused"),
        ("select nullif(id, 3) as id from trace", "null_watermark"),
    ],
)
def test_a_query_that_cannot_be_is_refused_and_no_value_is_quoted(
    server: Server, owner: psycopg.Connection, tmp_path: Path, query: str, code: str
) -> None:
    fill(owner, 10)
    [found] = collect(write(tmp_path, server, query=query))
    assert found.error is not None
    assert found.error.code == code
    assert "DUPONT" not in str(found.error)
    assert owner.execute("select last_value from trace_id_seq").fetchone() == (10,)


def test_a_server_that_is_not_there_is_a_failure_of_the_machine(server: Server, tmp_path: Path) -> None:
    case = write(tmp_path, server)
    text = (case / "case.toml").read_text("utf-8").replace(f":{server.port}/", ":1/")
    (case / "case.toml").write_text(text, "utf-8")
    [found] = collect(case)
    assert found.error is not None
    assert (found.error.code, found.error.exit_code) == ("unreachable", 3)


def test_a_registry_is_read_once_with_its_lists(
    server: Server, owner: psycopg.Connection, tmp_path: Path
) -> None:
    owner.execute("create table person (id int, names text[], born date)")
    owner.execute("insert into person values (1, array['Anne', 'Marie'], '1960-02-01'), (2, null, null)")
    (tmp_path / "case.toml").write_text(
        f'{HEAD}[[registries]]\nname = "persons"\ndatabase = "{url(server)}"\n'
        'query = "select * from person"\n'
        'columns = { person = "id", given_names = "names", birth_date = "born" }\n',
        "utf-8",
    )
    [found] = collect(tmp_path)
    assert (found.rows, found.error) == (2, None)
    assert collect(tmp_path) == []
