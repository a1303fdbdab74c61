# SPDX-License-Identifier: Apache-2.0
"""Registers of a database: read once, whole, hashed; another answer never takes their place unsaid."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.made_case import rows_of
from tests.unit.collect.tables import change, collect, entries, fill, write
from tocsin.collect.databases.database import Column
from tocsin.collect.databases.sqlite import Sqlite
from tocsin.collect.outcome import Collected
from tocsin.core.errors import MachineError, SettingsError
from tocsin.ingest.run import run as ingest
from tocsin.store.case import Case
from tocsin.store.parts import sha256_of

REGISTRY = """
[[registries]]
name = "persons"
database = "sqlite:///app.db"
query = "select * from trace"
[registries.columns]
person = "id"
"""

RECIPE = '[[sources]]\nname = "a"\ndatabase = '

SNAPSHOT = "evidence/snapshots/registry~persons.parquet"


def one(folder: Path, *, again: bool = False) -> Collected:
    [found] = collect(folder, again=again)
    return found


def rows(folder: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = pq.read_table(folder / SNAPSHOT).to_pylist()
    return found


def test_register_is_read_once_as_texts(tmp_path: Path) -> None:
    case = write(tmp_path, REGISTRY)
    fill(case, [(1, "Anne"), (2, None), (2**60, b"\x00")])
    found = one(case)
    assert (found.rows, found.total, found.error) == (3, 3, None)
    assert rows(case) == [
        {"id": "1", "what": "Anne"},
        {"id": "2", "what": None},
        {"id": str(2**60), "what": "00"},
    ]
    fill(case, [(4, "new")])
    assert collect(case) == []
    assert len(rows(case)) == 3


WHO = """
[[accounts]]
database = "sqlite:///app.db"
query = "select what as login from trace"
columns = { account = "login" }

