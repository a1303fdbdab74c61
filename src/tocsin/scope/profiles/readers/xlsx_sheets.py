# SPDX-License-Identifier: Apache-2.0
"""XLSX sheets (ECMA-376): values as they were stored, formulas never evaluated, dates by their style.

The parts are read as streams of XML; the shared strings are held, within bounds.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import ClassVar, Final

from tocsin.scope.profiles.content import HELD, Content, Unreadable
from tocsin.scope.profiles.interface import TEXT, Reader, Rows, text_batches
from tocsin.scope.profiles.readers.document_table import plain_number, table_of
from tocsin.scope.profiles.readers.text_lines import pieces_of
from tocsin.scope.profiles.readers.xml_guard import elements, forget, local_name
from tocsin.scope.profiles.readers.zip_document import OLE, ZIP, open_document, open_part

COLUMNS: Final = 16_384
_DATES: Final = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_DATE_FORM: Final = re.compile(r"(?i)[ymdhs]")
_QUOTED: Final = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_NOTES: Final = re.compile(r"xl/(?:comments\d*|threadedComments/[^/]+|drawings/[^/]+)\.xml")
_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001  # a workbook's days have no zone


class XlsxSheets(Reader):
    """Workbooks; an old or encrypted one is said to be unreadable."""

    name: ClassVar[str] = "xlsx"
    order: ClassVar[int] = 20

    def recognises(self, content: Content) -> bool:
        if content.ending in (".xlsx", ".xlsm"):
            return content.head.startswith((ZIP, OLE))
        return False

    def read(self, content: Content) -> Iterator[Rows]:
        book = open_document(content)
        shared, is_date = _shared_strings(book), _date_styles(book)
        sheets = sorted(n for n in book.namelist() if re.fullmatch(r"xl/worksheets/[^/]+\.xml", n))
        if not sheets:
            raise Unreadable("damaged")
        for sheet in sheets:
            part = sheet.rsplit("/", 1)[1].removesuffix(".xml")
            yield from table_of(part, _rows(book, sheet, shared, is_date))
        notes = [name for name in book.namelist() if _NOTES.fullmatch(name)]
        yield Rows("notes", (TEXT,), text_batches((TEXT,), _notes(book, notes)))


def _shared_strings(book: zipfile.ZipFile) -> list[str]:
    file = open_part(book, "xl/sharedStrings.xml")
    found: list[str] = []
    size = 0
    for event, element in elements(file) if file else ():
        if event == "end" and local_name(element) == "si":
            text = "".join(
                part.text or ""
                for part in element.iter()
                if local_name(part) == "t" and not _is_phonetic(part)
            )
            size += len(text)
            if size > HELD:
                raise Unreadable("too_large")
            found.append(text)
            forget(element)
    return found


def _is_phonetic(part: object) -> bool:
    parent = part.getparent()  # type: ignore[attr-defined]
    return parent is not None and local_name(parent) == "rPh"


def _date_styles(book: zipfile.ZipFile) -> list[bool]:
    """Of each cell style, whether its numbers are days."""
    file = open_part(book, "xl/styles.xml")
    forms: set[int] = set(_DATES)
    styles: list[bool] = []
    inside = False
    for event, element in elements(file) if file else ():
        name = local_name(element)
        if name == "numFmt" and event == "start":
            code = _QUOTED.sub("", element.get("formatCode", ""))
            if _DATE_FORM.search(code) and "0" not in code:
                forms.add(int(element.get("numFmtId", "0")))
        elif name == "cellXfs":
            inside = event == "start"
        elif name == "xf" and inside and event == "start":
            styles.append(int(element.get("numFmtId", "0")) in forms)
    return styles


def _notes(book: zipfile.ZipFile, names: list[str]) -> Iterator[tuple[str | None, ...]]:
    """Remarks beside cells, and the text of boxes drawn on a sheet."""
    for name in names:
        file = open_part(book, name)
        for event, element in elements(file) if file else ():
            if event == "end" and local_name(element) in ("comment", "threadedComment", "txBody"):
                text = "".join(p.text or "" for p in element.iter() if local_name(p) in ("t", "text"))
                yield from pieces_of(text)
                forget(element)


def _rows(
    book: zipfile.ZipFile, name: str, shared: list[str], is_date: list[bool]
) -> Iterator[list[str | None]]:
    file = open_part(book, name)
    for event, element in elements(file) if file else ():
        if event == "end" and local_name(element) == "row":
            row = _cells(element, shared, is_date)
            if any(row):
                yield row
            forget(element)


def _cells(element: object, shared: list[str], is_date: list[bool]) -> list[str | None]:
    row: list[str | None] = []
    for cell in element:  # type: ignore[attr-defined]
        if local_name(cell) != "c":
            continue
        place = _place(cell.get("r", ""))
        while place is not None and len(row) < min(place, COLUMNS):
            row.append(None)
        row.append(_value(cell, shared, is_date))
    return row


def _place(reference: str) -> int | None:
    letters = re.match(r"[A-Z]{1,3}", reference)
    if letters is None:
        return None
    place = 0
    for letter in letters[0]:
        place = place * 26 + ord(letter) - 64
    return place - 1


def _value(cell: object, shared: list[str], is_date: list[bool]) -> str | None:
    """The stored value: of a formula what it last gave, never the formula."""
    kind = cell.get("t", "n")  # type: ignore[attr-defined]
    text = "".join(
        part.text or ""
        for part in cell.iter()  # type: ignore[attr-defined]
        if local_name(part) in (("t",) if kind == "inlineStr" else ("v",))
    )
    if not text:
        return None
    if kind == "s":
        return shared[int(text)] if text.isdecimal() and int(text) < len(shared) else None
    style = cell.get("s", "0")  # type: ignore[attr-defined]
    if kind == "n" and style.isdecimal() and int(style) < len(is_date) and is_date[int(style)]:
        return _day(text)
    return plain_number(text) if kind == "n" else text


def _day(text: str) -> str:
    try:
        return (_EPOCH + timedelta(days=float(text))).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return text
