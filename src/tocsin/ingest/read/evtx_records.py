# SPDX-License-Identifier: Apache-2.0
"""Records of a Windows event log (EVTX), chunk by chunk: each as the JSON that the library `evtx` makes.

A chunk is 64 KiB and stands alone: memory does not grow with the file, and a broken chunk costs only itself.
Which records there are is read from their headers here; the library says only what they hold: what it
cannot read is a broken record, not a missing one. Layout: libyal's "Windows XML Event Log (EVTX) format".
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

import pyarrow as pa

from tocsin.core.extras import load_extra
from tocsin.ingest.interface import RECORDS, Cutter, Mark
from tocsin.ingest.read.lines import MAX_RECORD

MAGIC = b"ElfFile\x00"
HEADER_BYTES = 4096
CHUNK_MAGIC = b"ElfChnk\x00"
CHUNK_BYTES = 64 << 10
_FIRST_RECORD = 512
_RECORD = struct.Struct("<IIQQ")
_RECORD_MAGIC = 0x2A2A
_FEWEST = _RECORD.size + 4
_HEADER = struct.pack("<8sQQQIHHHH", MAGIC, 0, 0, 1, 128, 1, 3, HEADER_BYTES, 1).ljust(HEADER_BYTES, b"\x00")
"""A file's header, before the one chunk that is handed to the library."""


class _Found(NamedTuple):
    """A record in a chunk."""

    start: int
    number: int
    is_whole: bool


class EvtxCutter(Cutter):
    """One record an event."""

    def cut(
        self, blocks: Iterator[bytes], start_byte: int = 0, start_line: int = 0
    ) -> Iterator[pa.RecordBatch]:
        """See `Cutter.cut`; a line is what ends with a line feed, which in such a file means nothing."""
        place, lines, rest = start_byte, start_line, b""
        if start_byte == 0:
            rest, blocks = _taken(blocks, HEADER_BYTES)
            place, lines, rest = (
                min(HEADER_BYTES, len(rest)),
                rest[:HEADER_BYTES].count(b"\n"),
                rest[HEADER_BYTES:],
            )
        for block in blocks:
            rest += block
            while len(rest) >= CHUNK_BYTES:
                chunk = rest[: _chunk_end(rest)]
                yield from _batches(chunk, place, lines)
                place, lines, rest = place + len(chunk), lines + chunk.count(b"\n"), rest[len(chunk) :]
        while rest:
            chunk = rest[: _chunk_end(rest)]
            yield from _batches(chunk, place, lines)
            place, lines, rest = place + len(chunk), lines + chunk.count(b"\n"), rest[len(chunk) :]


def _taken(blocks: Iterator[bytes], wanted: int) -> tuple[bytes, Iterator[bytes]]:
    head = b""
    for block in blocks:
        head += block
        if len(head) >= wanted:
            break
    return head, blocks


def _chunk_end(text: bytes) -> int:
    """A chunk's bytes; of what is none, all up to the next that is."""
    if text.startswith(CHUNK_MAGIC):
        return CHUNK_BYTES
    following = text.find(CHUNK_MAGIC, 1)
    return min(following, CHUNK_BYTES) if following > 0 else CHUNK_BYTES


def _batches(chunk: bytes, place: int, lines: int) -> Iterator[pa.RecordBatch]:
    if not chunk.startswith(CHUNK_MAGIC):
        if chunk.strip(b"\x00"):
            yield _batch([("", place, lines + 1, Mark.BROKEN.value)])
        return
    found = list(_records(chunk))
    contents = _contents(chunk) if found else {}
    rows: list[tuple[str, int, int, str | None]] = []
    for record in found:
        text = contents.get(record.number) if record.is_whole else None
        mark = Mark.BROKEN.value if text is None else Mark.TOO_LONG.value if len(text) > MAX_RECORD else None
        said = (text or "") if mark is None else f"EventRecordID {record.number}"
        rows.append((said, place + record.start, lines + chunk.count(b"\n", 0, record.start) + 1, mark))
    if rows:
        yield _batch(rows)


def _records(chunk: bytes) -> Iterator[_Found]:
    """The records of a chunk, by their headers; one that is cut or wrong is the last."""
    free = struct.unpack_from("<I", chunk, 48)[0] if len(chunk) >= 52 else 0
    end = min(len(chunk), free) if _FIRST_RECORD <= free <= CHUNK_BYTES else len(chunk)
    at = _FIRST_RECORD
    while at + _RECORD.size <= end:
        magic, size, number, _written = _RECORD.unpack_from(chunk, at)
        if magic != _RECORD_MAGIC:
            if any(chunk[at:end]):
                yield _Found(at, -1, is_whole=False)
            return
        is_whole = size >= _FEWEST and at + size <= len(chunk)
        yield _Found(at, number, is_whole)
        if not is_whole:
            return
        at += size
    if at < end and any(chunk[at:end]):
        yield _Found(at, -1, is_whole=False)


def _contents(chunk: bytes) -> dict[int, str]:
    """What the library reads of a chunk, by the records' numbers; what it refuses is absent."""
    library = load_extra("evtx", extra="evtx")
    found: dict[int, str] = {}
    try:
        whole = io.BytesIO(_HEADER + chunk.ljust(CHUNK_BYTES, b"\x00"))
        records = library.PyEvtxParser(whole, number_of_threads=1)
        waiting = iter(records.records_json())
    except Exception:  # one bad chunk must not stop the others
        return found
    for _place in range(CHUNK_BYTES // _FEWEST):
        try:
            record: Any = next(waiting)
        except StopIteration:
            return found
        except (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError):
            raise
        except BaseException:  # noqa: S112  # one bad record; a panic of the library is no Exception
            continue
        found.setdefault(int(record["event_record_id"]), str(record["data"]))
    return found


def _batch(rows: list[tuple[str, int, int, str | None]]) -> pa.RecordBatch:
    texts, places, lines, marks = (list(column) for column in zip(*rows, strict=True))
    return pa.RecordBatch.from_arrays(
        [
            pa.array(texts, pa.string_view()),
            pa.array(places, pa.int64()),
            pa.array(lines, pa.int64()),
            pa.array([0] * len(rows), pa.int64()),
            pa.array(marks, pa.string()),
        ],
        schema=RECORDS,
    )
