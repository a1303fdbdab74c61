# SPDX-License-Identifier: Apache-2.0
"""DICOM headers (PS3.10): the patient's module and the physicians; pixels are never read.

Explicit little-endian headers, and implicit ones; what is in a sequence is passed over.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import ClassVar, Final

from tocsin.scope.profiles.content import Content, Unreadable
from tocsin.scope.profiles.interface import Reader, Rows, text_batches

TAGS: Final = {
    (0x0010, 0x0010): "name",
    (0x0010, 0x0020): "patient_id",
    (0x0010, 0x0030): "birth_date",
    (0x0010, 0x0040): "sex",
    (0x0010, 0x1010): "age",
    (0x0010, 0x1040): "address",
    (0x0010, 0x2154): "phone",
    (0x0010, 0x21B0): "antecedents",
    (0x0008, 0x0090): "doctor_name",
    (0x0008, 0x1050): "performer.name",
    (0x0008, 0x1030): "study",
}
COLUMNS: Final = ("family_name", "given_names", *(name for name in TAGS.values() if name != "name"))
_LONG: Final = (b"OB", b"OD", b"OF", b"OL", b"OW", b"SQ", b"UC", b"UR", b"UT", b"UN")
_UNDEFINED: Final = 0xFFFFFFFF


class DicomHeader(Reader):
    """Images of patients."""

    name: ClassVar[str] = "dicom"
    order: ClassVar[int] = 10

    def recognises(self, content: Content) -> bool:
        return content.head[128:132] == b"DICM"

    def read(self, content: Content) -> Iterator[Rows]:
        found = dict(_elements(content.head))
        family, _, given = found.pop("name", "").partition("^")
        row = {"family_name": family, "given_names": given.replace("^", " ").strip(), **found}
        rows = iter([tuple(row.get(name) or None for name in COLUMNS)])
        yield Rows("", COLUMNS, text_batches(COLUMNS, rows))


def _elements(head: bytes) -> Iterator[tuple[str, str]]:
    place, is_explicit, encoding = 132, True, "latin-1"
    while place + 8 <= len(head):
        group, element = struct.unpack_from("<HH", head, place)
        if group > 0x0010:
            return
        kind = head[place + 4 : place + 6]
        is_named = kind.isalpha() and kind.isupper()
        if group == 0x0008 and not is_named:
            is_explicit = False
        length, start = _length(head, place, kind, is_explicit and is_named)
        if length == _UNDEFINED:
            place = _after_sequence(head, start)
            continue
        value = head[start : start + length]
        if (group, element) == (0x0008, 0x0005):
            encoding = "utf-8" if b"192" in value else "latin-1"
        if (group, element) in TAGS:
            yield TAGS[group, element], value.decode(encoding, "replace").strip("\0 ")
        place = start + length


def _length(head: bytes, place: int, kind: bytes, is_explicit: bool) -> tuple[int, int]:
    """(bytes of the value, where it begins)."""
    if not is_explicit:
        return struct.unpack_from("<I", head, place + 4)[0], place + 8
    if kind in _LONG:
        if place + 12 > len(head):
            raise Unreadable("damaged")
        return struct.unpack_from("<I", head, place + 8)[0], place + 12
    return struct.unpack_from("<H", head, place + 6)[0], place + 8


def _after_sequence(head: bytes, start: int) -> int:
    """Behind the sequence's end, which may lie outside what is held."""
    end = head.find(b"\xfe\xff\xdd\xe0\0\0\0\0", start)
    return len(head) if end < 0 else end + 8
