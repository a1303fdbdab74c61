# SPDX-License-Identifier: Apache-2.0
"""Registries, records, directories and controllers: people's files become ours, or are refused."""

from __future__ import annotations

import gzip
import json
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.unit.ingest.scenes import Scene, packed
from tocsin.core.errors import InputError, TocsinError

COLUMNS = 'person = "id"\nfamily_name = "name"\nbirth_date = "born"\n'
HISTORY = COLUMNS + 'valid_from = "since"\nvalid_until = "until"\n'


def registry(columns: str = COLUMNS, path: str = "patients.csv") -> str:
    return f'[[registries]]\nname = "patients"\npaths = ["{path}"]\n[registries.columns]\n{columns}'


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path / "case", registry())


def refused(scene: Scene) -> TocsinError:
    before = scene.current()
    with pytest.raises(InputError) as caught:
        scene.ingest()
    assert caught.value.exit_code == 2
    assert caught.value.do
    assert caught.value.where.file
    assert scene.current() == before
    return caught.value


def persons(scene: Scene) -> list[tuple[object, object, object]]:
    return [(row["person"], row["family_name"], row["birth_date"]) for row in scene.rows("registry")]


ROWS = [("1", "Aubert", date(1980, 2, 3)), ("2", 'Éloi; dit "Lou"', None)]


@pytest.mark.parametrize(
    "content",
    [
        'id,name,born\n1,Aubert,1980-02-03\n2,"Éloi; dit ""Lou""",\n',
        'id;name;born\r\n1;Aubert;03/02/1980\r\n2;"Éloi; dit ""Lou""";\r\n',
        'name\tid\tborn\textra\nAubert\t 1 \t19800203\tx\n"Éloi; dit ""Lou"""\t2\t1950-00-00\t\n',
        '\ufeff"id"|"name"|"born"\n"1"|"Aubert"|"1980-02-03 00:00:00"\n"2"|"Éloi; dit ""Lou"""|""',
    ],
)
def test_csv_is_read_whatever_its_delimiter(scene: Scene, content: str) -> None:
    scene.write("patients.csv", content)
    scene.ingest()
    assert persons(scene) == ROWS


@pytest.mark.parametrize("kind", ["gz", "zst"])
def test_compressed_csv_is_read(scene: Scene, kind: str) -> None:
    scene.write("patients.csv", packed(kind, b"id,name,born\n1,Aubert,1980-02-03\n"))
    scene.ingest()
    assert persons(scene) == ROWS[:1]


def test_csv_cell_may_span_lines(scene: Scene) -> None:
    scene.write("patients.csv", 'id,name,born\n1,"Aubert\nBis",1980-02-03\n')
    scene.ingest()
    assert persons(scene) == [("1", "Aubert\nBis", date(1980, 2, 3))]


def test_zeros_before_an_id_are_kept(scene: Scene) -> None:
    scene.write("patients.csv", "id,name,born\n" + "".join(f"{n:05d},x,\n" for n in range(3)))
    scene.ingest()
    assert [row[0] for row in persons(scene)] == ["00000", "00001", "00002"]


def test_parquet_is_read_whatever_its_types(tmp_path: Path) -> None:
    scene = Scene(tmp_path / "case", registry(path="patients.parquet"))
    table = pa.table(
        {
            "id": pa.array([1.0, 2.0, None]),
            "name": ["Aubert", "x", "y"],
            "born": [date(1980, 2, 3), None, None],
        }
    )
    pq.write_table(table.slice(0, 2), scene.folder / "patients.parquet")
    scene.ingest()
    assert persons(scene) == [ROWS[0], ("2", "x", None)]
    pq.write_table(table, scene.folder / "patients.parquet")
    assert refused(scene).code == "no_key"


