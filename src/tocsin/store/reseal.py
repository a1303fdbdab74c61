# SPDX-License-Identifier: Apache-2.0
"""Seals what a case wrote before it was sealed.

The open files go; what a disk or a backup keeps of them is beyond Tocsin.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pyarrow as pa
import pyarrow.parquet as pq

from tocsin.core.tables import TABLES, Layout, Table
from tocsin.store.order import ROW_GROUP
from tocsin.store.parts import Part, write_parts
from tocsin.store.seal import CaseKey


def seal_part(folder: Path, staging: Path, name: str, part: Part, key: CaseKey) -> list[Part]:
    """Write an open part of a table again, encrypted, under the staging folder: same rows, same order."""
    table = TABLES[name]
    return write_parts(
        staging,
        table,
        _batches(folder / part.path),
        key=key,
        folder_name=_folder_name(table, part),
        label=part.label,
    )


def _batches(path: Path) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(path) as file:
        yield from file.iter_batches(ROW_GROUP)


def _folder_name(table: Table, part: Part) -> str:
    if table.layout is Layout.FILE:
        return ""
    between = PurePosixPath(part.path).parent.parts[1:]
    return "/".join(between)
