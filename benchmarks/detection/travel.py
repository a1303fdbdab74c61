# SPDX-License-Identifier: Apache-2.0
"""Measures impossible travel on made platforms whose addresses lie somewhere: honest accounts told, thieves caught.

    python -m benchmarks.detection.travel --seeds 101 102 [--accounts 1000] [--hard]

One line a platform; the last one is of all of them.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from pyarrow import csv

from benchmarks.detection.platform import Size, make_platform
from benchmarks.detection.run import fill, settings_of
from benchmarks.detection.whereabouts import SETTINGS, Placed, place
from tocsin.detect.detectors.travels import Travels
from tocsin.detect.prepare import prepare_sessions
from tocsin.detect.run import create_empty
from tocsin.ingest.whereabouts import write_whereabouts
from tocsin.store.case import Case

USUAL = "nothing but practice"


@dataclass
class Measured:
    """One platform, or several."""

    honest: int = 0
    """Accounts."""

    account_weeks: float = 0.0
    told: int = 0
    told_at: Counter[str] = field(default_factory=Counter)
    """Honest accounts told, by the p that they are given."""

    told_of: Counter[str] = field(default_factory=Counter)
    """Honest accounts told, by each of their habits."""

    have: Counter[str] = field(default_factory=Counter)
    """Honest accounts that have it."""

    caught: Counter[str] = field(default_factory=Counter)
    """Stolen accounts told, by where they are read from."""

    stolen: Counter[str] = field(default_factory=Counter)

    def add(self, other: Measured) -> None:
        """Sum."""
        self.honest += other.honest
        self.account_weeks += other.account_weeks
        self.told += other.told
        for name in ("told_at", "told_of", "have", "caught", "stolen"):
            getattr(self, name).update(getattr(other, name))

    def line(self) -> dict[str, object]:
        """For people."""
        return {
            "honest": self.honest,
            "told": self.told,
            "told_per_10000_account_weeks": round(self.told / self.account_weeks * 10_000, 1),
            "told_at": dict(sorted(self.told_at.items())),
            "told_of": dict(sorted(self.told_of.items())),
            "have": dict(sorted(self.have.items())),
            "caught": dict(sorted(self.caught.items())),
            "stolen": dict(sorted(self.stolen.items())),
        }


def measure(seed: int, size: Size) -> Measured:
    """One platform."""
    placed = place(make_platform(seed, size), seed)
    found = _told(placed)
    people = set(placed.platform.accounts["account"].to_pylist()) - set(placed.thieves)
    honest = people & set(found)
    habits = {account: placed.habits.get(account) or {USUAL} for account in people}
    return Measured(
        len(people),
        len(people) * size.days / 7,
        len(honest),
        Counter(f"{found[account]}" for account in honest),
        Counter(habit for account in honest for habit in habits[account]),
        Counter(habit for account in people for habit in habits[account]),
        Counter(f"{kind} {found[account]}" for account, kind in placed.thieves.items() if account in found),
        Counter(placed.thieves.values()),
    )


def _told(placed: Placed) -> dict[str, float]:
    """The p of each account told."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        csv.write_csv(placed.ranges, folder / "ranges.csv")
        (folder / "case.toml").write_text(settings_of(placed.platform) + SETTINGS, "utf-8")
        with Case(folder, by="bench") as case:
            fill(case, placed.platform, 1.0)
            with case.stage("placed") as stage:
                write_whereabouts(stage)
                stage.commit("placed")
            with case.engine(*Travels.reads) as engine:
                prepare_sessions(case, engine)
                create_empty(engine, "findings", "rank")
                rows = engine.rows(f"select account, p from ({Travels().find(case, engine)})")
    return {str(account): float(str(p)) for account, p in rows}


def main() -> None:
    """Print one line of JSON a platform, and one of them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--accounts", type=int, default=1000)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--thieves", type=int, default=10)
    parser.add_argument("--hard", action="store_true")
    chosen = parser.parse_args()
    size = Size(chosen.accounts, chosen.days, chosen.thieves, chosen.hard)
    every = Measured()
    for seed in chosen.seeds:
        found = measure(seed, size)
        every.add(found)
        print(json.dumps({"seed": seed} | found.line()), flush=True)
    print(json.dumps({"platforms": len(chosen.seeds)} | every.line()))


if __name__ == "__main__":
    main()
