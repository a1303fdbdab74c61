# SPDX-License-Identifier: Apache-2.0
"""The figures of R8 that the product must establish alone, and the sentence that each one makes.

The public knows none of them: the generator set them. People named the account, the log is whole where it
matters and every page is known, so that floor, best and ceiling are one figure.
"""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.replays.expecting import category
from tocsin.replays.interface import Expected, Value

_COUNTS = (
    ("counts.persons.floor", "persons", "Distinct persons, at least", "Personnes distinctes, au moins"),
    (
        "counts.persons.best",
        "persons",
        "Distinct persons, most likely",
        "Personnes distinctes, au plus probable",
    ),
    ("counts.persons.ceiling", "persons", "Distinct persons, at most", "Personnes distinctes, au plus"),
    ("not_in_registry", "not_in_registry", "Files absent from the list", "Dossiers absents de la liste"),
    ("categories.identity.name.first_at", "first_at", "First reading", "Première lecture"),
    ("categories.identity.name.last_at", "last_at", "Last reading", "Dernière lecture"),
)
_CLAIMS = (
    ("no:finance.bank", "No bank detail was read", "Aucune donnée bancaire n’a été lue"),
    ("no:credential.password", "No password was read", "Aucun mot de passe n’a été lu"),
)
_ACCOUNTING = (
    ("files", "Log files", "Fichiers de journaux"),
    ("records", "Records in the logs", "Enregistrements dans les journaux"),
    ("events", "Events", "Événements"),
    ("set_aside", "Records set aside", "Enregistrements mis de côté"),
    ("first_at", "First event", "Premier événement"),
    ("last_at", "Last event", "Dernier événement"),
)


def expect(truth: Mapping[str, object], source: str = "portail") -> list[Expected]:
    """List what the report must say of this truth; `source` is the name that the log has in case.toml."""
    categories, accounting = _part(truth, "categories"), _part(truth, "accounting")
    return [
        *(Expected(figure, _value(truth[name]), en, fr) for figure, name, en, fr in _COUNTS),
        *(
            Expected(f"categories.{name}.persons.best", _value(count), *category(name))
            for name, count in categories.items()
        ),
        *_account(truth),
        Expected("controllers.count", 1, "Controllers concerned", "Responsables de traitement concernés"),
        *(Expected(f"claims.{name}.grade", ("proven", "not_observed"), en, fr) for name, en, fr in _CLAIMS),
        Expected(
            "claims.no:health.document.grade",
            "contradicted",
            "The claim that no document was read",
            "L’affirmation qu’aucun document n’a été lu",
        ),
        *(
            Expected(f"accounting.{source}.{name}", _value(accounting[name]), en, fr)
            for name, en, fr in _ACCOUNTING
        ),
    ]


def _account(truth: Mapping[str, object]) -> list[Expected]:
    figure = f"accounts.{_value(truth['account'])}"
    return [
        Expected(f"{figure}.verdict", "illegitimate", "The account is held", "Le compte est tenu pour"),
        Expected(
            f"{figure}.persons",
            _value(truth["persons"]),
            "Persons shown to it",
            "Personnes montrées à ce compte",
        ),
    ]


def _part(told: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = told[name]
    if not isinstance(part, dict):
        raise TypeError(f"{name} is no table")
    return part


def _value(value: object) -> Value:
    if not isinstance(value, (int, float, str)):
        raise TypeError("a figure is a number or a word")
    return value
