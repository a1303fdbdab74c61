# SPDX-License-Identifier: Apache-2.0
"""File profiles: precision and recall of identifiers on the synthetic corpus, and megabytes a second.

Each value found is held to the truth of its file. Where Microsoft Presidio is installed, its recognisers
read the same lines in the same run; else that is said.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from benchmarks.scan_made import Truth, make_corpus, make_person, write_csv
from benchmarks.scan_rivals import cpu_seconds, print_names, print_presidio
from tocsin.scope.profiles.content import Content, content_of
from tocsin.scope.profiles.counters import Counters
from tocsin.scope.profiles.profile import profile_content
from tocsin.scope.profiles.scan import list_members, load_readers, scan
from tocsin.store.engine import Engine

GOAL_SHARE = 0.99
GOAL_SPEED = 50.0
Found = dict[str, dict[str, set[str]]]


def main() -> int:
    """Make the corpus, read it, compare, print; 1 when a goal of exactness is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--persons", type=int, default=4_000)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="tocsin-scan-"))
    try:
        truth = make_corpus(folder / "corpus", asked.persons, asked.seed)
        worst = print_exactness(find_all(folder / "corpus"), truth)
        print_speed(folder, asked.megabytes)
        print_presidio(folder / "corpus", truth)
        print_names()
    finally:
        shutil.rmtree(folder)
    return int(worst < GOAL_SHARE)


def find_all(folder: Path) -> Found:
    """What the scan finds, file by file and kind by kind."""
    readers, found = load_readers(), defaultdict[str, dict[str, set[str]]](dict)
    with Engine(memory="2GiB") as engine, Counters(engine) as counters:
        for content in _contents(folder):
            profile_content(counters, content, readers)
            for kind, value in engine.rows(
                "select distinct kind, value from found_here"
                " where kind not in ('persons', 'guardians', 'professionals')"
            ):
                name = content.label[len(str(folder)) + 1 :]
                found[name].setdefault(str(kind), set()).add(str(value))
    return found


def _contents(folder: Path) -> Iterator[Content]:
    for path in sorted(folder.iterdir()):
        for member in list_members(content_of(path)):
            if isinstance(member, Content):
                yield member


def print_exactness(found: Found, truth: Truth) -> float:
    """Precision and recall by kind of identifier; the worst of them."""
    kinds = sorted({kind for of_file in (*found.values(), *truth.found.values()) for kind in of_file})
    worst = 1.0
    for kind in kinds:
        right = told = stood = 0
        for name in {*found, *truth.found}:
            got, want = found.get(name, {}).get(kind, set()), truth.found[name].get(kind, set())
            right, told, stood = right + len(got & want), told + len(got), stood + len(want)
        precision, recall = right / told if told else 1.0, right / stood if stood else 1.0
        worst = min(worst, precision, recall)
        print(f"{kind:16} precision {precision:.4f}  recall {recall:.4f}  ({stood} values)")
    return worst


def print_speed(folder: Path, megabytes: int) -> None:
    """One large CSV of persons who all differ, and the same rows as Parquet. CPU seconds of all threads count:
    on a machine that does nothing else, two cores give up to twice that."""
    large = make_table(folder / "large", megabytes)
    pq.write_table(
        arrow_csv.read_csv(
            large,
            arrow_csv.ReadOptions(encoding="cp1252"),
            arrow_csv.ParseOptions(delimiter=";"),
        ),
        folder / "large.parquet",
    )
    size = large.stat().st_size / 1e6
    for path in (large, folder / "large.parquet"):
        started, used = time.perf_counter(), cpu_seconds()
        scan([path])
        elapsed, used = time.perf_counter() - started, cpu_seconds() - used
        print(
            f"{path.suffix[1:]:8} {size / elapsed:6.1f} MB/s of the rows as CSV (goal {GOAL_SPEED:.0f}),"
            f" {size / used:.1f} MB a CPU second"
        )


def make_table(folder: Path, megabytes: int) -> Path:
    """A CSV of about that size."""
    folder.mkdir()
    draw = random.Random(7)  # noqa: S311  # to be reproducible
    people = [make_person(draw, at) for at in range(1, max(2, megabytes * 6_550))]
    write_csv(folder, people, Truth(), draw)
    return folder / "extrait.csv"


if __name__ == "__main__":
    sys.exit(main())
