# SPDX-License-Identifier: Apache-2.0
"""The figures of R3 that the product must establish alone, with the files or without them.

Files that left are counted; persons exactly where the files are read; else it must say what limits them, or
that nothing does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tocsin.replays.expecting import accounting, claim, levels, persons, scope, value
from tocsin.replays.interface import Expected
from tocsin.replays.tally import LEVELS

GRADES = {
    "not_read": ("not_observed", "unassessable", "unassessable"),
    "read": ("not_observed", "contradicted", "not_observed"),
    "proxy_only": ("proven", "contradicted", "proven"),
}
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
        *_files(truth),
        *persons(truth),
        *_why_boundless(truth),
        *scope(truth, _SCOPE),
        *_claims(str(truth["grades"])),
        Expected("period.from", value(truth, "first_at"), "First access", "Premier accès"),
        *accounting(truth),
    ]


def _files(truth: Mapping[str, object]) -> Iterator[Expected]:
    """The proxy tells pages read: that a file left, its copy and its bytes say."""
    counts = dict.fromkeys(LEVELS, truth["files"])
    yield from levels("counts.files", counts, ("Files taken", "Fichiers pris"))


def _claims(grades: str) -> Iterator[Expected]:
    """Grades by what the case holds: nothing is proven on the log of a host that the stranger commands."""
    no_bank, no_result, no_other = GRADES[grades]
    yield claim("no:finance.bank", "No bank detail left", "Aucune donnée bancaire n’est sortie", no_bank)
    yield claim("no:health.result", "No test result left", "Aucun résultat d’examen n’est sorti", no_result)
    yield claim(
        "no_other_source",
        "No other system showed anything",
        "Aucun autre système n’a rien montré",
        no_other,
    )


def _why_boundless(truth: Mapping[str, object]) -> Iterator[Expected]:
    reason = value(truth, "ceiling_reason")
    if reason:
        yield Expected(
            "counts.persons.ceiling_reason",
            reason,
            "Why nothing limits the number of persons",
            "Pourquoi rien ne borne le nombre de personnes",
        )
