# SPDX-License-Identifier: Apache-2.0
"""Records of one request: byte-equal ones are one event, other attempts at the same act are retries.

Within a chunk, where a gateway's retries and a log written twice stand. Nearly always there are none, so
what is always done is one pass over numbers.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tocsin.store.engine import Engine
from tocsin.store.query import quote

SAME_ACT = ("account", "action", "object", "person", "persons", "record_type", "record", "query", "file_name")
"""Two attempts of one request ask for the same thing; a request id that two acts share is not a retry."""

HASH = "request_hash"
"""Column of the rows given: a hash of the request, null where there is none or the record is no event."""

Places = npt.NDArray[np.int64]


def mark_attempts(engine: Engine, records: pa.Table, rows: pa.Table) -> pa.Table:
    """The rows of these records, told apart where a request is not theirs alone: `fate`, `retry_of`.

    `retry_of` is an offset yet. The column HASH goes.
    """
    if HASH not in rows.column_names:
        return rows
    places = _repeated(rows.column(HASH).combine_chunks())
    rows = rows.drop_columns([HASH])
    if not len(places):
        return rows
    act = [name for name in SAME_ACT if name in rows.column_names]
    kept = rows.select(["byte_offset", "item", "occurred_at", "request", *act]).take(places)
    engine.register("records", records)
    engine.register("suspects", kept.append_column("place", pa.array(places)))
    engine.create("twins", _TWINS)
    engine.unregister("suspects")
    engine.unregister("records")
    duplicates = engine.table(_DUPLICATES)
    retries = engine.table(_retries_sql(act))
    engine.drop("twins")
    return _with_retries(_without(rows, duplicates.column("place").to_numpy()), retries)


def _repeated(hashes: pa.Array) -> Places:
    """Places of the values that are there more than once."""
    places = np.flatnonzero(hashes.is_valid().to_numpy(zero_copy_only=False))
    values = hashes.drop_null().to_numpy()
    ordered = np.sort(values)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    return places[np.isin(values, np.unique(twice))] if len(twice) else places[:0]


_TWINS = """
select
    suspects.*,
    records.record as text
from suspects
join records
  on records.byte_offset = suspects.byte_offset
 and records.item = suspects.item"""

_DUPLICATES = """
select place
from twins
qualify row_number() over (partition by request, text order by byte_offset, item) > 1"""


def _retries_sql(act: list[str]) -> str:
    """Attempts after the first, of requests less their duplicates."""
    return f"""
with attempts as (
    select *
    from twins
    qualify row_number() over (partition by request, text order by byte_offset, item) = 1
)

select
    place,
    first_value(byte_offset + item) over act as first_at
from attempts
window act as (
    partition by {", ".join(quote(name) for name in ("request", *act))}
    order by occurred_at, byte_offset, item
)
qualify row_number() over act > 1"""


def _without(rows: pa.Table, places: Places) -> pa.Table:
    mask = np.zeros(rows.num_rows, np.bool_)
    mask[places] = True
    for name, value in (("fate", "non_event"), ("reason", "duplicate_record")):
        column = pc.if_else(pa.array(mask), value, rows.column(name))
        rows = rows.set_column(rows.column_names.index(name), name, column)
    return rows


def _with_retries(rows: pa.Table, retries: pa.Table) -> pa.Table:
    first_at = np.zeros(rows.num_rows, np.int64)
    is_first = np.ones(rows.num_rows, np.bool_)
    places = retries.column("place").to_numpy()
    first_at[places] = retries.column("first_at").to_numpy()
    is_first[places] = False
    return rows.append_column("retry_of", pa.array(first_at, mask=is_first))
