# SPDX-License-Identifier: Apache-2.0
"""The figures of R3 that the product must establish alone, as long as it does not read the files.

Files that left are counted; of persons it must say that nothing limits them, or by what.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tocsin.replays.expecting import accounting, claim, levels, part, persons, value
from tocsin.replays.interface import Expected
from tocsin.replays.tally import LEVELS

_SCOPE = (
    ("events", "Accesses examined", "Accès examinés"),
    ("disclosed", "Accesses that showed named persons", "Accès qui ont montré des personnes nommées"),
    ("nothing_shown", "Probes and lists, which showed nobody", "Sondages et listes, sans personne montrée"),
    (
        "unresolved",
        "Files taken whose content nobody has read",
        "Fichiers pris dont personne n’a lu le contenu",
    ),
)


def expect(truth: Mapping[str, object]) -> list[Expected]:
    """List what the report must say of this truth."""
    return [
        *levels("counts.files", dict.fromkeys(LEVELS, truth["files"]), ("Files taken", "Fichiers pris")),
        *persons(truth),
        *_why_boundless(truth),
        *(Expected(f"scope.{name}", value(part(truth, "scope"), name), en, fr) for name, en, fr in _SCOPE),
        claim(
            "no:finance.bank", "No bank detail left", "Aucune donnée bancaire n’est sortie", "not_observed"
        ),
        claim(
            "no:health.result",
            "No test result left",
            "Aucun résultat d’examen n’est sorti",
            "unassessable",
        ),
        claim(
            "no_other_source",
            "No other system showed anything",
            "Aucun autre système n’a rien montré",
            "unassessable",
        ),
        Expected("period.from", value(truth, "first_at"), "First access", "Premier accès"),
        *accounting(truth),
    ]


def _why_boundless(truth: Mapping[str, object]) -> Iterator[Expected]:
    reason = value(truth, "ceiling_reason")
    if reason:
        yield Expected(
            "counts.persons.ceiling_reason",
            reason,
            "Why nothing limits the number of persons",
            "Pourquoi rien ne borne le nombre de personnes",
        )