[[relations]]
name = "billing"
database = "sqlite:///app.db"
query = "select what as login, id as patient from trace where id > 1"
columns = { account = "login", person = "patient" }
"""


def test_directory_and_relations_of_a_database_are_read_as_those_of_a_file(tmp_path: Path) -> None:
    folder = write(tmp_path, WHO)
    fill(folder, [(1, "dr.a"), (2, "dr.a"), (3, "dr.gone")])
    assert [(found.kind, found.rows) for found in collect(folder)] == [("accounts", 3), ("relations", 2)]
    assert collect(folder) == []
    with Case(folder, by="tests") as case:
        ingest(case)
        assert [(r["relations"], r["account"], r["person"]) for r in rows_of(case, "relations")] == [
            ("billing", "dr.a", "2"),
            ("billing", "dr.gone", "3"),
        ]
    listed = (folder / "evidence" / "inputs.json").read_text("utf-8")
    assert "snapshots/relations~billing.parquet" in listed


def test_register_is_readable_for_its_owner_alone(tmp_path: Path) -> None:
    case = write(tmp_path, REGISTRY)
    fill(case, [(1, "Anne")])
    collect(case)
    assert (case / SNAPSHOT).stat().st_mode & 0o077 == 0


def test_register_without_rows_keeps_its_columns(tmp_path: Path) -> None:
    case = write(tmp_path, REGISTRY)
    fill(case, [])
    assert one(case).total == 0
    assert pq.read_schema(case / SNAPSHOT).names == ["id", "what"]


def test_register_stays_when_the_same_rows_come_in_another_order(tmp_path: Path) -> None:
    case = write(tmp_path, REGISTRY)
    fill(case, [(1, "a"), (2, "b")])
    collect(case)
    before = sha256_of(case / SNAPSHOT)
    change(case, "delete from trace where id = 1")
    fill(case, [(1, "a")])
    found = one(case, again=True)
    assert (found.rows, found.repeated, found.codes) == (0, 2, [])
    assert sha256_of(case / SNAPSHOT) == before


def test_register_that_differs_is_a_second_file_and_is_said(tmp_path: Path) -> None:
    case = write(tmp_path, REGISTRY)
    fill(case, [(1, "a"), (2, "b")])
    collect(case)
    before = sha256_of(case / SNAPSHOT)
    change(case, "update trace set what = 'c' where id = 2")
    found = one(case, again=True)
    assert (found.codes, found.needs_person) == (["snapshot_differs"], True)
    assert rows(case)[1] == {"id": "2", "what": "c"}
    [former] = (case / SNAPSHOT).parent.glob("registry~persons~*.parquet")
    assert (former.stem[-12:], sha256_of(former)) == (before[:12], before)


def test_register_is_read_again_when_its_query_changed(tmp_path: Path) -> None:
    case = write(tmp_path, REGISTRY)
    fill(case, [(1, "a")])
    collect(case)
    write(tmp_path, REGISTRY.replace("select *", "select id"))
    assert one(case).codes == ["snapshot_differs"]
    assert rows(case) == [{"id": "1"}]


def test_register_gives_the_same_bytes_in_another_case(tmp_path: Path) -> None:
    digests = set()
    for name in ("one", "two"):
        case = write(tmp_path / name, REGISTRY)
        fill(case, [(number, "é" * number) for number in range(50)])
        collect(case)
        digests.add(sha256_of(case / SNAPSHOT))
    assert len(digests) == 1


def test_register_stands_as_it_was_when_the_database_breaks_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = write(tmp_path, REGISTRY)
    fill(case, [(1, "a")])
    collect(case)
    before = sha256_of(case / SNAPSHOT)

    def breaking(_self: object, _sql: str, _bound: object = ()) -> object:
        yield (1, "a")
        raise MachineError("The line is cut.", code="broken_off")

    monkeypatch.setattr(Sqlite, "rows", breaking)
    found = one(case, again=True)
    assert found.error is not None
    assert (found.error.code, found.stands) == ("broken_off", True)
    assert sha256_of(case / SNAPSHOT) == before
    assert [path.name for path in (case / SNAPSHOT).parent.iterdir()] == ["registry~persons.parquet"]
    assert entries(case)[-1][0] == "collect:source:failed"


def test_register_keeps_lists_as_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = write(tmp_path, REGISTRY)
    fill(case, [(1, "a")])
    monkeypatch.setattr(Sqlite, "describe", lambda *_: [Column("id"), Column("what", is_list=True)])
    monkeypatch.setattr(Sqlite, "fetch", lambda *_: iter([(1, ["Anne", None, 3]), (2, None)]))
    collect(case)
    assert rows(case) == [{"id": "1", "what": ["Anne", None, "3"]}, {"id": "2", "what": None}]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (REGISTRY.replace('query = "select * from trace"\n', ""), "no_query"),
        (REGISTRY.replace('database = "sqlite:///app.db"\n', ""), "no_query"),
        (REGISTRY.replace("query", 'paths = ["x.csv"]\nquery'), "two_places"),
        (
            REGISTRY.replace('database = "sqlite:///app.db"\nquery = "select * from trace"\n', ""),
            "bad_settings",
        ),
        (REGISTRY.replace("select * from trace", "drop table trace"), "not_a_select"),
        (REGISTRY.replace("sqlite:///", "postgresql://u:p@h/"), "password_in_settings"),
        (WHO.replace('database = "sqlite:///app.db"\n', ""), "no_query"),
        (WHO + WHO.split("[[relations]]", maxsplit=1)[0], "same_name"),
        ('[[sources]]\nname = "a"\nquery = "select 1"\n', "no_database"),
        ('[[sources]]\nname = "a"\nwatermark = "id"\npaths = ["x"]\n', "no_database"),
        ('[[sources]]\nname = "a"\ndatabase = "sqlite:///a.db"\npaths = ["x"]\n', "two_places"),
        ('[[sources]]\nname = "a"\ndatabase = "sqlite:///a.db"\n', "no_query"),
        ('[[sources]]\nname = "a"\ncollect = { from = "nowhere" }\n', "unknown_collector"),
        ('[[sources]]\nname = "a"\ncollect = { from = "database", recipe = "x" }\n', "bad_settings"),
        (
            '[[sources]]\nname = "a"\ndatabase = "sqlite:///a.db"\ncollect = { recipe = "oracle" }\n',
            "unknown_recipe",
        ),
        (f"{RECIPE}'sqlite:///a.db'\ncollect = {{ recipe = 'oracle-unified-audit' }}\n", "other_database"),
        (f"{RECIPE}'sqlserver://h/d'\ncollect = {{ recipe = 'sqlserver-audit' }}\n", "no_files"),
        (f"{RECIPE}'sqlite:///a.db'\nquery = 'select 1'\ncollect = {{ overlaps = 3 }}\n", "unknown_key"),
        (f"{RECIPE}'sqlite:///a.db'\nquery = 'select 1'\ncollect = {{ overlap = 3 }}\n", "bad_overlap"),
    ],
)
def test_settings_are_refused_before_anything_is_asked(tmp_path: Path, text: str, code: str) -> None:
    case = write(tmp_path, text)
    with pytest.raises(SettingsError) as told:
        collect(case)
    assert told.value.code == code
