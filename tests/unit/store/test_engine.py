# SPDX-License-Identifier: Apache-2.0
"""The engine stays within its limits, reaches nothing, and says nothing of what it was reading."""

from __future__ import annotations

import threading
import time
import traceback
from pathlib import Path

import pyarrow as pa
import pytest

from tocsin.core.errors import InputError, MachineError
from tocsin.store.engine import Engine, interrupt_all, parse_size
from tocsin.store.query import Query

NAMED = """
select case when i = {at} then 'Odile Synthétique' else i::varchar end as name
from range({rows}) as r(i)
"""
LONG = "select count(*) from range(100000000000) as a(i), range(1000) as b(j) where i % 7 = j"


@pytest.fixture
def engine():
    with Engine(memory="512MiB", threads=1) as opened:
        yield opened


@pytest.mark.parametrize(
    ("text", "size"),
    [("4GiB", 4 << 30), ("512MB", 512_000_000), ("1000", 1000), ("1.5 kib", 1536), ("2T", 2 * 10**12)],
)
def test_size_is_read(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "lots", "-1", "4 GiB GiB", "0x10"])
def test_size_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="not a size"):
        parse_size(text)


def test_engine_that_keeps_its_blocks_stays_within_its_limit() -> None:
    with Engine(memory="128MiB", threads=1) as engine:
        engine.keep_blocks()
        with pytest.raises(MachineError, match="memory"):
            engine.create("many", "select range, hash(range) as h from range(20_000_000) order by h")
        engine.create("few", "select range from range(1000)")
        assert engine.count("select count(*) from few") == 1000


@pytest.mark.parametrize("rows", [10, 200_000])
@pytest.mark.parametrize("way", ["rows", "stream", "create", "value"])
def test_failing_step_is_named_and_its_values_are_not(engine: Engine, rows: int, way: str) -> None:
    engine.create("people", NAMED.format(at=rows - 1, rows=rows))
    query = Query("the_step", "select cast(name as bigint) as n from people")
    with pytest.raises(MachineError, match="the_step") as caught:
        {
            "rows": lambda: engine.rows(query),
            "stream": lambda: list(engine.stream(query, 1000)),
            "create": lambda: engine.create("made", query),
            "value": lambda: engine.value(query),
        }[way]()
    error: BaseException | None = caught.value
    assert "Odile" not in "".join([str(error), *getattr(error, "__notes__", [])])
    assert caught.value.__suppress_context__
    assert query.sql in "".join(caught.value.__notes__)


