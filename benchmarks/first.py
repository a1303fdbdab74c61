# SPDX-License-Identifier: Apache-2.0
"""The first look, side by side in one run: Tocsin, SQL written by hand for the log, and grep.

Each is a process of its own, as a person starts it, in turn, several times; medians, peaks of memory and ratios
are printed. Grep answers one question, the SQL some ten; Tocsin recognises the log, accounts for every record
and says what it cannot tell. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks.formats import KINDS, write_sample
from benchmarks.hand_first import STATEMENTS

MEGA = 1_000_000
ACCOUNT = "dr.martin0007"


@dataclass(frozen=True, slots=True)
class Taken:
    """One way to look, once."""

    wall: float
    """Seconds."""

    peak: float
    """MiB of the largest process."""


def main() -> int:
    """Parse the arguments, write the log, look at it in each way, print a table."""
    parser = argparse.ArgumentParser(prog="bench first", description=__doc__.splitlines()[0])
    parser.add_argument("--kinds", nargs="*", default=["combined"], choices=list(STATEMENTS))
    parser.add_argument("--size", type=int, default=1000, help="MB of the log")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "tocsin-benchmarks")
    asked = parser.parse_args()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {asked.size} MB"
    )
    print(f"{'log':14} {'way':8} {'seconds':>8} {'MB/s':>7} {'peak MiB':>9} {'ours / it':>10}")
    for kind in asked.kinds:
        for line in _lines(asked, kind):
            print(line, flush=True)
    return 0


def _lines(asked: argparse.Namespace, kind: str) -> list[str]:
    log = write_sample(asked.folder, KINDS[kind], asked.size * MEGA)
    ways = _ways(asked.folder, kind, log)
    taken: dict[str, list[Taken]] = {name: [] for name in ways}
    for _ in range(asked.runs):
        for name, command in ways.items():
            taken[name].append(_run(command))
    walls = {name: statistics.median(one.wall for one in ones) for name, ones in taken.items()}
    peaks = {name: max(one.peak for one in ones) for name, ones in taken.items()}
    return [
        f"{kind:14} {name:8} {wall:8.2f} {asked.size / wall:7.0f} {peaks[name]:9.0f} "
        f"{walls['tocsin'] / wall:10.2f}"
        for name, wall in walls.items()
    ]


def _ways(folder: Path, kind: str, log: Path) -> dict[str, list[str]]:
    mapping = folder / f"{kind}.toml"
    mapping.write_text(KINDS[kind].mapping, "utf-8")
    options = ["--mapping", str(mapping)] if KINDS[kind].mapping else []
    grep = f"grep -F {shlex.quote(ACCOUNT)} {shlex.quote(str(log))} | sort | uniq -c"
    return {
        "tocsin": [
            sys.executable,
            "-m",
            "tocsin",
            "first",
            str(log),
            "--account",
            ACCOUNT,
            "--json",
            *options,
        ],
        "sql": [sys.executable, str(ROOT / "benchmarks" / "hand_first.py"), kind, str(log), ACCOUNT],
        "grep": ["sh", "-c", f"LC_ALL=C; export LC_ALL; {grep}"],
    }


def _run(command: list[str]) -> Taken:
    """The peak is that of the process and of those it waited for, as the system counts them."""
    wall = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} failed ({process.returncode})")
    return Taken(time.perf_counter() - wall, usage.ru_maxrss / 1024)


if __name__ == "__main__":
    sys.exit(main())
