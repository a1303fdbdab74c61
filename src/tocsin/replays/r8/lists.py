# SPDX-License-Identifier: Apache-2.0
"""Writes the two lists that such a practice has: patients and accounts, as its software exports them.

Semicolons, a byte-order mark and Windows line ends, as a French spreadsheet likes them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from tocsin.replays.r8.people import File, Professional

PATIENT_HEADS = (
    "N° dossier",
    "Nom de naissance",
    "Prénoms",
    "Sexe",
    "Né(e) le",
    "N° de sécurité sociale",
    "Téléphone",
    "Courriel",
    "Adresse",
    "Code postal",
    "Ville",
)
ACCOUNT_HEADS = ("Identifiant", "Nom", "Fonction", "Ouvert le", "Départ le")


def write_patients(path: Path, files: Iterable[File]) -> None:
    """Write the list of patients."""
    rows = (
        (
            file.number,
            file.family,
            file.given,
            file.sex,
            f"{file.born:%d/%m/%Y}",
            file.nir,
            file.phone,
            file.email,
            file.street,
            "99000",
            "Bourg-Neuf",
        )
        for file in files
    )
    _write(path, PATIENT_HEADS, rows)


def write_accounts(path: Path, team: Iterable[Professional]) -> None:
    """Write the list of accounts."""
    rows = ((one.login, one.name, one.role, "04/01/2021", one.left_on) for one in team)
    _write(path, ACCOUNT_HEADS, rows)


def _write(path: Path, heads: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(heads)
        writer.writerows(rows)
