# SPDX-License-Identifier: Apache-2.0
"""Measures what detection costs: CPU seconds per million events and memory, on events that lie a folder a day.

    python -m benchmarks.detection.cost --case /tmp/cost --accounts 3000 [--copies 5] [--buckets 8] [--sigma]
        [--rivals]

The case is made once and kept; its copies are the same accounts again, with persons, organisations, devices
and addresses of their own. Prints a digest of what was found too: two codes can be told to find the same.
`--rivals` measures other methods beside it, on the features of account-days that detection has made by then.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import time
from multiprocessing import get_context
from pathlib import Path

from benchmarks.detection.platform import Size, make_platform
from benchmarks.detection.rivals import rival_rankings
from benchmarks.detection.run import SETTINGS, empty_sql
from tocsin.detect import sessions
from tocsin.detect.prepare import READS, prepare_sessions
from tocsin.detect.run import run
from tocsin.store.case import Case, Stage

SIGMA = '\n[detect]\nsigma = ["pack:health"]\n'
FOUND = ("findings", "campaigns", "sight", "session_evidence", "session_people")

COPIED = {
    "accounts": "account || '-' || copy as account, organisation || '-' || copy as organisation",
    "relations": "account || '-' || copy as account, replace(person, 'P', 'P' || copy || '-') as person",
    "events": "event_id * {copies} + copy as event_id, account || '-' || copy as account,"
    " replace(person, 'P', 'P' || copy || '-') as person, device || '-' || copy as device,"
    " (10 + copy) || substr(address, 3) as address",
}
"""What is another's in a copy; machines' addresses begin with 10."""


def make(folder: Path, size: Size, seed: int, copies: int, *, has_sigma: bool) -> None:
    """Commit the tables of a platform, so many times over."""
    folder.mkdir(parents=True)
    (folder / "case.toml").write_text(SETTINGS + SIGMA * has_sigma, "utf-8")
    platform = make_platform(seed, size)
    with Case(folder, by="bench") as case, case.stage("made") as stage:
        relations = platform.relations.append_column("relations", [["made"] * len(platform.relations)])
        for name, rows in (("accounts", platform.accounts), ("relations", relations.drop(["presence"]))):
            stage.engine.register("given", rows)
            stage.write(name, f"{_copied_sql(name, copies)} union all by name {empty_sql(name)}")
        stage.engine.register("made_events", platform.events)
        _add_days(stage, copies)
        stage.commit("made")


def _add_days(stage: Stage, copies: int) -> None:
    engine = stage.engine
    engine.create("all_events", "select *, occurred_at::date::varchar as day from made_events order by day")
    copied = _copied_sql("events", copies)
    for (day,) in engine.rows("select distinct day from all_events order by day"):
        engine.view("given", f"select * exclude (day) from all_events where day = '{day}'")
        stage.add(
            "events",
            f"{copied} union all by name {empty_sql('events')}",
            folder_name=f"day={day}",
            label="0",
        )


def _copied_sql(name: str, copies: int) -> str:
    changed = COPIED[name].format(copies=copies)
    return f"select g.* replace ({changed}) from given as g cross join range({copies}) as t(copy)"


def measure(folder: Path, buckets: int) -> dict[str, object]:
    """Detect anew in this process."""
    with Case(folder, by="bench") as case:
        with case.engine("events") as engine:
            events = engine.count("select count(*) from events")
        if buckets > 1:
            sessions.BUCKET_EVENTS = -(-events // buckets)  # type: ignore[misc]
        case.generation.stages.pop("detect", None)
        began = time.process_time()
        run(case)
        cpu_s = time.process_time() - began
        parts = [part.sha256 for name in FOUND for part in case.generation.tables.get(name, ())]
    return {
        "events": events,
        "buckets": buckets,
        "cpu_s": round(cpu_s, 1),
        "cpu_s_per_million": round(cpu_s / events * 1e6, 2),
        "resident_gib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
        "found": hashlib.sha256("".join(parts).encode()).hexdigest()[:12],
    }


def measure_rivals(folder: Path, seed: int) -> dict[str, object]:
    """CPU seconds per million events of each other method at hand: what made its features is not in them."""
    with Case(folder, by="bench") as case, case.engine(*READS) as engine:
        events = engine.count("select count(*) from events")
        prepare_sessions(case, engine)
        found = rival_rankings(engine, seed)
    return {
        "events": events,
        "cpu_s_per_million": {
            name: round(cpu_s / events * 1e6, 2) for name, (_ranked, cpu_s) in found.items()
        },
    }


def main() -> None:
    """Make the case where it is missing, then print one line of JSON; one more for the rivals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", type=Path, required=True)
    parser.add_argument("--accounts", type=int, default=3000)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--thieves", type=int, default=10)
    parser.add_argument("--seed", type=int, default=101)
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--buckets", type=int, default=1)
    parser.add_argument("--hard", action="store_true")
    parser.add_argument("--sigma", action="store_true")
    parser.add_argument("--rivals", action="store_true")
    chosen = parser.parse_args()
    if not (chosen.case / "case.toml").is_file():
        size = Size(chosen.accounts, chosen.days, chosen.thieves, chosen.hard)
        make(chosen.case, size, chosen.seed, chosen.copies, has_sigma=chosen.sigma)
    # A process of its own: the memory told is detection's.
    with get_context("spawn").Pool(1) as pool:
        print(json.dumps(pool.apply(measure, (chosen.case, chosen.buckets))), flush=True)
        if chosen.rivals:
            print(json.dumps(pool.apply(measure_rivals, (chosen.case, chosen.seed))))


if __name__ == "__main__":
    main()
