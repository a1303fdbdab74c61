# SPDX-License-Identifier: Apache-2.0
"""Ingestion, side by side in one run: Tocsin, hand-written SQL, pure Python, and `wc -l`.

Each is run in turn, several times, in this process; medians and ratios are printed. First the columns of Tocsin
and of the hand-written SQL are compared on a small sample: they must be the same. No time is asserted: a figure belongs in the documents together with the command and the machine that gave it. Where other work runs on
the machine, `--cpu` gives rates and ratios by CPU time (user and system, all threads) in place of wall time.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks import ours, pure_python
from benchmarks.formats import KINDS, Kind, write_sample
from benchmarks.hand_sql import STATEMENTS, HandWritten
from benchmarks.same_columns import check_same_columns

MEGA = 1_000_000


@dataclass(frozen=True, slots=True)
class Timing:
    """Of one way to read a sample."""

    wall: float
    """Seconds, median."""

    cpu: float
    """Seconds of user and system time, median."""

    records: int


def main() -> int:
    """Parse the arguments, run what was asked, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), choices=list(KINDS))
    parser.add_argument("--compression", nargs="*", default=["", "gz", "zst"])
    parser.add_argument("--size", type=int, default=200, help="MB of each sample before compression")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--cpu", action="store_true", help="rates and ratios by CPU time, not wall time")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "tocsin-benchmarks")
    asked = parser.parse_args()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {asked.size} MB each"
    )
    by = "CPU s" if asked.cpu else "s"
    print(
        f"{'sample':16} {f'MB/{by}':>10} {f'kev/{by}':>10} {'cpu s':>6} {'vs SQL':>7} {'vs Python':>9} {'vs wc -l':>9}"
    )
    for name in asked.kinds:
        if ours.is_there(KINDS[name]):
            check_same_columns(KINDS[name], asked.folder)
        for compression in asked.compression if not KINDS[name].between.startswith(",") else [""]:
            print(_line(asked, KINDS[name], compression), flush=True)
    return 0


def _line(asked: argparse.Namespace, kind: Kind, compression: str) -> str:
    label = f"{kind.name}{'.' + compression if compression else ''}"
    if not ours.is_there(kind):
        return f"{label:16} this version does not read it"
    size = asked.size * MEGA
    path = write_sample(asked.folder, kind, size, compression)
    work = asked.folder / "work"
    ways: dict[str, Callable[[], int]] = {
        "ours": lambda: ours.ingest(ours.make_case(work / "case", kind, path)),
        "sql": lambda: HandWritten(STATEMENTS[kind.name], ours.cutter_of(kind, path, asked.folder)).run(
            path, work
        ),
        "python": lambda: pure_python.run(kind.name, path, work / "python.parquet"),
        "wc": lambda: _count_lines(path, compression),
    }
    timings = _alternate(ways, work, asked.runs)
    mine = timings["ours"]
    taken = {name: timing.cpu if asked.cpu else timing.wall for name, timing in timings.items()}
    ratios = [taken[name] / taken["ours"] for name in ("sql", "python", "wc")]
    return (
        f"{label:16} {size / MEGA / taken['ours']:10.0f} {mine.records / 1000 / taken['ours']:10.0f} "
        f"{mine.cpu:6.2f} {ratios[0]:7.2f} {ratios[1]:9.2f} {ratios[2]:9.3f}"
    )


def _alternate(ways: dict[str, Callable[[], int]], work: Path, runs: int) -> dict[str, Timing]:
    """A B C D A B C D …: a machine that slows down slows them all."""
    taken: dict[str, list[tuple[float, float, int]]] = {name: [] for name in ways}
    for _ in range(runs):
        for name, way in ways.items():
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir(parents=True)
            wall, cpu = time.perf_counter(), _cpu_seconds()
            records = way()
            taken[name].append((time.perf_counter() - wall, _cpu_seconds() - cpu, records))
    shutil.rmtree(work, ignore_errors=True)
    return {
        name: Timing(
            statistics.median(t[0] for t in times), statistics.median(t[1] for t in times), times[0][2]
        )
        for name, times in taken.items()
    }


def _cpu_seconds() -> float:
    """User and system time of this process and of those that it waited for (`wc`, `gzip`)."""
    return sum(os.times()[:4])


def _count_lines(path: Path, compression: str) -> int:
    """`wc -l`, behind the usual decompressor where there is one."""
    reader = {"gz": ["gzip", "-dc"], "zst": ["zstd", "-dcq"]}.get(compression)
    if reader is None or shutil.which(reader[0]) is None:
        return int(subprocess.run(["wc", "-l", str(path)], capture_output=True, check=True).stdout.split()[0])
    with subprocess.Popen([*reader, str(path)], stdout=subprocess.PIPE) as source:
        counted = subprocess.run(["wc", "-l"], stdin=source.stdout, capture_output=True, check=True)
    return int(counted.stdout.split()[0])


if __name__ == "__main__":
    sys.exit(main())
