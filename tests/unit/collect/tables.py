# SPDX-License-Identifier: Apache-2.0
"""A case whose source is a table of an SQLite file, and what its spool holds."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from tocsin.collect.outcome import Collected
from tocsin.collect.run import run
from tocsin.store.case import Case

HEAD = '[case]\nid = "collected"\n'

SOURCE = """
[[sources]]
name = "app"
database = "sqlite:///app.db"
query = "select * from trace"
watermark = "id"
"""


def write(folder: Path, settings: str = SOURCE) -> Path:
    """A case with these settings."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.toml").write_text(HEAD + settings, "utf-8")
    return folder


def fill(folder: Path, rows: Sequence[tuple[object, ...]], *, made: str = "(id integer, what text)") -> None:
    """Rows into the table, which is made when it is not there."""
    connection = sqlite3.connect(folder / "app.db")
    connection.execute(f"create table if not exists trace {made}")
    if rows:
        places = ", ".join("?" * len(rows[0]))
        connection.executemany(f"insert into trace values ({places})", rows)
    connection.commit()
    connection.close()


def change(folder: Path, sql: str) -> None:
    """One statement on the table."""
    connection = sqlite3.connect(folder / "app.db")
    connection.execute(sql)
    connection.commit()
    connection.close()


def collect(folder: Path, *, again: bool = False) -> list[Collected]:
    """One run, by somebody."""
    with Case(folder, by="tests") as case:
        return run(case, again=again).collected


def spooled(folder: Path, source: str = "app") -> list[dict[str, object]]:
    """All records of the spool, in order."""
    files = sorted((folder / "evidence" / "collected" / source).iterdir())
    return [json.loads(line) for path in files for line in path.read_bytes().splitlines()]


def entries(folder: Path) -> list[tuple[str, dict[str, object]]]:
    """Of the journal, those of collections."""
    with Case(folder, by="tests", read_only=True) as case:
        found = list(case.journal.entries())
    return [(entry.kind, {**entry.body}) for entry in found if entry.kind.startswith("collect:")]
