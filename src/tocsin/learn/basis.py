# SPDX-License-Identifier: Apache-2.0
"""Why a category is proposed: one piece of evidence each, with where it was found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tocsin.core.terms import Category


class Evidence(StrEnum):
    """Strongest first: what was seen in a reply, what a schema declares, what a type can hold."""

    WALK = "walk"
    OPENAPI = "openapi"
    FHIR = "fhir"


@dataclass(frozen=True, slots=True)
class Basis:
    """One category, and what speaks for it."""

    category: str
    evidence: Evidence
    where: str
    """A field's path, or a resource type; never a value."""


ORDER: Final = [category.value for category in Category]


def categories_of(basis: list[Basis]) -> list[str]:
    """What is proposed, in the order of the vocabulary.

    A type says what it can hold, a schema and a reply what this very request does: where there is one of
    these, types are silent.
    """
    closer = [one for one in basis if one.evidence is not Evidence.FHIR]
    return sorted({one.category for one in closer or basis}, key=ORDER.index)
