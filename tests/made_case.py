# SPDX-License-Identifier: Apache-2.0
"""A case made of rows: tests say what a stage finds committed, in plain Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from tocsin.core.tables import TABLES
from tocsin.store.case import Case
from tocsin.store.parts import arrow_schema

Rows = Sequence[Mapping[str, object]]

HEAD = '[case]\nid = "made"\ntitle = "A case made of rows"\nzone = "Europe/Paris"\n'

NOON = datetime(2024, 6, 11, 12, tzinfo=UTC)


def make_case(folder: Path, *, settings: str = "", **tables: Rows) -> Case:
    """An open case whose committed tables hold these rows; columns not given are null."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "case.toml").exists():
        (folder / "case.toml").write_text(HEAD + settings, "utf-8")
    case = Case(folder, by="tests")
    put(case, **tables)
    return case


def put(case: Case, **tables: Rows) -> None:
    """Replace committed tables by these rows."""
    with case.stage("made") as stage:
        for name, rows in tables.items():
            schema = arrow_schema(TABLES[name])
            columns = {f.name: [row.get(f.name) for row in rows] for f in schema}
            unknown = {key for row in rows for key in row} - set(columns)
            assert not unknown, f"{name} has no {unknown}"
            stage.engine.register("given", pa.table(columns, schema=schema))
            stage.write(name, "select * from given")
            stage.engine.unregister("given")
        stage.commit("made")


def rows_of(case: Case, table: str) -> list[dict[str, object]]:
    """A committed table as dicts, in its order."""
    names = TABLES[table].column_names
    with case.engine(table) as engine:
        key = ", ".join(TABLES[table].key)
        found = engine.rows(f"select {', '.join(names)} from {table} order by {key}")
    return [dict(zip(names, row, strict=True)) for row in found]


def key_of(number: str) -> str:
    """The key of the 13 characters of a NIR: 97 less the rest of the division by 97."""
    digits = number.replace("2A", "19").replace("2B", "18")
    return f"{97 - int(digits) % 97:02d}"


def with_key(number: str) -> str:
    """The 15 characters of a NIR or INS."""
    return number + key_of(number)
