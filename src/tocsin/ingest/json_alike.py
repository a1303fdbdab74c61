# SPDX-License-Identifier: Apache-2.0
"""Records that are spelt alike, read by what one of them says: for formats whose statement is long.

Of a template's values most are only carried into a column (an id, an account, the end of a reference); a
few tell what the columns mean. For each way in which those few are filled, the format's own statement reads
ONE record, with a mark in place of each value that is carried; then the values of all such records go where
the marks went. What is not plainly so is left to the statement: where both read, they say the same.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tocsin.ingest.attempts import HASH
from tocsin.ingest.interface import AlikeReader, Read, as_records
from tocsin.ingest.json_ways import ELSEWHERE, Carried, Way, Ways, Written
from tocsin.ingest.read.json_spelling import Path, Spelling
from tocsin.store.engine import Engine

FEWEST = 64
"""Records from which it is worth looking."""

FEWEST_OF_A_WAY = 4
"""Records filled one way, from which it is worth reading one of them in their place."""

MOST_WAYS = 2_000
"""Of a file: those beyond are read record by record."""

Places = npt.NDArray[np.int64]


class JsonAlike(AlikeReader):
    """Reads what is spelt in one of a few ways; several threads may use it.

    `kinds` tells which values are carried; `detail` is what the column of that name uses of `record`, and the
    column; `engine` reads the one record of each way.
    """

    def __init__(
        self,
        spellings: Sequence[Spelling],
        kinds: Mapping[Path, Carried],
        detail: tuple[str, str],
        engine: Engine,
    ) -> None:
        self._ways = Ways(spellings, kinds, detail)
        self._engine = engine
        self._told: dict[str, Way | None] = {}
        self._schema = pa.schema([])
        self._lock = threading.Lock()
        self._is_worth_it = True

    def rows_of(self, engine: Engine, records: pa.Table, read: Read) -> pa.Table:
        """The rows of the records, in their order."""
        if records.num_rows < FEWEST or not self._is_worth_it:
            return read(engine, records)
        found = engine.one_piece_of("records", records, self._ways.sql, is_private=True)
        ways = found.column("way").combine_chunks().dictionary_encode()
        counts = np.bincount(ways.indices.drop_null().to_numpy(), minlength=len(ways.dictionary))
        told = self._told_of(ways.dictionary.to_pylist(), counts, read)
        is_told = np.array([*(way is not None for way in told), False])[
            ways.indices.fill_null(len(told)).to_numpy()
        ]
        if not is_told.any() or not _are_same(found, records):
            self._is_worth_it = False
            return read(engine, records)
        self._is_worth_it = bool(is_told.mean() > 0.5)
        if is_told.all():
            return self._rows(engine, found, told, ways.indices)
        places = np.flatnonzero(is_told)
        rows = self._rows(engine, found.take(places), told, ways.indices.take(places))
        return _mixed(rows, places, read(engine, _picked(records, ~is_told)), is_told)

    def _told_of(self, keys: list[str], counts: Places, read: Read) -> list[Way | None]:
        """What each way says; None where one record cannot tell."""
        with self._lock:
            new = [
                key
                for key, count in zip(keys, counts.tolist(), strict=True)
                if count >= FEWEST_OF_A_WAY and key not in self._told
            ][: max(0, MOST_WAYS - len(self._told))]
            written = [(key, text) for key in new if (text := self._ways.written(key)) is not None]
            self._told |= dict.fromkeys(new)
            if written:
                rows = read(self._engine, as_records([text for _, text in written]))
                self._schema = rows.schema
                said = {row["byte_offset"]: row for row in rows.to_pylist()}
                self._told |= {
                    key: self._ways.told(said[at], rows.schema) for at, (key, _) in enumerate(written)
                }
            return [self._told.get(key) for key in keys]

    def _rows(self, engine: Engine, found: pa.Table, told: list[Way | None], codes: pa.Array) -> pa.Table:
        """The rows of records that are all told: a column at a time, as the statement has them."""
        columns = {}
        for field in self._schema:
            if field.name in found.column_names:
                columns[field.name] = found.column(field.name).cast(field.type)
            elif field.name not in ELSEWHERE:
                columns[field.name] = _filled(
                    found, [None if way is None else way[field.name] for way in told], codes, field.type
                )
            else:
                columns[field.name] = pa.nulls(len(codes), field.type)
        rows = pa.table(columns, schema=self._schema)
        return _hashed(engine, rows) if HASH in self._schema.names else rows


def _filled(
    found: pa.Table, ways: list[Written | None], codes: pa.Array, kind: pa.DataType
) -> pa.ChunkedArray | pa.Array:
    """A column: by way a text, or a value between texts."""
    said = [way for way in ways if way is not None]
    values = sorted({way.value for way in said if way.before is not None})
    parts = []
    for value in values:
        are_here = [way is not None and way.before is not None and way.value == value for way in ways]
        before = [way.before if here and way else None for way, here in zip(ways, are_here, strict=True)]
        if not value:
            parts.append(pa.array(before, pa.string()).take(codes))
            continue
        carried = found.column(value)
        after = [way.after if here and way else None for way, here in zip(ways, are_here, strict=True)]
        if not any(before) and not any(after):
            is_everywhere = all(way.value == value and way.before is not None for way in said)
            parts.append(
                carried if is_everywhere else pc.if_else(pa.array(are_here).take(codes), carried, None)
            )
        else:
            texts = (pa.array(side, pa.string()).take(codes) for side in (before, after))
            parts.append(pc.binary_join_element_wise(next(texts), carried, next(texts), ""))
    if not parts:
        return pa.nulls(len(codes), kind)
    return pc.coalesce(*parts).cast(kind) if len(parts) > 1 else parts[0].cast(kind)


def _hashed(engine: Engine, rows: pa.Table) -> pa.Table:
    """With a hash of the request, as the statement has it."""
    engine.register("asked", rows.select(["request"]))
    hashes = engine.table(
        "select case when request is not null then hash(request) end as hashed from asked"
    ).column("hashed")
    engine.unregister("asked")
    return rows.set_column(rows.column_names.index(HASH), rows.schema.field(HASH), hashes)


def _are_same(found: pa.Table, records: pa.Table) -> bool:
    """Whether the rows stand as the records do."""
    return all(found.column(name).equals(records.column(name)) for name in ("byte_offset", "item"))


def _picked(records: pa.Table, is_picked: npt.NDArray[np.bool_]) -> pa.Table:
    """Some of the records; Arrow cannot pick from string views."""
    columns = {
        name: records.column(name).cast(pa.large_string())
        if pa.types.is_string_view(records.schema.field(name).type)
        else records.column(name)
        for name in records.column_names
    }
    return pa.table(columns).filter(pa.array(is_picked))


def _mixed(rows: pa.Table, places: Places, others: pa.Table, is_told: npt.NDArray[np.bool_]) -> pa.Table:
    """Both, in the order of the records: each has its own in that order."""
    order = np.empty(len(is_told), np.int64)
    order[places] = np.arange(len(places))
    order[np.flatnonzero(~is_told)] = len(places) + np.arange(others.num_rows)
    return pa.concat_tables([rows, others.select(rows.column_names)]).combine_chunks().take(pa.array(order))
