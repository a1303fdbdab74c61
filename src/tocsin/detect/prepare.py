# SPDX-License-Identifier: Apache-2.0
"""What several detectors live on, made once: who acts, whom they saw, sessions, and what explains an access.

All of it is SQL over temporary tables that spill to disk: sessions of all accounts, not of suspects alone.
"""

from __future__ import annotations

import pyarrow as pa

from tocsin.detect.obtained import obtained_sql
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

PACKAGE = "tocsin.detect"
READS = ("events", "accounts", "records", "registry", "relations")

_STEPS = ("session_views", "explanations", "session_persons", "search_steps")
_SPENT = ("event_cuts", "search_steps", "session_acts")


def prepare_sessions(case: Case, engine: Engine) -> None:
    """Make `actors`, `declared`, `session_views`, `explanations` and `session_features`."""
    engine.create("actor_facts", load_query(PACKAGE, "actor_facts"))
    for step in ("actors", "actor_keys"):
        engine.create(step, load_query(PACKAGE, step))
    engine.register("declared", _declared(case))
    _see(case, engine)
    engine.create("session_accounts", "select account from actors")
    cuts = load_query("tocsin.store", "event_sessions").sql
    engine.create("event_cuts", f"select event_id, first_event_id, session_id from ({cuts})")
    engine.create("session_acts", load_query(PACKAGE, "session_acts"))
    for step in _STEPS:
        engine.create(step, load_query(PACKAGE, step))
    zone = case.settings.case.zone
    engine.create("session_features", load_query(PACKAGE, "session_features"), zone=zone)
    for step in _SPENT:
        engine.drop(step)


def _see(case: Case, engine: Engine) -> None:
    """Make `seen_persons`: whom each access of any account obtained."""
    engine.view("acting_events", "select * from events where account is not null")
    engine.view("obtained", obtained_sql(case.catalogue, "acting_events"))
    engine.create("seen_persons", load_query(PACKAGE, "obtained_persons"))
    engine.run("drop view obtained")


def _declared(case: Case) -> pa.Table:
    """[[operations]] as a table."""
    rows = [
        {"account": o.account, "from_at": o.from_, "until_at": o.until, "why": o.why}
        for o in case.settings.operations
    ]
    instant = pa.timestamp("us", tz="UTC")
    schema = pa.schema(
        [("account", pa.string()), ("from_at", instant), ("until_at", instant), ("why", pa.string())]
    )
    return pa.Table.from_pylist(rows, schema)
