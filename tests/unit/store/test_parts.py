# SPDX-License-Identifier: Apache-2.0
"""Parts are the same bytes for the same rows, however the rows came, and hold them all in order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.tables import TABLES
from tocsin.store import parts as parts_module
from tocsin.store.parts import arrow_schema, is_open, sha256_of, write_parts
from tocsin.store.seal import CaseKey

JUDGED = TABLES["judged"]
GAPS = TABLES["gaps"]


def rows(count: int) -> pa.Table:
    verdicts = ["illegitimate" if n % 3 else None for n in range(count)]
    columns = {
        "event_id": list(range(count)),
        "suspect_id": [1] * count,
        "verdict": verdicts,
        "p": [0.5] * count,
    }
    return pa.table(columns, schema=arrow_schema(JUDGED))


def cut(table: pa.Table, sizes: list[int]) -> list[pa.RecordBatch]:
    batches = []
    at = 0
    for size in [*sizes, table.num_rows]:
        batches += table.slice(at, size).to_batches()
        at += size
    return [batch for batch in batches if batch.num_rows]


@given(st.integers(0, 400), st.lists(st.integers(1, 90), max_size=8))
def test_part_has_the_same_bytes_whatever_the_batches(count: int, sizes: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch, a_folder() as folder:
        patch.setattr(parts_module, "ROW_GROUP", 64)
        patch.setattr(parts_module, "PART_ROWS", 128)
        table = rows(count)
        whole = write_parts(folder / "a", JUDGED, table.to_batches(), key=None)
        again = write_parts(folder / "b", JUDGED, cut(table, sizes), key=None)
        assert whole == again
        assert sum(part.rows for part in whole) == count
        read = [pq.read_table(folder / "b" / part.path) for part in again]
        assert pa.concat_tables(read).equals(table)
        assert all(sha256_of(folder / "b" / part.path) == part.sha256 for part in again)


@contextmanager
def a_folder() -> Iterator[Path]:
    """Hypothesis runs many examples in one test: each has its own."""
    with TemporaryDirectory() as folder:
        yield Path(folder)


def test_empty_table_is_a_part_without_rows(tmp_path: Path) -> None:
    [part] = write_parts(tmp_path, GAPS, [], key=None)
    assert (part.path, part.rows) == ("gaps.parquet", 0)
    assert pq.read_schema(tmp_path / part.path).names == list(GAPS.column_names)


def test_part_is_named_by_its_content_its_folder_and_its_label(tmp_path: Path) -> None:
    [part] = write_parts(
        tmp_path, JUDGED, rows(2).to_batches(), key=None, folder_name="day=2024-06-11", label="000001"
    )
    assert part.path == f"judged/day=2024-06-11/000001-{part.sha256[:12]}.parquet"
    assert part.label == "000001"
    assert not list(tmp_path.rglob(".writing-*"))


def test_columns_that_are_lacking_are_constant_or_null(tmp_path: Path) -> None:
    given_rows = pa.table({"event_id": [7]}).to_batches()
    [part] = write_parts(tmp_path, JUDGED, given_rows, key=None, constants={"suspect_id": 3})
    [row] = pq.read_table(tmp_path / part.path).to_pylist()
    assert row == {"event_id": 7, "suspect_id": 3, "verdict": None, "p": None}


def test_sealed_part_is_opened_by_its_key_alone(tmp_path: Path) -> None:
    key = CaseKey.made()
    [part] = write_parts(tmp_path, JUDGED, rows(5).to_batches(), key=key)
    path = tmp_path / part.path
    assert not is_open(path)
    assert pq.read_table(path, decryption_properties=key.decryption()).equals(rows(5))
    with pytest.raises(OSError, match=r"[Dd]ecryption|encrypted"):
        pq.read_table(path)
    with pytest.raises(OSError, match=r"[Dd]ecryption"):
        pq.read_table(path, decryption_properties=CaseKey.made().decryption())
