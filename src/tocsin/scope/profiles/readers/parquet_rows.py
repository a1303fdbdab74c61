# SPDX-License-Identifier: Apache-2.0
"""Parquet: row groups one at a time, every column as text; lists and structures as JSON."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tocsin.scope.profiles.content import Content, Unreadable
from tocsin.scope.profiles.interface import Reader, Rows
from tocsin.scope.profiles.readers.text_lines import decoded

ROWS = 50_000


class ParquetRows(Reader):
    """Columnar tables."""

    name: ClassVar[str] = "parquet"
    order: ClassVar[int] = 10

    def recognises(self, content: Content) -> bool:
        return content.head.startswith((b"PAR1", b"PARE"))

    def read(self, content: Content) -> Iterator[Rows]:
        if content.head.startswith(b"PARE"):
            raise Unreadable("encrypted")
        source = (
            content.path
            if content.member is None and not content.compression
            else io.BytesIO(content.whole())
        )
        try:
            file = pq.ParquetFile(source)
            if file.metadata.num_columns > 10_000:
                raise Unreadable("too_large")
            names = tuple(file.schema_arrow.names)
        except (pa.ArrowException, OSError) as error:
            raise Unreadable("encrypted" if "encrypt" in str(error) else "damaged") from None
        yield Rows("", names, _batches(file))


def _batches(file: pq.ParquetFile) -> Iterator[pa.RecordBatch]:
    try:
        for batch in file.iter_batches(ROWS):
            columns = [as_text(column) for column in batch.columns]
            yield pa.RecordBatch.from_arrays(columns, names=batch.schema.names)
    except (pa.ArrowException, OSError):
        raise Unreadable("damaged") from None


def as_text(column: pa.Array) -> pa.Array:
    """A column of any type as text."""
    kind = column.type
    if pa.types.is_string(kind):
        return _valid(column)
    if pa.types.is_dictionary(kind):
        return as_text(column.dictionary_decode())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.nulls(len(column), pa.string())
    if pa.types.is_floating(kind):
        whole = pc.equal(column, pc.trunc(column))
        if pc.all(whole, min_count=0).as_py() and pc.all(pc.less(pc.abs(column), 1e15), min_count=0).as_py():
            return column.cast(pa.int64()).cast(pa.string())
    if pa.types.is_nested(kind):
        return pa.array([None if cell is None else str(cell) for cell in column.to_pylist()], pa.string())
    return column.cast(pa.string())


def _valid(column: pa.Array) -> pa.Array:
    """Text as it is; read as other kinds of files are where it is not the UTF-8 that it ought to be."""
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        cells = column.cast(pa.binary()).to_pylist()
        return pa.array([None if cell is None else decoded(cell) for cell in cells], pa.string())
    return column
