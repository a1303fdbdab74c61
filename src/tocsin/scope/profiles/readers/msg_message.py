# SPDX-License-Identifier: Apache-2.0
"""Outlook messages ([MS-OXMSG]) through olefile (extra `scan`): senders, recipients, text; messages in them.

Attachments are read as files of their own (`attachments.py`). A body that is compressed RTF alone is not
read, and that is said.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import ClassVar, Final

from tocsin.scope.profiles.content import Content, Unreadable
from tocsin.scope.profiles.interface import TEXT, Reader, Rows, text_batches
from tocsin.scope.profiles.readers.ole_files import OleFile, open_ole
from tocsin.scope.profiles.readers.text_lines import pieces_of
from tocsin.scope.profiles.readers.zip_document import OLE

Path = tuple[str, ...]
_PROPERTY: Final = re.compile(r"__substg1\.0_([0-9A-F]{4})([0-9A-F]{4})", re.IGNORECASE)
_ADDRESSES: Final = ("0C1F", "5D01", "5D02", "39FE", "3003", "0065")
"""Of senders and recipients: some are paths in a directory and no address; those are not taken."""

_PROSE: Final = ("0037", "0C1A", "3001", "0E04", "0E03", "0E02", "007D", "1000")
_HTML, _RTF, _BODY, _DATA, _NAME, _SHORT = "1013", "1009", "1000", "3701", "3707", "3704"
_TAGS: Final = re.compile(r"<[^<>]{0,2000}>")
_MOST: Final = 20_000


class MsgMessage(Reader):
    """Messages as Outlook saves them."""

    name: ClassVar[str] = "msg"
    order: ClassVar[int] = 20

    def recognises(self, content: Content) -> bool:
        return content.ending in (".msg", ".oft") and content.head.startswith(OLE)

    def read(self, content: Content) -> Iterator[Rows]:
        with open_ole(content) as ole:
            found = _properties(ole)
            addresses = [_decoded(ole, *one) for one in found if one[0] in _ADDRESSES]
            texts = [_decoded(ole, *one) for one in found if one[0] in _PROSE]
            texts += [_without_tags(_decoded(ole, *one)) for one in found if one[0] == _HTML]
        known = {tag for tag, _, _ in found}
        mails = ((address,) for address in addresses if "@" in address)
        yield Rows("heads", ("email",), text_batches(("email",), mails))
        yield Rows("body", (TEXT,), text_batches((TEXT,), (p for text in texts for p in pieces_of(text))))
        if _RTF in known and not known & {_BODY, _HTML}:
            raise Unreadable("unknown_kind")


def attachments_of(content: Content) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each attached file, of messages in the message too. Raises Unreadable."""
    with open_ole(content) as ole:
        found = _properties(ole)
        names = {path[:-1]: _decoded(ole, tag, kind, path) for tag, kind, path in found if tag == _SHORT}
        names |= {path[:-1]: _decoded(ole, tag, kind, path) for tag, kind, path in found if tag == _NAME}
        held = [(path, ole.openstream(list(path)).read()) for tag, _, path in found if tag == _DATA]
    for place, (path, data) in enumerate(held, start=1):
        yield names.get(path[:-1], f"attachment{place}"), data


def _properties(ole: OleFile) -> list[tuple[str, str, Path]]:
    """(property, type, stream), each that a message holds as a stream."""
    listed = [tuple(path) for path in ole.listdir()]
    if len(listed) > _MOST:
        raise Unreadable("too_large")
    told = ((_PROPERTY.fullmatch(path[-1]), path) for path in listed)
    found = [(match[1].upper(), match[2].upper(), path) for match, path in told if match is not None]
    if not found:
        raise Unreadable("damaged")
    return found


def _decoded(ole: OleFile, tag: str, kind: str, path: Path) -> str:
    """UTF-16 where the property says so; else UTF-8 where it is valid, else cp1252."""
    del tag
    held = ole.openstream(list(path)).read()
    if kind == "001F":
        return held.decode("utf-16-le", "replace").rstrip("\0")
    try:
        return held.decode("utf-8").rstrip("\0")
    except UnicodeDecodeError:
        return held.decode("cp1252", "replace").rstrip("\0")


def _without_tags(text: str) -> str:
    return html.unescape(_TAGS.sub(" ", text))
