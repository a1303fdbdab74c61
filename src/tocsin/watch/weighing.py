# SPDX-License-Identifier: Apache-2.0
"""Weighs what has just been read: exact rules on the new events alone, bursts on them and the hour before.

The rules are those of `detect`, asked about a part of the events: what each holds of a part it holds of the
whole. The others need the whole, and wait for a full detection.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tocsin.detect.detectors.beyond_right import BeyondRight
from tocsin.detect.detectors.departed import Departed
from tocsin.detect.interface import Detector
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.parts import Part
from tocsin.store.query import load_query, quote
from tocsin.watch.acts import DETECT, PACKAGE, attach_near, attach_new, see_acting
from tocsin.watch.alarms import MOST_EVENTS, Found
from tocsin.watch.bursts import LONGEST_S, bursts_now, make_views, usual_paces

AT_ONCE: Final[tuple[type[Detector], ...]] = (BeyondRight, Departed)
"""Rules that hold of any part of the events."""

TABLES_READ: Final = ("accounts", "records", "registry")
LOOK_BACK: Final = timedelta(days=7)
"""Of a batch that holds more, bursts before this are left to the full detection, which sees whole hours."""

PACE_DAYS: Final = 30


@dataclass(slots=True)
class Weighed:
    """What a batch of events says."""

    events: int = 0
    marks: dict[int, int] = field(default_factory=dict)
    last_at: datetime | None = None
    by_source: dict[str, datetime] = field(default_factory=dict)
    found: list[Found] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    """What need not be opened again."""


def weigh(
    case: Case,
    marks: Mapping[int, int],
    weighed: Collection[Part],
    quotas: Mapping[tuple[str, int], int],
) -> Weighed:
    """What the events behind the marks say of their accounts."""
    with case.engine(*TABLES_READ) as engine:
        result = Weighed(parts=attach_new(case, engine, marks, weighed))
        for source, number, following, last_at, events in engine.rows(load_query(PACKAGE, "new_marks")):
            result.events += int(str(events))
            result.marks[int(str(number))] = int(str(following))
            if isinstance(last_at, datetime):
                latest = result.by_source.get(str(source), last_at)
                result.by_source[str(source)] = max(latest, last_at)
        if not result.events or not case.settings.detect.enabled:
            return result
        result.last_at = max(result.by_source.values(), default=None)
        engine.create("new_accounts", load_query(PACKAGE, "new_accounts"))
        result.found = _by_rules(case, engine)
        result.found += _by_pace(case, engine, quotas)
    return result


def _by_rules(case: Case, engine: Engine) -> list[Found]:
    engine.create("actor_facts", load_query(DETECT, "actor_facts"))
    engine.create("actors", load_query(DETECT, "actors"))
    rules = [kind() for kind in AT_ONCE]
    return [
        one
        for rule in rules
        if rule.can_see(case)
        for one in _found_by(engine, rule.find(case, engine), case.settings.detect.threshold)
    ]


def _found_by(engine: Engine, found: str, threshold: float) -> list[Found]:
    columns = ", ".join(map(quote, ("account", "detector", "p", "reasons", "first_at", "last_at")))
    rows = engine.rows(
        f"select {columns} from ({found}) where account is not null and p >= $threshold order by account",
        threshold=threshold,
    )
    return [made for row in rows if (made := found_of(*row)) is not None]


def found_of(
    account: object, detector: object, p: object, reasons: object, first_at: object, last_at: object
) -> Found | None:
    """A row of `findings`; None when it says no time."""
    if not isinstance(first_at, datetime) or not isinstance(last_at, datetime):
        return None
    told = json.loads(str(reasons))
    words = {lang: " ".join(str(one[lang]) for one in told if lang in one) for lang in ("fr", "en")}
    return Found(str(account), str(detector), float(str(p)), words, first_at, last_at)


def _by_pace(case: Case, engine: Engine, quotas: Mapping[tuple[str, int], int]) -> list[Found]:
    rows = engine.rows("select account, first_at, last_at from new_accounts order by account")
    times = [at for row in rows for at in row[1:] if isinstance(at, datetime)]
    if not times:
        return []
    first_at = max(min(times) - timedelta(seconds=LONGEST_S), max(times) - LOOK_BACK)
    attach_near(case, engine, first_at, max(times), [str(row[0]) for row in rows])
    see_acting(case, engine)
    make_views(case, engine)
    return bursts_now(case, engine, quotas)


@dataclass(frozen=True, slots=True)
class Acts:
    """What an account did within some time."""

    events: int
    persons: int
    event_ids: list[int]


def acts_of(case: Case, account: str, first_at: datetime, log_at: datetime) -> Acts:
    """Its acts, the distinct persons whom it obtained, and where to begin looking."""
    with case.engine("records") as engine:
        attach_near(case, engine, first_at, log_at, [account])
        see_acting(case, engine)
        query = load_query(PACKAGE, "account_acts")
        [(events, persons, ids)] = engine.rows(
            query, account=account, first_at=first_at, log_at=log_at, most=MOST_EVENTS
        )
    listed = [int(one) for one in ids] if isinstance(ids, list) else []
    return Acts(int(str(events)), int(str(persons)), listed)


def paces_of(case: Case, log_at: datetime) -> dict[tuple[str, int], int]:
    """What each role's accounts hardly pass, from the last weeks of log time."""
    with case.engine("records", "accounts") as engine:
        case_events = "select distinct account from read_events where account is not null"
        first_at = log_at - timedelta(days=PACE_DAYS)
        attach_near(case, engine, first_at, log_at, [])
        accounts = [str(row[0]) for row in engine.rows(case_events)]
        attach_near(case, engine, first_at, log_at, accounts)
        see_acting(case, engine)
        make_views(case, engine)
        return usual_paces(engine)
