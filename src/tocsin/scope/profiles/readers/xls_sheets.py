# SPDX-License-Identifier: Apache-2.0
"""XLS, the workbooks of before 2007 ([MS-XLS]), through xlrd (extra `scan`): stored values, no formula run.

Its library holds a workbook whole, so that only one of bounded size is read.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from importlib import import_module
from typing import Any, ClassVar, Final

from tocsin.scope.profiles.content import Content, Unreadable
from tocsin.scope.profiles.interface import Reader, Rows
from tocsin.scope.profiles.readers.document_table import Row, plain_number, table_of
from tocsin.scope.profiles.readers.zip_document import OLE

LARGEST: Final = 64 << 20
_EARLY: Final = (b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08")
"""BOF of a workbook of before 1995, that stands in no compound file."""


class XlsSheets(Reader):
    """Old workbooks; those under a password are said to be encrypted."""

    name: ClassVar[str] = "xls"
    order: ClassVar[int] = 20

    def recognises(self, content: Content) -> bool:
        return content.ending in (".xls", ".xlt") and content.head.startswith((OLE, *_EARLY))

    def read(self, content: Content) -> Iterator[Rows]:
        try:
            library = import_module("xlrd")
        except ImportError:
            raise Unreadable("no_extra") from None
        held = content.whole()
        if len(held) > LARGEST:
            raise Unreadable("too_large")
        book = _opened(library, held)
        try:
            for place in range(book.nsheets):
                sheet = _loaded(book, place)
                yield from table_of(sheet.name, _rows(library, book, sheet))
                book.unload_sheet(place)
        finally:
            book.release_resources()


def _opened(library: Any, held: bytes) -> Any:  # noqa: ANN401  # a library that may not be installed
    try:
        return library.open_workbook(file_contents=held, on_demand=True, logfile=io.StringIO())
    except Exception as error:  # the library raises anything on what is not quite a workbook
        sealed = isinstance(error, library.XLRDError) and "encrypted" in str(error)
        raise Unreadable("encrypted" if sealed else "damaged", detail=type(error).__name__) from None


def _loaded(book: Any, place: int) -> Any:  # noqa: ANN401  # as above
    try:
        return book.sheet_by_index(place)
    except Exception as error:  # as above
        raise Unreadable("damaged", detail=type(error).__name__) from None


def _rows(library: Any, book: Any, sheet: Any) -> Iterator[Row]:  # noqa: ANN401  # as above
    for place in range(sheet.nrows):
        row = [_value(library, book, cell) for cell in sheet.row(place)]
        if any(row):
            yield row
    notes = [note.text for note in getattr(sheet, "cell_note_map", {}).values() if note.text]
    for note in notes:
        yield [*(None for _ in range(sheet.ncols)), note]


def _value(library: Any, book: Any, cell: Any) -> str | None:  # noqa: ANN401  # as above
    if cell.ctype == library.XL_CELL_TEXT:
        return cell.value or None
    if cell.ctype == library.XL_CELL_DATE:
        try:
            return str(library.xldate_as_datetime(cell.value, book.datemode).isoformat(timespec="seconds"))
        except (ValueError, OverflowError, library.xldate.XLDateError):
            return plain_number(repr(cell.value))
    return plain_number(repr(cell.value)) if cell.ctype == library.XL_CELL_NUMBER else None
