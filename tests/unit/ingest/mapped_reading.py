# SPDX-License-Identifier: Apache-2.0
"""A log given as text, read by a mapping given as text, as plain rows."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from tocsin.core.settings import Mapping, load_mapping
from tocsin.ingest.extract import extract
from tocsin.ingest.formats.mapped import Mapped
from tocsin.ingest.interface import ReadOptions, Sample
from tocsin.ingest.mapping_check import check_mapping
from tocsin.store.engine import Engine

Row = dict[str, object]

HEAD = 'reader = "json-lines"\n[fields]\noccurred_at = { path = "$.t" }\n'
"""Of a mapping of JSON."""

LINES = (
    'reader = "lines"\nzone = "UTC"\n[fields]\noccurred_at = {{ regex = "^(?P<value>[0-9T:-]+)" }}\n{field}\n'
)
"""A mapping of text lines, and one more field."""


def mapping_of(folder: Path, text: str) -> Mapping:
    path = folder / "mapping.toml"
    path.write_text(text, "utf-8")
    return load_mapping(path)


def read(folder: Path, text: str, content: str | bytes, zone: str | None = None) -> list[Row]:
    """All records of a log by a mapping: their columns, fate and reason."""
    mapping = mapping_of(folder, text)
    check_mapping(mapping, folder / "mapping.toml", zone)
    raw = content if isinstance(content, bytes) else content.encode()
    form, head = Mapped(), Sample("a.log", raw, whole=True)
    bare = ReadOptions(zone=zone, mapping=mapping)
    options = ReadOptions(zone=zone, mapping=mapping, header=form.header(head, bare))
    batches = list(form.cutter(head, options).cut(iter([raw])))
    with Engine(memory="256MiB") as engine:
        extract(engine, form.extraction(options), pa.Table.from_batches(batches))
        names = [str(row[0]) for row in engine.rows("describe select * from cut")]
        rows = engine.rows("select * from cut order by byte_offset, item")
    return [dict(zip(names, row, strict=True)) for row in rows]


def json_read(folder: Path, field: str, *records: str) -> list[Row]:
    text = f'reader = "json-lines"\nzone = "UTC"\n[fields]\noccurred_at = {{ path = "$.t" }}\n{field}\n'
    return read(folder, text, "".join(f'{{"t":"2024-06-11T10:00:00Z",{rest}}}\n' for rest in records))


def one(folder: Path, name: str, field: str, *records: str) -> list[object]:
    return [row[name] for row in json_read(folder, f"{name} = {field}", *records)]
