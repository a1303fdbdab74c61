# SPDX-License-Identifier: Apache-2.0
"""What a column's name says: which field, and whose. Guardians and professionals are not the subject."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tocsin.core.field_names import Field, field_of, plain_name

SUBJECT, GUARDIAN, PROFESSIONAL = "subject", "guardian", "professional"

_GUARDIANS: Final = (
    "guardian",
    "tuteur",
    "tutrice",
    "curateur",
    "representantlegal",
    "responsablelegal",
    "responsable",
    "parent",
    "mere",
    "pere",
    "mother",
    "father",
    "nextofkin",
    "personnedeconfiance",
    "personneaprevenir",
    "relatedperson",
)
_PROFESSIONALS: Final = (
    "prescripteur",
    "prescriber",
    "practitioner",
    "praticien",
    "medecin",
    "docteur",
    "doctor",
    "author",
    "auteur",
    "professional",
    "professionnel",
    "infirmier",
    "operateur",
    "operator",
    "performer",
    "biologiste",
    "pharmacien",
    "opticien",
)
_AS_PROFESSIONAL: Final = {
    "identity.name": "professional.name",
    "contact.phone": "professional.contact",
    "contact.email": "professional.contact",
    "contact.address": "professional.contact",
    "id.local": "professional.id",
}
_NUMBERS: Final = ("rpps", "adeli", "finess")


@dataclass(frozen=True, slots=True)
class Name:
    """A column's name, understood."""

    role: str
    field: Field | None
    number: str | None = None
    """Of a professional's identifiers, which: rpps, adeli or finess."""

    @property
    def category(self) -> str | None:
        """The category that the name alone would give."""
        if self.field is None:
            return None
        if self.role == PROFESSIONAL:
            return _AS_PROFESSIONAL.get(self.field.category, self.field.category)
        return self.field.category


def read_name(name: str) -> Name:
    """What the name of a column says; its last parts too, where it is a path (`Patient.name.family`)."""
    role = _role_of(name)
    parts = [part for part in re.split(r"[./\[\]^:]+", name) if part and not part.isdecimal()]
    candidates = [name, "".join(parts[-2:]), *parts[-1:]]
    if role != SUBJECT:
        candidates += [_without_role(candidate) for candidate in candidates]
    fields = (field_of(candidate) for candidate in candidates)
    field = next((field for field in fields if field is not None), None)
    plain = plain_name(name)
    number = next((kind for kind in _NUMBERS if kind in plain), None)
    if number is not None and field is None:
        field = field_of(number)
    if field is not None and field.category.startswith("professional."):
        role = PROFESSIONAL
    return Name(role, field, number if role == PROFESSIONAL or field is not None else None)


def _role_of(name: str) -> str:
    parts = [plain_name(part) for part in re.split(r"[./_\s-]+", name)] + [plain_name(name)]
    if any(part.startswith(_GUARDIANS) for part in parts):
        return GUARDIAN
    return PROFESSIONAL if any(part.startswith(_PROFESSIONALS) for part in parts) else SUBJECT


def _without_role(name: str) -> str:
    plain = plain_name(name)
    for word in sorted((*_GUARDIANS, *_PROFESSIONALS), key=len, reverse=True):
        bare = plain.removeprefix(word).removesuffix(word)
        if bare != plain and bare:
            return re.sub(r"^(?:du|de|of)(?=...)", "", bare)
    return plain
