# SPDX-License-Identifier: Apache-2.0
"""Writes whom the platform holds, and the opticians' accounts."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa

from tocsin.replays.chance import Ints
from tocsin.replays.names import FAMILY_NAMES
from tocsin.replays.parquet import in_order, write_parts
from tocsin.replays.r1.acts import World
from tocsin.replays.r1.lines import IDS, login


def write_beneficiaries(path: Path, world: World) -> None:
    """Write the registry."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_parts(path, in_order(lambda rows: _beneficiaries(world, rows), world.size.held))


def _beneficiaries(world: World, row: Ints) -> pa.Table:
    return pa.table({"numero": IDS.ids(row), **world.crowd.columns(row)})


def write_opticians(path: Path, world: World) -> None:
    """Write the directory of accounts."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(("compte", "enseigne", "metier", "ouvert_le"))
        for account in range(world.size.opticians):
            shop = f"Optique {FAMILY_NAMES[account % len(FAMILY_NAMES)]}"
            writer.writerow((login(account), shop, "opticien-lunetier", "2019-01-07"))
