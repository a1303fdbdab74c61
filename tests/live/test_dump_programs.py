# SPDX-License-Identifier: Apache-2.0
"""Dumps that pg_dump and mariadb-dump truly write of one table, read back to the very values."""

from __future__ import annotations

import subprocess

import psycopg
import pymysql
import pytest

from tests.live.database_servers import mariadb_server, postgresql_server
from tocsin.store.dumps.rows import DumpRows

ROWS = [
    ("P1", "D'ARC; -- x", "a\tb\\c\n\\.\n", None),
    ("P2", "", "NULL", "é€(1), ('2')"),
    ("P3", '"q"`b`$$', "\\N", "/* */\r\n#"),
]
MORE = "create table stays (id int, note text)"
TABLE = "create table patients (ipp varchar(9) primary key, nom text, note text default 'x,(', tel text)"


def read(text: bytes) -> list[tuple[str | None, ...]]:
    dump = DumpRows([text[n : n + 999] for n in range(0, len(text), 999)], is_strict=True)
    batches = [batch for _table, batch in dump.batches(lambda name: name.endswith("patients"))]
    assert dump.is_whole
    names = ("ipp", "nom", "note", "tel")
    return [tuple(row[name] for name in names) for batch in batches for row in batch.to_pylist()]


@pytest.mark.needs("initdb", "postgres", "pg_dump")
def test_dumps_of_postgresql_are_read_to_the_values_of_the_table() -> None:
    with postgresql_server() as server:
        place = {"host": server.socket, "port": server.port, "user": "owner", "dbname": "postgres"}
        with psycopg.connect(**place, autocommit=True) as connection:  # type: ignore[arg-type]
            connection.execute(TABLE)
            connection.execute(MORE)
            connection.execute(
                "create function f() returns int as $_$ begin return 'it''s'; end $_$ language plpgsql"
            )
            connection.cursor().executemany("insert into patients values (%s, %s, %s, %s)", ROWS)
        told = ["pg_dump", "-h", server.socket, "-p", str(server.port), "-U", "owner"]
        for more in ([], ["--inserts"], ["--column-inserts"], ["--rows-per-insert=2"], ["--create"]):
            written = subprocess.run([*told, *more, "postgres"], capture_output=True, check=True).stdout
            assert read(written) == ROWS, more


@pytest.mark.needs("mariadbd", "mariadb-install-db", "mariadb-dump")
def test_dumps_of_mariadb_are_read_to_the_values_of_the_table() -> None:
    with mariadb_server() as server:
        with pymysql.connect(unix_socket=server.socket, user="root", autocommit=True) as connection:
            cursor = connection.cursor()
            for statement in (
                "create database app character set utf8mb4",
                "use app",
                TABLE,
                MORE,
                "create trigger t before insert on stays for each row begin set @a = ';'; end",
            ):
                cursor.execute(statement)
            cursor.execute("set names utf8mb4")
            cursor.executemany("insert into patients values (%s, %s, %s, %s)", ROWS)
        told = ["mariadb-dump", "--no-defaults", "-u", "root", f"--socket={server.socket}"]
        for more in (
            ["app"],
            ["--complete-insert", "app"],
            ["--skip-extended-insert", "app"],
            ["--databases", "app", "--routines", "--single-transaction"],
            ["--replace", "--compact", "app"],
        ):
            written = subprocess.run([*told, *more], capture_output=True, check=True).stdout
            assert read(written) == ROWS, more