def test_json_text_stays_text(tmp_path: Path) -> None:
    columns = HISTORY + 'guardian = "more"\n'
    scene = Scene(tmp_path / "case", registry(columns, "patients.jsonl"))
    rows: list[dict[str, object]] = [
        {"id": "007", "name": "2020-01-01", "born": "1980-02-03", "since": "2020-01-01T12:00:00+02:00"},
        {"id": 8, "name": None, "more": "late", "until": None},
    ]
    scene.write("patients.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    scene.ingest()
    first, second = scene.rows("registry")
    assert (first["person"], first["family_name"]) == ("007", "2020-01-01")
    assert first["valid_from"] == datetime(2020, 1, 1, 10, tzinfo=UTC)
    assert (second["person"], second["guardian"]) == ("8", "late")


def test_several_files_are_one_registry(tmp_path: Path) -> None:
    scene = Scene(tmp_path / "case", registry(path="p*.csv"))
    scene.write("p1.csv", "id,name,born\n1,Aubert,1980-02-03\n")
    scene.write("p2.csv", "born;id;name\n;2;x\n")
    scene.ingest()
    assert persons(scene) == [ROWS[0], ("2", "x", None)]
    scene.write("p3.csv", "id,name,born\n1,other,\n")
    assert refused(scene).code == "local_id_twice"


@pytest.mark.parametrize(
    ("columns", "code", "said"),
    [
        ('family_name = "name"\n', "no_key", "person"),
        ('person = "ident"\n', "no_column", "Did you mean 'id'"),
        ('person = "id"\nfamily_nam = "name"\n', "unknown_key", "family_name"),
        ('person = "id"\ngiven_names = ["name", "nam"]\n', "no_column", "name"),
    ],
)
def test_column_that_is_not_there_is_refused(scene: Scene, columns: str, code: str, said: str) -> None:
    scene.settings(registry(columns))
    scene.write("patients.csv", "id,name,born\n1,x,\n")
    error = refused(scene)
    assert error.code == code
    assert said in str(error)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "no_header"),
        ("\n", "no_header"),
        ("id,name,born\n1,x\n", "unreadable"),
        ("id,name,born\n1,x,y,z\n", "unreadable"),
        ('id,name,born\n1,"x,y\n', "unreadable"),
        (b"id,name,born\n1,\xe9,\n", "unreadable"),
        ("id,name,born\n,x,\n", "no_key"),
        ("id,name,born\n  ,x,\n", "no_key"),
        ("id,name,born\n1,x,\n1,x,\n", "local_id_twice"),
        ("id,name,Name,born\n1,x,y,\n", "same_column"),
        (gzip.compress(b"id,name,born\n1,x,\n" * 99, mtime=0)[:-9], "unreadable"),
        (packed("zip", b"id,name,born\n1,x,\n"), "nested_archive"),
        (packed("bz2", b"id,name,born\n1,x,\n"), "nested_archive"),
        ("id,name,born\n1,x,\n".encode("utf-16"), "utf16"),
    ],
)  # fmt: skip
def test_table_that_cannot_be_a_registry_is_refused(scene: Scene, content: str | bytes, code: str) -> None:
    scene.write("patients.csv", content)
    assert refused(scene).code == code


@pytest.mark.parametrize("name", ["patients.parquet", "patients.jsonl", "patients.json"])
def test_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path, name: str) -> None:
    scene = Scene(tmp_path / "case", registry(path=name))
    scene.write(name, "id,name,born\n1,x,\n")
    assert refused(scene).code == "unreadable"


