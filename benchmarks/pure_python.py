# SPDX-License-Identifier: Apache-2.0
"""A good pure-Python reader for each sample: one parse per record, columns collected, Parquet by pyarrow.

It keeps a few columns only, and neither offsets nor accounting: it is the floor of what one would write.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from lxml import etree

from tocsin.ingest.read.inputs import Input

_COMBINED = re.compile(
    rb'^(\S+) \S+ (\S+) \[([^\]]+)\] "(\S+) (\S+)[^"]*" (\d{3}) (\S+) "([^"]*)" "([^"]*)"$', re.MULTILINE
)
_MESSAGE = re.compile(rb"<AuditMessage.*?</AuditMessage>|<AuditEvent.*?</AuditEvent>", re.DOTALL)
_JSON = msgspec.json.Decoder()

Row = tuple[object, ...]


def _blocks(path: Path) -> Iterator[bytes]:
    """Blocks that end at a line end."""
    rest = b""
    for block in Input(path).blocks():
        text = rest + block
        end = text.rfind(b"\n") + 1
        yield text[:end]
        rest = text[end:]
    if rest:
        yield rest


def _combined(block: bytes) -> list[Row]:
    return _COMBINED.findall(block)


def _json_lines(block: bytes) -> list[Row]:
    rows: list[Row] = []
    for line in block.splitlines():
        text = line.strip().rstrip(b",")
        if text.startswith(b"{"):
            record = _JSON.decode(text)
            rows.append(tuple(str(value) for value in record.values()))
    return rows


def _csv(block: bytes) -> list[Row]:
    return [tuple(row) for row in csv.reader(io.StringIO(block.decode()), delimiter=";")]


def _xml(block: bytes) -> list[Row]:
    rows: list[Row] = []
    for found in _MESSAGE.finditer(block):
        element = etree.fromstring(found[0], etree.XMLParser(resolve_entities=False, no_network=True))
        texts = [value for node in element.iter() for value in node.attrib.values()]
        rows.append((str(texts[0]) if texts else "", str(texts[-1]) if texts else "", str(len(texts))))
    return rows


PARSERS: dict[str, Callable[[bytes], list[Row]]] = {
    "combined": _combined,
    "nginx-json": _json_lines,
    "json-lines": _json_lines,
    "csv": _csv,
    "fhir": _json_lines,
    "fhir-xml": _xml,
    "json-array": _json_lines,
    "atna": _xml,
}


def run(kind: str, path: Path, target: Path) -> int:
    """Read the sample into one Parquet file; returns the number of records."""
    parse = PARSERS[kind]
    total = 0
    writer = None
    for block in _blocks(path):
        rows = [row for row in parse(block) if row]
        if not rows:
            continue
        width = min(len(row) for row in rows)
        table = pa.table({f"c{n}": pa.array([row[n] for row in rows]) for n in range(width)})
        if writer is None:
            writer = pq.ParquetWriter(target, table.schema, compression="zstd")
        if table.schema.equals(writer.schema):
            writer.write_table(table)
        total += len(rows)
    if writer is not None:
        writer.close()
    return total
