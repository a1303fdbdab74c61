# SPDX-License-Identifier: Apache-2.0
"""Files that stand in documents: attachments of messages, bodies of CDA, objects in letters and sheets.

Each is read as a file of its own, in memory and within bounds, under the name `letter.eml!list.xlsx`.
Pictures that decorate a document are not taken for files.
"""

from __future__ import annotations

import base64
import binascii
import email
import email.policy
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from typing import BinaryIO, Final

from tocsin.scope.profiles.content import HELD, READ_ERRORS, Content, Unreadable
from tocsin.scope.profiles.readers.cda_document import CdaDocument
from tocsin.scope.profiles.readers.docx_document import DocxDocument
from tocsin.scope.profiles.readers.mail_message import MailMessage, is_text, parts_of
from tocsin.scope.profiles.readers.msg_message import MsgMessage, attachments_of
from tocsin.scope.profiles.readers.xlsx_sheets import XlsxSheets
from tocsin.scope.profiles.readers.xml_guard import elements, forget, local_name
from tocsin.scope.profiles.readers.zip_document import ZIP, open_document

_EMBEDDED: Final = re.compile(r"(?:word|xl)/embeddings/[^/]+")
_ENDINGS: Final = {
    "application/pdf": ".pdf",
    "text/rtf": ".rtf",
    "application/rtf": ".rtf",
    "image/jpeg": ".jpg",
    "image/tiff": ".tiff",
    "text/plain": ".txt",
}


@dataclass(frozen=True, slots=True)
class _Held:
    """Opens bytes that are in memory, again and again."""

    held: bytes

    def __call__(self) -> BinaryIO:
        return io.BytesIO(self.held)


def attached_to(content: Content) -> Iterator[Content | tuple[str, Unreadable]]:
    """The files that stand in a document; nothing for what is none. What cannot be opened is said by its
    own reader, and no second time here."""
    found = _found_in(content)
    if found is None:
        return
    try:
        for name, held in found:
            if held is None:
                yield f"{content.path}!{_joined(content, name)}", Unreadable("damaged")
            else:
                yield Content(
                    content.path, _joined(content, name), _Held(held), len(held), content.changed_at
                )
    except Unreadable:
        return


def _found_in(content: Content) -> Iterator[tuple[str, bytes | None]] | None:
    if CdaDocument().recognises(content):
        return _in_cda(content)
    if MailMessage().recognises(content):
        return _in_mail(content)
    if MsgMessage().recognises(content):
        return iter(attachments_of(content))
    is_office = DocxDocument().recognises(content) or XlsxSheets().recognises(content)
    return _in_office(content) if is_office and content.head.startswith(ZIP) else None


def _joined(content: Content, name: str) -> str:
    return name if content.member is None else f"{content.member}!{name}"


def _in_mail(content: Content) -> Iterator[tuple[str, bytes | None]]:
    """Every part that is not prose; the parts of attached messages too."""
    message: Message = email.message_from_bytes(content.whole(), policy=email.policy.compat32)
    for place, part in enumerate(parts_of(message), start=1):
        if not is_text(part):
            held = part.get_payload(decode=True)
            yield _named(part, place), held if isinstance(held, bytes) else None


def _named(part: Message, place: int) -> str:
    """Its file name, which may be anything: no path, and not empty."""
    try:
        told = part.get_filename() or ""
    except (LookupError, ValueError):
        told = ""
    bare = re.split(r"[/\\]", told)[-1].strip()
    return bare or f"part{place}{_ENDINGS.get(part.get_content_type(), '')}"


def _in_cda(content: Content) -> Iterator[tuple[str, bytes | None]]:
    """The body that is no XML (`nonXMLBody`), and observations with a document in them."""
    place = 0
    with content.stream() as file:
        for event, element in elements(file):
            if event == "end" and element.get("representation") == "B64":
                place += 1
                text = "".join(element.itertext())  # type: ignore[arg-type]
                ending = _ENDINGS.get(element.get("mediaType", ""), "")
                yield f"{local_name(element)}{place}{ending}", _from_base64(text)
                forget(element)


def _from_base64(text: str) -> bytes | None:
    try:
        return base64.b64decode(re.sub(r"\s+", "", text), validate=True)
    except (binascii.Error, ValueError):
        return None


def _in_office(content: Content) -> Iterator[tuple[str, bytes | None]]:
    with open_document(content) as book:
        for name in book.namelist():
            if _EMBEDDED.fullmatch(name):
                yield name.rsplit("/", 1)[1], _part(book, name)


def _part(book: zipfile.ZipFile, name: str) -> bytes | None:
    try:
        with book.open(name) as file:
            held = file.read(HELD + 1)
    except (zipfile.BadZipFile, NotImplementedError, *READ_ERRORS):
        return None
    return None if len(held) > HELD else held
