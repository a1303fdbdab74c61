# SPDX-License-Identifier: Apache-2.0
"""Writes the papers: pages that a browser prints and a word processor opens; retention table by table.

The tables and the sensitivity of their columns come from the code, how long to keep them from retention.toml.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from tocsin import __version__
from tocsin.core.errors import InputError, MachineError
from tocsin.core.tables import ALL_TABLES, Table
from tocsin.core.terms import Sensitivity
from tocsin.core.words import _
from tocsin.report.paper import render_paper, write_atomically

PACKAGE: Final = "tocsin.papers"

PAPERS: Final = {
    "0-a-lire-d-abord": "À lire d’abord",
    "1-analyse-d-impact": "Analyse d’impact relative à la protection des données (modèle)",
    "2-registre": "Fiche du registre des activités de traitement (modèle)",
    "3-information-des-professionnels": "Information des professionnels (modèle)",
    "4-note-aux-instances": "Note aux instances représentatives du personnel (modèle)",
    "5-durees-de-conservation": "Durées de conservation, table par table",
    "6-verrou-de-finalite": "Verrou de finalité (modèle d’engagement)",
    "7-sous-traitance-et-hebergement": "Clauses de sous-traitance et d’hébergement (modèle)",
}
"""File names and titles, in the order in which a site needs them."""

_SENSITIVITIES: Final = {
    Sensitivity.CLEAR: "aucune donnée qui désigne une personne",
    Sensitivity.LOCAL_ID: "identifiants internes (compte, numéro de dossier)",
    Sensitivity.IDENTITY: "identité de personnes, ou texte qui peut la contenir",
}
_ORDER: Final = (Sensitivity.CLEAR, Sensitivity.LOCAL_ID, Sensitivity.IDENTITY)


@dataclass(frozen=True, slots=True)
class Kept:
    """How long one table is kept."""

    table: str
    label: str
    """What it is, in words."""

    holds: str
    kind: str
    until: str
    why: str


def write_papers(folder: Path) -> list[Path]:
    """Write all papers. Raises InputError when one stands there already: a site may have filled it in."""
    targets = {name: folder / f"{name}.html" for name in PAPERS}
    for target in targets.values():
        if target.exists():
            raise InputError(
                _("This paper is there already."),
                do=_("Choose another folder: what a site has filled in is never overwritten."),
                where=target,
                code="paper_exists",
            )
    for name, target in targets.items():
        write_atomically(target, render(name))
    return list(targets.values())


def render(name: str) -> str:
    """One paper as a page."""
    return render_paper(
        PACKAGE,
        f"{name}.html.j2",
        lang="fr",
        title=PAPERS[name],
        version=__version__,
        papers=PAPERS,
        retention=retention(),
    )


def retention() -> list[Kept]:
    """Every table with its term; raises MachineError for a table that retention.toml does not class."""
    terms = tomllib.loads(files(PACKAGE).joinpath("retention.toml").read_text("utf-8"))
    kinds, classed = terms["kinds"], terms["tables"]
    kept = []
    for table in ALL_TABLES:
        if table.name not in classed:
            raise MachineError(
                _("The table {table} has no term of retention."),
                do=_("Class it in papers/retention.toml."),
                table=table.name,
            )
        held = classed[table.name]
        kind = kinds[held["kind"]]
        kept.append(Kept(table.name, held["label"], _holds(table), kind["label"], kind["until"], kind["why"]))
    return kept


def _holds(table: Table) -> str:
    worst = max((_ORDER.index(Sensitivity(column.sensitivity)) for column in table.columns), default=0)
    return _SENSITIVITIES[_ORDER[worst]]