@pytest.mark.parametrize("pattern", ["none.csv", "folder"])
def test_registry_that_is_not_there_is_refused(tmp_path: Path, pattern: str) -> None:
    scene = Scene(tmp_path / "case", registry(path=pattern))
    (scene.folder / "folder").mkdir()
    assert refused(scene).code in ("no_file", "folder")


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([("2020-01-01", "2021-01-01"), ("2021-01-01", "")], None),
        ([("", "2021-01-01"), ("2021-01-01", "")], None),
        ([("2020-01-01", "2020-06-01"), ("2021-01-01", "2022-01-01")], None),
        ([("2020-01-01", "2021-01-02"), ("2021-01-01", "")], "local_id_twice"),
        ([("2020-01-01", ""), ("2021-01-01", "")], "local_id_twice"),
        ([("", ""), ("", "")], "local_id_twice"),
        ([("2020-01-01", "2020-13-01")], "no_date"),
        ([("soon", "")], "no_date"),
    ],
)
def test_history_holds_one_row_at_any_time(
    tmp_path: Path, rows: list[tuple[str, str]], code: str | None
) -> None:
    scene = Scene(tmp_path / "case", registry(HISTORY))
    body = "".join(f"1,x,,{since},{until}\n" for since, until in rows)
    scene.write("patients.csv", "id,name,born,since,until\n" + body)
    if code is None:
        scene.ingest()
        assert len(scene.rows("registry")) == len(rows)
    else:
        assert refused(scene).code == code


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2024-06-11", datetime(2024, 6, 10, 22, tzinfo=UTC)),
        ("11/06/2024", datetime(2024, 6, 10, 22, tzinfo=UTC)),
        ("11/06/2024 10:30", datetime(2024, 6, 11, 8, 30, tzinfo=UTC)),
        ("2024-06-11 10:30:00", datetime(2024, 6, 11, 8, 30, tzinfo=UTC)),
        ("2024-06-11T10:30:00+00:00", datetime(2024, 6, 11, 10, 30, tzinfo=UTC)),
    ],
)
def test_instant_without_a_zone_is_in_the_case_s(tmp_path: Path, written: str, at: datetime) -> None:
    scene = Scene(tmp_path / "case", registry(HISTORY))
    scene.write("patients.csv", f"id,name,born,since,until\n1,x,,{written},\n")
    scene.ingest()
    [row] = scene.rows("registry")
    assert row["valid_from"] == at


def test_register_is_read_again_when_its_content_changes_and_only_then(scene: Scene) -> None:
    path = scene.write("patients.csv", "id,name,born\n1,x,\n")
    scene.ingest()
    path.touch()
    assert scene.ingest().is_current
    stat = path.stat()
    scene.write("patients.csv", "id,name,born\n1,y,\n")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert not scene.ingest().is_current
    assert persons(scene) == [("1", "y", None)]


MORE = """
[[controllers]]
id = "c1"
name = "One"
[[controllers]]
paths = ["controllers.csv"]
[[records]]
name = "appointment"
paths = ["appointments.csv"]
[records.columns]
record = "id"
person = "who"
created = "at"
[[accounts]]
paths = ["accounts.csv"]
[accounts.columns]
account = "login"
may_see = "others"
active_until = "until"
"""


def test_records_accounts_and_controllers_are_read(scene: Scene) -> None:
    scene.settings(registry() + MORE)
    scene.write("patients.csv", "id,name,born\n1,x,\n")
    scene.write("controllers.csv", "id,name,finess\nc2,Two,9\nc1,One,\n")
    scene.write("appointments.csv", "id,who,at\nA1,1,2024-06-11\n")
    scene.write("accounts.csv", 'login,others,until\nbob,"1, 2;3",\neve,,2024-06-11\n')
    scene.ingest()
    assert [(row["controller"], row["finess"]) for row in scene.rows("controllers")] == [
        ("c1", None),
        ("c2", "9"),
    ]
    assert [(row["record"], row["registry"], row["person"]) for row in scene.rows("records")] == [
        ("A1", "patients", "1")
    ]
    assert [(row["account"], row["may_see"]) for row in scene.rows("accounts")] == [
        ("bob", ["1", "2", "3"]),
        ("eve", None),
    ]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("controllers.csv", "id,name\nc1,Another\n", "local_id_twice"),
        ("controllers.csv", "name\nx\n", "no_column"),
        ("controllers.csv", "id,name\n,x\n", "no_key"),
        ("appointments.csv", "id,who,at\nA1,1,\nA1,1,\n", "local_id_twice"),
        ("appointments.csv", "id,who,at\n,1,\n", "no_key"),
        ("appointments.csv", "id,who,at\nA1,1,yesterday\n", "no_date"),
        ("accounts.csv", "login,others,until\n,,\n", "no_key"),
        ("accounts.csv", "login,others,until\nbob,,never\n", "no_date"),
    ],
)
def test_table_that_contradicts_itself_is_refused(scene: Scene, name: str, content: str, code: str) -> None:
    scene.settings(registry() + MORE)
    scene.write("patients.csv", "id,name,born\n1,x,\n")
    scene.write("controllers.csv", "id,name\nc2,Two\n")
    scene.write("appointments.csv", "id,who,at\nA1,1,\n")
    scene.write("accounts.csv", "login,others,until\nbob,,\n")
    scene.write(name, content)
    error = refused(scene)
    assert error.code == code
