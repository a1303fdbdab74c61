# SPDX-License-Identifier: Apache-2.0
"""Reads one file: chunks of records in order, its digest on the way.

A chunk is what one statement takes: enough to keep the engine busy, little enough for the memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from tocsin.core.errors import InputError, Where
from tocsin.core.words import _
from tocsin.ingest.interface import Cutter, LogFormat, ReadOptions, Sample
from tocsin.ingest.read.inputs import Input

CHUNK_BYTES = 32 << 20
FIRST_CHUNK_BYTES = 8 << 20
"""The first chunks of a file are small, and each of the next as large as all before it: soon all threads have
work, and share what would be one large chunk."""

LARGEST = 1 << 40
"""Decompressed bytes of a file: an event's number has room for no more."""


def chunk_bytes(start: int) -> int:
    """How much is read together from this place of a file on."""
    return max(FIRST_CHUNK_BYTES, min(CHUNK_BYTES, start))


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
    start_sha256: str | None = None
    """Of the content before `start_byte`, where it was read before: it must still be so."""

    resumed: hashlib._Hash | None = None
    """The state of SHA-256 behind that content, where it was found unchanged: it is not read again."""

    seen: int = 0
    """Bytes of decompressed content, so far."""

    cutter: Cutter = field(init=False)
    _digest: hashlib._Hash = field(default_factory=hashlib.sha256, init=False)

    def __post_init__(self) -> None:
        self.cutter = self.form.cutter(self.sample, self.options)

    def state(self) -> hashlib._Hash:
        """Of SHA-256 behind what was seen so far."""
        return self._digest.copy()

    @property
    def sha256(self) -> str:
        """Of what was seen so far; of the whole content once `chunks` has ended."""
        return self._digest.hexdigest()

    def chunks(self) -> Iterator[Chunk]:
        """The file's records; raises InputError with the file's name when it cannot be read."""
        waiting: list[pa.RecordBatch] = []
        start = self.start_byte
        blocks = self._from_start()
        try:
            for batch in self.cutter.cut(blocks, self.start_byte, self.start_line):
                offset = batch.column("byte_offset")[0].as_py()
                if waiting and offset - start >= chunk_bytes(start):
                    yield self._chunk(start, waiting)
                    waiting, start = [], offset
                waiting.append(batch)
            for _ in blocks:
                """What a cutter gave up on belongs to the content all the same."""
            if self.seen < self.start_byte:
                raise self._changed()
        except InputError as error:
            error.where = error.where if error.where.file else Where(self.stream.label)
            raise
        if waiting:
            yield self._chunk(start, waiting)

    def _chunk(self, start: int, batches: list[pa.RecordBatch]) -> Chunk:
        return Chunk(start, pa.Table.from_batches(batches))

    def _from_start(self) -> Iterator[bytes]:
        if self.resumed is not None:
            self.seen, self._digest = self.start_byte, self.resumed.copy()
        for block in self.stream.blocks(self.seen):
            before = self.seen
            self.seen += len(block)
            if self.seen > LARGEST:
                raise InputError(_("This file is too large."), do=_("Split it."), code="too_large")
            place = max(0, min(len(block), self.start_byte - before))
            self._digest.update(block[:place])
            if before < self.start_byte <= self.seen:
                self._check_start()
            self._digest.update(block[place:])
            if place < len(block):
                yield block[place:] if place else block

    def _check_start(self) -> None:
        if self.start_sha256 not in (None, self._digest.hexdigest()):
            raise self._changed()

    def _changed(self) -> InputError:
        return InputError(
            _("This file was written anew while it was being read."),
            do=_("Run again, on a copy if it goes on changing."),
            where=self.stream.label,
            code="file_changed",
        )