def test_failure_tells_its_values_when_the_developer_asks(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_UNSAFE_ERRORS", "1")
    engine.create("people", NAMED.format(at=1, rows=2))
    with pytest.raises(MachineError) as caught:
        engine.rows("select cast(name as bigint) as n from people")
    assert any("Odile" in note for note in caught.value.__notes__)


def test_step_that_needs_too_much_memory_says_what_to_raise(tmp_path: Path) -> None:
    with Engine(memory="60MiB", threads=1) as small, pytest.raises(MachineError) as caught:
        small.rows("select list(i order by hash(i)) as l from range(20_000_000) as r(i)")
    assert caught.value.code == "out_of_memory"
    assert "[limits] memory" in caught.value.do


def test_query_spills_to_the_folder_it_was_given(tmp_path: Path) -> None:
    with Engine(memory="120MiB", threads=1, spill=tmp_path) as small:
        small.create("wide", "select i, repeat('x', 60) || hash(i) as t from range(1_500_000) as r(i)")
        assert small.count("select count(*) from (select * from wide order by t)") == 1_500_000


@pytest.mark.parametrize(
    "sql",
    ["install httpfs", "load httpfs", "select * from 'https://192.0.2.1/a.parquet'", "attach 's3://b/c.db'"],
)
def test_engine_reaches_no_network_and_loads_nothing(engine: Engine, sql: str) -> None:
    with pytest.raises(MachineError):
        engine.rows(sql)


def test_name_of_a_variable_is_never_taken_for_a_table(engine: Engine) -> None:
    people = [1, 2, 3]
    with pytest.raises(MachineError):
        engine.rows("select * from people")
    assert people


def test_running_query_stops_when_all_are_interrupted(engine: Engine) -> None:
    failures = []

    def work() -> None:
        try:
            list(engine.stream(LONG, 1000))
        except MachineError as error:
            failures.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    deadline = time.monotonic() + 30
    while thread.is_alive() and time.monotonic() < deadline:
        interrupt_all()
        time.sleep(0.05)
    thread.join(1)
    assert len(failures) == 1


def test_interrupting_is_harmless_when_engines_are_closed() -> None:
    with Engine(memory="100MiB", threads=1):
        pass
    interrupt_all()


def test_names_are_quoted_and_values_bound(engine: Engine) -> None:
    engine.create('odd " name; drop', "select $value as v", value="'; drop table x; --")
    assert engine.rows('select v from "odd "" name; drop"') == [("'; drop table x; --",)]
    assert engine.count("select count(*) from range($n)", n=5) == 5
    assert engine.value("select 1 where false") is None


def test_name_passes_from_a_view_to_arrow_data_and_back(engine: Engine) -> None:
    for value in (1, 2):
        engine.view("rows", f"select {value} as n")
        assert engine.value("select n from rows") == value
        engine.register("rows", pa.table({"n": [value * 10]}))
        assert engine.value("select n from rows") == value * 10
        engine.register("rows", pa.table({"n": [value * 100]}))
        assert engine.value("select n from rows") == value * 100
    engine.unregister("rows")
    with pytest.raises(MachineError):
        engine.value("select n from rows")


def test_instants_are_utc(engine: Engine) -> None:
    [[text]] = engine.rows("select strftime(timestamptz '2020-07-21T11:00:00+02:00', '%H:%M')")
    assert text == "09:00"
    with engine.cursor() as twin:
        assert twin.rows("select strftime(timestamptz '2020-07-21T11:00:00+02:00', '%H')") == [("09",)]


def numbers(*values: int) -> pa.Table:
    return pa.table({"n": pa.array(values, pa.int64())})


def test_rows_are_each_datas_own_when_a_statement_stays_planned(engine: Engine) -> None:
    for values in ((1, 2, 3), (), (7,)):
        found = engine.one_piece_of("given", numbers(*values), "select n + 1 as more from given")
        assert found.column("more").to_pylist() == [value + 1 for value in values]


def test_rows_are_in_their_order_when_the_columns_are_others(engine: Engine) -> None:
    """A statement may be over any columns: each kind of data has a plan of its own."""
    wider = numbers(3, 1, 2).append_column("said", pa.array(["c", "a", "b"]))
    for data in (numbers(3, 1), wider, numbers(9)):
        assert engine.one_piece_of("given", data, "select * from given").equals(data)


def test_next_way_is_taken_when_the_first_refuses_a_value(engine: Engine) -> None:
    texts = pa.table({"text": ['{"a": 1}', "{"]})
    hopeful = """select json_transform(text, '{"a": "BIGINT"}').a as a from given"""
    careful = (
        """select case when json_valid(text) then json_extract(text, '$.a')::bigint end as a from given"""
    )
    for _ in range(2):
        found = engine.one_piece_of("given", texts, hopeful, careful)
        assert found.column("a").to_pylist() == [1, None]
    assert engine.one_piece_of("given", texts.slice(0, 1), hopeful, careful).column("a").to_pylist() == [1]


def test_nothing_is_said_of_a_value_when_a_planned_statement_fails(engine: Engine) -> None:
    engine.one_piece_of("given", numbers(1), "select cast('1' || n as tinyint) as n from given")
    with pytest.raises(MachineError) as failed:
        engine.one_piece_of("given", numbers(777), "select cast('1' || n as tinyint) as n from given")
    assert "1777" not in "".join(traceback.format_exception(failed.value))


def test_planned_statements_are_forgotten_when_there_are_many(engine: Engine) -> None:
    for number in range(40):
        found = engine.one_piece_of("given", numbers(number), f"select n + {number} as n from given")
        assert found.column("n").to_pylist() == [2 * number]
