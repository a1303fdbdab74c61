# SPDX-License-Identifier: Apache-2.0
"""Writes what the generator knows and the case folder does not say: the truth, for comparison only.

`truth.json` has the figures; `records.parquet` each disclosed appointment; `persons.parquet` each
disclosed local id with its person and category, so that a test can compare one by one.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tocsin.replays.chance import Ints
from tocsin.replays.r5.appointments import ORIGINS
from tocsin.replays.r5.attack import Attack
from tocsin.replays.r5.clock import iso
from tocsin.replays.r5.gateway import Accounting
from tocsin.replays.r5.registry import patient_ids, practice_ids
from tocsin.replays.r5.scene import Scene
from tocsin.replays.text import digits, strings

CATEGORIES = (
    "identity.name",
    "identity.sex",
    "contact.phone",
    "contact.email",
    "appointment.date",
    "professional.name",
    "professional.specialty",
)
"""What the patient view and the card show of each appointment."""

_UTC = pa.timestamp("us", tz="UTC")


def write_truth(
    folder: Path, scene: Scene, *, variant: str, seed: int, attack: Attack, accounting: Accounting
) -> None:
    """Write the truth under `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    ranks, first, events = _by_record(attack)
    last = np.zeros(len(ranks), dtype=np.int64)
    np.maximum.at(last, np.searchsorted(ranks, attack.rank), attack.at)
    records = _records(scene, ranks, first, last, events)
    rows = np.unique(scene.appointments.person(ranks))
    persons = _persons(scene, rows)
    pq.write_table(records, folder / "records.parquet")
    pq.write_table(persons, folder / "persons.parquet")
    figures = {
        "replay": "R5",
        "variant": variant,
        "scale": scene.size.scale,
        "seed": seed,
        **_figures(scene, attack, ranks, rows),
        "accounting": {"gateway": _accounting(accounting)},
    }
    (folder / "truth.json").write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _by_record(attack: Attack) -> tuple[Ints, Ints, Ints]:
    ranks, first, events = np.unique(attack.rank, return_index=True, return_counts=True)
    return ranks, attack.at[first], events


def _records(scene: Scene, ranks: Ints, first: Ints, last: Ints, events: Ints) -> pa.Table:
    of = scene.appointments
    return pa.table(
        {
            "record": strings(len(ranks), [digits(of.number(ranks), 9)]),
            "person": patient_ids(of.person(ranks)),
            "controller": practice_ids(of.practice(ranks)),
            "origin": pa.array(np.array(ORIGINS)[of.origin(ranks)]),
            "starts_at": pa.array(of.starts_at(ranks) * 1_000).cast(_UTC),
            "booked_at": pa.array(of.booked_at(ranks) * 1_000).cast(_UTC),
            "first_at": pa.array(first * 1_000).cast(_UTC),
            "last_at": pa.array(last * 1_000).cast(_UTC),
            "events": pa.array(events),
        }
    )


def _persons(scene: Scene, rows: Ints) -> pa.Table:
    """One row per local id and category; two local ids of one person have the same `group`."""
    every = np.repeat(rows, len(CATEGORIES))
    return pa.table(
        {
            "group": patient_ids(scene.households.same_as(every)),
            "person": patient_ids(every),
            "category": pa.array(list(CATEGORIES) * len(rows)),
        }
    )


def _figures(scene: Scene, attack: Attack, ranks: Ints, rows: Ints) -> dict[str, object]:
    of, same_as = scene.appointments, scene.households.same_as
    groups = np.unique(same_as(rows))
    practices, at_practice = np.unique(of.practice(ranks), return_counts=True)
    hidden = np.setdiff1d(same_as(of.person(attack.unreadable)), groups)
    month = scene.size.booked_in_month
    starts = of.starts_at(ranks)
    return {
        "account": attack.account,
        "opened_at": None if attack.opened_at is None else iso(attack.opened_at),
        "first_at": iso(int(attack.at.min())),
        "last_at": iso(int(attack.at.max())),
        "acts": {"first_at": iso(int(attack.acts["at"][0])), "last_at": iso(int(attack.acts["at"][-1]))},
        "data": {"from": iso(int(starts.min())), "until": iso(int(starts.max()))},
        "appointments": len(ranks),
        "persons": len(groups),
        "local_ids": len(rows),
        "categories": dict.fromkeys(CATEGORIES, len(groups)),
        "unreadable": {"persons": len(hidden), "appointments": len(attack.unreadable)},
        "share": {"count": len(ranks), "total": month, "share": len(ranks) / month},
        "controllers": dict(zip(practice_ids(practices).to_pylist(), at_practice.tolist(), strict=True)),
        "scope": {
            "events": len(attack.acts),
            "nothing_shown": attack.nothing_shown,
            "disclosed": len(attack.acts) - attack.nothing_shown,
            "unresolved": 0,
        },
    }


def _accounting(told: Accounting) -> dict[str, object]:
    return {
        "files": told.files,
        "records": told.events + told.set_aside + told.non_events,
        "events": told.events,
        "set_aside": told.set_aside,
        "non_events": told.non_events,
        "reasons": told.reasons,
        "first_at": iso(told.first_at),
        "last_at": iso(told.last_at),
        "gaps": told.gaps,
    }
