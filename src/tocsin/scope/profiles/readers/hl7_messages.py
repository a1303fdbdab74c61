# SPDX-License-Identifier: Apache-2.0
"""HL7 v2 messages (ER7): a row a message of what PID, NK1, IN1 and OBX say, the rest as prose.

Field places are those of HL7 2.5 and of the French IHE PAM extension: PID-3 identifiers with their
authority, NK1 for the persons to be told, PV1-7 and OBR-16 for professionals.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from tocsin.scope.profiles.content import Content, Unreadable
from tocsin.scope.profiles.interface import Reader, Rows, text_batches
from tocsin.scope.profiles.readers.csv_rows import encoding_of

LONGEST_MESSAGE: Final = 16 << 20
COLUMNS: Final = (
    "ins",
    "patient_id",
    "family_name",
    "given_names",
    "birth_date",
    "sex",
    "address",
    "phone",
    "email",
    "nir",
    "guardian.family_name",
    "guardian.phone",
    "doctor_name",
    "rpps",
    "insurer",
    "result",
    "text",
)
_INS_AUTHORITIES: Final = (
    "1.2.250.1.213.1.4.8",
    "1.2.250.1.213.1.4.9",
    "1.2.250.1.213.1.4.10",
    "1.2.250.1.213.1.4.11",
)


class Hl7Messages(Reader):
    """HL7 v2."""

    name: ClassVar[str] = "hl7v2"
    order: ClassVar[int] = 30

    def recognises(self, content: Content) -> bool:
        head = content.head.lstrip(b"\x0b\r\n \xef\xbb\xbf")
        return head.startswith((b"MSH|", b"FHS|", b"BHS|"))

    def read(self, content: Content) -> Iterator[Rows]:
        yield Rows("", COLUMNS, text_batches(COLUMNS, _rows(content)))


def _rows(content: Content) -> Iterator[tuple[str | None, ...]]:
    held: list[list[str]] = []
    size = 0
    for segment in _segments(content):
        fields = segment.split("|")
        if fields[0] == "MSH" and held:
            yield _row(held)
            held, size = [], 0
        held.append(fields)
        size += len(segment)
        if size > LONGEST_MESSAGE:
            raise Unreadable("too_large")
    if held:
        yield _row(held)


def _segments(content: Content) -> Iterator[str]:
    encoding = encoding_of(content.head)
    carried = b""
    with content.stream() as file:
        while block := file.read(1 << 20):
            pieces = (
                (carried + block)
                .replace(b"\n", b"\r")
                .replace(b"\x0b", b"")
                .replace(b"\x1c", b"")
                .split(b"\r")
            )
            carried = pieces.pop()
            if len(carried) > LONGEST_MESSAGE:
                raise Unreadable("too_large")
            yield from (piece.decode(encoding, "replace") for piece in pieces if piece)
    if carried.strip():
        yield carried.decode(encoding, "replace")


def _row(segments: list[list[str]]) -> tuple[str | None, ...]:
    found: dict[str, str] = {}
    prose: list[str] = []
    for fields in segments:
        reader = _READERS.get(fields[0])
        if reader is not None:
            for name, value in reader(fields):
                if value and found.setdefault(name, value) != value:
                    prose.append(value)
        elif fields[0] not in ("MSH", "EVN", "FHS", "BHS"):
            prose.append(" ".join(field for field in fields[1:] if field))
    return (*(found.get(name) for name in COLUMNS[:-1]), " ".join(prose) or None)


def _field(fields: list[str], place: int) -> list[str]:
    """The repetitions of a field."""
    return fields[place].split("~") if len(fields) > place and fields[place] else []


def _component(text: str, place: int) -> str:
    parts = text.split("^")
    return parts[place - 1] if len(parts) >= place else ""


def _pid(fields: list[str]) -> Iterator[tuple[str, str]]:
    for identifier in _field(fields, 3):
        number, authority = _component(identifier, 1), _component(identifier, 4)
        is_ins = any(oid in authority for oid in _INS_AUTHORITIES)
        yield ("ins", identifier) if is_ins else ("patient_id", number)
    for name in _field(fields, 5):
        yield "family_name", _component(name, 1)
        yield "given_names", _component(name, 2)
    for born in _field(fields, 7):
        yield "birth_date", born[:8]
    yield from (("sex", sex) for sex in _field(fields, 8))
    for address in _field(fields, 11):
        yield "address", " ".join(part for part in address.split("^") if part)
    for telecom in (*_field(fields, 13), *_field(fields, 14)):
        yield from _telecom(telecom)
    yield from (("nir", number) for number in _field(fields, 19))


def _telecom(telecom: str) -> Iterator[tuple[str, str]]:
    yield "phone", _component(telecom, 1) or _component(telecom, 12)
    yield "email", _component(telecom, 4) if "@" in _component(telecom, 4) else ""


def _nk1(fields: list[str]) -> Iterator[tuple[str, str]]:
    for name in _field(fields, 2):
        yield "guardian.family_name", " ".join(part for part in name.split("^")[:2] if part)
    for telecom in _field(fields, 5):
        yield "guardian.phone", _component(telecom, 1) or _component(telecom, 12)


def _professional(place: int, fields: list[str]) -> Iterator[tuple[str, str]]:
    for one in _field(fields, place):
        yield "rpps", _component(one, 1)
        yield "doctor_name", " ".join(part for part in one.split("^")[1:3] if part)


def _obx(fields: list[str]) -> Iterator[tuple[str, str]]:
    yield from (("result", value) for value in _field(fields, 5))


_READERS: Final = {
    "PID": _pid,
    "NK1": _nk1,
    "PV1": lambda fields: _professional(7, fields),
    "OBR": lambda fields: _professional(16, fields),
    "IN1": lambda fields: iter([("insurer", " ".join(_field(fields, 4)))]),
    "OBX": _obx,
}
