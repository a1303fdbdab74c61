# SPDX-License-Identifier: Apache-2.0
"""Writes a large table in parts: built side by side on both cores, written in order, little in memory.

The same parts give the same bytes. Not a store: the product keeps its own tables elsewhere.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tocsin.replays.chance import Ints

ROWS_AT_ONCE = 250_000
WORKERS = 2

Made = TypeVar("Made")


def in_order(build: Callable[[Ints], Made], rows: int, at_once: int = ROWS_AT_ONCE) -> Iterator[Made]:
    """Build parts from consecutive indices, a few ahead, and hand them out in order."""
    parts = (
        np.arange(first, min(first + at_once, rows), dtype=np.int64) for first in range(0, rows, at_once)
    )
    with ThreadPoolExecutor(WORKERS) as pool:
        waiting: deque[Future[Made]] = deque()
        for part in parts:
            waiting.append(pool.submit(build, part))
            if len(waiting) > WORKERS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def write_parts(path: Path, tables: Iterator[pa.Table]) -> None:
    """Write tables of one schema, at least one, as row groups of one file."""
    first = next(tables)
    with pq.ParquetWriter(path, first.schema, compression="zstd", compression_level=1) as writer:
        writer.write_table(first)
        for table in tables:
            writer.write_table(table)
