# SPDX-License-Identifier: Apache-2.0
"""Writes one list of persons a controller from rows that come sorted by controller, holding none of them.

A list names persons by their local ids: where the case is sealed it is encrypted with the case's key. No row
passes through Python: batches are cut where the controller changes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from tocsin.store.seal import CaseKey

CONTROLLER = "controller"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST = 60


def folder_name(controller: str) -> str:
    """A folder for a controller, whatever its id: a hash tells apart what is not a plain name."""
    plain = _UNSAFE.sub("-", controller)[:_LONGEST].strip(".-")
    if plain and plain == controller:
        return controller
    return f"{plain or 'controller'}-{hashlib.sha256(controller.encode()).hexdigest()[:8]}"


def write_lists(folder: Path, batches: Iterable[pa.RecordBatch], key: CaseKey | None) -> None:
    """`<controller>/persons.csv`, or `persons.parquet` encrypted with the key."""
    current: str | None = None
    writer: pa_csv.CSVWriter | pq.ParquetWriter | None = None
    try:
        for controller, rows in cut_by_controller(batches):
            if controller != current:
                if writer is not None:
                    writer.close()
                current, writer = controller, _open(folder / folder_name(controller), rows.schema, key)
            if writer is not None:
                writer.write(rows)
    finally:
        if writer is not None:
            writer.close()


def cut_by_controller(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Stretches of one controller each, without its column."""
    for batch in batches:
        if not batch.num_rows:
            continue
        runs = pc.run_end_encode(batch.column(CONTROLLER))
        rest = batch.drop_columns([CONTROLLER])
        start = 0
        for end, controller in zip(runs.run_ends.to_pylist(), runs.values.to_pylist(), strict=True):
            yield controller, rest.slice(start, end - start)
            start = end


def _open(folder: Path, schema: pa.Schema, key: CaseKey | None) -> pa_csv.CSVWriter | pq.ParquetWriter:
    folder.mkdir(parents=True, exist_ok=True)
    if key is None:
        return pa_csv.CSVWriter(folder / "persons.csv", schema)
    return pq.ParquetWriter(
        folder / "persons.parquet", schema, compression="zstd", encryption_properties=key.encryption()
    )
