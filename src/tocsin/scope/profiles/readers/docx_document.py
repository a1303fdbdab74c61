# SPDX-License-Identifier: Apache-2.0
"""DOCX (ECMA-376): paragraphs, headers, notes and comments as prose, tables as tables.

Text that was struck out but is still in the file counts. Fields and macros are never run, nothing is
fetched. A document of pictures alone has no text, and that is said.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import ClassVar, Final

from lxml import etree

from tocsin.scope.profiles.content import HELD, Content, Unreadable
from tocsin.scope.profiles.interface import TEXT, Reader, Rows, text_batches
from tocsin.scope.profiles.readers.document_table import Row, table_of
from tocsin.scope.profiles.readers.text_lines import pieces_of
from tocsin.scope.profiles.readers.xml_guard import elements, forget, local_name
from tocsin.scope.profiles.readers.zip_document import OLE, ZIP, open_document, open_part

_PARTS: Final = re.compile(r"word/(?:document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml")
_BREAKS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "p": "\n"}


class DocxDocument(Reader):
    """Letters and reports; an encrypted one is said to be so."""

    name: ClassVar[str] = "docx"
    order: ClassVar[int] = 20

    def recognises(self, content: Content) -> bool:
        return content.ending in (".docx", ".docm", ".dotx") and content.head.startswith((ZIP, OLE))

    def read(self, content: Content) -> Iterator[Rows]:
        with open_document(content) as book:
            parts = [name for name in book.namelist() if _PARTS.fullmatch(name)]
            if not parts:
                raise Unreadable("damaged")
            prose: list[str] = []
            tables: list[list[Row]] = []
            for part in parts:
                _read_part(book, part, prose, tables)
            lines = (piece for text in prose for piece in pieces_of(text))
            yield Rows("", (TEXT,), text_batches((TEXT,), lines))
            for number, table in enumerate(tables, start=1):
                yield from table_of(f"table{number}", iter(table))
            if not prose and not tables and any(n.startswith("word/media/") for n in book.namelist()):
                raise Unreadable("no_text")


def _read_part(book: zipfile.ZipFile, name: str, prose: list[str], tables: list[list[Row]]) -> None:
    """Its blocks, each freed once read; a table in a table is text of its cell, a box of its paragraph."""
    file = open_part(book, name)
    inside = size = 0
    for event, element in elements(file) if file else ():
        tag = local_name(element)
        if tag not in ("p", "tbl"):
            continue
        inside += 1 if event == "start" else -1
        if event == "start" or inside:
            continue
        etree.strip_elements(element, "{*}Fallback", with_tail=False)  # the same again, for older readers
        if tag == "tbl":
            tables.append([_cells(row) for row in element if local_name(row) == "tr"])
            size += sum(len(cell or "") for row in tables[-1] for cell in row)
        elif text := _text(element):
            prose.append(text)
            size += len(text)
        if size > HELD:
            raise Unreadable("too_large")
        forget(element)


def _cells(row: etree._Element) -> Row:
    return [_text(cell) or None for cell in row if local_name(cell) == "tc"]


def _text(element: etree._Element) -> str:
    """What stands in it, struck out or not, line by line."""
    found: list[str] = []
    for part in element.iter():
        tag = local_name(part)
        if tag in ("t", "delText", "instrText"):
            found.append(part.text or "")
        elif tag in _BREAKS and part is not element:
            found.append(_BREAKS[tag])
    return "".join(found).strip()
