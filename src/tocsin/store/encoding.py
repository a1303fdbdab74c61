# SPDX-License-Identifier: Apache-2.0
"""How each column of a part is encoded, chosen from its first row group: the same rows, the same choice.

A dictionary pays where values repeat and costs a third of the writing where they do not; offsets and
instants are then written as differences. Statistics are kept where a reader can skip row groups by them.
"""

from __future__ import annotations

from typing import TypedDict

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

SAMPLED = 8_192
REPEATED = 0.5
"""Distinct values over sampled rows, up to which a dictionary is made."""


class Encoding(TypedDict):
    """Options of a Parquet writer."""

    use_dictionary: list[str]
    column_encoding: dict[str, str] | None
    write_statistics: list[str]


def encoding_of(group: pa.Table, key: tuple[str, ...]) -> Encoding:
    """For a file that begins with these rows, of a table with this key."""
    count = group.num_rows
    sample = group.take(pa.array(np.arange(0, count, max(1, count // SAMPLED)))) if count > SAMPLED else group
    repeated = {field.name for field in group.schema if _repeats(sample.column(field.name))}
    numbers = {field.name for field in group.schema if _is_number(field.type)}
    texts = {field.name for field in group.schema if pa.types.is_string(field.type)}
    plain = texts - repeated - set(key)
    return {
        "use_dictionary": [_leaf(field) for field in group.schema if field.name in repeated],
        "column_encoding": dict.fromkeys(sorted(numbers - repeated), "DELTA_BINARY_PACKED") or None,
        "write_statistics": [_leaf(field) for field in group.schema if field.name not in plain],
    }


def _repeats(column: pa.ChunkedArray) -> bool:
    if pa.types.is_list(column.type):
        return True
    return bool(pc.count_distinct(column, mode="all").as_py() <= max(1, len(column) * REPEATED))


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_int64(kind) or pa.types.is_timestamp(kind))


def _leaf(field: pa.Field) -> str:
    """The name that Parquet gives the column that holds the values."""
    return f"{field.name}.list.element" if pa.types.is_list(field.type) else str(field.name)
