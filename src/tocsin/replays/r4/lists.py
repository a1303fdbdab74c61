# SPDX-License-Identifier: Apache-2.0
"""Writes each agency's files of persons, and the professionals' accounts."""

from __future__ import annotations

import csv
from functools import partial
from pathlib import Path

import pyarrow as pa

from tocsin.replays.chance import Ints
from tocsin.replays.parquet import in_order, write_parts
from tocsin.replays.r4.acts import World
from tocsin.replays.r4.lines import login
from tocsin.replays.r4.people import NUMBERINGS
from tocsin.replays.r4.size import AGENCIES

_ROLES = ("Assistante sociale", "Médecin coordonnateur", "Secrétariat", "Cadre de santé")


def write_persons(folder: Path, world: World) -> None:
    """Write one registry per agency."""
    for agency, name in enumerate(AGENCIES):
        build = partial(_persons, world, agency)
        write_parts(folder / f"{name}.parquet", in_order(build, len(world.people.rows[agency])))


def _persons(world: World, agency: int, index: Ints) -> pa.Table:
    rows = world.people.rows[agency][index]
    return pa.table({"dossier": NUMBERINGS[agency].ids(rows), **world.people.crowd.columns(rows)})


def write_accounts(path: Path, world: World) -> None:
    """Write the directory of accounts, common to the three."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(("compte", "metier", "ouvert_le"))
        for account in range(world.size.accounts + 10):
            writer.writerow((login(account), _ROLES[account % len(_ROLES)], "2022-09-01"))
