# SPDX-License-Identifier: Apache-2.0
"""The figures of R2 that the product must establish alone, in one region.

What a search found is reconstructed, so only readings stand in the floor. Sessions are told apart from their
owner's by their weight: what is most likely lies between what is sure and what the strangers obtained.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tocsin.replays.expecting import account, accounting, claim, count, part, persons, scope
from tocsin.replays.figures import Between
from tocsin.replays.interface import Expected
from tocsin.replays.r2.size import UNNAMED

TELLING = 0.3
"""Scale from which strangers read fast enough to be told from their habit."""

_CLAIMS = (
    ("no:health.record", "No medical record was read", "Aucun dossier médical n’a été lu"),
    ("no:health.document", "No document was read", "Aucun document n’a été lu"),
    ("no:id.nir", "No national number was read", "Aucun numéro de sécurité sociale n’a été lu"),
)


def expect(truth: Mapping[str, object]) -> list[Expected]:
    """List what the report must say of this truth."""
    if truth["variant"] == UNNAMED:
        return [*_found(truth), *accounting(truth)]
    return [
        *persons(truth),
        *scope(truth),
        *(claim(name, en, fr, "proven") for name, en, fr in _CLAIMS),
        *(account(name, str(verdict)) for name, verdict in part(truth, "accounts").items()),
        Expected("not_in_registry", 0, "Persons absent from the registry", "Personnes absentes du registre"),
        *accounting(truth),
    ]


def _found(truth: Mapping[str, object]) -> Iterator[Expected]:
    """What must be found where nobody is named: the accounts, where strangers read as much as they did.

    Below, one asks a few times a week, and only the account whose owner had left can be told.
    """
    are_told = count(truth, "scale") >= TELLING
    seen = list(part(truth, "usurped" if are_told else "accounts"))
    yield from (account(name, "doubtful") for name in seen)
    yield Expected("counts.persons.floor", 0, "Persons, before a decision", "Personnes, avant toute décision")
    yield Expected(
        "counts.accounts.ceiling", len(seen), "Accounts told to be looked at", "Comptes donnés à examiner"
    )
    if are_told:
        every = Between(int(count(part(truth, "strangers"), "persons")), int(count(truth, "held")))
        yield Expected("counts.persons.ceiling", every, "Persons, at most", "Personnes, au plus")
