# SPDX-License-Identifier: Apache-2.0
"""OpenDocument sheets and texts (ISO/IEC 26300): tables as tables, paragraphs, notes and headers as prose.

Cells give the value that was stored, formulas are never evaluated. A cell or row that says it is repeated
is repeated within bounds alone: a few bytes may claim billions.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import ClassVar, Final

from lxml import etree

from tocsin.scope.profiles.content import HELD, Content, Unreadable
from tocsin.scope.profiles.interface import TEXT, Reader, Rows, text_batches
from tocsin.scope.profiles.readers.document_table import Row, plain_number, table_of
from tocsin.scope.profiles.readers.text_lines import pieces_of
from tocsin.scope.profiles.readers.xml_guard import elements, forget, local_name
from tocsin.scope.profiles.readers.zip_document import ZIP, open_document, open_part

COLUMNS: Final = 16_384
ROWS: Final = 1 << 20
"""A sheet has no more (LibreOffice, Excel)."""

_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STORED: Final = {"date": "date-value", "float": "value", "time": "time-value", "percentage": "value"}
_MOST_CELLS: Final = 50_000_000


class OdfDocument(Reader):
    """Sheets (ods) and texts (odt)."""

    name: ClassVar[str] = "odf"
    order: ClassVar[int] = 20

    def recognises(self, content: Content) -> bool:
        return content.ending in (".ods", ".odt", ".ots", ".ott") and content.head.startswith(ZIP)

    def read(self, content: Content) -> Iterator[Rows]:
        with open_document(content) as book:
            _refuse_sealed(book)
            if "content.xml" not in book.namelist():
                raise Unreadable("damaged")
            prose: list[str] = []
            found = 0
            for part in ("content.xml", "styles.xml"):
                for name, rows in _tables(book, part, prose):
                    found += 1
                    yield from table_of(name or f"table{found}", rows)
            lines = (piece for text in prose for piece in pieces_of(text))
            yield Rows("", (TEXT,), text_batches((TEXT,), lines))
            if not prose and not found and any(n.startswith("Pictures/") for n in book.namelist()):
                raise Unreadable("no_text")


def _refuse_sealed(book: zipfile.ZipFile) -> None:
    file = open_part(book, "META-INF/manifest.xml")
    for _, element in elements(file) if file else ():
        if local_name(element) == "encryption-data":
            raise Unreadable("encrypted")


def _tables(book: zipfile.ZipFile, part: str, prose: list[str]) -> Iterator[tuple[str | None, Iterator[Row]]]:
    """Each table with its rows, to be read before the next is asked for; the rest goes into `prose`."""
    file = open_part(book, part)
    walk = iter(elements(file)) if file else iter(())
    size = 0
    for event, element in walk:
        tag = local_name(element)
        if event == "start" and tag == "table":
            rows = _rows(walk, element, prose)
            yield element.get(f"{_TABLE}name"), rows
            for _ in rows:
                pass
        elif event == "end" and tag in ("p", "h") and not _is_within(element):
            text = _text(element)
            size += len(text)
            if size > HELD:
                raise Unreadable("too_large")
            if text:
                prose.append(text)
            forget(element)


def _is_within(paragraph: etree._Element) -> bool:
    """A note or a box stands in a paragraph that is still to be read whole."""
    return any(local_name(parent) in ("p", "h") for parent in paragraph.iterancestors())


def _rows(
    walk: Iterator[tuple[str, etree._Element]], table: etree._Element, prose: list[str]
) -> Iterator[Row]:
    given = cells = 0
    depth = 1
    for event, element in walk:
        tag = local_name(element)
        if tag == "table":
            depth += 1 if event == "start" else -1
            if not depth:
                forget(table)
                return
        if event == "end" and tag == "table-row" and depth == 1:
            prose.extend(text for note in element.iter("{*}annotation") if (text := _text(note)))
            etree.strip_elements(element, "{*}annotation", with_tail=False)
            row = _cells(element)
            times = _times(element, "number-rows-repeated") if row else 0
            given, cells = given + times, cells + times * len(row)
            if given > ROWS or cells > _MOST_CELLS:
                raise Unreadable("bomb")
            for _ in range(times):
                yield row
            forget(element)


def _cells(row: etree._Element) -> list[str | None]:
    """Without the empty cells behind, which a sheet repeats up to its edge."""
    found: list[str | None] = []
    empty = 0
    for cell in row:
        if local_name(cell) not in ("table-cell", "covered-table-cell"):
            continue
        value, times = _value(cell), _times(cell, "number-columns-repeated")
        if value is None:
            empty += times
            continue
        if len(found) + empty + times > COLUMNS:
            raise Unreadable("bomb")
        found.extend([None] * empty + [value] * times)
        empty = 0
    return found


def _times(element: etree._Element, name: str) -> int:
    said = element.get(f"{_TABLE}{name}", "1")
    return max(1, int(said)) if said.isdecimal() and len(said) < 10 else 1


def _value(cell: etree._Element) -> str | None:
    """As stored: a day as a day, a long number in full, whatever the cell shows."""
    stored = _STORED.get(cell.get(f"{_OFFICE}value-type", ""))
    value = cell.get(f"{_OFFICE}{stored}") if stored else None
    return plain_number(value) if value else _text(cell) or None


def _text(element: etree._Element) -> str:
    found: list[str] = []
    _gather(element, found, 0)
    return "".join(found).strip()


def _gather(element: etree._Element, found: list[str], depth: int) -> None:
    tag = local_name(element)
    if depth and tag in ("p", "h", "line-break"):
        found.append("\n")
    if tag in ("s", "tab"):
        found.append(" ")
    found.append(element.text or "")
    for child in element:
        _gather(child, found, depth + 1)
        found.append(child.tail or "")
