# SPDX-License-Identifier: Apache-2.0
"""Cells as they are compared: trimmed, and null where nothing stands in them. What signs each is made of.

Whole columns at a time, on the bytes that Arrow holds: cheaper than any expression over the rows.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

SPACES: Final = "".join(map(chr, (0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)))
"""Separators of Unicode (Zs), as the engine's `trim` takes them off."""

A_PHONE, A_NIR = 10, 14
"""The fewest digits that a telephone number and a NIR of fifteen characters have in prose."""

AN_IBAN: Final = (2, 2, 12)
"""The fewest digits, capitals, and both together, that an IBAN has in prose."""


_SIGNS: Final = (0x20, 0x2D, 0x2E)


def trimmed(table: pa.Table) -> pa.Table:
    """Text columns without the spaces around their cells; a cell of spaces alone is null.

    They are named `v0`, `v1`… by their places: the names that a file gives may differ by case alone, which
    the engine does not see, or be names of ours.
    """
    columns = [_trimmed(column) for column in table.columns]
    return pa.Table.from_arrays(columns, names=[f"v{place}" for place in range(len(columns))])


def with_bare(table: pa.Table, places: Collection[int]) -> pa.Table:
    """These columns of `trimmed` a second time, as `b0`, `b1`…, without a space, a hyphen or a full stop."""
    for place in places:
        column = table.column(place)
        bare = [_bare(chunk) for chunk in column.chunks]
        table = table.append_column(f"b{place}", pa.chunked_array(bare, pa.string()))
    return table


def _bare(cells: pa.StringArray) -> pa.StringArray:
    ends, signs = _bytes_of(cells)
    is_kept = (signs != _SIGNS[0]) & (signs != _SIGNS[1]) & (signs != _SIGNS[2])
    if is_kept.all():
        return cells
    places = np.zeros(len(ends), np.int32)
    np.cumsum(_counted(is_kept, ends), dtype=np.int32, out=places[1:])
    held = signs.tobytes().translate(None, bytes(_SIGNS))
    bare = pa.StringArray.from_buffers(len(cells), pa.py_buffer(places), pa.py_buffer(held))
    return pc.if_else(cells.is_valid(), bare, None) if cells.null_count else bare


def _trimmed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    bare = pc.utf8_trim(column, SPACES)
    is_empty = pc.equal(bare, "")
    if pc.any(is_empty).as_py():
        return pc.if_else(is_empty, pa.scalar(None, pa.string()), bare)
    return bare


def that_may_hold(column: pa.ChunkedArray) -> pa.Table:
    """The cells, `v`, in which an identifier may stand, with the number of `digits` and whether an `address`
    or an `iban` may be in it: no cell that holds one is left out."""
    parts = [_that_may(chunk) for chunk in column.chunks if len(chunk)]
    return pa.concat_tables(parts) if parts else _EMPTY


_SCHEMA: Final = pa.schema(
    [("v", pa.string()), ("digits", pa.int32()), ("address", pa.bool_()), ("iban", pa.bool_())]
)
_EMPTY: Final = _SCHEMA.empty_table()


def _that_may(cells: pa.StringArray) -> pa.Table:
    ends, signs = _bytes_of(cells)
    is_digit, is_at = (signs - 48) < 10, signs == 64
    if not is_at.any() and np.count_nonzero(is_digit) < AN_IBAN[0]:
        return _EMPTY
    digits = _counted(is_digit, ends)
    address = _counted(is_at, ends) > 0
    few, some, all_of_it = AN_IBAN
    iban = digits >= few
    if iban.any():
        capitals = _counted((signs - 65) < 26, ends)
        iban &= (capitals >= some) & (digits + capitals >= all_of_it)
    kept = np.flatnonzero(address | (digits >= A_PHONE) | iban)
    return pa.Table.from_arrays(
        [cells.take(pa.array(kept)), pa.array(digits[kept]), pa.array(address[kept]), pa.array(iban[kept])],
        schema=_SCHEMA,
    )


def _bytes_of(cells: pa.StringArray) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Where each cell begins and ends, and the bytes between the first and the last."""
    _, places, held = cells.buffers()
    ends = np.frombuffer(places, np.int32)[cells.offset : cells.offset + len(cells) + 1]
    signs = np.frombuffer(held, np.uint8)[ends[0] : ends[-1]] if held is not None else np.empty(0, np.uint8)
    return ends - ends[0], signs


def _counted(signs: NDArray[np.bool_], ends: NDArray[np.int32]) -> NDArray[np.int32]:
    """How many of the signs stand in each cell."""
    starts, stops = ends[:-1], ends[1:]
    counted = np.zeros(len(starts), np.int32)
    filled = np.flatnonzero(stops > starts)
    if len(filled):
        counted[filled] = np.add.reduceat(signs.view(np.uint8), starts[filled], dtype=np.int32)
    return counted
