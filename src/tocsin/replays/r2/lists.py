# SPDX-License-Identifier: Apache-2.0
"""Writes the server's patients, with the instant since which each is held, and the accounts."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa

from tocsin.replays.chance import Ints
from tocsin.replays.parquet import in_order, write_parts
from tocsin.replays.r2.acts import DEPARTED, World
from tocsin.replays.r2.lines import professional

_ROLES = ("Médecin", "Infirmier", "Pharmacien", "Secrétariat médical")


def write_patients(path: Path, world: World) -> None:
    """Write the registry."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_parts(path, in_order(lambda index: _patients(world, index), world.size.held))


def _patients(world: World, index: Ints) -> pa.Table:
    row = world.size.first_row + index
    since = pa.array(world.patients.since(row) * 1_000).cast(pa.timestamp("us", tz="UTC"))
    return pa.table(
        {
            "identifiant": world.patients.numbering.ids(row),
            "depuis": since,
            **world.crowd.columns(row),
        }
    )


def write_accounts(path: Path, world: World) -> None:
    """Write the directory of accounts; one of them has left."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(("compte", "rpps", "metier", "ouvert_le", "ferme_le"))
        for account in range(world.size.accounts):
            left = "2025-05-31" if account == DEPARTED else ""
            number = professional(account)
            writer.writerow((number, number, _ROLES[account % len(_ROLES)], "2021-03-01", left))
