# SPDX-License-Identifier: Apache-2.0
"""E-mail (RFC 5322): senders and recipients, and the text as prose, that of attachments that are text too.

Attachments of another kind are read as files of their own (`attachments.py`).
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.utils import getaddresses
from typing import ClassVar, Final

from tocsin.scope.profiles.content import Content, Unreadable
from tocsin.scope.profiles.interface import TEXT, Reader, Rows, text_batches
from tocsin.scope.profiles.readers.text_lines import pieces_of

_HEADS: Final = re.compile(rb"\A(?:[A-Za-z][A-Za-z0-9-]*:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){3,}")
_KNOWN: Final = re.compile(rb"(?im)^(?:from|received|message-id|mime-version|subject):")
_TAGS: Final = re.compile(r"<[^<>]{0,2000}>")
PARTS: Final = 1_000


class MailMessage(Reader):
    """Messages."""

    name: ClassVar[str] = "eml"
    order: ClassVar[int] = 50

    def recognises(self, content: Content) -> bool:
        head = content.head
        return _HEADS.match(head) is not None and len(_KNOWN.findall(head[:8192])) >= 2

    def read(self, content: Content) -> Iterator[Rows]:
        message = email.message_from_bytes(content.whole(), policy=email.policy.compat32)
        addresses = [
            address
            for name in ("from", "to", "cc", "bcc", "reply-to")
            for _, address in getaddresses([str(value) for value in message.get_all(name, [])])
        ]
        yield Rows("heads", ("email",), text_batches(("email",), ((address,) for address in addresses)))
        yield Rows("body", (TEXT,), text_batches((TEXT,), _texts(message)))


def parts_of(message: email.message.Message) -> Iterator[email.message.Message]:
    """The parts that hold something, of attached messages too. Raises Unreadable."""
    for place, part in enumerate(message.walk()):
        if place > PARTS:
            raise Unreadable("too_large")
        if not part.is_multipart():
            yield part


def is_text(part: email.message.Message) -> bool:
    """Whether it is read as prose."""
    return part.get_content_maintype() == "text" or part.get_content_type() in (
        "application/json",
        "application/xml",
    )


def _texts(message: email.message.Message) -> Iterator[tuple[str | None, ...]]:
    for part in parts_of(message):
        if is_text(part):
            held = part.get_payload(decode=True)
            text = held.decode(_charset(part), "replace") if isinstance(held, bytes) else ""
            if part.get_content_subtype() == "html":
                text = _TAGS.sub(" ", text)
            yield from pieces_of(text)


def _charset(part: email.message.Message) -> str:
    name = part.get_content_charset() or "utf-8"
    try:
        b"".decode(name)
    except LookupError:
        return "cp1252"
    return name
