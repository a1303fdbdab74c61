# SPDX-License-Identifier: Apache-2.0
"""A table for outsiders: Parquet, CSV or XLSX, with nothing in it that a spreadsheet would run."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tocsin.core.cells import inert
from tocsin.core.errors import InputError
from tocsin.core.extras import load_extra
from tocsin.core.tables import TABLES, Table
from tocsin.core.words import _, visible
from tocsin.store.case import Case
from tocsin.store.parts import arrow_schema
from tocsin.store.query import quote

XLSX_ROWS = 1_048_575
_BATCH = 50_000


def write_table(case: Case, name: str, target: Path) -> int:
    """Write a committed table, in its order; returns the number of rows.

    Raises InputError for a table or a kind of file that does not exist.
    """
    if name not in TABLES:
        raise InputError(
            _("There is no table '{name}'."),
            do=_("Known: {known}."),
            code="no_table",
            name=name,
            known=", ".join(sorted(TABLES)),
        )
    writers = {".parquet": _write_parquet, ".csv": _write_csv, ".xlsx": _write_xlsx}
    writer = writers.get(target.suffix.lower())
    if writer is None:
        raise InputError(
            _("'{kind}' is not a kind of table."),
            do=_("Use .parquet, .csv or .xlsx."),
            where=target,
            code="unknown_kind",
            kind=target.suffix,
        )
    table = TABLES[name]
    key = ", ".join(f"{quote(column)} nulls first" for column in table.key)
    columns = ", ".join(quote(column) for column in table.column_names)
    temporary = target.with_name(f".{target.name}.tmp")
    try:
        with case.engine(name) as engine:
            ordered = engine.stream(f"select {columns} from {quote(name)} order by {key}", _BATCH)
            rows = writer(temporary, table, ordered)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)  # half a table, of what may identify persons
    return rows


def _write_parquet(target: Path, table: Table, batches: Iterable[pa.RecordBatch]) -> int:
    rows = 0
    schema = arrow_schema(table)
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch.cast(schema))
            rows += batch.num_rows
    return rows


def _write_csv(target: Path, table: Table, batches: Iterable[pa.RecordBatch]) -> int:
    rows = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table.column_names)
        for row in _rows(batches):
            writer.writerow(row)
            rows += 1
    return rows


def _write_xlsx(target: Path, table: Table, batches: Iterable[pa.RecordBatch]) -> int:
    book = load_extra("openpyxl", extra="xlsx").Workbook(write_only=True)
    sheet = book.create_sheet(table.name[:31])
    sheet.append(list(table.column_names))
    rows = 0
    for row in _rows(batches):
        rows += 1
        if rows > XLSX_ROWS:
            raise InputError(
                _("This table has too many rows for a spreadsheet."), do=_("Use .csv or .parquet.")
            )
        # A spreadsheet holds no control character.
        sheet.append([visible(cell) for cell in row])
    book.save(target)
    return rows


def _rows(batches: Iterable[pa.RecordBatch]) -> Iterator[list[str]]:
    for batch in batches:
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            yield [_cell(value) for value in row]


def _cell(value: object) -> str:
    """As text in which nothing runs; a number stays one."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, list):
        text = " ".join(str(item) for item in value)
    else:
        text = str(value).lower() if isinstance(value, bool) else str(value)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return text if is_number else inert(text)
