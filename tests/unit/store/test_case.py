# SPDX-License-Identifier: Apache-2.0
"""One process writes a case; others read what stands; nothing is built on what was altered."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.made_case import make_case, put, rows_of
from tests.unit.store.committed import AFTER, BEFORE, NEW, OLD, bytes_of, make_old, standing, write_new
from tocsin.core.errors import CaseLocked, InputError, MachineError, TamperedError
from tocsin.journal import check_journal
from tocsin.store.case import Case
from tocsin.store.verify import verify_case

CLAIM = """
select
    'c' as claim, 'proven' as grade, null as hypotheses, null as basis, 0 as exceptions,
    null as exception_events, null as derivation
"""


def test_folder_without_case_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        Case(tmp_path, by="tests")
    assert caught.value.code == "no_case"
    assert not (tmp_path / "tables").exists()


def test_second_writer_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    make_old(tmp_path)
    with Case(tmp_path, by="tests") as case:
        with pytest.raises(CaseLocked) as caught:
            Case(tmp_path, by="another")
        assert caught.value.exit_code == 2
        put(case, **NEW)
    write_new(tmp_path)


def test_case_that_could_not_be_opened_is_not_left_locked(tmp_path: Path) -> None:
    make_old(tmp_path)
    current = tmp_path / "tables" / "CURRENT"
    whole = current.read_bytes()
    current.write_bytes(b"{")
    with pytest.raises(TamperedError) as caught:
        Case(tmp_path, by="tests")
    current.write_bytes(whole)
    with Case(tmp_path, by="tests") as case:
        assert standing(case) == BEFORE
    assert caught.value.exit_code == 1


def test_reader_sees_what_stands_while_another_writes(tmp_path: Path) -> None:
    make_old(tmp_path)
    with Case(tmp_path, by="tests") as writer:
        before = (tmp_path / "journal" / "journal.jsonl").read_bytes()
        with (
            writer.stage("made") as stage,
            Case(tmp_path, by="reader", read_only=True) as reader,
        ):
            stage.write("claims", CLAIM)
            assert standing(reader) == BEFORE
        assert (tmp_path / "journal" / "journal.jsonl").read_bytes() == before


def test_reader_leaves_a_line_that_is_being_appended(tmp_path: Path) -> None:
    make_old(tmp_path)
    journal = tmp_path / "journal" / "journal.jsonl"
    growing = journal.read_bytes() + b'{"number":2,'
    journal.write_bytes(growing)
    with Case(tmp_path, by="reader", read_only=True) as reader:
        assert len(list(reader.journal.entries())) == 1
        assert standing(reader) == BEFORE
    assert journal.read_bytes() == growing


def test_reader_is_told_when_a_run_has_committed_meanwhile(tmp_path: Path) -> None:
    make_old(tmp_path)
    with Case(tmp_path, by="reader", read_only=True) as reader:
        write_new(tmp_path)
        with pytest.raises(MachineError) as caught:
            standing(reader)
        assert caught.value.code == "case_moved"
        with reader.engine("gaps") as engine:
            assert engine.count("select count(*) from gaps") == 1, "what did not change is still read"
    with Case(tmp_path, by="reader", read_only=True) as reader:
        assert standing(reader) == AFTER


def test_reader_keeps_a_small_table_that_is_replaced_under_it(tmp_path: Path) -> None:
    make_old(tmp_path)
    with Case(tmp_path, by="reader", read_only=True) as reader, reader.engine("controllers") as engine:
        write_new(tmp_path)
        assert engine.rows("select name from controllers") == [("Old",)]


def test_reader_cannot_write(tmp_path: Path) -> None:
    make_old(tmp_path)
    with (
        Case(tmp_path, by="reader", read_only=True) as reader,
        pytest.raises(MachineError, match="reading only"),
        reader.stage("made"),
    ):
        pass


@pytest.mark.parametrize("table", ["controllers", "judged"])
def test_altered_table_is_told_before_anything_is_built_on_it(tmp_path: Path, table: str) -> None:
    make_old(tmp_path)
    [path] = [p for p in (tmp_path / "tables").rglob("*.parquet") if table in p.as_posix()]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with Case(tmp_path, by="tests") as case, pytest.raises(TamperedError) as caught:
        rows_of(case, table)
    assert caught.value.exit_code == 1
    assert caught.value.where.file == str(path)
    with pytest.raises(TamperedError, match="not what was written"):
        verify_case(tmp_path)


@pytest.mark.parametrize("table", ["controllers", "judged"])
def test_missing_table_is_told_in_words(tmp_path: Path, table: str) -> None:
    make_old(tmp_path)
    [path] = [p for p in (tmp_path / "tables").rglob("*.parquet") if table in p.as_posix()]
    path.unlink()
    with Case(tmp_path, by="tests") as case, pytest.raises(TamperedError, match="missing"):
        rows_of(case, table)


def test_table_that_goes_while_it_is_read_is_told_in_words(tmp_path: Path) -> None:
    make_old(tmp_path)
    [path] = (tmp_path / "tables" / "judged").iterdir()
    with (  # noqa: PT012  # the file goes between two readings
        Case(tmp_path, by="tests") as case,
        pytest.raises(TamperedError, match="missing"),
        case.engine("judged") as engine,
    ):
        assert engine.count("select count(*) from judged") == 1
        path.unlink()
        engine.rows("select * from judged where verdict = 'x'")


def test_failure_of_a_query_stays_one_when_the_tables_are_sound(tmp_path: Path) -> None:
    make_old(tmp_path)
    with (
        Case(tmp_path, by="tests") as case,
        pytest.raises(MachineError, match="failed"),
        case.engine("judged") as engine,
    ):
        engine.rows("select no_such_column from judged")


def test_table_never_committed_is_an_empty_view_of_its_columns(tmp_path: Path) -> None:
    with make_case(tmp_path) as case, case.engine("events") as engine:
        assert engine.rows("select event_id, occurred_at, persons from events") == []


def test_whole_case_verifies_and_says_how_much_was_read(tmp_path: Path) -> None:
    make_old(tmp_path)
    found = verify_case(tmp_path)
    assert (found.entries, found.parts) == (1, len(OLD))


def test_tables_are_not_verified_while_a_run_writes_them(tmp_path: Path) -> None:
    make_old(tmp_path)
    with Case(tmp_path, by="tests"):
        assert verify_case(tmp_path).parts is None


def test_unknown_parts_and_empty_folders_go_and_other_files_stay(tmp_path: Path) -> None:
    make_old(tmp_path)
    tables = tmp_path / "tables"
    (tables / "judged" / "part-unknown.parquet").write_bytes(b"x")
    (tables / "gone" / "deep").mkdir(parents=True)
    (tables / "readme.txt").write_text("kept")
    with Case(tmp_path, by="tests"):
        pass
    assert not (tables / "judged" / "part-unknown.parquet").exists()
    assert not (tables / "gone").exists()
    assert (tables / "readme.txt").exists()


def test_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        with make_case(tmp_path / name, **OLD) as case:
            put(case, **NEW)
    assert bytes_of(tmp_path / "one" / "tables") == bytes_of(tmp_path / "other" / "tables")


def test_full_disk_is_told_first(tmp_path: Path) -> None:
    with make_case(tmp_path) as case, pytest.raises(MachineError) as caught:
        case.check_disk(1 << 60)
    assert caught.value.code == "disk_full"
    assert "MiB" in caught.value.what


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
def test_folder_that_cannot_be_written_is_refused_by_the_machine(tmp_path: Path) -> None:
    make_old(tmp_path)
    (tmp_path / "tables" / ".lock").chmod(0o400)
    with pytest.raises(PermissionError):
        Case(tmp_path, by="tests")


def test_journal_holds_who_committed_each_generation(tmp_path: Path) -> None:
    make_old(tmp_path)
    with Case(tmp_path, by="someone else") as case:
        put(case, **NEW)
        assert [entry.by for entry in case.journal.entries()] == ["tests", "someone else"]
    assert check_journal(tmp_path / "journal") == 2
