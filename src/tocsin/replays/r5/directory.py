# SPDX-License-Identifier: Apache-2.0
"""Writes the directory of accounts: whose they are, since when, and whom a patient's account may see.

`dependants` is an empty list for a patient without any, and null for accounts that are no patient's.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from tocsin.replays.chance import Ints
from tocsin.replays.households import NOBODY
from tocsin.replays.parquet import in_order, write_parts
from tocsin.replays.r5.accounts import login, opened_at
from tocsin.replays.r5.actors import STAFF_EACH, staff_number
from tocsin.replays.r5.clock import DAY, instant
from tocsin.replays.r5.registry import patient_ids, practice_ids
from tocsin.replays.r5.scene import Scene
from tocsin.replays.text import Part, digits, number, strings

_UTC = pa.timestamp("us", tz="UTC")
_HIRED = instant("2018-01-01T00:00:00")


def write_directory(folder: Path, scene: Scene, newcomer_opened: int | None) -> None:
    """Write accounts.parquet under `folder`; the newcomer's account is there when it was opened."""
    folder.mkdir(parents=True)
    write_parts(folder / "accounts.parquet", _tables(scene, newcomer_opened))


def _tables(scene: Scene, newcomer_opened: int | None) -> Iterator[pa.Table]:
    yield from in_order(lambda rows: _patients(scene, rows), scene.size.persons)
    if newcomer_opened is not None:
        newcomer = np.array([scene.newcomer], dtype=np.int64)
        yield _of_patients(newcomer, np.array([newcomer_opened]), np.full((1, 2), NOBODY, dtype=np.int64))
    yield _staff(scene)
    yield _software(scene)


def _patients(scene: Scene, rows: Ints) -> pa.Table:
    holders = rows[scene.households.holder(rows) == rows]
    dependants = np.stack(scene.households.dependants(holders), axis=1)
    return _of_patients(holders, opened_at(scene.households, holders), dependants)


def _of_patients(holders: Ints, opened: Ints, dependants: Ints) -> pa.Table:
    offsets = np.concatenate([[0], np.cumsum((dependants != NOBODY).sum(axis=1))])
    lists = pa.ListArray.from_arrays(
        pa.array(offsets.astype(np.int32)), patient_ids(dependants[dependants != NOBODY])
    )
    logins: list[Part] = [b"u", digits(login(holders), 8)]
    return _table(logins, role="patient", opened=opened, person=patient_ids(holders), dependants=lists)


def _staff(scene: Scene) -> pa.Table:
    staff = np.arange(scene.size.practices * STAFF_EACH, dtype=np.int64)
    hired = _HIRED + scene.chance.below("hired", staff, 800) * DAY
    organisation = practice_ids(staff // STAFF_EACH)
    logins: list[Part] = [b"pro-", number(staff_number(staff), 6)]
    return _table(logins, role="practice staff", opened=hired, organisation=organisation)


def _software(scene: Scene) -> pa.Table:
    accounts = np.arange(101, 101 + scene.size.software, dtype=np.int64)
    opened = np.full(len(accounts), _HIRED, dtype=np.int64)
    return _table([b"sw-", digits(accounts, 3)], role="connected software", opened=opened)


def _table(
    logins: list[Part],
    *,
    role: str,
    opened: Ints,
    organisation: pa.Array | None = None,
    person: pa.Array | None = None,
    dependants: pa.Array | None = None,
) -> pa.Table:
    rows = len(opened)
    lists = pa.list_(pa.string())
    return pa.table(
        {
            "login": strings(rows, logins),
            "role": pa.repeat(pa.scalar(role), rows),
            "practice_id": pa.nulls(rows, pa.string()) if organisation is None else organisation,
            "opened_at": pa.array(opened * 1_000).cast(_UTC),
            "own_patient_id": pa.nulls(rows, pa.string()) if person is None else person,
            "dependants": pa.nulls(rows, lists) if dependants is None else dependants.cast(lists),
        }
    )
