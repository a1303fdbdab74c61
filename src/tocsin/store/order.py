# SPDX-License-Identifier: Apache-2.0
"""A table's total order for rows that are in memory: what `order by … nulls first` gives, with numpy.

Sorting numbers and gathering columns costs a third of what sorting whole rows in the engine does.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tocsin.core.tables import Table

ROW_GROUP = 122_880

Places = npt.NDArray[np.int64]


def batches_in_order(table: Table, rows: pa.Table, places: Places) -> Iterator[pa.RecordBatch]:
    """The rows at these places, in the table's total order, ROW_GROUP at a time."""
    # A column that the rows lack is the same in all of them: it orders nothing.
    key = [rows.column(name) for name in table.key if name in rows.column_names]
    order = places[places_in_order(key, places)]
    kept = rows.select([name for name in table.column_names if name in rows.column_names])
    for at in range(0, len(order), ROW_GROUP):
        part = order[at : at + ROW_GROUP]
        yield pa.RecordBatch.from_arrays([_gathered(c, part) for c in kept.columns], schema=kept.schema)


def _gathered(column: pa.ChunkedArray, places: Places) -> pa.Array:
    """Nearly always a column is in one piece, and the rows stand as they are to stand: nothing is copied."""
    if column.num_chunks != 1:
        return column.take(pa.array(places)).combine_chunks()
    first, last = int(places[0]), int(places[-1])
    if last - first == len(places) - 1 and (np.diff(places) == 1).all():
        return column.chunk(0).slice(first, len(places))
    return column.chunk(0).take(pa.array(places))


def places_in_order(columns: list[pa.ChunkedArray], places: Places) -> Places:
    """Indices of `places` that put them in order of the columns, nulls first.

    From the last key to the first, each sort keeping what the ones before it did. Logs are nearly in order of
    time: a key that is in order already costs one look.
    """
    keys = [key for column in columns for key in _sort_keys(column.combine_chunks())]
    order: Places = np.arange(len(places))
    for key in reversed(keys):
        values = key[places[order]]
        if (values[1:] < values[:-1]).any():
            order = order[np.argsort(_narrowed(values), kind="stable")]
    return order


def _narrowed(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64] | npt.NDArray[np.uint16]:
    """Small numbers in two bytes: numpy then counts them in place of comparing them."""
    is_small = values.min() >= 0 and values.max() <= np.iinfo(np.uint16).max
    return values.astype(np.uint16) if is_small else values


def _sort_keys(column: pa.Array) -> list[npt.NDArray[np.int64]]:
    """Numbers that order as the values do; the first tells nulls from values where there are nulls."""
    if pa.types.is_string(column.type):
        return [_ranks(column)]
    numbers = column.cast(pa.int64())
    values = numbers.fill_null(0).to_numpy()
    return [numbers.is_valid().to_numpy(zero_copy_only=False), values] if column.null_count else [values]


def _ranks(texts: pa.Array) -> npt.NDArray[np.int64]:
    """0 for null, then from 1 in order of the texts' UTF-8 bytes."""
    encoded = texts.dictionary_encode()
    order = pc.sort_indices(encoded.dictionary).to_numpy()
    ranks = np.zeros(len(order) + 1, np.int64)
    ranks[order] = np.arange(1, len(order) + 1)
    ranked: Places = ranks[encoded.indices.fill_null(len(order)).to_numpy()]
    return ranked
