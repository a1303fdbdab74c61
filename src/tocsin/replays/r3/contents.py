# SPDX-License-Identifier: Apache-2.0
"""Writes the files that lay on the service: a line a test, as laboratories sent them in September 2020.

Apart from the logs, which name a file and never a person. `files.parquet` of the truth tells what each holds.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tocsin.replays.chance import Ints
from tocsin.replays.crowd import Crowd
from tocsin.replays.r3.size import Size

CATEGORIES = (
    "identity.name",
    "identity.sex",
    "identity.birth_date",
    "id.nir",
    "contact.phone",
    "contact.email",
    "health.result",
    "professional.name",
)
"""What a line holds."""

PUT_AT = 1_600_300_800
"""September 2020, in seconds since 1970: when the files were put there."""

HEADS = "nom;prenoms;sexe;ne_le;nir;telephone;courriel;prescripteur;preleve_le;test;resultat"
_RESULTS = pa.array(["negatif", "negatif", "negatif", "negatif", "positif", "ininterpretable"])


@dataclass(frozen=True)
class Contents:
    """What each file holds."""

    size: Size
    crowd: Crowd

    @property
    def bounds(self) -> Ints:
        """Give the first line of each file, and the number of all lines: files differ in length."""
        weights = 0.4 + self.crowd.chance.fraction("length", np.arange(self.size.files, dtype=np.int64))
        shares = np.concatenate([[0.0], np.cumsum(weights) / weights.sum()])
        return np.round(shares * self.size.lines).astype(np.int64)

    @cached_property
    def persons(self) -> Ints:
        """Give the rows of the persons named, each person once."""
        rows = np.arange(round(self.size.persons * 1.1) + 64, dtype=np.int64)
        own: Ints = rows[self.crowd.groups(rows) == rows]
        return own[: self.size.persons]

    def rows_of(self, file: int) -> Ints:
        """Give the person of each line of a file: everybody once, then some again."""
        first, after = self.bounds[file : file + 2].tolist()
        line = np.arange(first, after, dtype=np.int64)
        again = self.crowd.chance.below("tested again", line, self.size.persons)
        return self.persons[np.where(line < self.size.persons, line, again)]

    def name_of(self, file: int) -> str:
        """Give a file's name."""
        return f"sidep-202009{1 + file % 30:02d}-labo{file:04d}.csv"

    def held(self) -> dict[str, int]:
        """Give the persons of whom the files hold each category: not all have a number or a contact."""
        known = self.crowd.columns(self.persons)
        columns = {"id.nir": "nir", "contact.phone": "telephone", "contact.email": "courriel"}
        return {
            name: len(self.persons) - (known[columns[name]].null_count if name in columns else 0)
            for name in CATEGORIES
        }

    def lengths(self) -> Ints:
        """Give the lines of each file, its heading aside."""
        return np.diff(self.bounds)


def write_files(folder: Path, contents: Contents, truth: Path) -> Ints:
    """Write every file under `folder` and what they hold under `truth`; give the bytes of each."""
    folder.mkdir(parents=True)
    told = [
        _write_file(folder / contents.name_of(file), contents, file) for file in range(contents.size.files)
    ]
    pq.write_table(pa.Table.from_pylist(told), truth / "files.parquet")
    return np.array([one["bytes"] for one in told], dtype=np.int64)


def _write_file(path: Path, contents: Contents, file: int) -> dict[str, str | int]:
    rows = contents.rows_of(file)
    text = f"{HEADS}\n" + "\n".join(_lines(contents, rows)) + "\n"
    content = text.encode()
    path.write_bytes(content)
    os.utime(path, (PUT_AT, PUT_AT))
    return {
        "file": path.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "lines": len(rows),
        "persons": len(np.unique(rows)),
    }


def _lines(contents: Contents, rows: Ints) -> list[str]:
    known = contents.crowd.columns(rows)
    chance = contents.crowd.chance
    days = np.datetime64("2020-08-20") + chance.below("tested on", rows, 40)
    columns = [
        known["nom_naissance"],
        known["prenoms"],
        known["sexe"],
        known["ne_le"].cast(pa.string()),
        known["nir"],
        known["telephone"],
        known["courriel"],
        pc.binary_join_element_wise(pa.scalar("Dr "), known["nom_usage"], ""),
        pa.array(days).cast(pa.string()),
        pa.repeat(pa.scalar("RT-PCR"), len(rows)),
        _RESULTS.take(pa.array(chance.below("result", rows, len(_RESULTS)))),
    ]
    lines: list[str] = pc.binary_join_element_wise(
        *columns, ";", null_handling="replace", null_replacement=""
    ).to_pylist()
    return lines
