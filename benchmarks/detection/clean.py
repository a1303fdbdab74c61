# SPDX-License-Identifier: Apache-2.0
"""Small platforms without any thief: how many false alarms there really are, beside what was announced.

python -m benchmarks.detection.clean --platforms 200
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.detection.platform import Size, make_platform
from benchmarks.detection.run import fill, settings_of
from tocsin.detect.run import run
from tocsin.store.case import Case

BUDGET = "\n[limits]\nalarms_per_week = {budget}\n"


def alarms(seed: int, size: Size, budget: float) -> tuple[int, int, float]:
    """Accounts that the score raises, that the rules raise, and how many a week the score announced at most."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        platform = make_platform(seed, size)
        (folder / "case.toml").write_text(settings_of(platform) + BUDGET.format(budget=budget), "utf-8")
        with Case(folder, by="bench") as case:
            fill(case, platform, 1.0)
            run(case)
            with case.engine("findings", "sight") as engine:
                raised = "select count(distinct account) from findings where session_id is null and p >= 0.5"
                score = engine.count(f"{raised} and detector = 'score'")
                rules = engine.count(f"{raised} and detector not in ('score', 'all')")
                point = engine.value("select value from sight where code = 'operating_point'")
    return score, rules, float(str(point)) if point is not None else 0.0


def main() -> None:
    """Print one line of JSON a platform, then their sum."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--platforms", type=int, default=200)
    parser.add_argument("--first", type=int, default=1001)
    parser.add_argument("--accounts", type=int, default=60)
    parser.add_argument("--days", type=int, default=28)
    parser.add_argument("--budget", type=float, default=5.0)
    chosen = parser.parse_args()
    size = Size(chosen.accounts, chosen.days, 0)
    score = rules = 0
    for seed in range(chosen.first, chosen.first + chosen.platforms):
        by_score, by_rules, point = alarms(seed, size, chosen.budget)
        score, rules = score + by_score, rules + by_rules
        print(json.dumps({"seed": seed, "score": by_score, "rules": by_rules, "point": point}), flush=True)
    print(json.dumps({"platforms": chosen.platforms, "score": score, "rules": rules}))


if __name__ == "__main__":
    main()
