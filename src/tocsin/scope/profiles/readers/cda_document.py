# SPDX-License-Identifier: Apache-2.0
"""CDA R2 documents (ISO/HL7 27932): whom they are about, who wrote them, who guards; the body as prose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from lxml import etree

from tocsin.scope.profiles.content import Content, Unreadable
from tocsin.scope.profiles.interface import Reader, Rows, text_batches
from tocsin.scope.profiles.readers.text_lines import PIECE
from tocsin.scope.profiles.readers.xml_guard import elements, forget, local_name

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
    "guardian.family_name",
    "guardian.phone",
    "author.name",
    "rpps",
    "compte_rendu",
    "text",
)
_INS: Final = "1.2.250.1.213.1.4."
_RPPS: Final = "1.2.250.1.71.4.2.1"
_ROLES: Final = {
    "recordTarget": "",
    "author": "author.",
    "legalAuthenticator": "author.",
    "authenticator": "author.",
    "dataEnterer": "author.",
    "participant": "guardian.",
    "informant": "guardian.",
}


class CdaDocument(Reader):
    """Clinical documents."""

    name: ClassVar[str] = "cda"
    order: ClassVar[int] = 40

    def recognises(self, content: Content) -> bool:
        return b"ClinicalDocument" in content.head and b"urn:hl7-org:v3" in content.head

    def read(self, content: Content) -> Iterator[Rows]:
        yield Rows("", COLUMNS, text_batches(COLUMNS, _rows(content)))


def _rows(content: Content) -> Iterator[tuple[str | None, ...]]:
    found: dict[str, str] = {}
    prose: list[str] = []
    size = 0
    with content.stream() as file:
        for event, element in elements(file):
            if event != "end":
                continue
            parent = element.getparent()
            is_head = parent is not None and parent.getparent() is None
            name = local_name(element)
            if is_head and name in _ROLES:
                _read_role(found, prose, element, _ROLES[name])
                forget(element)
            elif name == "text" or (is_head and name == "title"):
                text = _text(element)
                size += len(text)
                if size > 64 << 20:
                    raise Unreadable("too_large")
                prose.append(text)
                found.setdefault("compte_rendu", "oui")
                forget(element)
    whole = " ".join(part for part in prose if part)
    yield (*(found.get(name) for name in COLUMNS[:-1]), whole[:PIECE] or None)
    for start in range(PIECE, len(whole), PIECE):
        yield (*(None for _ in COLUMNS[:-1]), whole[start - 64 : start + PIECE])


def _text(element: etree._Element) -> str:
    """Its words; a document that stands in it (`attachments.py`) is no text."""
    if element.get("representation") == "B64":
        return ""
    return " ".join(" ".join(element.itertext()).split())  # type: ignore[arg-type]


def _read_role(found: dict[str, str], prose: list[str], role: etree._Element, prefix: str) -> None:
    for element in role.iter():
        for name, value in _read(element, prefix, local_name(element)):
            place = {"author.family_name": "author.name"}.get(f"{prefix}{name}", f"{prefix}{name}")
            place = name if name in ("ins", "rpps") else place
            if value and (place not in COLUMNS or found.setdefault(place, value) != value):
                prose.append(value)


def _read(element: etree._Element, prefix: str, name: str) -> Iterator[tuple[str, str]]:
    text = (element.text or "").strip()
    if name == "id":
        root, number = element.get("root", ""), element.get("extension", "")
        if root.startswith(_INS) and not prefix:
            yield "ins", f"{number}^^^&{root}&ISO^INS"
        elif root == _RPPS:
            yield "rpps", number[1:] if len(number) == 12 else number
        else:
            yield "patient_id", number
    elif name == "family":
        yield "family_name", text
    elif name == "given":
        yield "given_names", text
    elif name == "birthTime":
        yield "birth_date", element.get("value", "")[:8]
    elif name == "administrativeGenderCode":
        yield "sex", element.get("code", "")
    elif name == "telecom":
        scheme, _, value = element.get("value", "").partition(":")
        yield ("email" if scheme == "mailto" else "phone"), value
    elif name in ("streetAddressLine", "postalCode", "city"):
        yield "address", text
