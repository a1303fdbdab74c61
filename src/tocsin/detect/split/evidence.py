# SPDX-License-Identifier: Apache-2.0
"""Keeps, while detection has all sessions at hand, what the split needs of some accounts.

Of accounts to split (held with `split = true`, or in alarm), and of clean ones of their professions. So an
answer that comes days later is weighed without reading the logs again.
"""

from __future__ import annotations

import pyarrow as pa

from tocsin.core.tables import TABLES
from tocsin.detect.obtained import see_again
from tocsin.store.case import Case, Stage
from tocsin.store.engine import Engine
from tocsin.store.query import load_query, quote

PACKAGE = "tocsin.detect.split"

HOSTS = 40
"""Clean accounts of each profession concerned on which the pattern is tried."""

ACCOUNTS = 30
DAYS = 7

NEEDED = ("actors", "session_features", "session_terms", "role_rates", "person_views", "unexplained_views")
"""What the detectors made; where one is missing nothing can be split."""

_STEPS = (
    "place_uses",
    "overlapping_sessions",
    "evidence_terms",
    "evidence_lines",
    "volume_habits",
)
_SPENT = ("findings_now", "split_actors", "obtained_persons", "sessions_again", "held_views", *_STEPS)


def keep_evidence(case: Case, stage: Stage) -> None:
    """Write `session_evidence` and `session_people`; call it once `findings` is written."""
    engine = stage.engine
    if not (all(_is_there(engine, name) for name in NEEDED) and _is_enough(engine)):
        for name in ("session_evidence", "session_people"):
            stage.write(name, _empty_sql(name))
        return
    engine.register("split_names", pa.table({"account": pa.array(names_to_split(case), pa.string())}))
    engine.create("findings_now", load_query("tocsin.detect", "ranked_findings"))
    actors = load_query(PACKAGE, "split_actors")
    engine.create("split_actors", actors, threshold=case.settings.detect.threshold, hosts=HOSTS)
    see_again(case, engine, "select account from split_actors where not is_clean")
    engine.create("held_views", load_query(PACKAGE, "held_views"))
    for step in _STEPS:
        engine.create(step, load_query(PACKAGE, step))
    stage.write("session_evidence", load_query(PACKAGE, "session_evidence"))
    stage.write("session_people", load_query(PACKAGE, "session_people"))
    for step in _SPENT:
        engine.drop(step)


def names_to_split(case: Case) -> list[str]:
    """The accounts that case.toml holds with `split = true`."""
    return sorted({known.account for known in case.settings.known if known.split and known.account})


def _is_enough(engine: Engine) -> bool:
    """Fewer accounts or days give no profession's habit to tell a thief from."""
    sizes = "select count(distinct actor), count(distinct day) from session_features where persons > 0"
    [(accounts, days)] = engine.rows(sizes)
    return int(str(accounts)) >= ACCOUNTS and int(str(days)) >= DAYS


def _is_there(engine: Engine, name: str) -> bool:
    return name in {str(found) for (found,) in engine.rows("select name from (show tables)")}


def _empty_sql(name: str) -> str:
    columns = (f"null::{column.type} as {quote(column.name)}" for column in TABLES[name].columns)
    return f"select {', '.join(columns)} where false"
