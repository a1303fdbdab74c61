# SPDX-License-Identifier: Apache-2.0
"""XLSX sheets (ECMA-376): values as they were stored, formulas never evaluated, dates by their style.

The parts are read as streams of XML; the shared strings are held, within bounds.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import BinaryIO, ClassVar, Final, cast

from tocsin.scope.profiles.content import BOMB_FLOOR, BOMB_RATIO, HELD, Content, Unreadable, told
from tocsin.scope.profiles.interface import Reader, Rows, text_batches
from tocsin.scope.profiles.readers.csv_rows import names_of
from tocsin.scope.profiles.readers.xml_guard import elements, forget, local_name

COLUMNS: Final = 16_384
_DATES: Final = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_DATE_FORM: Final = re.compile(r"(?i)[ymdhs]")
_QUOTED: Final = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001  # a workbook's days have no zone
_ENCRYPTED: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class XlsxSheets(Reader):
    """Workbooks; an old or encrypted one is said to be unreadable."""

    name: ClassVar[str] = "xlsx"
    order: ClassVar[int] = 20

    def recognises(self, content: Content) -> bool:
        if content.ending in (".xlsx", ".xlsm"):
            return content.head.startswith((b"PK\x03\x04", _ENCRYPTED))
        return False

    def read(self, content: Content) -> Iterator[Rows]:
        if content.head.startswith(_ENCRYPTED):
            raise Unreadable("encrypted")
        with told():
            try:
                book = zipfile.ZipFile(io.BytesIO(content.whole()))
            except zipfile.BadZipFile:
                raise Unreadable("damaged") from None
        _refuse_swollen(book)
        shared, is_date = _shared_strings(book), _date_styles(book)
        sheets = sorted(n for n in book.namelist() if re.fullmatch(r"xl/worksheets/[^/]+\.xml", n))
        if not sheets:
            raise Unreadable("damaged")
        for sheet in sheets:
            yield from _sheet(book, sheet, shared, is_date)


def _refuse_swollen(book: zipfile.ZipFile) -> None:
    infos = book.infolist()
    if any(info.flag_bits & 1 for info in infos):
        raise Unreadable("encrypted")
    stored = sum(info.compress_size for info in infos)
    if sum(info.file_size for info in infos) > max(BOMB_FLOOR, BOMB_RATIO * stored):
        raise Unreadable("bomb")


def _opened(book: zipfile.ZipFile, name: str) -> BinaryIO | None:
    try:
        return cast("BinaryIO", book.open(name))
    except KeyError:
        return None
    except (zipfile.BadZipFile, NotImplementedError):
        raise Unreadable("damaged") from None


def _shared_strings(book: zipfile.ZipFile) -> list[str]:
    file = _opened(book, "xl/sharedStrings.xml")
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
    file = _opened(book, "xl/styles.xml")
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


def _sheet(book: zipfile.ZipFile, name: str, shared: list[str], is_date: list[bool]) -> Iterator[Rows]:
    rows = _rows(book, name, shared, is_date)
    first = next(rows, None)
    if first is None:
        return
    names, has_header = names_of([cell or "" for cell in first])
    body = rows if has_header else _with(first, rows)
    width = len(names)
    part = name.rsplit("/", 1)[1].removesuffix(".xml")
    columns = (*names, "text")
    yield Rows(part, columns, text_batches(columns, (_fitted(row, width) for row in body)))


def _with(first: list[str | None], rest: Iterator[list[str | None]]) -> Iterator[list[str | None]]:
    yield first
    yield from rest


def _fitted(row: list[str | None], width: int) -> tuple[str | None, ...]:
    """Cells beyond the header are prose."""
    beyond = " ".join(cell for cell in row[width:] if cell)
    return (*row[:width], *(None for _ in range(width - len(row))), beyond or None)


def _rows(
    book: zipfile.ZipFile, name: str, shared: list[str], is_date: list[bool]
) -> Iterator[list[str | None]]:
    file = _opened(book, name)
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
    return _number(text) if kind == "n" else text


def _day(text: str) -> str:
    try:
        return (_EPOCH + timedelta(days=float(text))).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return text


def _number(text: str) -> str:
    """A spreadsheet writes long numbers as 1.84127511E14: told in full again where that is exact."""
    if "E" in text.upper():
        try:
            value = float(text)
        except ValueError:
            return text
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
    return text.removesuffix(".0")
