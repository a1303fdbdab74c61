# SPDX-License-Identifier: Apache-2.0
"""The figures of R2 that the product must establish alone, in one region.

What a search found is reconstructed, so only readings stand in the floor; sessions that cannot be told
apart from the owner's stand in the ceiling.
"""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.replays.expecting import account, accounting, claim, part, persons, value
from tocsin.replays.interface import Expected

_SCOPE = (
    ("events", "Accesses examined", "Accès examinés"),
    ("disclosed", "Accesses that showed somebody", "Accès qui ont montré quelqu’un"),
    (
        "nothing_shown",
        "Accesses that showed nobody",
        "Accès sans personne montrée",
    ),
    ("unresolved", "Accesses of which nobody can tell", "Accès dont personne ne peut rien dire"),
)
_CLAIMS = (
    ("no:health.record", "No medical record was read", "Aucun dossier médical n’a été lu"),
    ("no:health.document", "No document was read", "Aucun document n’a été lu"),
    ("no:id.nir", "No national number was read", "Aucun numéro de sécurité sociale n’a été lu"),
)


def expect(truth: Mapping[str, object]) -> list[Expected]:
    """List what the report must say of this truth."""
    return [
        *persons(truth),
        *(Expected(f"scope.{name}", value(part(truth, "scope"), name), en, fr) for name, en, fr in _SCOPE),
        *(claim(name, en, fr, "proven") for name, en, fr in _CLAIMS),
        *(account(name, str(verdict)) for name, verdict in part(truth, "accounts").items()),
        Expected("not_in_registry", 0, "Persons absent from the registry", "Personnes absentes du registre"),
        *accounting(truth),
    ]
