# SPDX-License-Identifier: Apache-2.0
"""Writes who the patients are, their appointments and the practices, as the platform's own exports.

Column names are the platform's; case.toml says which of ours they are.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tocsin.replays.chance import Ints
from tocsin.replays.households import NOBODY, Households
from tocsin.replays.names import FAMILY_NAMES
from tocsin.replays.parquet import in_order, write_parts
from tocsin.replays.r5.accounts import local_id
from tocsin.replays.r5.appointments import ORIGINS, practice_number
from tocsin.replays.r5.scene import Scene
from tocsin.replays.spelling import (
    birth_dates,
    birth_names,
    given_names,
    long_numbers,
    mailboxes,
    sexes,
    used_names,
)
from tocsin.replays.text import digits, strings

_UTC = pa.timestamp("us", tz="UTC")
_PLACES = ("Centre de santé", "Cabinet", "Maison médicale", "Clinique")


def write_registry(folder: Path, scene: Scene, with_newcomer: bool) -> None:
    """Write patients, appointments and practices under `folder`."""
    folder.mkdir(parents=True)
    rows = scene.size.persons + with_newcomer
    patients = in_order(lambda part: _patients(scene, part), rows)
    write_parts(folder / "patients.parquet", patients)
    appointments = in_order(lambda part: _appointments(scene, part), scene.size.appointments)
    write_parts(folder / "appointments.parquet", appointments)
    pq.write_table(_practices(scene), folder / "practices.parquet")


def patient_ids(row: Ints) -> pa.Array:
    """Give the local ids of rows, null for NOBODY."""
    return strings(len(row), [b"p", digits(local_id(row), 8)], null=row == NOBODY)


def practice_ids(practice: Ints) -> pa.Array:
    """Give the ids of practices."""
    return strings(len(practice), [b"practice-", digits(practice_number(practice), 5)])


def _patients(scene: Scene, row: Ints) -> pa.Table:
    known = scene.households.identity(row)
    practice = scene.chance.below("first practice", row, scene.size.practices)
    return pa.table(
        {
            "patient_id": patient_ids(row),
            "practice_id": practice_ids(practice),
            "nss": long_numbers(known.nss),
            "ins": long_numbers(known.ins),
            "birth_rank": pa.array(known.rank.astype(np.int32), mask=known.rank == 0),
            "birth_name": birth_names(known),
            "used_name": used_names(known),
            "given_names": given_names(known),
            "sex": sexes(known),
            "birth_date": birth_dates(known),
            "birth_insee": strings(len(row), [digits(known.birth.place(), 5)]),
            "phone": _phones(scene.households, row),
            "email": mailboxes(known, row),
            "guardian_id": patient_ids(known.guardian),
        }
    )


def _phones(households: Households, row: Ints) -> pa.Array:
    held = households.holder(row)
    return strings(
        len(row),
        [b"+33199", digits(households.chance.below("phone", np.where(held < 0, row, held), 10**6), 6)],
    )


def _appointments(scene: Scene, rank: Ints) -> pa.Table:
    all_of = scene.appointments
    origin = pa.DictionaryArray.from_arrays(pa.array(all_of.origin(rank).astype(np.int8)), pa.array(ORIGINS))
    return pa.table(
        {
            "appointment_id": strings(len(rank), [digits(all_of.number(rank), 9)]),
            "patient_id": patient_ids(all_of.person(rank)),
            "practice_id": practice_ids(all_of.practice(rank)),
            "starts_at": pa.array(all_of.starts_at(rank) * 1_000).cast(_UTC),
            "booked_at": pa.array(all_of.booked_at(rank) * 1_000).cast(_UTC),
            "booking_software": origin.cast(pa.string()),
        }
    )


def _practices(scene: Scene) -> pa.Table:
    every = np.arange(scene.size.practices, dtype=np.int64)
    town = scene.chance.below("town", every, len(FAMILY_NAMES))
    return pa.table(
        {
            "id": practice_ids(every),
            "name": [f"{_PLACES[at % 4]} {FAMILY_NAMES[of]}" for at, of in enumerate(town.tolist())],
            "finess": [_finess(at) for at in every.tolist()],
        }
    )


def _finess(at: int) -> str:
    """Number a structure of department 99, which has none; the last digit is Luhn's."""
    body = f"99{at:06d}"
    doubled = chain.from_iterable(divmod(int(digit) * 2, 10) for digit in body[::-2])
    single = (int(digit) for digit in body[-2::-2])
    return f"{body}{-(sum(doubled) + sum(single)) % 10}"
