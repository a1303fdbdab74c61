# SPDX-License-Identifier: Apache-2.0
"""Writes the parts of a table: fixed row groups, total order, same input same bytes.

One writer for open and sealed tables. A part is written under `tables/.staging/` and only a commit
moves it to its place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tocsin.core.tables import Layout, Table
from tocsin.store.encoding import encoding_of
from tocsin.store.order import ROW_GROUP
from tocsin.store.seal import CaseKey

PART_ROWS = 64 * ROW_GROUP

LEVEL = 1
"""Of zstd: a fifth faster than the usual 3, for files a thirtieth larger."""
OPEN_MAGIC = b"PAR1"
"""The first bytes of a Parquet file whose footer is not encrypted."""

_ARROW = {
    "BIGINT": pa.int64(),
    "BIGINT[]": pa.list_(pa.int64()),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "DOUBLE": pa.float64(),
    "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", "UTC"),
    "VARCHAR": pa.string(),
    "VARCHAR[]": pa.list_(pa.string()),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a table."""

    path: str
    """Relative to `tables/`."""

    rows: int
    sha256: str
    label: str = ""
    """What the part holds, for stages that replace parts one by one: a file number, say."""


def arrow_schema(table: Table) -> pa.Schema:
    """The table's columns as Arrow types."""
    return pa.schema([pa.field(column.name, _ARROW[column.type]) for column in table.columns])


def write_parts(
    folder: Path,
    table: Table,
    batches: Iterable[pa.RecordBatch],
    *,
    key: CaseKey | None,
    constants: Mapping[str, str | int] | None = None,
    folder_name: str = "",
    label: str = "",
) -> list[Part]:
    """Write sorted batches as parts under `folder` (the staging folder); at least one, even when empty.

    Columns that the batches lack hold a constant, or null. `folder_name` is put between the table and the
    part (`day=2020-07-21`).
    """
    schema = arrow_schema(table)
    whole = (_completed(batch, schema, constants or {}) for batch in batches)
    return [
        _write_part(folder, table, schema, chunk, key, folder_name, label)
        for chunk in _chunks(schema, whole, table)
    ]


def _completed(
    batch: pa.RecordBatch, schema: pa.Schema, constants: Mapping[str, str | int]
) -> pa.RecordBatch:
    names = set(batch.schema.names)
    columns = [
        batch.column(field.name).cast(field.type)
        if field.name in names
        else pa.repeat(pa.scalar(constants.get(field.name), field.type), batch.num_rows)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _chunks(
    schema: pa.Schema, batches: Iterable[pa.RecordBatch], table: Table
) -> Iterator[Iterator[pa.Table]]:
    groups = _row_groups(schema, batches)
    if table.layout is Layout.FILE:
        yield groups
        return
    # NOTE: each part is written while its row groups arrive; only one of them is held at a time.
    for first in groups:
        yield chain([first], islice(groups, PART_ROWS // ROW_GROUP - 1))


def _row_groups(schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Exactly ROW_GROUP rows each but the last: the bytes must not depend on how batches came."""
    waiting: list[pa.RecordBatch] = []
    rows = 0
    is_first = True
    for batch in batches:
        waiting.append(batch)
        rows += batch.num_rows
        while rows >= ROW_GROUP:
            table = pa.Table.from_batches(waiting, schema)
            yield table.slice(0, ROW_GROUP).combine_chunks()
            waiting = table.slice(ROW_GROUP).to_batches()
            rows -= ROW_GROUP
            is_first = False
    if rows or is_first:
        yield pa.Table.from_batches(waiting, schema).combine_chunks()


def _write_part(
    folder: Path,
    table: Table,
    schema: pa.Schema,
    groups: Iterator[pa.Table],
    key: CaseKey | None,
    folder_name: str,
    label: str,
) -> Part:
    temporary = folder / table.name / folder_name / f".writing-{label}"
    temporary.parent.mkdir(parents=True, exist_ok=True)
    first = next(groups, schema.empty_table())
    rows = 0
    with pq.ParquetWriter(
        temporary,
        schema,
        compression="zstd",
        compression_level=LEVEL,
        store_schema=False,
        encryption_properties=key.encryption() if key else None,
        **encoding_of(first, table.key),
    ) as writer:
        for group in chain([first], groups):
            if group.num_rows:
                writer.write_table(group, row_group_size=ROW_GROUP)
                rows += group.num_rows
    digest = sha256_of(temporary)
    name = f"{table.name}.parquet"
    if table.layout is Layout.PARTS:
        name = "/".join(p for p in (table.name, folder_name, f"{label or 'part'}-{digest[:12]}.parquet") if p)
    final = folder / name
    temporary.replace(final)
    return Part(name, rows, digest, label)


def is_open(path: Path) -> bool:
    """Whether anybody can read this Parquet file."""
    with path.open("rb") as file:
        return file.read(len(OPEN_MAGIC)) == OPEN_MAGIC


def sha256_of_bytes(content: bytes) -> str:
    """Of a small file that was read whole."""
    return hashlib.sha256(content).hexdigest()


def sha256_of(path: Path) -> str:
    """Of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
