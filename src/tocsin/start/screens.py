# SPDX-License-Identifier: Apache-2.0
"""From what a person says of a page to a rule of the catalogue.

A page's number is the patient's when most of its values stand in the list of patients, or when the path says
so; else the person is asked. What nobody knows gets no rule: it stays unresolved, and is said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tocsin.start.columns import plain
from tocsin.start.reading import Screen

CHOICES: Final = (
    "identity.name",
    "identity.sex",
    "identity.birth_date",
    "id.nir",
    "id.ins",
    "contact.phone",
    "contact.email",
    "contact.address",
    "insurance.insurer",
    "appointment.date",
    "health.reason",
    "health.record",
    "health.prescription",
    "health.result",
    "health.document",
    "reimbursement.other",
    "finance.bank",
    "other",
)
"""What a page may show, in the order in which it is offered."""

_CARD = ("identity.name", "identity.sex", "identity.birth_date", "id.nir", "contact.phone", "contact.email",
         "contact.address")  # fmt: skip
_HINTS: Final = (
    (r"connexion|login|logout|deconnexion|session|accueil|home|static|assets|sante|health|ping|favicon", ()),
    (r"ordonnances?|prescriptions?", ("health.prescription",)),
    (r"resultats?|biologie|labo|results?", ("health.result",)),
    (r"documents?|courriers?|fichiers?|pieces?|pdf|files?", ("health.document",)),
    (r"consultations?|observations?|notes?|antecedents|dossier-medical|history", ("health.record",)),
    (r"rendez-?vous|rdv|agenda|appointments?", ("identity.name", "appointment.date")),
    (r"fiche|identite|administratif|etat-civil|coordonnees|card|profile", _CARD),
)
_WORDS_OF_PERSONS = re.compile(r"patients?|dossiers?|usagers?|beneficiaires?|personnes?|persons?|malades?")
MOST = 0.5
"""Share of a page's numbers that must stand in the list for them to be patients' numbers."""

MOST_ASKED = 12

PERSON, RECORD, SEVERAL = "person", "record", "several"
"""Whose a page's number is: the patient's own, one patient's document or appointment, or neither."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One [[shows]] to be."""

    source: str
    action: str
    object: str | None
    object_type: str | None
    categories: tuple[str, ...]


def is_static(screen: Screen) -> bool:
    """Style sheets, scripts and images: nobody's data."""
    return bool(screen.template and screen.template.endswith("/*"))


def proposal(screen: Screen) -> tuple[str, ...] | None:
    """What the path lets think that a page shows; None when it says nothing."""
    words = plain((screen.template or "").rsplit("{}", 1)[-1] or "").split()
    words += plain(screen.template or "").split()
    for word in words:
        for pattern, categories in _HINTS:
            if re.fullmatch(pattern, word):
                return categories
    return None


def whose(screen: Screen, listed: Mapping[int, int]) -> tuple[int, str] | None:
    """The segment that is the patient's number, and how that is known; None when nothing tells.

    `listed` gives, for a segment, how many of its values stand in the list of patients.
    """
    for segment in screen.segments:
        if screen.distinct and listed.get(segment, 0) > MOST * screen.distinct:
            return segment, "listed"
    parts = (screen.template or "").split("/")
    for segment in screen.segments:
        before = plain(parts[segment - 2]) if segment > 1 else ""
        if _WORDS_OF_PERSONS.fullmatch(before):
            return segment, "word"
    return None


def rule_of(screen: Screen, categories: Sequence[str], person_segment: int | None, answer: str = "") -> Rule:
    """The rule that says it; `answer` is whose the number is, when somebody had to be asked."""
    if answer == PERSON and person_segment is None and screen.segments:
        person_segment = screen.segments[0]
    return Rule(
        screen.source,
        screen.action,
        _object(screen, person_segment, names_record=answer == RECORD),
        screen.object_type,
        tuple(categories),
    )


def _object(screen: Screen, person_segment: int | None, *, names_record: bool) -> str | None:
    if screen.template is None or screen.names_person:
        return None if screen.template is None else screen.template.replace("{}", "*")
    parts = screen.template.split("/")
    record_at = screen.segments[-1] if names_record and screen.segments else None
    for segment in screen.segments:
        if segment == person_segment:
            parts[segment - 1] = "{person}"
        elif segment == record_at:
            kind = re.sub(r"\W", "", plain(parts[segment - 2])) or "record"
            parts[segment - 1] = f"{{record:{kind}}}"
        else:
            parts[segment - 1] = "*"
    return "/".join(parts)


def shown_template(screen: Screen) -> str:
    """A path for people: what varies is written as a number in angle quotes."""
    text, number = "", 0
    for piece in re.split(r"(\{\})", screen.template or screen.object_type or screen.action):
        if piece == "{}":
            number += 1
            text += f"‹{number}›"
        else:
            text += piece
    return text
