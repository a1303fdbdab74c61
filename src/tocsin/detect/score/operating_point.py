# SPDX-License-Identifier: Apache-2.0
"""From which evidence on there is an alarm: as many false alarms a week as people can call.

Under its null an account's evidence ever reaches c with a chance of at most 1/c: with N accounts at most N/c
false alarms.
A clean period can only raise that point: set on its first half, its real rate measured on its second.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from tocsin.core.settings.case import CaseSettings
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

LEAST = 1000.0
"""No alarm is raised on less, however few the accounts."""


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """Where the alarm stands."""

    evidence: float
    """Natural logarithm of the evidence from which on there is an alarm."""

    announced: float
    """False alarms a week at most, by the bound of the evidence itself."""

    measured: float | None
    """Accounts a week that it would have raised in the second half of the clean period."""

    measured_weeks: float


def operating_point(engine: Engine, settings: CaseSettings) -> OperatingPoint:
    """Read `bounded_days` and `scores`; make the scores of the two halves of the clean period."""
    [row] = engine.rows("select count(distinct actor), min(day), max(day) from bounded_days")
    accounts, first, last = int(str(row[0])), row[1], row[2]
    weeks = ((last - first).days + 1) / 7 if isinstance(first, date) and isinstance(last, date) else 1.0
    budget = settings.limits.alarms_per_week
    least = math.log(max(LEAST, accounts / max(budget * weeks, 1e-9)))
    halves = clean_halves(settings)
    if halves is None:
        return OperatingPoint(least, accounts / math.exp(least) / weeks, None, 0.0)
    (from_day, middle), until_day = halves
    spent = int(budget * (middle - from_day).days / 7)
    ranked = _evidences(engine, from_day, middle)
    reached = ranked[spent] + 1e-9 if spent < len(ranked) else -math.inf
    evidence = max(least, reached)
    measured_weeks = max((until_day - middle).days / 7, 1e-9)
    raised = sum(value >= evidence for value in _evidences(engine, middle, until_day))
    return OperatingPoint(
        evidence, accounts / math.exp(evidence) / weeks, raised / measured_weeks, measured_weeks
    )


def clean_halves(settings: CaseSettings) -> tuple[tuple[date, date], date] | None:
    """First day, middle and end of the clean period in the case's zone; None where it is not told."""
    clean = settings.detect.clean
    if clean is None or clean.from_ is None or clean.until is None:
        return None
    zone = ZoneInfo(settings.case.zone)
    first, end = clean.from_.astimezone(zone).date(), clean.until.astimezone(zone).date()
    middle = first + timedelta(days=max((end - first).days // 2, 1))
    return ((first, middle), end) if middle < end else None


def _evidences(engine: Engine, first: date, end: date) -> list[float]:
    """Each account's evidence within these days, the largest first."""
    scored = load_query("tocsin.detect", "account_scores").sql
    rows = engine.rows(
        f"select evidence from ({scored}) order by evidence desc",
        **{"from": first.isoformat(), "until": end.isoformat()},
    )
    return [float(str(value)) for (value,) in rows]
