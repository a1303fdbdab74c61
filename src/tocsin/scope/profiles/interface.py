# SPDX-License-Identifier: Apache-2.0
"""What a reader of files offers: parts of a file as batches of named text columns, in bounded memory.

A document without rows gives the values that it places: a column is then what the format calls the value
(`family_name`, `guardian.phone`), or `text` for prose. Nothing is evaluated, expanded or fetched.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa

from tocsin.scope.profiles.content import Content

TEXT = "text"
"""The column of prose: searched for identifiers, never taken for one value."""


@dataclass(frozen=True, slots=True)
class Rows:
    """One table of a file: a sheet, a table of a database, the segments of messages, the lines of a text."""

    part: str
    """Its name in the file; empty when the file is one table."""

    columns: tuple[str, ...]
    batches: Iterator[pa.RecordBatch]
    """Text columns of these names, in order. Raises Unreadable where the rest cannot be read."""


class Reader(ABC):
    """Reads files of one kind."""

    name: ClassVar[str]
    """As registered in the group `tocsin.profiles`: what `tocsin scan` calls the kind of file."""

    order: ClassVar[int] = 50
    """Readers are asked from the smallest up; the first that recognises a file reads it."""

    @abstractmethod
    def recognises(self, content: Content) -> bool:
        """Whether it reads this, by `content.head` and the name."""

    @abstractmethod
    def read(self, content: Content) -> Iterator[Rows]:
        """The tables of the file, each to be read to its end before the next. Raises Unreadable."""


def text_batches(
    columns: tuple[str, ...], rows: Iterator[tuple[str | None, ...]]
) -> Iterator[pa.RecordBatch]:
    """Batches of rows that come one by one."""
    schema = pa.schema([pa.field(name, pa.string()) for name in columns])
    held: list[tuple[str | None, ...]] = []
    size = 0
    for row in rows:
        held.append(row)
        size += sum(len(cell) for cell in row if cell)
        if len(held) >= ROWS_AT_ONCE or size >= CHARACTERS_AT_ONCE:
            yield _batch(schema, held)
            held, size = [], 0
    if held:
        yield _batch(schema, held)


ROWS_AT_ONCE = 50_000
CHARACTERS_AT_ONCE = 16 << 20


def _batch(schema: pa.Schema, rows: list[tuple[str | None, ...]]) -> pa.RecordBatch:
    columns = zip(*rows, strict=True)
    arrays = [pa.array([_clean(cell) for cell in column], pa.string()) for column in columns]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _clean(cell: str | None) -> str | None:
    """Half a character, which JSON and old encodings can hold, cannot be written in UTF-8."""
    return None if cell is None else cell.encode("utf-8", "replace").decode("utf-8")
