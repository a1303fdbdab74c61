# SPDX-License-Identifier: Apache-2.0
"""How long a thief reads before the alarm: days for the slow, minutes and patients for bursts.

    python -m benchmarks.detection.delays --seeds 101 102

Rates of professions and learnt links are estimated on the whole period; what an account did is looked at day
by day, against the point of the whole period.
"""

from __future__ import annotations

import argparse
import json
import math
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.detection.platform import START, Platform, Size, make_platform
from benchmarks.detection.run import fill, settings_of
from benchmarks.detection.thieves import Theft
from tocsin.detect.detectors.score import Score
from tocsin.detect.prepare import READS, prepare_sessions
from tocsin.detect.run import create_empty
from tocsin.detect.score.operating_point import operating_point
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

QUOTA = 100


def measure(seed: int, size: Size) -> list[dict[str, object]]:
    """One row per theft."""
    platform = make_platform(seed, size)
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "case.toml").write_text(settings_of(platform), "utf-8")
        with Case(folder, by="bench") as case:
            fill(case, platform, 1.0)
            with case.engine(*READS) as engine:
                prepare_sessions(case, engine)
                create_empty(engine, "findings", "rank")
                Score().find(case, engine)
                point = operating_point(engine, case.settings).evidence
                return [
                    _row(engine, platform, account, point, size.days) | {"seed": seed}
                    for account in platform.thefts
                ]


def _row(engine: Engine, platform: Platform, account: str, point: float, days: int) -> dict[str, object]:
    theft = platform.thefts[account]
    row: dict[str, object] = {"account": account, "kind": theft.kind}
    if theft.kind == "burst":
        return row | _burst(engine, account)
    return row | {"days": _days(engine, account, theft, point, days)}


def _days(engine: Engine, account: str, theft: Theft, point: float, days: int) -> int | None:
    """Days from the first theft to the evening of the alarm; None: never."""
    engine.create(
        "bounded of one",
        "select b.* from bounded_days as b join actors as a on a.actor = b.actor where a.account = $account",
        account=account,
    )
    scored = load_query("tocsin.detect", "account_scores").sql.replace(
        "from bounded_days", 'from "bounded of one"'
    )
    reached = point + math.log(engine.count('select count(*) from "bounded of one"'))
    first = date.fromordinal(START.date().toordinal()) + timedelta(days=int(theft.days[0]))
    for number in range(days - int(theft.days[0])):
        until = first + timedelta(days=number + 1)
        found = engine.rows(
            f"select evidence + ln(days) from ({scored})", **{"from": None, "until": until.isoformat()}
        )
        if found and float(str(found[0][0])) >= reached:
            return number + 1
    return None


def _burst(engine: Engine, account: str) -> dict[str, object]:
    """Patients and minutes within the hour in which the quota is passed."""
    rows = engine.rows(
        "with met as (select v.seen_at, row_number() over (partition by time_bucket(interval 1 hour, v.seen_at)"
        " order by v.seen_at) as place, f.first_at as began from bulk_views as v"
        " join session_features as f on f.session = v.session where f.account = $account and v.hours = 1)"
        " select date_diff('second', began, seen_at) / 60, place from met where place > $quota"
        " order by seen_at limit 1",
        account=account,
        quota=QUOTA,
    )
    return {"minutes": round(float(str(rows[0][0])), 1), "persons": rows[0][1]} if rows else {"minutes": None}


def main() -> None:
    """Print one line of JSON a theft."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--accounts", type=int, default=1000)
    parser.add_argument("--hard", action="store_true")
    chosen = parser.parse_args()
    for seed in chosen.seeds:
        for row in measure(seed, Size(chosen.accounts, hard=chosen.hard)):
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
