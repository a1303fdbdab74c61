# SPDX-License-Identifier: Apache-2.0
"""Degraded copies of a case whose truth is known: is it inside the interval in all, and how wide is that?

    python -m benchmarks.coverage [--copies 200]

Prints, by kind of damage, how many intervals hold the truth, how many have an end, how wide they are against
the truth, and how each claim was graded; a claim that is false and `proven` is a failure.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from tests.unit.scope.coverage.degraded import KINDS, truth_of, whole_log, write_copy
from tocsin.pipeline import run_stages
from tocsin.report.assemble import assemble
from tocsin.store.case import Case


def count_copy(folder: Path, kind: str, seed: int) -> tuple[int, dict[str, Any]]:
    """The truth, and the report of one degraded copy of a log of its own."""
    lines = whole_log(seed)
    write_copy(folder, lines, kind, seed)
    with Case(folder, by="benchmark") as case:
        run_stages(case, ["ingest", "scope", "link"])
        return truth_of(lines), assemble(case)


def main() -> int:
    """Count the copies, print a line for each kind; 1 when one fails."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--copies", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="number of the first copy")
    asked = parser.parse_args()
    found: dict[str, list[tuple[int, dict[str, Any]]]] = {kind: [] for kind in KINDS}
    for seed in range(asked.first, asked.first + asked.copies):
        kind = KINDS[seed % len(KINDS)]
        with tempfile.TemporaryDirectory() as folder:
            found[kind].append(count_copy(Path(folder) / "case", kind, seed))
    failures = sum(_tell(kind, rows) for kind, rows in found.items())
    print(
        f"{asked.copies} copies, {failures} failures, {resource.getrusage(resource.RUSAGE_SELF).ru_utime:.0f} CPU s"
    )
    return min(failures, 1)


def _tell(kind: str, rows: list[tuple[int, dict[str, Any]]]) -> int:
    counts = [(truth, report["counts"]["persons"]) for truth, report in rows]
    inside = [c["floor"] <= truth and (c["ceiling"] is None or truth <= c["ceiling"]) for truth, c in counts]
    widths = [(c["ceiling"] - c["floor"]) / truth for truth, c in counts if c["ceiling"] is not None]
    grades = Counter(f"{claim['id']} {claim['grade']}" for _, report in rows for claim in report["claims"])
    false_proofs: int = grades["no:finance.bank proven"]
    middle = f"{statistics.median(widths):.2f}" if widths else "-"
    print(
        f"{kind}: {sum(inside)} of {len(rows)} inside, {len(widths)} with an upper bound,"
        f" median width {middle} of the truth, widest {max(widths, default=0):.2f};"
        f" {', '.join(f'{n} {name}' for name, n in sorted(grades.items()))}"
    )
    lost = sum(not one for one in inside)
    return lost + false_proofs


if __name__ == "__main__":
    sys.exit(main())
