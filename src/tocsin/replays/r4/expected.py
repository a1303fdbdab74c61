# SPDX-License-Identifier: Apache-2.0
"""The figures of R4 that the product must establish alone: one statement over three agencies.

A person known to two agencies is counted once; contact data and numbers only for those of whom the page was
opened.
"""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.replays.expecting import account, accounting, claim, levels, part, persons, value
from tocsin.replays.interface import Expected

_CLAIMS = (
    ("no:health.record", "No medical record was read", "Aucun dossier médical n’a été lu"),
    ("no:health.document", "No document was read", "Aucun document n’a été lu"),
    ("no:finance.bank", "No bank detail was read", "Aucune donnée bancaire n’a été lue"),
)


def expect(truth: Mapping[str, object]) -> list[Expected]:
    """List what the report must say of this truth."""
    controllers = part(truth, "controllers")
    return [
        *persons(truth),
        *levels("counts.accounts", part(truth, "accounts_used"), ("Accounts used", "Comptes employés")),
        Expected("controllers.count", len(controllers), "Agencies concerned", "Agences concernées"),
        *(
            one
            for name in controllers
            for one in levels(
                f"controllers.largest.{name}.persons",
                part(controllers, name),
                (f"Persons of {name}", f"Personnes de {name}"),
            )
        ),
        Expected(
            "not_in_registry",
            value(truth, "not_in_registry"),
            "Persons absent from the registries",
            "Personnes absentes des registres",
        ),
        *(claim(name, en, fr, "proven") for name, en, fr in _CLAIMS),
        *(account(name, str(verdict)) for name, verdict in part(truth, "accounts").items()),
        *accounting(truth),
    ]
