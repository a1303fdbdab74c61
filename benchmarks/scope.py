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
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks import scope_sql
from benchmarks.scope_made import AT_FULL_SCALE, BY, make_case
from tocsin.core.tables import TABLES, Layout
from tocsin.scope.run import run
from tocsin.store.case import Case

GOAL = 1.25
WAYS = ("ours", "sql", "sql-four")
"""`sql` writes all that has a row per event, record or session; `sql-four` the fates of the events alone."""


def main() -> int:
    """Make the case, run both ways in turn, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0, help="1 is fifty million events")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument(
        "--replays", action="store_true", help="searches are replayed: ours alone is measured"
    )
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "tocsin-scope")
    parser.add_argument("--one", choices=WAYS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    made = asked.folder / f"made-{asked.scale:g}{'-replays' if asked.replays else ''}"
    if asked.one:
        print(json.dumps(_timed(asked.one, made, asked.folder / "work")))
        return 0
    make_case(made, asked.scale, replays=asked.replays)
    _print(
        asked,
        _alternate(asked, WAYS[:1] if asked.replays else WAYS),
        _figures(asked.folder / "work"),
    )
    return 0


def _alternate(asked: argparse.Namespace, ways: Sequence[str]) -> dict[str, list[dict[str, float]]]:
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
        scope_sql.run(made / "tables", target, whole=way == "sql")
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
    names = (*scope_sql.KEYS, *scope_sql.REST)
    ours = scope_sql.fingerprints({name: f"{work}/ours/tables/{_place(name)}" for name in names})
    hand = scope_sql.fingerprints({name: f"{work}/sql/{name}.parquet" for name in names})
    for name, expected in hand.items():
        if ours[name] != expected:
            raise SystemExit(f"{name}: ours gives {ours[name]}, the hand-written SQL {expected}")


def _place(name: str) -> str:
    return f"{name}/*.parquet" if TABLES[name].layout is Layout.PARTS else f"{name}.parquet"


def _figures(work: Path) -> str:
    names = (*scope_sql.KEYS, *scope_sql.REST)
    with Case(work / "ours", by=BY, read_only=True) as case:
        rows = {name: sum(part.rows for part in case.generation.tables.get(name, ())) for name in names}
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
        wall, cpu, memory = (found[name] for name in ("wall", "cpu", "memory"))
        print(f"{way:8} {wall:7.2f} s wall {cpu:7.2f} s CPU {memory:5.2f} GiB at most")
    for way in list(middle)[1:]:
        wall, cpu = (middle["ours"][name] / middle[way][name] for name in ("wall", "cpu"))
        print(f"ours / {way:8} {wall:5.2f} of wall time, {cpu:5.2f} of CPU time (goal: {GOAL} at most)")


if __name__ == "__main__":
    sys.exit(main())
