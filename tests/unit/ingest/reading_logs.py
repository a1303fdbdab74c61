# SPDX-License-Identifier: Apache-2.0
"""A log given as text, read by a format, as plain rows: every record with its columns, fate and reason."""

from __future__ import annotations

import pyarrow as pa

from tocsin.ingest.extract import extract
from tocsin.ingest.interface import LogFormat, ReadOptions, Sample
from tocsin.store.engine import Engine

Row = dict[str, object]


def rows_read(form: LogFormat, content: str | bytes, zone: str | None = None) -> list[Row]:
    """All records of a log, in order of reading."""
    raw = content if isinstance(content, bytes) else content.encode()
    sample = Sample("a.log", raw[: 64 << 10], whole=len(raw) <= 64 << 10)
    options = ReadOptions(zone=zone)
    batches = list(form.cutter(sample, options).cut(iter([raw] if raw else [])))
    if not batches:
        return []
    with Engine(memory="256MiB") as engine:
        extract(engine, form.extraction(options), form.convert(pa.Table.from_batches(batches)))
        names = [str(row[0]) for row in engine.rows("describe select * from cut")]
        rows = engine.rows("select * from cut order by byte_offset, item")
    return [dict(zip(names, row, strict=True)) for row in rows]
