# SPDX-License-Identifier: Apache-2.0
"""Dumps of databases: rows of `insert into` (MySQL, PostgreSQL, SQLite) and of PostgreSQL's `copy`.

The text is cut, never run. What is neither is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import ClassVar, Final

from tocsin.scope.profiles.content import Content, Unreadable
from tocsin.scope.profiles.interface import Reader, Rows, text_batches
from tocsin.scope.profiles.readers.csv_rows import encoding_of

LONGEST_STATEMENT: Final = 64 << 20
_MARKS: Final = re.compile(
    rb"(?im)^(?:insert into|copy [\w.\"]+ \(|create table|-- (?:mysql|postgresql|mariadb) )"
)
_COPY: Final = re.compile(r"(?i)^copy\s+([\w.\"]+)\s*\(([^)]*)\)\s+from\s+stdin")
_INSERT: Final = re.compile(r"(?is)^insert\s+(?:ignore\s+)?into\s+([\w.\"`]+)\s*(?:\(([^)]*)\))?\s*values\s*")
_CREATE: Final = re.compile(r"(?is)^create\s+table\s+(?:if\s+not\s+exists\s+)?([\w.\"`]+)\s*\((.*)\)")
_VALUE: Final = re.compile(r"'((?:[^'\\]|''|\\.)*)'|([^,()'\s][^,()']*)|([(),])", re.DOTALL)
_ESCAPES: Final = {"\\n": "\n", "\\t": "\t", "\\r": "\r", "\\\\": "\\"}
Row = tuple[str, tuple[str, ...], tuple[str | None, ...]]


class SqlDump(Reader):
    """Dumps."""

    name: ClassVar[str] = "sql"
    order: ClassVar[int] = 70

    def recognises(self, content: Content) -> bool:
        return _MARKS.search(content.head) is not None and (
            content.ending in (".sql", ".dump")
            or content.head.lstrip().startswith((b"--", b"/*", b"INSERT", b"insert"))
        )

    def read(self, content: Content) -> Iterator[Rows]:
        for (table, columns), rows in groupby(_rows(content), key=lambda row: (row[0], row[1])):
            yield Rows(table, columns, text_batches(columns, (row[2] for row in rows)))


def _rows(content: Content) -> Iterator[Row]:
    encoding = encoding_of(content.head)
    tables: dict[str, tuple[str, ...]] = {}
    with content.stream() as file:
        held = ""
        while line := file.readline(LONGEST_STATEMENT + 1):
            text = line.decode(encoding, "replace")
            if not held and (copy := _COPY.match(text)):
                columns = tuple(_bare(name) for name in copy[2].split(","))
                yield from _copied(file, encoding, _bare(copy[1]), columns)
                continue
            if not held and text.startswith(("--", "/*", "\n", "\r")):
                continue
            held += text
            if len(held) > LONGEST_STATEMENT:
                raise Unreadable("too_large")
            if text.rstrip().endswith(";"):
                yield from _statement(held, tables)
                held = ""
        yield from _statement(held, tables)


def _copied(file: object, encoding: str, table: str, columns: tuple[str, ...]) -> Iterator[Row]:
    while line := file.readline(LONGEST_STATEMENT):  # type: ignore[attr-defined]
        text = line.decode(encoding, "replace").rstrip("\r\n")
        if text == "\\.":
            return
        cells = tuple(None if cell == "\\N" else _unescaped(cell) for cell in text.split("\t"))
        if len(cells) == len(columns):
            yield table, columns, cells
    raise Unreadable("damaged")


def _unescaped(cell: str) -> str:
    return re.sub(r"\\[ntr\\]", lambda found: _ESCAPES[found[0]], cell) if "\\" in cell else cell


def _statement(text: str, tables: dict[str, tuple[str, ...]]) -> Iterator[Row]:
    text = text.lstrip()
    if created := _CREATE.match(text):
        lines = (line.split() for line in created[2].splitlines() if line.strip())
        tables[_bare(created[1])] = tuple(
            _bare(words[0]) for words in lines if words[0].upper() not in _CONSTRAINTS
        )
    elif inserted := _INSERT.match(text):
        table = _bare(inserted[1])
        columns = tuple(_bare(n) for n in inserted[2].split(",")) if inserted[2] else tables.get(table, ())
        for cells in _tuples(text[inserted.end() :]):
            named = (
                columns if len(columns) == len(cells) else tuple(f"column{n + 1}" for n in range(len(cells)))
            )
            yield table, named, cells


_CONSTRAINTS: Final = ("PRIMARY", "KEY", "UNIQUE", "CONSTRAINT", "INDEX", "FOREIGN", "CHECK", "FULLTEXT")


def _tuples(text: str) -> Iterator[tuple[str | None, ...]]:
    cells: list[str | None] = []
    depth = 0
    for found in _VALUE.finditer(text):
        if found[3] == "(":
            depth += 1
        elif found[3] == ")":
            depth -= 1
            if depth == 0:
                yield tuple(cells)
                cells = []
        elif depth and found[1] is not None:
            cells.append(re.sub(r"''|\\(.)", lambda m: m[1] or "'", found[1]))
        elif depth and found[2] is not None:
            cells.append(None if found[2].strip().upper() == "NULL" else found[2].strip())


def _bare(name: str) -> str:
    return name.strip().split(".")[-1].strip('"`[] ')
