# SPDX-License-Identifier: Apache-2.0
"""The next rows are made while the last are written: the same rows, the same order, every failure told."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pyarrow as pa
import pytest

from tocsin.core.errors import MachineError
from tocsin.store.case import _ahead


def batches(count: int, *, fails: bool = False, threads: set[str] | None = None) -> Iterator[pa.RecordBatch]:
    for number in range(count):
        if threads is not None:
            threads.add(threading.current_thread().name)
        yield pa.RecordBatch.from_pydict({"n": [number]})
    if fails:
        raise MachineError("The disk is full.")


@pytest.mark.parametrize("count", [0, 1, 5])
def test_batches_come_in_order_and_all_of_them_when_they_are_made_ahead(count: int) -> None:
    threads: set[str] = set()
    assert [batch["n"][0].as_py() for batch in _ahead(batches(count, threads=threads))] == list(range(count))
    assert len(threads) <= 1
    assert threading.current_thread().name not in threads


def test_failure_is_told_where_the_rows_are_written_when_making_them_fails() -> None:
    seen: list[pa.RecordBatch] = []
    with pytest.raises(MachineError):
        seen.extend(_ahead(batches(2, fails=True)))
    assert len(seen) == 2


def test_nothing_is_made_any_more_when_the_writer_stops() -> None:
    coming = _ahead(batches(100))
    next(coming)
    coming.close()  # type: ignore[attr-defined]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ThreadPool")]
