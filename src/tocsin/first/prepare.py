# SPDX-License-Identifier: Apache-2.0
"""The steps that read the whole log: each once, out of core, into small tables that questions then read.

What is kept of other accounts is counted by account; what one account did is kept whole.
"""

from __future__ import annotations

from tocsin.core.progress import Progress
from tocsin.core.words import _
from tocsin.first.asked import AskedLook
from tocsin.first.request_templates import define_templates
from tocsin.first.series import series_table
from tocsin.store.engine import Engine
from tocsin.store.query import literal, load_query, quote

PACKAGE = "tocsin.first"
STEP = _("Looking at the accounts")
_IN_PERIOD = (
    "account_persons",
    "account_objects",
    "account_addresses",
    "account_busiest",
    "request_shapes",
)
_STEPS = 6 + len(_IN_PERIOD)


def prepare_logs(engine: Engine) -> None:
    """What the logs are, whoever acts in them: `event_pace`, `file_series`, `account_names`."""
    define_templates(engine)
    files = engine.rows("select distinct file_number, path from files where not duplicate order by all")
    engine.register("file_series", series_table([(int(str(n)), str(path)) for n, path in files]))
    for name in ("event_pace", "account_names"):
        engine.create(name, load_query(PACKAGE, name))


def prepare_accounts(engine: Engine, asked: AskedLook, found: list[str], progress: Progress) -> None:
    """What the accounts asked for did (`acts`), and how every other one stands beside them (`standings`…)."""
    period = {"since": asked.since, "until": asked.until}
    _keep_own(engine, found)
    progress(STEP, 1, _STEPS)
    engine.create("account_habits", load_query(PACKAGE, "account_habits"), **period, zone=asked.zone)
    for number, name in enumerate(_IN_PERIOD, start=2):
        progress(STEP, number, _STEPS)
        engine.create(name, load_query(PACKAGE, name), **period)
    _keep_acts(engine, asked)
    progress(STEP, _STEPS - 2, _STEPS)
    kinds = [str(kind) for (kind,) in engine.rows("select distinct kind from own_places order by kind")]
    engine.create("place_accounts", place_accounts_sql(kinds), **period)
    progress(STEP, _STEPS - 1, _STEPS)
    for name in ("template_accounts", "action_accounts", "standings"):
        engine.create(name, load_query(PACKAGE, name))
    progress(STEP, _STEPS, _STEPS)


def _keep_own(engine: Engine, accounts: list[str]) -> None:
    """The events of each account by itself: events lie in order of account, and most of a log is not read."""
    query = load_query(PACKAGE, "own_acts")
    first, *others = accounts
    engine.create("own_acts", query, account=first)
    for account in others:
        engine.run(f"insert into own_acts {query.sql}", account=account)


def _keep_acts(engine: Engine, asked: AskedLook) -> None:
    engine.create("session_accounts", "select distinct account from own_acts")
    sessions = load_query("tocsin.store", "event_sessions").sql
    # The contract's own query, over these accounts' events in place of all.
    engine.create("event_sessions", f"with events as (select * from own_acts) select * from ({sessions})")
    engine.create("acts", load_query(PACKAGE, "acts"), since=asked.since, until=asked.until, zone=asked.zone)
    engine.create("own_places", load_query(PACKAGE, "own_places"))


def place_accounts_sql(kinds: list[str]) -> str:
    """Everybody seen at the places of the accounts looked at: a row per place and account, null for none.

    Reads `own_places`, and `events` once for each kind of place that those accounts have; binds $since and
    $until. A session is that of one source: two systems may give one number to two sessions.
    """
    parts = [_seen_sql(kind) for kind in kinds] or [f"{_seen_sql('address')} and false"]
    seen = "\n    union all\n".join(parts)
    return f"""
with seen as (
{seen}
)

select
    kind,
    source,
    value,
    account,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at,
    count(*)         as events
from seen
where ($since is null or occurred_at >= cast($since as timestamptz))
  and ($until is null or occurred_at < cast($until as timestamptz))
group by kind, source, value, account"""


def _seen_sql(kind: str) -> str:
    own = f"from own_places where kind = {literal(kind)}"
    is_session = kind == "session"
    same = f"({quote(kind)}, source) in (select value, source {own})" if is_session else ""
    return f"""
    select
        {literal(kind)} as kind,
        {"source" if is_session else "''"} as source,
        {quote(kind)} as value,
        account,
        occurred_at
    from events
    where {same or f"{quote(kind)} in (select value {own})"}"""
