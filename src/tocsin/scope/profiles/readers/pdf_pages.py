# SPDX-License-Identifier: Apache-2.0
"""PDF with text, through pypdf (extra `scan`): pages as prose. A scan without text is unreadable."""

from __future__ import annotations

import io
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any, ClassVar, Final

from tocsin.scope.profiles.content import Content, Unreadable
from tocsin.scope.profiles.interface import TEXT, Reader, Rows, text_batches
from tocsin.scope.profiles.readers.text_lines import pieces_of

PAGES: Final = 20_000


class PdfPages(Reader):
    """Documents."""

    name: ClassVar[str] = "pdf"
    order: ClassVar[int] = 10

    def recognises(self, content: Content) -> bool:
        return content.head.startswith(b"%PDF-")

    def read(self, content: Content) -> Iterator[Rows]:
        try:
            library = import_module("pypdf")
        except ImportError:
            raise Unreadable("no_extra") from None
        texts = _texts(library, content.whole())
        yield Rows("", (TEXT,), text_batches((TEXT,), (line for text in texts for line in pieces_of(text))))
        if any(not text.strip() for text in texts):
            raise Unreadable("no_text")


def _texts(library: ModuleType, held: bytes) -> list[str]:
    """Of each page."""
    try:
        document = library.PdfReader(io.BytesIO(held))
        reason = _refusal(document)
        texts = [] if reason else [page.extract_text() or "" for page in document.pages]
    except Exception as error:  # the library raises anything on what is not quite a PDF
        raise Unreadable("damaged", detail=type(error).__name__) from None
    if reason:
        raise Unreadable(reason)
    return texts


def _refusal(document: Any) -> str | None:  # noqa: ANN401  # a library that may not be installed
    if document.is_encrypted and not document.decrypt(""):
        return "encrypted"
    return "too_large" if len(document.pages) > PAGES else None
