# SPDX-License-Identifier: Apache-2.0
"""A shadow month: what the detectors raise in a period in which nothing is known to have happened.

All of it is held to be false: it tells a site its own rate before anybody is called. Nothing is written: no
finding, no suspect.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tocsin.core.errors import InputError
from tocsin.core.plugins import load_plugins
from tocsin.core.words import _
from tocsin.detect.interface import Detector
from tocsin.detect.prepare import prepare_sessions
from tocsin.detect.run import create_empty
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import literal, load_query

ALL = "all"
"""Accounts that any detector raises, each once."""


@dataclass(frozen=True, slots=True)
class Raised:
    """What one detector would have raised."""

    detector: str
    accounts: int
    per_week: float
    told: int
    """Accounts that it names below the threshold too: they rank, and alarm nobody."""


def shadow(case: Case, from_at: datetime, until_at: datetime) -> list[Raised]:
    """False alarms in [from, until), by detector; `all` last. Raises InputError for an empty period."""
    if until_at <= from_at:
        raise InputError(_("This period ends before it begins."), code="empty_period")
    weeks = (until_at - from_at).total_seconds() / (7 * 86_400)
    kinds = load_plugins("tocsin.detectors", Detector).values()  # type: ignore[type-abstract]
    detectors = [detector for kind in kinds if (detector := kind()).can_see(case)]
    tables = dict.fromkeys(name for detector in detectors for name in detector.reads)
    with case.engine(*tables) as engine:
        engine.run("alter view events rename to every_event")
        engine.view("events", _within_sql(from_at, until_at))
        if not engine.count("select count(*) from (select 1 from events limit 1)"):
            raise InputError(_("No event lies in this period."), code="empty_period")
        prepare_sessions(case, engine)
        create_empty(engine, "findings", "rank")
        found = ["from findings", *(f"select * from ({d.find(case, engine)})" for d in detectors)]
        engine.create("found", "\nunion all by name\n".join(found))
        return list(_count(engine, case.settings.detect.threshold, weeks))


def _within_sql(from_at: datetime, until_at: datetime) -> str:
    first, end = literal(from_at.isoformat()), literal(until_at.isoformat())
    within = f"occurred_at >= timestamptz {first} and occurred_at < timestamptz {end}"
    return f"select * from every_event where {within}"


def _count(engine: Engine, threshold: float, weeks: float) -> Iterator[Raised]:
    for name, accounts, told in engine.rows(load_query("tocsin.detect", "raised"), threshold=threshold):
        raised = int(str(accounts))
        yield Raised(str(name), raised, round(raised / weeks, 3), int(str(told)))
