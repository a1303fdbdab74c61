# SPDX-License-Identifier: Apache-2.0
"""The figures of R5 that the product must establish alone, and the sentence that each one makes.

Public figures come first. Where detection proposes the suspect nobody has decided, so nothing stands
in the floor; where people named it, floor and best are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tocsin.replays.expecting import category, part, readings, value
from tocsin.replays.interface import Expected

_UNCONTRADICTED = ("proven", "not_observed")

_CLAIMS = (
    ("no:health.reason", "No reason for an appointment was read", "Aucun motif de rendez-vous n’a été lu"),
    ("no:health.document", "No document was read", "Aucun document n’a été lu"),
    ("no:credential.password", "No password was read", "Aucun mot de passe n’a été lu"),
    ("no:finance.bank", "No bank detail was read", "Aucune donnée bancaire n’a été lue"),
    (
        "no_from:appointment:site",
        "None of the appointments had been booked on the site",
        "Aucun des rendez-vous n’avait été pris sur le site",
    ),
    (
        "no_from:appointment:practice-software",
        "None had been booked in the platform's own software",
        "Aucun n’avait été pris dans le logiciel de la plateforme",
    ),
    ("no_change:appointment", "No appointment was modified", "Aucun rendez-vous n’a été modifié"),
    ("protected:health.reason", "Reasons were unreadable", "Les motifs étaient illisibles"),
)


def expect(scale: float, truth: Mapping[str, object]) -> list[Expected]:
    """List what the report must say of this truth."""
    return [*_public(truth, scale), *_told(truth), *_claims(), *_accounting(truth)]


def _public(truth: Mapping[str, object], scale: float) -> Iterator[Expected]:
    share = part(truth, "share")
    size = "" if scale == 1 else f" (1 : {1 / scale:g})"
    yield Expected(
        "counts.records:appointment.best",
        value(truth, "appointments"),
        f"Appointments disclosed{size}",
        f"Rendez-vous divulgués{size}",
    )
    yield Expected(
        "shares.records:appointment.share",
        value(share, "share"),
        "Share of the appointments made in a month",
        "Part des rendez-vous pris en un mois",
    )
    yield Expected(
        "shares.records:appointment.count",
        value(share, "count"),
        "Of these, booked within the month",
        "Dont pris dans le mois",
    )
    yield Expected(
        "shares.records:appointment.total",
        value(share, "total"),
        "Appointments made in the month",
        "Rendez-vous pris dans le mois",
    )
    yield Expected(
        "controllers.count",
        len(part(truth, "controllers")),
        "Practices and establishments concerned",
        "Cabinets et établissements concernés",
    )


def _told(truth: Mapping[str, object]) -> Iterator[Expected]:
    persons = value(truth, "persons")
    yield Expected("counts.persons.best", persons, "Distinct persons", "Personnes distinctes")
    if truth["opened_at"] is None:
        appointments = value(truth, "appointments")
        yield Expected("counts.persons.floor", persons, "Persons, at least", "Personnes, au moins")
        yield Expected(
            "counts.records:appointment.floor",
            appointments,
            "Appointments, at least",
            "Rendez-vous, au moins",
        )
    else:
        yield Expected("accounts.1.account", value(truth, "account"), "The account found", "Le compte trouvé")
    told = part(truth, "categories")
    for name in told:
        yield Expected(f"categories.{name}.persons.best", value(told, name), *category(name))
    yield from readings(truth)
    hidden = value(part(truth, "unreadable"), "persons")
    yield Expected(
        "unreadable.persons", hidden, "Persons shown encrypted only", "Personnes vues chiffrées seulement"
    )
    yield Expected("not_in_registry", 0, "Local ids not in the registry", "Identifiants absents du registre")
    yield Expected("modifications.records.best", 0, "Appointments modified", "Rendez-vous modifiés")


def _claims() -> Iterator[Expected]:
    for claim, en, fr in _CLAIMS:
        yield Expected(f"claims.{claim}.grade", _UNCONTRADICTED, en, fr)


def _accounting(truth: Mapping[str, object]) -> Iterator[Expected]:
    told = part(part(truth, "accounting"), "gateway")
    for name, en, fr in (
        ("files", "Log files", "Fichiers de journaux"),
        ("records", "Records in the logs", "Enregistrements dans les journaux"),
        ("events", "Events", "Événements"),
        ("set_aside", "Records set aside", "Enregistrements mis de côté"),
        ("non_events", "Records that are no events", "Enregistrements qui ne sont pas des événements"),
        ("first_at", "First event", "Premier événement"),
        ("last_at", "Last event", "Dernier événement"),
    ):
        yield Expected(f"accounting.gateway.{name}", value(told, name), en, fr)
