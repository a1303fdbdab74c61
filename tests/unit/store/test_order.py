# SPDX-License-Identifier: Apache-2.0
"""Rows in memory are put in the order that the engine would give, and written as the engine's would be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.made_case import make_case
from tocsin.core.tables import TABLES
from tocsin.store import order as order_module
from tocsin.store.encoding import encoding_of
from tocsin.store.engine import Engine
from tocsin.store.order import batches_in_order, places_in_order
from tocsin.store.parts import ROW_GROUP, arrow_schema

EVENTS = TABLES["events"]
NOON = datetime(2024, 6, 11, 12, tzinfo=UTC)

accounts = st.sampled_from([None, "", "a", "A", "ab", "é", "e\u0301", "\U0001f600", "\ue000", "dr.martin"])
seconds = st.one_of(st.integers(-3, 3), st.integers(-(10**9), 10**9))
some_rows = st.lists(st.tuples(accounts, seconds), max_size=40)


def table_of(rows: list[tuple[str | None, int]]) -> pa.Table:
    return pa.table(
        {
            "account": pa.array([account for account, _ in rows], pa.string()),
            "occurred_at": pa.array(
                [NOON + timedelta(seconds=s) for _, s in rows], pa.timestamp("us", "UTC")
            ),
            "event_id": pa.array([n ^ 5 for n in range(len(rows))], pa.int64()),
        }
    )


@given(some_rows, st.data())
def test_places_are_in_the_order_of_the_engine(
    rows: list[tuple[str | None, int]], data: st.DataObject
) -> None:
    table = table_of(rows)
    chosen = np.array(data.draw(st.permutations(range(len(rows)))), np.int64)[: len(rows) // 2 + 1]
    ours = chosen[places_in_order([table.column(name) for name in EVENTS.key], chosen)]
    with Engine(memory="100MiB", threads=1) as engine:
        engine.register("given", table.append_column("place", pa.array(range(len(rows)), pa.int64())))
        key = ", ".join(f"{name} nulls first" for name in EVENTS.key)
        found = engine.rows(
            f"select place from given where list_contains($chosen, place) order by {key}",
            chosen=chosen.tolist(),
        )
    assert ours.tolist() == [place for (place,) in found]


def test_numbers_with_nulls_are_in_order_nulls_first() -> None:
    column = pa.chunked_array([pa.array([3, None, -1, None, 2], pa.int64())])
    assert places_in_order([column], np.arange(5)).tolist() == [1, 3, 2, 4, 0]


def test_more_names_than_two_bytes_count_are_in_order() -> None:
    names = [f"{(n * 7919) % 70_000:05d}" for n in range(70_000)]
    column = pa.chunked_array([pa.array(names)])
    assert [names[at] for at in places_in_order([column], np.arange(70_000))] == sorted(names)


def test_rows_in_memory_are_written_as_a_query_writes_them(tmp_path: Path) -> None:
    rows = table_of([(None if n % 7 else f"a{n % 13}", -n % 50) for n in range(5_000)])
    with make_case(tmp_path / "case") as case, case.stage("made") as stage:
        stage.engine.register("given", rows)
        columns = ", ".join(
            f"{c.name if c.name in rows.column_names else constant(c.name, c.type)} as {c.name}"
            for c in EVENTS.columns
        )
        [by_query] = stage.parts(stage.engine, "events", f"select {columns} from given", label="q")
        [by_rows] = stage.parts_of_rows(
            "events", rows, np.arange(5_000), constants={"source": "web", "file_number": 3}, label="r"
        )
        assert by_query.sha256 == by_rows.sha256
        assert by_query.rows == by_rows.rows == 5_000


def constant(name: str, kind: str) -> str:
    return {"source": "'web'", "file_number": "3"}.get(name, f"null::{kind}")


def test_a_column_in_several_pieces_is_gathered_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_module, "ROW_GROUP", 3)
    rows = table_of([("b", 1), ("a", 2), ("a", 1), (None, 5), ("c", 0)])
    in_pieces = pa.Table.from_batches(rows.to_batches(max_chunksize=2))
    assert in_pieces.column("account").num_chunks == 3
    batches = list(batches_in_order(EVENTS, in_pieces, np.arange(5)))
    assert [account for batch in batches for account in batch.column("account").to_pylist()] == [
        None,
        "a",
        "a",
        "b",
        "c",
    ]


def test_what_repeats_gets_a_dictionary_and_what_does_not_is_plain() -> None:
    count = ROW_GROUP
    columns = {field.name: pa.nulls(count, field.type) for field in arrow_schema(EVENTS)}
    columns["event_id"] = pa.array(range(count), pa.int64())
    columns["account"] = pa.array([f"a{n % 50}" for n in range(count)])
    columns["object"] = pa.array([f"/card/{n}" for n in range(count)])
    chosen = encoding_of(pa.table(columns, schema=arrow_schema(EVENTS)), EVENTS.key)
    assert {"account", "action", "flags.list.element"} <= set(chosen["use_dictionary"])
    assert not {"event_id", "object"} & set(chosen["use_dictionary"])
    assert chosen["column_encoding"] == {"event_id": "DELTA_BINARY_PACKED"}
    assert "object" not in chosen["write_statistics"]
    assert "account" in chosen["write_statistics"]


def test_every_value_comes_back_from_a_part_whatever_its_encoding(tmp_path: Path) -> None:
    count = 20_000
    rows = table_of([(f"a{n % 3}", n * n % 100_003 - 50_000) for n in range(count)])
    rows = rows.append_column("object", pa.array([f"/é/{n}" if n % 5 else None for n in range(count)]))
    rows = rows.append_column("persons", pa.array([[str(n), "x"] if n % 2 else None for n in range(count)]))
    with make_case(tmp_path / "case") as case, case.stage("made") as stage:
        [part] = stage.parts_of_rows("events", rows, np.arange(count), label="r")
        written = pq.read_table(case.generations.staging / part.path)
    order = places_in_order([rows.column(name) for name in EVENTS.key], np.arange(count))
    for name in rows.column_names:
        assert written.column(name).to_pylist() == rows.column(name).take(pa.array(order)).to_pylist()
