# SPDX-License-Identifier: Apache-2.0
"""Whether SQL written by hand gives what Tocsin gives: each column of `events` that has a value, by its hash.

A ratio is worth nothing where one of the two says less: the benchmark looks at a small sample before it
measures a large one, and stops where a column differs.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from benchmarks import ours
from benchmarks.formats import Kind, write_sample
from benchmarks.hand_sql import STATEMENTS, HandWritten
from tocsin.store.query import literal, quote

SIZE = 2_000_000


def check_same_columns(kind: Kind, folder: Path) -> int:
    """Raise SystemExit naming the columns that differ; returns how many are the same."""
    path = write_sample(folder, kind, SIZE)
    case, hand = folder / "same" / "case", folder / "same" / "hand"
    hand.mkdir(parents=True, exist_ok=True)
    ours.ingest(ours.make_case(case, kind, path))
    HandWritten(STATEMENTS[kind.name], ours.cutter_of(kind, path, folder)).run(path, hand)
    mine, theirs = _hashes(case / "tables"), _hashes(hand)
    shutil.rmtree(folder / "same")
    differing = sorted(name for name in {*mine, *theirs} if mine.get(name) != theirs.get(name))
    if differing:
        raise SystemExit(f"{kind.name}: hand-written SQL gives other values of {', '.join(differing)}")
    return len(mine)


def _hashes(folder: Path) -> dict[str, tuple[object, ...]]:
    """By column that has a value: rows with one, and the sum of the hashes of place and value."""
    parts = [path for path in folder.rglob("*.parquet") if folder.name == "hand" or "events" in path.parts]
    listed = ", ".join(literal(str(path)) for path in parts)
    with duckdb.connect() as database:
        database.execute(
            f"create view events as select * from read_parquet([{listed}], hive_partitioning = false)"
        )
        names = [str(row[0]) for row in database.execute("describe events").fetchall()]
        found: dict[str, tuple[object, ...]] = {}
        for name in names:
            # As text: a number is the same number whatever its width.
            said = f"count({quote(name)}), sum(hash(event_id::bigint, {quote(name)}::varchar))"
            counted = database.execute(f"select {said} from events").fetchone() or (0, 0)
            if counted[0]:
                found[name] = counted
    return found
