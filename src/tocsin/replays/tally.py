# SPDX-License-Identifier: Apache-2.0
"""What a replay knows that it showed: rows by category and by the narrowest count; written as the truth.

`truth.json` has the figures, `persons.parquet` one row per local id and category. For comparison only:
no stage of the product reads it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tocsin.replays.chance import Ints

FLOOR, BEST, CEILING = 1, 2, 3
LEVELS = ("floor", "best", "ceiling")
ALL = "all"
"""In place of a category: a bound that every count takes."""


@dataclass
class Tally:
    """What was shown so far."""

    groups: Callable[[Ints], Ints]
    """Row to the person whose row it is."""

    shown: dict[str, list[tuple[Ints, Ints]]] = field(default_factory=dict)
    """Category to lots of (rows, level of each)."""

    bounds: dict[str, int] = field(default_factory=dict)
    """Category, or ALL, to persons at most that what nobody can tell may stand for."""

    def show(self, categories: Iterable[str], rows: Ints, level: Ints | int) -> None:
        """Note that these rows' data were shown; `level` is FLOOR, BEST or CEILING."""
        levels = np.broadcast_to(np.asarray(level, dtype=np.int64), rows.shape)
        for category in categories:
            self.shown.setdefault(category, []).append((rows, levels))

    def hide(self, categories: Iterable[str], persons: int) -> None:
        """Note that an access of these categories shows nobody knows whom, `persons` at most."""
        for category in (ALL, *categories):
            self.bounds[category] = self.bounds.get(category, 0) + persons

    def rows(self, category: str) -> tuple[Ints, Ints]:
        """Give each row once, with the narrowest count that it enters."""
        return _narrowest(*_joined(self.shown.get(category, [])))

    def figures(self) -> dict[str, object]:
        """Give the three counts of persons, in all and by category."""
        categories = {
            name: self._levels(self.rows(name), self.bounds.get(name, 0)) for name in sorted(self.names)
        }
        every = [lot for lots in self.shown.values() for lot in lots]
        whole = self._levels(_narrowest(*_joined(every)), self.bounds.get(ALL, 0))
        return {"persons": whole, "categories": categories}

    @property
    def names(self) -> set[str]:
        """The categories that were shown, or may have been."""
        return {*self.shown, *self.bounds} - {ALL}

    def write(self, path: Path, ids: Callable[[Ints], pa.Array]) -> None:
        """Write persons.parquet: group, person, category, count_in."""
        tables = []
        for name in sorted(self.shown):
            rows, levels = self.rows(name)
            tables.append(
                pa.table(
                    {
                        "group": pa.array(self.groups(rows)),
                        "person": ids(rows),
                        "category": pa.repeat(pa.scalar(name), len(rows)),
                        "count_in": pa.array(np.array(LEVELS)[levels - 1]),
                    }
                )
            )
        if tables:
            pq.write_table(pa.concat_tables(tables), path)

    def _levels(self, told: tuple[Ints, Ints], bound: int) -> dict[str, int]:
        groups, levels = _narrowest(self.groups(told[0]), told[1])
        del groups
        counts = {name: int((levels <= at).sum()) for at, name in enumerate(LEVELS, start=1)}
        counts["ceiling"] += bound
        return counts


def write_figures(folder: Path, figures: Mapping[str, object]) -> None:
    """Write truth.json under `folder`."""
    text = json.dumps(figures, indent=1, sort_keys=True, ensure_ascii=False)
    (folder / "truth.json").write_text(text + "\n", encoding="utf-8")


def _joined(lots: list[tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
    if not lots:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    return np.concatenate([rows for rows, _ in lots]), np.concatenate([levels for _, levels in lots])


def _narrowest(keys: Ints, levels: Ints) -> tuple[Ints, Ints]:
    """Each key once, with the least of its levels."""
    order = np.lexsort((levels, keys))
    keys, levels = keys[order], levels[order]
    first = np.concatenate([[True], keys[1:] != keys[:-1]]) if len(keys) else np.empty(0, dtype=bool)
    return keys[first], levels[first]
