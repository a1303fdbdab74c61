# SPDX-License-Identifier: Apache-2.0
"""Bursts as they happen: persons within a sliding minute and a sliding hour, against the role's pace.

The detector of that name looks at whole hours of the whole history; this one at the last acts alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import pyarrow as pa

from tocsin.core.words import _
from tocsin.detect.reasons import reason_sql
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query
from tocsin.watch.acts import PACKAGE, attach_declared
from tocsin.watch.alarms import Found

REASON: Final = "burst"
MINUTE: Final = 60
HOUR: Final = 3600
LONGEST_S: Final = HOUR

_SENTENCE = _("{persons} patients within {minutes} min; the limit for this profession is {quota}.")


def make_views(case: Case, engine: Engine) -> None:
    """Make `near_views` and `roles`; reads `obtained_persons` and `accounts`."""
    attach_declared(case, engine)
    engine.create("near_views", load_query(PACKAGE, "near_views"))
    engine.create("roles", "select account, coalesce(min(role), '') as role from accounts group by account")


def bursts_now(case: Case, engine: Engine, quotas: Mapping[tuple[str, int], int]) -> list[Found]:
    """Accounts over their pace, by the first time that they are; the shortest time goes before."""
    rows = [{"role": role, "seconds": s, "persons": n} for (role, s), n in quotas.items()]
    schema = pa.schema([("role", pa.string()), ("seconds", pa.int64()), ("persons", pa.int64())])
    engine.register("quotas", pa.Table.from_pylist(rows, schema))
    found: dict[str, Found] = {}
    for seconds, least in least_of(case).items():
        engine.create("bursting", load_query(PACKAGE, "bursts_now"), seconds=seconds, least=least)
        values = {"persons": "persons", "minutes": "seconds // 60", "quota": "quota"}
        reason = reason_sql(REASON, _SENTENCE, values)
        for account, told, first_at, crossed_at in engine.rows(
            f"select account, ({reason})::varchar, first_at, crossed_at from bursting order by account"
        ):
            found.setdefault(str(account), _found(str(account), str(told), first_at, crossed_at))
    return list(found.values())


def _found(account: str, told: str, first_at: object, crossed_at: object) -> Found:
    said = json.loads(told)
    words = {lang: str(said[lang]) for lang in ("fr", "en")}
    if not isinstance(first_at, datetime) or not isinstance(crossed_at, datetime):
        raise TypeError("an act has an instant")
    return Found(account, REASON, None, words, first_at, crossed_at)


def least_of(case: Case) -> dict[int, int]:
    """Seconds: persons under which nothing is a burst, whatever the role."""
    return {MINUTE: case.settings.watch.burst_minute, HOUR: case.settings.detect.burst_persons}


def usual_paces(engine: Engine) -> dict[tuple[str, int], int]:
    """(role, seconds): what hardly anybody of the role passes; reads `near_views` and `roles`."""
    return {
        (str(role), seconds): int(str(persons))
        for seconds in (MINUTE, HOUR)
        for role, persons in engine.rows(load_query(PACKAGE, "usual_pace"), seconds=seconds)
    }
