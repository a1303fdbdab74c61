# SPDX-License-Identifier: Apache-2.0
"""Measures detection on made platforms, by share of relations present, beside other methods.

    python -m benchmarks.detection.run --seeds 101 102 --shares 0 0.5 1 [--hard] [--accounts 5000]
        [--campaigns 2] [--scattered] [--no-rivals]
    python -m benchmarks.detection.clean --platforms 200
    python -m benchmarks.detection.delays --seeds 101

Seeds 1 to 20 are for tuning, 101 and on are reported. Ingestion is left out: events go straight to the
tables.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.detection.measure import Joined, average_precision, false_alarms, joined
from benchmarks.detection.platform import START, Platform, Size, make_platform
from benchmarks.detection.rivals import rival_rankings
from tocsin.core.tables import TABLES
from tocsin.detect.prepare import READS, prepare_sessions
from tocsin.detect.run import run
from tocsin.store.case import Case
from tocsin.store.parts import arrow_schema

SETTINGS = """
[case]
id = "bench"
title = "A made platform"

[[sources]]
name = "platform"
paths = ["none.log"]
"""


def settings_of(platform: Platform) -> str:
    """Of its case: with the bulk work that was declared."""
    return SETTINGS + "".join(
        f'\n[[operations]]\naccount = "{one.account}"\nfrom = {_midnight(one.first_day)}\n'
        f'until = {_midnight(one.last_day + 1)}\nwhy = "Data moved to another server"\n'
        for one in platform.operations
    )


def _midnight(day: int) -> str:
    return (START + timedelta(days=day)).isoformat()


@dataclass(frozen=True, slots=True)
class Result:
    """One method on one platform."""

    seed: int
    share: float
    method: str
    precision: float
    false_at_80: float | None
    false_at_all: float | None
    cpu_s: float
    campaigns: Joined | None = None


def fill(case: Case, platform: Platform, share: float) -> None:
    """Commit a platform's tables, with this share of its relations."""
    with case.stage("made") as stage:
        engine = stage.engine
        for name, rows in (("events", platform.events), ("accounts", platform.accounts)):
            engine.register("given", rows)
            stage.write(name, f"select * from given union all by name {empty_sql(name)}")
        engine.register("given", platform.relations)
        kept = f"select account, person, 'made' as relations from given where presence < {share!r}"
        stage.write("relations", f"{kept} union all by name {empty_sql('relations')}")
        stage.commit("made")


def empty_sql(name: str) -> str:
    """All columns of a table, and no row."""
    columns = ", ".join(f'null::{c.type} as "{c.name}"' for c in TABLES[name].columns)
    assert arrow_schema(TABLES[name])
    return f"select {columns} where false"


def measure(seed: int, share: float, size: Size, *, rivals: bool) -> list[Result]:
    """All methods on one platform."""
    platform = make_platform(seed, size)
    stolen = set(platform.thefts)
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "case.toml").write_text(settings_of(platform), "utf-8")
        with Case(folder, by="bench") as case:
            fill(case, platform, share)
            began = time.process_time()
            run(case)
            costs = {"tocsin": time.process_time() - began}
            rankings = {"tocsin": _ranking(case)}
            joined = _joined(case, platform) if platform.campaign else None
            if rivals:
                with case.engine(*READS) as engine:
                    prepare_sessions(case, engine)
                    found = rival_rankings(engine, seed)
                rankings |= {name: ranked for name, (ranked, _cpu_s) in found.items()}
                costs |= {name: cpu_s for name, (_ranked, cpu_s) in found.items()}
    weeks = size.accounts * size.days / 7
    return [
        Result(
            seed,
            share,
            method,
            round(average_precision(ranked, stolen), 4),
            false_alarms(ranked, stolen, 0.8, weeks),
            false_alarms(ranked, stolen, 1.0, weeks),
            round(costs[method], 1),
            joined if method == "tocsin" else None,
        )
        for method, ranked in rankings.items()
    ]


def _ranking(case: Case) -> list[str]:
    with case.engine("findings") as engine:
        return [
            str(a)
            for (a,) in engine.rows("select account from findings where detector = 'all' order by rank")
        ]


def _joined(case: Case, platform: Platform) -> Joined:
    with case.engine("campaigns") as engine:
        rows = engine.rows("select campaign, name from campaigns where kind = 'account'")
    return joined({str(name): int(str(campaign)) for campaign, name in rows}, platform.campaign)


def main() -> None:
    """Print one line of JSON a method and platform."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--shares", type=float, nargs="+", default=[1.0])
    parser.add_argument("--accounts", type=int, default=1000)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--thieves", type=int, default=10)
    parser.add_argument("--hard", action="store_true")
    parser.add_argument("--campaigns", type=int, default=0)
    parser.add_argument("--scattered", action="store_true")
    parser.add_argument("--no-rivals", action="store_true")
    chosen = parser.parse_args()
    size = Size(chosen.accounts, chosen.days, chosen.thieves, chosen.hard, chosen.campaigns, chosen.scattered)
    for seed in chosen.seeds:
        for share in chosen.shares:
            for result in measure(seed, share, size, rivals=not chosen.no_rivals):
                print(json.dumps(asdict(result)), flush=True)


if __name__ == "__main__":
    main()
