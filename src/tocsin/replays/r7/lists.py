# SPDX-License-Identifier: Apache-2.0
"""Writes the patients of all practices, and the directory of accounts; two of them have ended."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa

from tocsin.replays.chance import Ints
from tocsin.replays.parquet import in_order, write_parts
from tocsin.replays.r7.acts import DEPARTED, RETIRED, World
from tocsin.replays.r7.lines import login
from tocsin.replays.r7.size import PRACTICE

_ROLES = ("Médecin généraliste", "Médecin généraliste", "Médecin spécialiste", "Secrétariat médical")
_ENDS = {DEPARTED: "2025-10-01", RETIRED: "2025-07-01"}
"""The first day on which the account is no longer anybody's."""


def practice(number: int) -> str:
    """Give the id of a practice."""
    return f"cabinet-{number:05d}"


def write_patients(path: Path, world: World) -> None:
    """Write the registry, with the practice whose base each row stands in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_parts(path, in_order(lambda row: _patients(world, row), world.size.held))


def _patients(world: World, row: Ints) -> pa.Table:
    size = world.size
    number = np.where(row < size.large, 0, (row - size.large) // size.each + 1)
    return pa.table(
        {
            "dossier": world.numbering.ids(row),
            "cabinet": pa.array([practice(one) for one in number.tolist()]),
            **world.crowd.columns(row),
        }
    )


def write_accounts(path: Path, world: World) -> None:
    """Write the directory."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(("compte", "rpps", "metier", "cabinet", "ouvert_le", "clos_le"))
        for account in range(world.size.accounts):
            number = f"8100{2_000_000 + account * 37:07d}"
            role = _ROLES[account % PRACTICE]
            home = practice(account // PRACTICE)
            writer.writerow((login(account), number, role, home, "2021-03-01", _ENDS.get(account, "")))
