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
        document = _opened(library, content.whole())
        texts, unread = _texts(document)
        yield Rows("", (TEXT,), text_batches((TEXT,), (line for text in texts for line in pieces_of(text))))
        if unread:
            raise Unreadable("no_text")


def _opened(library: ModuleType, held: bytes) -> Any:  # noqa: ANN401  # a library that may not be installed
    try:
        document = library.PdfReader(io.BytesIO(held))
        reason = _refusal(document)
    except Exception as error:  # the library raises anything on what is not quite a PDF
        raise Unreadable("damaged", detail=type(error).__name__) from None
    if reason:
        raise Unreadable(reason)
    return document


def _texts(document: Any) -> tuple[list[str], bool]:  # noqa: ANN401  # as above
    """Of each page and of the form's fields; whether a page shows something that is no text."""
    texts: list[str] = []
    unread = False
    try:
        for page in document.pages:
            texts.append(page.extract_text() or "")
            unread = unread or (not texts[-1].strip() and _shows_something(page))
        fields = document.get_form_text_fields(full_qualified_name=True) or {}
        texts += [f"{name} : {value}" for name, value in fields.items() if value]
    except Exception as error:  # as above
        raise Unreadable("damaged", detail=type(error).__name__) from None
    return texts, unread


def _shows_something(page: Any) -> bool:  # noqa: ANN401  # as above
    """Whether a page without text is more than blank paper."""
    contents = page.get_contents()
    return contents is not None and bool(contents.get_data().strip())


def _refusal(document: Any) -> str | None:  # noqa: ANN401  # a library that may not be installed
    if document.is_encrypted and not document.decrypt(""):
        return "encrypted"
    return "too_large" if len(document.pages) > PAGES else None
