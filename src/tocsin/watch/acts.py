# SPDX-License-Identifier: Apache-2.0
"""The events of a case as a batch sees them: those not weighed yet, those near them, and whom they obtained.

Views over committed parts: nothing is copied, and parts of other days are not opened.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import pyarrow as pa

from tocsin.core.tables import TABLES
from tocsin.detect.obtained import see_persons
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.parts import Part

PACKAGE = "tocsin.watch"
DETECT = "tocsin.detect"

_READ = replace(TABLES["events"], name="read_events")
_INSTANT = pa.timestamp("us", "UTC")


def attach_new(case: Case, engine: Engine, marks: Mapping[int, int], weighed: Collection[Part]) -> list[Part]:
    """Make `events`: what stands behind the marks; those parts are returned."""
    parts = [part for part in case.generation.tables.get("events", ()) if part not in weighed]
    case.attach(engine, _READ, parts)
    columns = {"file_number": list(marks), "next_event": list(marks.values())}
    schema = pa.schema([("file_number", pa.int64()), ("next_event", pa.int64())])
    engine.register("marks", pa.table(columns, schema=schema))
    engine.view(
        "events",
        "select e.* from read_events as e left join marks as m on m.file_number = e.file_number"
        " where m.next_event is null or e.event_id >= m.next_event",
    )
    return parts


def attach_near(
    case: Case, engine: Engine, first_at: datetime, last_at: datetime, accounts: Sequence[str]
) -> None:
    """Make `events`: of these accounts, within this time, weighed or not."""
    parts = [part for part in case.generation.tables.get("events", ()) if _may_hold(part, first_at, last_at)]
    case.attach(engine, _READ, parts)
    engine.register("near_accounts", pa.table({"account": pa.array(accounts, pa.string())}))
    engine.register("near_time", pa.table({"first": [first_at], "last": [last_at]}, schema=_span()))
    engine.view(
        "events",
        "select e.* from read_events as e semi join near_accounts as a on a.account = e.account"
        " where e.occurred_at between (select first from near_time) and (select last from near_time)",
    )


def see_acting(case: Case, engine: Engine) -> None:
    """Make `obtained_persons`: whom each of `events` obtained; reads `records`."""
    engine.view("acting_events", "select * from events where account is not null")
    see_persons(case, engine, "acting_events")


def attach_declared(case: Case, engine: Engine) -> None:
    """Make `declared`: [[operations]]."""
    names = ("account", "from_at", "until_at")
    rows = [dict(zip(names, (o.account, o.from_, o.until), strict=True)) for o in case.settings.operations]
    schema = pa.schema([("account", pa.string()), ("from_at", _INSTANT), ("until_at", _INSTANT)])
    engine.register("declared", pa.Table.from_pylist(rows, schema))


def _span() -> pa.Schema:
    return pa.schema([("first", _INSTANT), ("last", _INSTANT)])


def _may_hold(part: Part, first_at: datetime, last_at: datetime) -> bool:
    """Whether the part's day (UTC) lies within this time; parts of several days always may."""
    day = part.path.split("/")[1].removeprefix("day=")
    return not day[:1].isdigit() or f"{first_at:%Y-%m-%d}" <= day <= f"{last_at:%Y-%m-%d}"
