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

from tocsin.replays.chance import Flags, Ints
from tocsin.replays.names import FAMILY_NAMES, GIVEN_NAMES, fold
from tocsin.replays.parquet import in_order, write_parts
from tocsin.replays.r5.appointments import ORIGINS, practice_number
from tocsin.replays.r5.households import NOBODY, Households, Identity, local_id
from tocsin.replays.r5.scene import Scene
from tocsin.replays.text import digits, number, strings, words

_UTC = pa.timestamp("us", tz="UTC")
_FAMILIES = pa.array([*FAMILY_NAMES, *map(fold, FAMILY_NAMES)])
_GIVEN_BOTH = [*GIVEN_NAMES["F"], *GIVEN_NAMES["M"]]
_GIVEN = pa.array([*_GIVEN_BOTH, *map(fold, _GIVEN_BOTH)])
_MAILBOX = words([fold(name).replace(" ", "").lower() for name in _GIVEN_BOTH])
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
            "nss": _numbers(known.nss),
            "ins": _numbers(known.ins),
            "birth_rank": pa.array(known.rank.astype(np.int32), mask=known.rank == 0),
            "birth_name": _named(_FAMILIES, known.family, known.again, len(FAMILY_NAMES)),
            "used_name": _named(_FAMILIES, known.used, known.again, len(FAMILY_NAMES)),
            "given_names": _named(_GIVEN, _given(known), known.again, len(_GIVEN_BOTH)),
            "sex": pa.array(np.where(known.birth.male, "M", "F")),
            "birth_date": pa.array(known.birth.date().astype("datetime64[D]")),
            "birth_insee": strings(len(row), [digits(known.birth.place(), 5)]),
            "phone": _phones(scene.households, row),
            "email": _mailboxes(known, row),
            "guardian_id": patient_ids(known.guardian),
        }
    )


def _given(known: Identity) -> Ints:
    return known.given + np.where(known.birth.male, len(GIVEN_NAMES["F"]), 0)


def _named(table: pa.Array, index: Ints, folded: Flags, offset: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array((index + folded * offset).astype(np.int32)), table).cast(
        pa.string()
    )


def _numbers(values: Ints) -> pa.Array:
    return strings(len(values), [digits(values, 15)], null=values == 0)


def _phones(households: Households, row: Ints) -> pa.Array:
    held = households.holder(row)
    return strings(
        len(row),
        [b"+33199", digits(households.chance.below("phone", np.where(held < 0, row, held), 10**6), 6)],
    )


def _mailboxes(known: Identity, row: Ints) -> pa.Array:
    return strings(len(row), [_MAILBOX[_given(known)], b".", number(row, 8), b"@example.org"])


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
