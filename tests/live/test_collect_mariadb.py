# SPDX-License-Identifier: Apache-2.0
"""MariaDB as a source: a real server, started here; cut off, refused, and asked again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymysql
import pytest

from tests.live.database_servers import PASSWORD, Server, mariadb_server
from tests.unit.collect.tables import HEAD, collect, spooled
from tocsin.collect.collectors import database
from tocsin.collect.spool import Spool

pytestmark = [pytest.mark.needs("mariadbd", "mariadb-install-db"), pytest.mark.usefixtures("password")]

ROWS = 20_000


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with mariadb_server() as started:
        yield started


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_DB_APP", PASSWORD)


@pytest.fixture
def owner(server: Server) -> Iterator[Any]:
    """An administrator on an empty schema, in a zone of its own; and a user who only reads."""
    connection = pymysql.connect(
        unix_socket=server.socket, user="root", charset="utf8mb4", autocommit=True, local_infile=False
    )
    for sql in (
        "drop database if exists app",
        "create database app character set utf8mb4",
        "use app",
        "set time_zone = '+02:00'",
        f"create or replace user reader@'%' identified by '{PASSWORD}'",
        "grant select on *.* to reader@'%'",
    ):
        run(connection, sql)
    yield connection
    connection.close()


def run(connection: Any, sql: str, values: tuple[object, ...] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def write(
    folder: Path, server: Server, *, query: str = "select * from trace", mark: str = "id", more: str = ""
) -> Path:
    (folder / "case.toml").write_text(
        f'{HEAD}[[sources]]\nname = "app"\ndatabase = "mariadb://reader@127.0.0.1:{server.port}/app"\n'
        f'query = {json.dumps(query)}\nwatermark = "{mark}"\n{more}',
        "utf-8",
    )
    return folder


def fill(owner: Any, rows: int, words: int = 10) -> None:
    run(owner, "create table trace (id bigint primary key auto_increment, at timestamp(6), words longtext)")
    run(
        owner,
        "insert into trace (at, words) select '2024-06-11 10:00:00', repeat('x', %s) from seq_1_to_%s",
        (words, rows),
    )


def test_values_of_mariadb_come_as_they_are(server: Server, owner: Any, tmp_path: Path) -> None:
    run(
        owner,
        "create table trace (id decimal(30, 2), zoned timestamp(6), local datetime(3), day date, "
        "span time, year year, large bigint unsigned, share double, bits bit(8), bytes varbinary(4), "
        "words text, held json, nothing int, choice enum('a', 'é'))",
    )
    run(owner, "set sql_mode = ''")
    run(
        owner,
        "insert into trace values (12345678901234567890.10, '2024-06-11 10:00:00.000001', "
        "'2024-06-11 10:00:00.5', '0000-00-00', '-25:06:17', 2024, 18446744073709551615, 0.1, b'101', "
        "x'00ff', %s, '{\"n\": 1.10}', null, 'é')",
        ("a\nb\0c%s%%\\'\u2028🙂",),
    )
    case = write(tmp_path, server)
    [found] = collect(case)
    assert found.error is None
    assert spooled(case) == [
        {
            "id": "12345678901234567890.10",
            "zoned": "2024-06-11T08:00:00.000001+00:00",
            "local": "2024-06-11T10:00:00.500",
            "day": "0000-00-00",
            "span": "-25:06:17",
            "year": 2024,
            "large": "18446744073709551615",
            "share": 0.1,
            "bits": "05",
            "bytes": "00ff",
            "words": "a\nb\0c%s%%\\'\u2028🙂",
            "held": '{"n": 1.10}',
            "nothing": None,
            "choice": "é",
        }
    ]
    [again] = collect(case)
    assert (again.rows, again.repeated) == (0, 1)


@pytest.mark.parametrize("mark", ["zoned", "local"])
def test_an_instant_that_rows_share_loses_and_doubles_nothing(
    server: Server, owner: Any, tmp_path: Path, mark: str
) -> None:
    run(owner, "create table trace (zoned timestamp(6), local datetime(6), words text)")
    at = "'2024-06-11 10:00:00.5', '2024-06-11 10:00:00.5'"
    run(owner, f"insert into trace values ({at}, 'a'), ({at}, 'b')")
    case = write(tmp_path, server, mark=mark, more='collect = { overlap = "1 hour" }\n')
    assert [one.codes for one in collect(case)] == [["watermark_not_unique"]]
    late = at.replace("10:00", "09:30")
    run(owner, f"insert into trace values ({at}, 'c'), ({late}, 'd')")
    [found] = collect(case)
    assert (found.rows, found.repeated) == (2, 2)
    assert sorted(str(row["words"]) for row in spooled(case)) == ["a", "b", "c", "d"]


def test_a_session_ended_in_mid_query_is_gone_on_with(
    server: Server, owner: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(owner, ROWS, words=2000)
    monkeypatch.setattr(database, "PAGE_ROWS", 1000)
    case = write(tmp_path, server)
    append = Spool.append

    def ending(spool: Spool, page: object) -> None:
        append(spool, page)  # type: ignore[arg-type]
        with owner.cursor() as cursor:
            cursor.execute("select id from information_schema.processlist where user = 'reader'")
            for (number,) in cursor.fetchall():
                cursor.execute(f"kill {number}")

    with monkeypatch.context() as patched:
        patched.setattr(Spool, "append", ending)
        [broken] = collect(case)
    assert broken.error is not None
    assert broken.error.code == "broken_off"
    assert 0 < broken.rows < ROWS
    [found] = collect(case)
    assert (found.rows, found.repeated) == (ROWS - broken.rows, 1)
    assert [row["id"] for row in spooled(case)] == list(range(1, ROWS + 1))


def test_a_huge_row_comes_whole(server: Server, owner: Any, tmp_path: Path) -> None:
    fill(owner, 1, words=12_000_000)
    case = write(tmp_path, server)
    collect(case)
    assert [len(str(row["words"])) for row in spooled(case)] == [12_000_000]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("select id, id from trace", "query_refused"),
        ("select id from nowhere", "query_refused"),
        ("select nullif(id, 3) as id from trace", "null_watermark"),
        ("select id as other from trace", "no_watermark"),
    ],
)
def test_a_query_that_cannot_be_is_refused(
    server: Server, owner: Any, tmp_path: Path, query: str, code: str
) -> None:
    fill(owner, 10)
    [found] = collect(write(tmp_path, server, query=query))
    assert found.error is not None
    assert found.error.code == code


def test_a_wrong_password_is_told_without_it(
    server: Server, owner: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_DB_APP", "hunter2")
    [found] = collect(write(tmp_path, server))
    assert found.error is not None
    assert found.error.code == "login_refused"
    assert "hunter2" not in str(found.error)


def test_the_general_log_is_read_by_its_recipe(server: Server, owner: Any, tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text(
        f'{HEAD}[[sources]]\nname = "app"\ndatabase = "mysql://reader@127.0.0.1:{server.port}/mysql"\n'
        'collect = { from = "database", recipe = "mysql-general-log-table" }\n',
        "utf-8",
    )
    for sql in ("set global log_output = 'TABLE'", "set global general_log = 1", "select 'é', 42"):
        run(owner, sql)
    run(owner, "set global general_log = 0")
    [found] = collect(tmp_path)
    assert found.error is None
    asked = [row for row in spooled(tmp_path) if row["argument"] == "select 'é', 42"]
    assert [(row["command_type"], str(row["event_time"])[-6:]) for row in asked] == [("Query", "+00:00")]
