# SPDX-License-Identifier: Apache-2.0
"""The figures of R1 that the product must establish alone.

The public knows no number of persons; the generator set it, with what is sure, likely and only possible.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tocsin.replays.expecting import account, accounting, claim, count, part, persons, value
from tocsin.replays.interface import Expected

LOGS = 2
"""Logs that tell of each act: an exception is a line in each."""

_REFUNDS = "categories.reimbursement.optical"


def expect(truth: Mapping[str, object]) -> list[Expected]:
    """List what the report must say of this truth."""
    letters = "contradicted" if truth["exceptions"] else "proven"
    return [
        *persons(truth),
        Expected(
            f"{_REFUNDS}.data_from", "2020-01-01T00:00:00Z", "Refunds: from", "Remboursements : à partir de"
        ),
        Expected(
            f"{_REFUNDS}.data_until", "2022-01-01T00:00:00Z", "Refunds: until", "Remboursements : jusqu’à"
        ),
        Expected(
            "not_in_registry",
            value(truth, "not_in_registry"),
            "Persons absent from the registry",
            "Personnes absentes du registre",
        ),
        Expected(
            "categories.identity.name.first_at", value(truth, "first_at"), "First reading", "Première lecture"
        ),
        claim("no:finance.bank", "No bank detail was read", "Aucune donnée bancaire n’a été lue", "proven"),
        claim("no:contact.email", "No e-mail address was read", "Aucun courriel n’a été lu", letters),
        claim(
            "no:contact.address",
            "No postal address was read",
            "Aucune adresse postale n’a été lue",
            letters,
        ),
        Expected(
            "claims.no:contact.address.exceptions_count",
            LOGS * int(count(truth, "exceptions")),
            "Lines that say otherwise",
            "Lignes qui disent le contraire",
        ),
        *_outage(part(truth, "outage")),
        *(account(name, str(verdict)) for name, verdict in part(truth, "accounts").items()),
        *accounting(truth),
    ]


def _outage(outage: Mapping[str, object]) -> Iterator[Expected]:
    """The platform was shut, and nobody could work."""
    told = {"from": ("from", "du"), "until": ("until", "au")}
    for bound, (en, fr) in told.items():
        figure = f"availability.outages.application.{bound}"
        yield Expected(figure, value(outage, bound), f"Nobody could work, {en}", f"Plus d’accès, {fr}")
