# SPDX-License-Identifier: Apache-2.0
"""Plain text: its lines, searched as prose. The last to be asked: it reads whatever is text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from tocsin.scope.profiles.content import Content
from tocsin.scope.profiles.interface import TEXT, Reader, Rows, text_batches
from tocsin.scope.profiles.readers.csv_rows import encoding_of

PIECE: Final = 64 << 10
"""A longer line is searched in pieces that overlap by OVERLAP characters."""

OVERLAP: Final = 64
CONTROLS: Final = bytes(set(range(32)) - {9, 10, 12, 13, 27})


class TextLines(Reader):
    """Text of any kind."""

    name: ClassVar[str] = "text"
    order: ClassVar[int] = 100

    def recognises(self, content: Content) -> bool:
        head = content.head
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            return True
        return len(head.translate(None, CONTROLS)) == len(head)

    def read(self, content: Content) -> Iterator[Rows]:
        yield Rows("", (TEXT,), text_batches((TEXT,), _lines(content)))


def _lines(content: Content) -> Iterator[tuple[str | None, ...]]:
    encoding = encoding_of(content.head)
    with content.stream() as file:
        if encoding == "utf-16":
            yield from pieces_of(content.whole().decode("utf-16", "replace"))
            return
        carried = b""
        while line := file.readline(PIECE):
            whole = carried + line
            yield (decoded(whole),)
            carried = whole[-OVERLAP:] if not line.endswith(b"\n") else b""


def decoded(line: bytes) -> str:
    """UTF-8, else cp1252: one line of a file may have been written by another program than the rest."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def pieces_of(text: str) -> Iterator[tuple[str | None, ...]]:
    """A text in lines of bounded length."""
    for line in text.splitlines() or [text]:
        for start in range(0, max(len(line), 1), PIECE - OVERLAP):
            yield (line[start : start + PIECE],)
