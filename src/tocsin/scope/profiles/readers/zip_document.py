# SPDX-License-Identifier: Apache-2.0
"""Documents that are zip files of XML parts (OOXML, OpenDocument): opened within bounds, part by part.

A document that swells as a bomb, is sealed or cut is refused before a part is parsed.
"""

from __future__ import annotations

import io
import zipfile
from typing import BinaryIO, Final, cast

from tocsin.scope.profiles.content import BOMB_FLOOR, BOMB_RATIO, Content, Unreadable, told

OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""A compound file ([MS-CFB]): with an OOXML ending, what Office writes when it encrypts."""

ZIP: Final = b"PK\x03\x04"
PARTS: Final = 10_000


def open_document(content: Content) -> zipfile.ZipFile:
    """The document, checked. Raises Unreadable."""
    if content.head.startswith(OLE):
        raise Unreadable("encrypted")
    with told():
        try:
            book = zipfile.ZipFile(io.BytesIO(content.whole()))
        except zipfile.BadZipFile:
            raise Unreadable("damaged") from None
    _refuse_swollen(book)
    return book


def _refuse_swollen(book: zipfile.ZipFile) -> None:
    infos = book.infolist()
    if any(info.flag_bits & 1 for info in infos):
        raise Unreadable("encrypted")
    stored = sum(info.compress_size for info in infos)
    if sum(info.file_size for info in infos) > max(BOMB_FLOOR, BOMB_RATIO * stored):
        raise Unreadable("bomb")
    if len(infos) > PARTS:
        raise Unreadable("too_large")


def open_part(book: zipfile.ZipFile, name: str) -> BinaryIO | None:
    """A part as a stream; None where the document has none of that name. Raises Unreadable."""
    try:
        return cast("BinaryIO", book.open(name))
    except KeyError:
        return None
    except (zipfile.BadZipFile, NotImplementedError):
        raise Unreadable("damaged") from None
