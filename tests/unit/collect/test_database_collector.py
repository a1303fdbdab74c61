# SPDX-License-Identifier: Apache-2.0
"""Tables of an SQLite file as sources: each row comes once, whatever happens between two readings."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.collect.tables import SOURCE, change, collect, entries, fill, spooled, write
from tocsin.collect.collectors import database
from tocsin.collect.run import run
from tocsin.collect.spool import Spool
from tocsin.core.errors import InputError, MachineError, SettingsError
from tocsin.store.case import Case

PLAIN = SOURCE.replace('watermark = "id"\n', "")


def ids(folder: Path) -> list[object]:
    return [row["id"] for row in spooled(folder)]


def codes(folder: Path, *, again: bool = False) -> list[object]:
    [found] = collect(folder, again=again)
    return [*found.codes, *([found.error.code] if found.error else [])]


def test_collect_brings_each_row_once_when_run_again(tmp_path: Path) -> None:
    case = write(tmp_path)
    fill(case, [(1, "a"), (2, "b")])
    [first] = collect(case)
    fill(case, [(3, "c")])
    [second] = collect(case)
    [third] = collect(case)
    assert [(one.rows, one.repeated, one.total) for one in (first, second, third)] == [
        (2, 0, 2),
        (1, 1, 3),
        (0, 1, 3),
    ]
    assert spooled(case) == [{"id": 1, "what": "a"}, {"id": 2, "what": "b"}, {"id": 3, "what": "c"}]


def test_collect_brings_rows_in_order_of_the_watermark(tmp_path: Path) -> None:
    case = write(tmp_path)
    fill(case, [(3, "c"), (1, "a"), (2, "b")])
    collect(case)
    assert ids(case) == [1, 2, 3]


def test_collect_makes_an_empty_spool_when_there_is_no_row(tmp_path: Path) -> None:
    case = write(tmp_path)
    fill(case, [])
    [found] = collect(case)
    assert (found.rows, found.stands, spooled(case)) == (0, True, [])
    fill(case, [(1, "a")])
    collect(case)
    assert ids(case) == [1]


def test_collect_says_it_when_the_watermark_is_not_unique_and_loses_and_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PAGE_ROWS", 2)
    case = write(tmp_path)
    fill(case, [(1, "a"), (1, "a"), (1, "b"), (2, "c")])
    assert codes(case) == ["watermark_not_unique"]
    fill(case, [(2, "d"), (2, "c")])
    [found] = collect(case)
    assert (found.rows, found.repeated) == (2, 1)
    assert Counter((row["id"], row["what"]) for row in spooled(case)) == Counter(
        {(1, "a"): 2, (1, "b"): 1, (2, "c"): 2, (2, "d"): 1}
    )


def test_collect_brings_a_row_committed_late_when_the_overlap_reaches_it(tmp_path: Path) -> None:
    case = write(tmp_path, f"{SOURCE}collect = {{ overlap = 10 }}\n")
    fill(case, [(n, "x") for n in range(1, 101) if n not in (50, 95)])
    collect(case)
    fill(case, [(95, "late"), (50, "too late"), (101, "new")])
    [found] = collect(case)
    assert (found.rows, found.repeated, found.codes) == (2, 10, ["late_rows"])
    assert ids(case)[-2:] == [95, 101]
    [again] = collect(case)
    assert (again.rows, again.codes) == (0, [])


def test_collect_says_it_when_rows_are_erased_or_altered_behind_it(tmp_path: Path) -> None:
    case = write(tmp_path, f"{SOURCE}collect = {{ overlap = 10 }}\n")
    fill(case, [(n, "x") for n in range(1, 21)])
    collect(case)
    change(case, "delete from trace where id = 15")
    change(case, "update trace set what = 'y' where id = 16")
    [found] = collect(case)
    assert found.codes == ["late_rows", "rows_gone"]
    assert found.needs_person
    assert dict(found.notes)["rows_gone"].values == {"n": 2}
    assert 15 in ids(case)


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 8), st.sampled_from("ab")), max_size=8), min_size=1, max_size=5
    ),
    st.integers(1, 4),
    st.booleans(),
)
@settings(max_examples=40)
def test_collect_conserves_rows_when_the_overlap_covers_all(
    batches: list[list[tuple[int, str]]], page: int, breaks: bool
) -> None:
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patched:
        patched.setattr(database, "PAGE_ROWS", page)
        case = write(Path(name), f"{SOURCE}collect = {{ overlap = 100 }}\n")
        for batch in batches:
            fill(case, batch)
            if breaks:
                with patched.context() as inner:
                    inner.setattr(Spool, "append", breaking(Spool.append, 2))
                    collect(case)
            collect(case)
        brought = Counter((row["id"], row["what"]) for row in spooled(case))
        assert brought == Counter(row for batch in batches for row in batch)


def breaking(append: object, after: int) -> object:
    """The database breaks off after some pages."""
    calls = [0]

    def told(spool: Spool, page: object) -> None:
        calls[0] += 1
        if calls[0] >= after:
            raise MachineError("The line is cut.", code="broken_off")
        append(spool, page)  # type: ignore[operator]

    return told


def test_collect_goes_on_behind_what_stands_when_the_database_broke_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PAGE_ROWS", 10)
    case = write(tmp_path)
    fill(case, [(n, "x") for n in range(100)])
    with monkeypatch.context() as patched:
        patched.setattr(Spool, "append", breaking(Spool.append, 4))
        [broken] = collect(case)
    assert broken.error is not None
    assert (broken.rows, broken.total, broken.stands) == (30, 30, True)
    [found] = collect(case)
    assert (found.rows, found.repeated, found.total) == (70, 1, 100)
    assert ids(case) == list(range(100))
    kinds = [(kind, body["rows"], body["total"]) for kind, body in entries(case)]
    assert kinds == [("collect:source:failed", 30, 30), ("collect:source:collected", 70, 100)]


def test_collect_reads_a_query_without_watermark_once(tmp_path: Path) -> None:
    case = write(tmp_path, PLAIN)
    fill(case, [(1, "a"), (1, "a"), (2, "b")])
    collect(case)
    fill(case, [(3, "c")])
    [found] = collect(case)
    assert (found.rows, found.total) == (0, 3)


def test_collect_adds_what_is_new_when_a_whole_answer_is_asked_again(tmp_path: Path) -> None:
    case = write(tmp_path, PLAIN)
    fill(case, [(1, "a"), (1, "a"), (2, "b")])
    collect(case)
    assert codes(case, again=True) == []
    fill(case, [(1, "a"), (3, "c")])
    change(case, "delete from trace where id = 2")
    [found] = collect(case, again=True)
    assert (found.rows, found.repeated, found.codes) == (2, 2, ["answer_differs", "rows_gone"])
    assert Counter(ids(case)) == Counter({1: 3, 2: 1, 3: 1})


def test_collect_takes_up_a_whole_answer_that_broke_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PAGE_ROWS", 10)
    case = write(tmp_path, PLAIN)
    fill(case, [(n % 7, "x") for n in range(100)])
    with monkeypatch.context() as patched:
        patched.setattr(Spool, "append", breaking(Spool.append, 4))
        collect(case)
    [found] = collect(case)
    assert (found.rows, found.repeated, found.codes) == (70, 30, [])
    assert Counter(ids(case)) == Counter(n % 7 for n in range(100))


def test_collect_keeps_values_as_they_are_when_they_are_odd(tmp_path: Path) -> None:
    case = write(tmp_path)
    odd = ["a\nb", "nul\0in it", "\u2028", "é\x1b[31m", "", None, 1.5, -(2**63), b"\x00\xff", "x" * 3_000_000]
    fill(case, [(n, value) for n, value in enumerate(odd)], made="(id integer, what)")
    collect(case)
    assert [row["what"] for row in spooled(case)] == [
        value.hex() if isinstance(value, bytes) else value for value in odd
    ]
    path = case / "evidence" / "collected" / "app" / "records.ndjson"
    assert path.read_bytes().count(b"\n") == len(odd)


def test_collect_spells_out_text_that_is_not_utf8(tmp_path: Path) -> None:
    case = write(tmp_path)
    fill(case, [])
    change(case, "insert into trace values (1, cast(x'41ff42' as text))")
    collect(case)
    assert spooled(case) == [{"id": 1, "what": "A\\xffB"}]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("select id, what, what from trace", "same_column"),
        ("select id, nothing from trace", "query_refused"),
        ("select id as number from trace", "no_watermark"),
        ("select id from (", "not_a_select"),
        ("select 1; select 2", "not_a_select"),
        ("", "not_a_select"),
        ("delete from trace", "not_a_select"),
        ("with gone as (delete from trace returning *) select * from gone", "not_a_select"),
        ("pragma table_info(trace)", "not_a_select"),
        ("attach 'x' as y", "not_a_select"),
        ("select id from trace /*! limit 1 */", "not_a_select"),
    ],
)
def test_collect_refuses_a_query_that_is_not_one_reading(tmp_path: Path, query: str, code: str) -> None:
    case = write(tmp_path, SOURCE.replace("select * from trace", query))
    fill(case, [(1, "a")])
    try:
        [found] = collect(case)
    except SettingsError as error:
        told: object = error.code
    else:
        told = found.error and found.error.code
    assert told == code
    with sqlite3.connect(case / "app.db") as connection:
        assert connection.execute("select count(*) from trace").fetchone() == (1,)


@pytest.mark.parametrize(
    "query", ["select * from trace;", "select * from trace -- all", "select * from trace -- ;"]
)
def test_collect_takes_a_query_however_it_ends(tmp_path: Path, query: str) -> None:
    case = write(tmp_path, SOURCE.replace("select * from trace", query))
    fill(case, [(1, "a")])
    assert codes(case) == []
    assert ids(case) == [1]


def test_collect_finds_the_watermark_whatever_its_case(tmp_path: Path) -> None:
    case = write(tmp_path, SOURCE.replace('"id"', '"ID"'))
    fill(case, [(1, "a")])
    assert codes(case) == []


def test_collect_refuses_a_watermark_that_is_null_somewhere(tmp_path: Path) -> None:
    case = write(tmp_path)
    fill(case, [(1, "a"), (None, "b")])
    assert codes(case) == ["null_watermark"]


def test_collect_refuses_another_query_when_records_stand(tmp_path: Path) -> None:
    case = write(tmp_path)
    fill(case, [(1, "a")])
    collect(case)
    write(tmp_path, SOURCE.replace("select *", "select id"))
    assert codes(case) == ["question_changed"]


def test_collect_says_it_when_the_database_is_elsewhere_than_before(tmp_path: Path) -> None:
    case = write(tmp_path)
    fill(case, [(1, "a")])
    collect(case)
    ledger = case / "evidence" / "positions" / "app.jsonl"
    ledger.write_text(ledger.read_text("utf-8").replace('"sqlite:///app.db"', '"sqlite:///was.db"'), "utf-8")
    assert codes(case) == ["place_changed"]


def test_collect_tells_a_file_that_is_missing_or_is_no_database(tmp_path: Path) -> None:
    case = write(tmp_path)
    assert codes(case) == ["no_file"]
    (case / "app.db").write_bytes(b"this is not a database, and long enough to be looked at" * 20)
    assert codes(case) == ["query_refused"]


def test_collect_does_not_alter_the_file_that_it_reads(tmp_path: Path) -> None:
    case = write(tmp_path, SOURCE.replace("app.db", "app.db?immutable=1"))
    fill(case, [(1, "a")])
    before = (case / "app.db").read_bytes()
    collect(case)
    assert (case / "app.db").read_bytes() == before
    assert {path.name for path in case.iterdir()} == {"app.db", "case.toml", "evidence", "journal", "tables"}


def test_journal_tells_who_brought_what_from_where(tmp_path: Path) -> None:
    case = write(tmp_path)
    fill(case, [(1, "secret words")])
    collect(case)
    [(kind, body)] = entries(case)
    assert (kind, body["name"], body["place"]) == ("collect:source:collected", "app", "sqlite:///app.db")
    assert (body["rows"], body["total"], body["files"], body["unfinished"]) == (1, 1, 1, 0)
    assert len(str(body["ledger_sha256"])) == 64
    assert "secret" not in json.dumps(body)


def test_collect_asks_nobody_when_one_source_is_wrong(tmp_path: Path) -> None:
    wrong = SOURCE.replace('"app"', '"other"').replace("select * from trace", "drop table trace")
    case = write(tmp_path, SOURCE + wrong)
    fill(case, [(1, "a")])
    with pytest.raises(SettingsError):
        collect(case)
    assert not (case / "evidence").exists()


def test_collect_goes_on_with_the_others_when_one_fails(tmp_path: Path) -> None:
    other = SOURCE.replace('"app"', '"other"').replace("app.db", "missing.db")
    case = write(tmp_path, other + SOURCE)
    fill(case, [(1, "a")])
    failed, found = collect(case)
    assert (failed.error is not None, failed.stands) == (True, False)
    assert (found.error, found.rows) == (None, 1)


def test_collect_refuses_a_name_that_nothing_has(tmp_path: Path) -> None:
    case = write(tmp_path)
    with Case(case, by="tests") as opened, pytest.raises(InputError) as told:
        run(opened, names=["ap"])
    assert told.value.code == "unknown_source"
