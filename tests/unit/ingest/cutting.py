# SPDX-License-Identifier: Apache-2.0
"""What a cutter makes of bytes, as plain tuples; and the same bytes handed to it in pieces."""

from __future__ import annotations

from collections.abc import Iterable

from tocsin.ingest.interface import Cutter

Record = tuple[str, int, int, str | None]
"""Text, byte offset, line number, mark."""


def cut(cutter: Cutter, blocks: bytes | Iterable[bytes]) -> list[Record]:
    """All records, in order; every batch is checked to be valid Arrow."""
    found = []
    for batch in cutter.cut(iter([blocks] if isinstance(blocks, bytes) else blocks)):
        batch.validate(full=True)
        for row in batch.to_pylist():
            assert row["item"] == 0
            found.append((row["record"], row["byte_offset"], row["line_number"], row["mark"]))
    return found


def texts(cutter: Cutter, content: bytes) -> list[str]:
    """The texts alone."""
    return [record[0] for record in cut(cutter, content)]


def marks(cutter: Cutter, content: bytes) -> list[tuple[str, str | None]]:
    """Texts with their marks."""
    return [(text, mark) for text, _, _, mark in cut(cutter, content)]
