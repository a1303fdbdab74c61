# SPDX-License-Identifier: Apache-2.0
"""The rows of a dump's tables as Arrow batches of texts, in the order in which they stand.

Statements that give no rows are passed over. Whether the dump reached its end is known after the last batch.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import pyarrow as pa

from tocsin.store.dumps.names import COPY, CREATE, INSERT, USED, created, listed, qualified
from tocsin.store.dumps.statements import HEAD, DamagedDump, DumpText
from tocsin.store.dumps.values import Column, NoValues, copied, inserted

ROWS_AT_ONCE: Final = 50_000
MARKS: Final = re.compile(
    rb"(?im)^(?:(?:insert|replace) (?:ignore )?into|copy [\w.\"]+ \(|create table"
    rb"|-- (?:mysql|postgresql|mariadb) )"
)
"""What a dump has in its first bytes."""

_BEGUN: Final = re.compile(rb"-- (?:PostgreSQL database dump\s*$|(?:MySQL|MariaDB) dump \d)")
_ENDED: Final = re.compile(rb"-- (?:PostgreSQL database dump complete|Dump completed)")
_DECLARED: Final = re.compile(rb"(?i)\bset (?:client_encoding = '([\w-]+)'|names '?(\w+))")
_ENCODINGS: Final = {
    "utf8": "utf-8",
    "utf8mb3": "utf-8",
    "utf8mb4": "utf-8",
    "unicode": "utf-8",
    "latin1": "cp1252",
    "latin9": "iso8859-15",
    "win1252": "cp1252",
}
_KEPT: Final = b"on conflict do nothing"
Pending = tuple[str, tuple[str, ...], list[Column]]


class DumpRows:
    """Reads one dump, once."""

    def __init__(self, blocks: Iterable[bytes], *, is_strict: bool) -> None:
        """Where it `is_strict`, a value that is no literal and a row without named columns are damage."""
        self._text = DumpText(_as_bytes(blocks))
        self._is_strict = is_strict
        self._encoding = _encoding_of(self._text.head)
        self._database = ""
        self._open = 0
        self._created: dict[str, tuple[str, ...]] = {}
        self.tables: dict[str, tuple[str, ...]] = {}
        """`schema.table` of each table met, and its columns."""

    @property
    def is_whole(self) -> bool:
        """Whether its last statement is ended; and it says that it is complete, if it says how it began."""
        return not self._text.is_cut and not self._open

    def batches(self, is_wanted: Callable[[str], bool]) -> Iterator[tuple[str, pa.RecordBatch]]:
        """Table and rows, of the tables that are wanted. Raises DamagedDump."""
        held: Pending = ("", (), [])
        for kind, text, place in self._text.pieces():
            if kind == "line":
                self._look_at(text)
            if kind != "statement":
                continue
            try:
                for table, columns, rows in self._rows(text, place, is_wanted):
                    is_more = isinstance(rows, list) and (table, columns) == held[:2]
                    if held[2] and (not is_more or _is_full(held[2])):
                        yield held[0], _batch(held)
                        held = ("", (), [])
                    if isinstance(rows, pa.RecordBatch):
                        yield table, rows
                    elif held[2]:
                        _extend(held[2], rows)
                    else:
                        held = (table, columns, rows)
            except NoValues:
                if held[2]:
                    yield held[0], _batch(held)
                raise DamagedDump("damaged", place) from None
        if held[2]:
            yield held[0], _batch(held)

    def _rows(
        self, text: bytes, place: int, is_wanted: Callable[[str], bool]
    ) -> Iterator[tuple[str, tuple[str, ...], list[Column] | pa.RecordBatch]]:
        if found := INSERT.match(text):
            table = self._named(found[1])
            columns = self._met(table, found[2])
            if is_wanted(table):
                for rows in self._inserted(text[found.end() :]):
                    yield table, self._fitting(table, columns, len(rows), place), rows
        elif found := COPY.match(text):
            table = self._named(found[1])
            columns = self._met(table, found[2])
            for lines in self._copied():
                if is_wanted(table):
                    yield table, columns, copied(lines, columns, self._encoding)
        elif found := CREATE.match(text):
            table = self._named(found[1])
            columns = created(text[found.end() :].decode(self._encoding, "backslashreplace"))
            self._created[table] = self.tables[table] = columns
        elif used := USED.match(text):
            self._database = qualified(used[1].decode("utf-8", "replace"))

    def _copied(self) -> Iterator[bytes]:
        """What stands behind a `copy`, from the next line on."""
        first = True
        for lines in self._text.lines():
            rest = lines.partition(b"\n")[2] if first else lines
            first = False
            if rest:
                yield rest

    def _inserted(self, text: bytes) -> Iterator[list[Column]]:
        text = text.rstrip().removesuffix(b";").rstrip()
        if text[-len(_KEPT) :].lower() == _KEPT:
            text = text[: -len(_KEPT)].rstrip()
        has_escapes, is_strict = self._text.has_escapes, self._is_strict
        return inserted(text, has_escapes=has_escapes, encoding=self._encoding, is_strict=is_strict)

    def _named(self, name: bytes) -> str:
        table = qualified(name.decode(self._encoding, "backslashreplace"))
        return f"{self._database}.{table}" if self._database else table

    def _met(self, table: str, names: bytes | None) -> tuple[str, ...]:
        told = listed(names.decode(self._encoding, "backslashreplace")) if names else ()
        columns = told or self._created.get(table, ())
        self.tables.setdefault(table, columns)
        return columns

    def _fitting(self, table: str, columns: tuple[str, ...], width: int, place: int) -> tuple[str, ...]:
        if len(columns) == width:
            return columns
        if self._is_strict:
            raise DamagedDump("damaged" if columns else "no_columns", place, table)
        return tuple(f"column{n + 1}" for n in range(width))

    def _look_at(self, line: bytes) -> None:
        if _BEGUN.match(line):
            self._open += 1
        elif _ENDED.match(line):
            self._open -= 1
        elif used := USED.match(line):
            self._database = qualified(used[1].decode("utf-8", "replace"))


def _extend(columns: list[Column], more: list[Column]) -> None:
    for column, values in zip(columns, more, strict=True):
        column.extend(values)


def _is_full(columns: list[Column]) -> bool:
    return len(columns[0]) >= ROWS_AT_ONCE


def _batch(held: Pending) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [pa.array(column, pa.string()) for column in held[2]], names=list(held[1])
    )


def _as_bytes(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Without a mark of the encoding; what is in UTF-16, as PowerShell writes it, in UTF-8."""
    decoder: codecs.IncrementalDecoder | None = None
    for number, block in enumerate(blocks):
        if number == 0 and block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            decoder = codecs.getincrementaldecoder("utf-16")("replace")
        text = block.removeprefix(codecs.BOM_UTF8) if number == 0 else block
        yield text if decoder is None else decoder.decode(text).encode("utf-8", "replace")


def _encoding_of(head: bytes) -> str:
    """As the dump says; else UTF-8 where it is that so far, else cp1252."""
    if told := _DECLARED.search(head):
        name = (told[1] or told[2]).decode().lower()
        if name in _ENCODINGS:
            return _ENCODINGS[name]
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head[:HEAD])
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"
