# SPDX-License-Identifier: Apache-2.0
"""Scoping, side by side in one run: Tocsin, and hand-written DuckDB SQL that gives the same rows.

Both read the same parts of a made case, in turn, several times, each in a process of its own so that its
memory is its own; medians and ratios are printed, after the rows were seen to be the same.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks import scope_sql
from benchmarks.scope_made import AT_FULL_SCALE, BY, make_case
from tocsin.scope.run import run
from tocsin.store.case import Case

GOAL = 1.25


def main() -> int:
    """Make the case, run both ways in turn, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0, help="1 is fifty million events")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument(
        "--replays", action="store_true", help="searches are replayed: ours alone is measured"
    )
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "tocsin-scope")
    parser.add_argument("--one", choices=["ours", "sql"], help=argparse.SUPPRESS)
    asked = parser.parse_args()
    made = asked.folder / f"made-{asked.scale:g}{'-replays' if asked.replays else ''}"
    if asked.one:
        print(json.dumps(_timed(asked.one, made, asked.folder / "work")))
        return 0
    make_case(made, asked.scale, replays=asked.replays)
    _print(
        asked,
        _alternate(asked, ["ours"] if asked.replays else ["ours", "sql"]),
        _figures(asked.folder / "work"),
    )
    return 0


def _alternate(asked: argparse.Namespace, ways: list[str]) -> dict[str, list[dict[str, float]]]:
    """A B A B …: a machine that slows down slows them both. Raises when the rows differ."""
    taken: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    for _ in range(asked.runs):
        for way in ways:
            command = [sys.executable, str(Path(__file__)), *sys.argv[1:], "--one", way]
            told = subprocess.run(command, capture_output=True, check=True, text=True).stdout
            taken[way].append(json.loads(told))
    if len(ways) > 1:
        _compare(asked.folder / "work")
    return taken


def _timed(way: str, made: Path, work: Path) -> dict[str, float]:
    target = work / way
    shutil.rmtree(target, ignore_errors=True)
    if way == "ours":
        shutil.copytree(made, target, copy_function=_linked)
    wall, cpu = time.perf_counter(), time.process_time()
    if way == "ours":
        with Case(target, by=BY) as case:
            run(case)
    else:
        scope_sql.run(made / "tables", target)
    return {
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20),
    }


def _linked(source: str, target: str) -> None:
    """Parts are never altered: they need no copy."""
    if source.endswith(".parquet"):
        os.link(source, target)
    else:
        shutil.copy2(source, target)


def _compare(work: Path) -> None:
    ours = scope_sql.fingerprints({name: f"{work}/ours/tables/{name}/*.parquet" for name in scope_sql.KEYS})
    hand = scope_sql.fingerprints({name: f"{work}/sql/{name}.parquet" for name in scope_sql.KEYS})
    for name, expected in hand.items():
        if ours[name] != expected:
            raise SystemExit(f"{name}: ours gives {ours[name]}, the hand-written SQL {expected}")


def _figures(work: Path) -> str:
    with Case(work / "ours", by=BY, read_only=True) as case:
        rows = {name: sum(p.rows for p in case.generation.tables.get(name, ())) for name in scope_sql.KEYS}
    return ", ".join(f"{count:,} {name}" for name, count in rows.items())


def _print(asked: argparse.Namespace, taken: dict[str, list[dict[str, float]]], figures: str) -> None:
    events = int(AT_FULL_SCALE["events"] * asked.scale)
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {events:,} events"
    )
    print(figures)
    middle = {
        way: {name: statistics.median(time[name] for time in times) for name in ("wall", "cpu", "memory")}
        for way, times in taken.items()
    }
    for way, found in middle.items():
        print(
            f"{way:5} {found['wall']:7.2f} s wall {found['cpu']:7.2f} s CPU {found['memory']:5.2f} GiB at most"
        )
    if len(middle) > 1:
        ratios = {name: middle["ours"][name] / middle["sql"][name] for name in ("wall", "cpu")}
        print(f"ratio {ratios['wall']:7.2f}        {ratios['cpu']:7.2f}       (goal: {GOAL} at most)")


if __name__ == "__main__":
    sys.exit(main())
