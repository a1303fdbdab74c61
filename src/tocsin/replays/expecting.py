# SPDX-License-Identifier: Apache-2.0
"""The figures that every replay expects, from a truth written by `tally`: counts, categories, logs, claims.

Only lays them out in words; what is special to an incident stands with its replay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tocsin.core.words import words
from tocsin.replays.figures import Between
from tocsin.replays.interface import Expected, Value
from tocsin.replays.tally import LEVELS
from tocsin.report.codes import CATEGORIES

_AT = {
    "floor": ("at least", "au moins"),
    "best": ("most likely", "au plus probable"),
    "ceiling": ("at most", "au plus"),
}
SCOPE = (
    ("events", "Accesses examined", "Accès examinés"),
    ("disclosed", "Accesses that showed somebody", "Accès qui ont montré quelqu’un"),
    ("nothing_shown", "Accesses that showed nobody", "Accès sans personne montrée"),
    ("unresolved", "Accesses of which nobody can tell", "Accès dont personne ne peut rien dire"),
)
_ACCOUNTING = (
    ("files", "Log files", "Fichiers de journaux"),
    ("records", "Records", "Enregistrements"),
    ("events", "Events", "Événements"),
    ("set_aside", "Records set aside", "Enregistrements mis de côté"),
    ("first_at", "First event", "Premier événement"),
    ("last_at", "Last event", "Dernier événement"),
)


def part(told: Mapping[str, object], name: str) -> Mapping[str, object]:
    """Give a table of the truth."""
    held = told[name]
    if not isinstance(held, dict):
        raise TypeError(f"{name} is no table")
    return held


def value(told: Mapping[str, object], name: str) -> Value:
    """Give a figure of the truth."""
    held = told[name]
    if isinstance(held, list):
        return Between(*held)
    if not isinstance(held, (int, float, str)):
        raise TypeError(f"{name} is no figure")
    return held


def count(told: Mapping[str, object], name: str) -> float:
    """Give a number of the truth."""
    held = told[name]
    if not isinstance(held, (int, float)):
        raise TypeError(f"{name} is no number")
    return held


def persons(truth: Mapping[str, object]) -> Iterator[Expected]:
    """The three counts, in all and for each category; a ceiling that the truth leaves out has no number."""
    yield from levels("counts.persons", part(truth, "persons"), ("Distinct persons", "Personnes distinctes"))
    for name, counts in part(truth, "categories").items():
        if not isinstance(counts, dict):
            raise TypeError(f"{name} has no counts")
        wording = category(name)
        yield from levels(f"categories.{name}.persons", counts, wording)


def category(name: str) -> tuple[str, str]:
    """A category's persons, in English and in French."""
    en, fr = (words(lang).text(CATEGORIES.get(name, name)) for lang in ("en", "fr"))
    return f"Persons: {en}", f"Personnes : {fr}"


def levels(figure: str, counts: Mapping[str, object], wording: tuple[str, str]) -> Iterator[Expected]:
    """Floor, best and ceiling of one count, those that the truth has."""
    for level in LEVELS:
        if level in counts:
            en, fr = _AT[level]
            yield Expected(
                f"{figure}.{level}", value(counts, level), f"{wording[0]}, {en}", f"{wording[1]}, {fr}"
            )


def scope(truth: Mapping[str, object], wording: Sequence[tuple[str, str, str]] = SCOPE) -> Iterator[Expected]:
    """Where each access examined went; `wording` gives a figure of `scope` its sentence in both languages."""
    told = part(truth, "scope")
    yield from (Expected(f"scope.{name}", value(told, name), en, fr) for name, en, fr in wording)


def readings(truth: Mapping[str, object]) -> Iterator[Expected]:
    """When somebody's name was read, first and last."""
    figure = "categories.identity.name"
    yield Expected(f"{figure}.first_at", value(truth, "first_at"), "First reading", "Première lecture")
    yield Expected(f"{figure}.last_at", value(truth, "last_at"), "Last reading", "Dernière lecture")


def accounting(truth: Mapping[str, object]) -> Iterator[Expected]:
    """What each log holds."""
    for source, told in part(truth, "accounting").items():
        if not isinstance(told, dict):
            raise TypeError(f"{source} has no accounting")
        for name, en, fr in _ACCOUNTING:
            figure = f"accounting.{source}.{name}"
            yield Expected(figure, value(told, name), f"{en} ({source})", f"{fr} ({source})")


def claim(name: str, en: str, fr: str, *grades: str) -> Expected:
    """A claim and the grades of which any is right."""
    return Expected(f"claims.{name}.grade", grades, en, fr)


def account(name: str, verdict: str) -> Expected:
    """What an account is held for."""
    return Expected(
        f"accounts.{name}.verdict", verdict, f"The account {name} is held", f"Le compte {name} est tenu pour"
    )
