# SPDX-License-Identifier: Apache-2.0
"""Sessions: those that a suspect names, and those of the accounts that have judged events."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tocsin.core.terms import Origin
from tocsin.scope.suspects import Suspect
from tocsin.store.engine import Engine
from tocsin.store.query import Query, load_query

PACKAGE = "tocsin.scope"
CUT = "event_id, occurred_at, first_event_id, session_id"
SESSION_ID = re.compile(r"[0-9a-f]{16}")


def settle_sessions(engine: Engine, suspects: Sequence[Suspect]) -> list[Suspect]:
    """A person who decides on a session may name it as logged or by its id: tell which is meant.

    It is the logged one wherever a log has that name.
    """
    return [_settle(engine, suspect) for suspect in suspects]


def _settle(engine: Engine, suspect: Suspect) -> Suspect:
    named = suspect.selectors.get("session")
    if suspect.origin not in (Origin.DECIDED, Origin.ANSWER) or not SESSION_ID.fullmatch(named or ""):
        return suspect
    if engine.value("select 1 from events where session = $named limit 1", named=named) is not None:
        return suspect
    rest = {name: value for name, value in suspect.selectors.items() if name != "session"}
    return replace(suspect, selectors={**rest, "session_id": str(named)})


def create_event_sessions(engine: Engine, suspects: Sequence[Suspect]) -> None:
    """Make `event_sessions` for the accounts whose sessions are suspect; empty when there is none."""
    cut_sessions(engine, _accounts_sql(engine, suspects))


def cut_sessions(engine: Engine, accounts: Query | str) -> None:
    """Make `session_acts` and `event_sessions` for these accounts, in one reading of the events."""
    engine.create("session_accounts", accounts)
    engine.create("session_acts", load_query(PACKAGE, "session_acts"))
    sessions = load_query("tocsin.store", "event_sessions").sql
    engine.create("event_sessions", f"with events as (from session_acts) select {CUT} from ({sessions})")


def _accounts_sql(engine: Engine, suspects: Sequence[Suspect]) -> str:
    if not any("session_id" in suspect.selectors for suspect in suspects):
        return "select null::varchar as account where false"
    if _every_session_is_known(engine):
        return load_query(PACKAGE, "session_accounts").sql
    return "select distinct account from events where account is not null"


def _every_session_is_known(engine: Engine) -> bool:
    """Whether each session that a suspect names leads to an account without cutting all sessions."""
    unknown = load_query(PACKAGE, "unplaced_sessions")
    return engine.count(unknown) == 0
