# SPDX-License-Identifier: Apache-2.0
"""Registries' pasts rebuilt from text dumps, held against what truly was; dumps that cannot be trusted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.ingest.dump_writing import WRITERS, pg_copy, rows_of
from tests.unit.ingest.past_worlds import COPIES, EVERY, SETTINGS, day, make_world, past_scene, replayed
from tests.unit.ingest.scenes import Scene, packed
from tests.unit.ingest.test_histories import hold_against, rebuilt
from tocsin.core.errors import InputError
from tocsin.ingest.history.dumps import load_dump
from tocsin.ingest.read.inputs import Input
from tocsin.store.engine import Engine

TABLE = COPIES + 'table = "patients"\n'
DUMPED = pg_copy([("P1", "X", "5", "NORD")])


def test_past_from_dumps_of_each_kind_is_what_truly_was(tmp_path: Path) -> None:
    world = make_world(seed=3, persons=12)
    scene = past_scene(tmp_path, world, TABLE)
    for number, write in zip(range(0, 100, EVERY), list(WRITERS.values()) * 4, strict=False):
        text = write(rows_of(world, day(number))).encode()
        kind = ("", "gz", "zst")[number // EVERY % 3]
        ending = f".{kind}" if kind else ""
        name = f"copies/base-{day(number):%Y%m%dT%H%M%S}Z.sql{ending}"
        scene.write(name, packed(kind, text) if kind else text)
    assert hold_against(rebuilt(scene), world) > 0.6


def test_empty_table_of_a_dump_says_that_nobody_was_there(tmp_path: Path) -> None:
    rows = rebuilt(one_copy(tmp_path, WRITERS["mysqldump"]([])))
    assert "P1" not in replayed(rows, day(0))
    assert "P1" in replayed(rows, day(99))


def one_copy(folder: Path, text: str | bytes, settings: str = TABLE) -> Scene:
    scene = Scene(folder / "case", SETTINGS + settings)
    scene.write("patients.csv", "ipp,nom,tel\nP1,X,5\n")
    scene.write("copies/dump-2025-02-01.sql", text)
    return scene


MYSQL = WRITERS["mysqldump"]([("P1", "X", "5", "NORD"), ("P2", None, "6", "SUD")])
UNTRUSTED: dict[str, tuple[str, str | None, str]] = {
    "row with a value too many": (DUMPED.replace("P1\tX\t5", "P1\tX\t5\t6"), "patients", "unreadable"),
    "copy without its end": (DUMPED.partition("\\.\n\n--")[0], "patients", "unreadable"),
    "no footer": (DUMPED.replace("-- PostgreSQL database dump complete", "--"), "patients", "cut_short"),
    "cut within a value": (MYSQL.partition("'SUD'")[0] + "'SU", "patients", "unreadable"),
    "cut between two rows": (MYSQL.partition(",\n('P2'")[0], "patients", "cut_short"),
    "cut between two tables": (MYSQL.partition("CREATE TABLE `patients`")[0], "patients", "cut_short"),
    "call instead of a value": (MYSQL.replace("'SUD'", "now()"), "patients", "unreadable"),
    "value too few": (MYSQL.replace(",'SUD'", ""), "patients", "unreadable"),
    "unknown table": (DUMPED, "patient", "no_table"),
    "table without its schema's name": (DUMPED, "other.patients", "no_table"),
    "no table named of two": (DUMPED, None, "no_table"),
    "name that two schemas share": (DUMPED.replace("public.stays", "old.patients"), "patients", "no_table"),
    "columns not named": ("INSERT INTO patients VALUES ('P1','X','5');\n", "patients", "no_columns"),
}


@pytest.mark.parametrize("name", UNTRUSTED)
def test_dump_that_cannot_be_trusted_is_refused_with_what_where_and_what_to_do(
    tmp_path: Path, name: str
) -> None:
    text, table, code = UNTRUSTED[name]
    path = tmp_path / "dump.sql"
    path.write_text(text, "utf-8")
    with Engine(memory="200MiB", threads=1) as engine, pytest.raises(InputError) as caught:
        load_dump(engine, Input(path), table, "copy")
    assert (caught.value.code, caught.value.exit_code) == (code, 2)
    assert caught.value.where.file == str(path)
    assert caught.value.do


@pytest.mark.parametrize(
    ("text", "code"),
    [(MYSQL.partition("-- Dump completed")[0], "cut_short"), ("PGDMP\x01\x0e", "not_a_text")],
)
def test_ingest_refuses_a_dump_and_names_its_file(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        one_copy(tmp_path, text).ingest()
    assert caught.value.code == code
    assert str(caught.value.where.file).endswith("dump-2025-02-01.sql")


def test_table_of_one_dump_need_not_be_named_when_it_is_alone(tmp_path: Path) -> None:
    text = "INSERT INTO `patients` (`nom`,`ipp`,`tel`) VALUES ('X','P1','5'),('D\\'ARC','P2',NULL);\n"
    [row] = replayed(rebuilt(one_copy(tmp_path, text, COPIES)), day(31))["P2"]
    assert (row["family_name"], row["phone"]) == ("D'ARC", None)
