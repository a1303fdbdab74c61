# SPDX-License-Identifier: Apache-2.0
"""Reads one file: chunks of records in order, its digests on the way.

A chunk is what one statement takes: enough to keep the engine busy, little enough for the memory. Its
bounds depend on the content alone, so the same content gives the same parts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from tocsin.core.errors import InputError, Where
from tocsin.ingest.interface import RECORDS, Cutter, LogFormat, ReadOptions, Sample
from tocsin.ingest.read.inputs import Input

CHUNK_BYTES = 96 << 20
HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some records of one file, in order."""

    start: int
    """Byte offset of its first record: the chunk's name."""

    records: pa.Table
    """Of RECORDS."""


@dataclass(slots=True)
class Reading:
    """One file being read, from its beginning or from where it was left."""

    stream: Input
    form: LogFormat
    options: ReadOptions
    sample: Sample
    start_byte: int = 0
    start_line: int = 0
    bytes: int = 0
    """Of decompressed content, seen so far."""

    cutter: Cutter = field(init=False)
    _digest: hashlib._Hash = field(default_factory=hashlib.sha256, init=False)

    def __post_init__(self) -> None:
        self.cutter = self.form.cutter(self.sample, self.options)

    @property
    def sha256(self) -> str:
        """Of what was seen so far; of the whole content once `chunks` has ended."""
        return self._digest.hexdigest()

    def chunks(self) -> Iterator[Chunk]:
        """The file's records; raises InputError with the file's name when it cannot be read."""
        waiting: list[pa.RecordBatch] = []
        start = self.start_byte
        try:
            for batch in self.cutter.cut(self._from_start(), self.start_byte, self.start_line):
                offset = batch.column("byte_offset")[0].as_py()
                if waiting and offset - start >= CHUNK_BYTES:
                    yield self._chunk(start, waiting)
                    waiting, start = [], offset
                waiting.append(self.form.convert(batch))
        except InputError as error:
            error.where = error.where if error.where.file else Where(self.stream.label)
            raise
        if waiting:
            yield self._chunk(start, waiting)

    def _chunk(self, start: int, batches: list[pa.RecordBatch]) -> Chunk:
        return Chunk(start, pa.Table.from_batches(batches))

    def _from_start(self) -> Iterator[bytes]:
        for block in self.stream.blocks():
            self._digest.update(block)
            before = self.bytes
            self.bytes += len(block)
            if self.bytes > self.start_byte:
                yield block[max(0, self.start_byte - before) :]


def head_digest(sample: Sample, size: int) -> str:
    """SHA-256 of the first bytes, HEAD_BYTES at most."""
    return hashlib.sha256(sample.head[: min(size, HEAD_BYTES)]).hexdigest()


def prefix_digest(stream: Input, size: int) -> str | None:
    """SHA-256 of the first `size` bytes of the content; None when it is shorter."""
    digest = hashlib.sha256()
    left = size
    for block in stream.blocks():
        digest.update(block[:left])
        left -= min(left, len(block))
        if not left:
            break
    return None if left else digest.hexdigest()


EMPTY = RECORDS.empty_table()
