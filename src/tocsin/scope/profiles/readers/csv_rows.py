# SPDX-License-Identifier: Apache-2.0
"""CSV of any dialect in use: delimiter from the first lines, UTF-8 or cp1252, with or without a header.

Rows are parsed by Arrow in blocks. A row with other than its cells, or one that no block can hold, makes the
rest unreadable: it is said, and what stood before counts.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, ClassVar, Final, cast

import pyarrow as pa
import pyarrow.csv as arrow_csv

from tocsin.scope.profiles.content import Content, Unreadable
from tocsin.scope.profiles.interface import Reader, Rows
from tocsin.scope.profiles.naming import read_name

DELIMITERS: Final = ";,\t|"
BLOCK: Final = 8 << 20
_ENDINGS: Final = (".csv", ".tsv", ".tab", ".txt", ".psv")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV is written."""

    encoding: str
    delimiter: str
    names: tuple[str, ...]
    has_header: bool


class CsvRows(Reader):
    """Tables of text."""

    name: ClassVar[str] = "csv"
    order: ClassVar[int] = 80

    def recognises(self, content: Content) -> bool:
        return content.ending in _ENDINGS and dialect_of(content.head, content.ending) is not None

    def read(self, content: Content) -> Iterator[Rows]:
        dialect = dialect_of(content.head, content.ending)
        if dialect is None:
            raise Unreadable("unknown_kind")
        yield Rows("", dialect.names, _batches(content, dialect))


def encoding_of(head: bytes) -> str:
    """UTF-8 where it is valid so far, else UTF-16 by its mark, else cp1252, which any bytes are."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def dialect_of(head: bytes, ending: str) -> Dialect | None:
    """The dialect of a CSV by its first lines; None for what is no table of two columns, or of one named."""
    encoding = encoding_of(head)
    text = head.decode(encoding, "replace").removeprefix("\ufeff")
    if "\0" in text or not text.strip():
        return None
    lines = text.splitlines()[:20]
    whole = (
        lines[:-1] if len(lines) > 1 and len(text) >= len(head) // 2 and not text.endswith("\n") else lines
    )
    counted = {d: _width(whole or lines, d) for d in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda d: (counted[d], -DELIMITERS.index(d)))
    if counted[delimiter] < 2:
        if ending != ".csv":
            return None
        delimiter = ";"
    first = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    names, has_header = names_of(first)
    return Dialect(encoding, delimiter, names, has_header) if names else None


def _width(lines: list[str], delimiter: str) -> int:
    """Cells a line, when nearly all lines have as many; else 0."""
    widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    if not widths:
        return 0
    return widths[0] if widths.count(widths[0]) >= 0.9 * len(widths) else 0


def names_of(first: list[str]) -> tuple[tuple[str, ...], bool]:
    """The header's names, made distinct; numbered ones where the first line is data already."""
    cells = [cell.strip() for cell in first]
    looks_named = all(not any(sign.isdecimal() for sign in cell) or len(cell) < 4 for cell in cells if cell)
    has_header = any(read_name(cell).field is not None for cell in cells if cell) or (
        looks_named and all("@" not in cell for cell in cells)
    )
    if not has_header:
        return tuple(f"column{place}" for place in range(1, len(cells) + 1)), False
    names: list[str] = []
    for place, cell in enumerate(cells, start=1):
        name = cell or f"column{place}"
        names.append(name if name not in names else f"{name} ({place})")
    return tuple(names), True


def _batches(content: Content, dialect: Dialect) -> Iterator[pa.RecordBatch]:
    with content.stream() as file:
        source = _transcoded(file, dialect.encoding)
        try:
            reader = arrow_csv.open_csv(
                source,
                arrow_csv.ReadOptions(
                    block_size=BLOCK, column_names=list(dialect.names), skip_rows=int(dialect.has_header)
                ),
                arrow_csv.ParseOptions(delimiter=dialect.delimiter, newlines_in_values=True),
                arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(dialect.names, pa.string()), strings_can_be_null=False
                ),
            )
            yield from reader
        except pa.ArrowException as error:
            raise _refused(error) from None


def _refused(error: Exception) -> Unreadable:
    """Arrow's message quotes the row: only its kind is kept."""
    message = str(error)
    if isinstance(error.__cause__, Unreadable):
        return error.__cause__
    if "Empty CSV" in message:
        return Unreadable("damaged")
    if "straddling" in message or "too long" in message.lower():
        return Unreadable("too_large")
    return Unreadable("damaged" if "UTF8" in message else "ragged")


class _Repaired(io.RawIOBase):
    """Bytes as UTF-8, whatever they were: what is not UTF-8 in the middle of a file is read as cp1252."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        super().__init__()
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)(
            errors="as-cp1252" if encoding == "utf-8" else "replace"
        )
        self._waiting = b""
        self._is_first = True
        self._is_ascii_alike = encoding != "utf-16"

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._waiting:
            block = self._file.read(1 << 20)
            self._waiting = block if self._is_plain(block) else self._repaired(block)
            if not block:
                break
        part = self._waiting[: len(buffer)]
        buffer[: len(part)] = part
        self._waiting = self._waiting[len(part) :]
        return len(part)

    def _is_plain(self, block: bytes) -> bool:
        """Whether it is what it is to become, and nothing of the block before waits for it."""
        return self._is_ascii_alike and bool(block) and block.isascii() and not self._decoder.getstate()[0]

    def _repaired(self, block: bytes) -> bytes:
        text = self._decoder.decode(block, final=not block)
        if self._is_first and text:
            text, self._is_first = text.removeprefix("\ufeff"), False
        return text.encode("utf-8", "replace")


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("as-cp1252", _as_cp1252)


def _transcoded(file: BinaryIO, encoding: str) -> pa.PythonFile:
    return pa.PythonFile(cast("BinaryIO", _Repaired(file, encoding)), mode="r")
