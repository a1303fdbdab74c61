# SPDX-License-Identifier: Apache-2.0
"""Writes what the generator knows and the case folder does not say: the truth, for comparison only.

`truth.json` has the figures; `persons.parquet` each local id shown, with its person and what was shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tocsin.replays.r8.acts import Night
from tocsin.replays.r8.logs import Accounting
from tocsin.replays.r8.people import SUSPECT, File
from tocsin.replays.r8.size import Size, iso

CARD = (
    "identity.name",
    "identity.sex",
    "identity.birth_date",
    "id.nir",
    "contact.phone",
    "contact.email",
    "contact.address",
)
"""What a patient's card shows."""


def write_truth(
    folder: Path, size: Size, files: list[File], night: Night, accounting: Accounting, seed: int
) -> None:
    """Write the truth under `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    group_of = {file.number: file.group for file in files}
    shown = {
        **{category: set(night.cards) for category in CARD},
        "health.record": night.consultations,
        "health.document": night.documents,
    }
    rows = [
        {"group": str(group_of.get(number, number)), "person": str(number), "category": category}
        for category, numbers in shown.items()
        for number in sorted(numbers)
    ]
    pq.write_table(pa.Table.from_pylist(rows), folder / "persons.parquet")
    figures = {
        "replay": "R8",
        "scale": size.scale,
        "seed": seed,
        "account": SUSPECT,
        "local_ids": len(night.cards),
        "persons": _persons(night.cards, group_of),
        "not_in_registry": len(set(night.cards) - set(group_of)),
        "categories": {category: _persons(numbers, group_of) for category, numbers in shown.items()},
        "first_at": iso(min(night.cards.values())),
        "last_at": iso(night.last_card_at),
        "accounting": {
            "files": accounting.files,
            "records": accounting.events + accounting.set_aside,
            "events": accounting.events,
            "set_aside": accounting.set_aside,
            "first_at": iso(accounting.first_at),
            "last_at": iso(accounting.last_at),
        },
    }
    (folder / "truth.json").write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _persons(numbers: Iterable[int], group_of: dict[int, int]) -> int:
    return len({group_of.get(number, number) for number in numbers})
