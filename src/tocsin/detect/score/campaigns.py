# SPDX-License-Identifier: Apache-2.0
"""Accounts that one thief holds: joined by rare devices, addresses and clients where they look stolen.

A place raises what an account's own acts there already say, within a cap; it never accuses by itself. Places
that many accounts use join nobody, and two groups that one address alone has in common stay two.
"""

from __future__ import annotations

from tocsin.core.tables import TABLES
from tocsin.core.words import _
from tocsin.detect.reasons import Value, day_said, reason_sql
from tocsin.store.engine import Engine
from tocsin.store.query import load_query, quote

PACKAGE = "tocsin.detect"

MOST_ACCOUNTS = 25
"""A place of more accounts is everybody's."""

CAP = 4.6
"""Most that the others can add: a hundred to one."""

LEAST_HERE = 2.3
"""Evidence of an account at a place (ten to one) from which it may belong to a campaign."""

JOINED = _(
    "It shares {places} rare devices or addresses with {others} other accounts that look stolen"
    " (campaign {campaign})."
)
TOLD = _(
    "Campaign {campaign}: {accounts} accounts joined by {places} rare devices or addresses,"
    " from {first_day} to {last_day}."
)


def pool_campaigns(engine: Engine) -> None:
    """Add to `scores` what others at the same rare places say."""
    engine.create("place_evidence", load_query(PACKAGE, "place_evidence"), most=MOST_ACCOUNTS)
    engine.create("campaign_gains", load_query(PACKAGE, "campaign_gains"), cap=CAP)
    engine.run(
        "update scores set evidence = round(evidence + g.gain, 6)"
        " from campaign_gains as g where g.actor = scores.actor"
    )


def join_campaigns(engine: Engine) -> None:
    """Make `campaign_rows`, once `scores` has the point from which an account is in alarm."""
    engine.create("campaign_pairs", load_query(PACKAGE, "campaign_pairs"), least=LEAST_HERE)
    _label(engine)
    engine.create("campaign_rows", load_query(PACKAGE, "campaigns"), least=LEAST_HERE)


def campaigns_sql(engine: Engine) -> str:
    """The rows of `campaigns`; none where nothing was scored."""
    found = "select count(*) from duckdb_tables() where table_name = 'campaign_rows'"
    if engine.count(found):
        return "select * from campaign_rows"
    columns = (f"null::{column.type} as {quote(column.name)}" for column in TABLES["campaigns"].columns)
    return f"select {', '.join(columns)} where false"


def campaign_sight_sql(zone: str) -> str:
    """One row of `sight` per campaign."""
    facts = load_query(PACKAGE, "campaign_facts").sql
    values: dict[str, Value] = {name: name for name in ("campaign", "accounts", "places")}
    values |= {"first_day": day_said("first_at", zone), "last_day": day_said("last_at", zone)}
    said = reason_sql("campaign", TOLD, values)
    return (
        "select 'campaign' as code, campaign::varchar as about, accounts::double as value,"
        f" ({said}) ->> 'fr' as fr, ({said}) ->> 'en' as en from ({facts})"
    )


def campaign_reasons_sql() -> str:
    """As `said_reasons`: each joined account's campaign, told first."""
    said = reason_sql("campaign", JOINED, {name: name for name in ("places", "others", "campaign")})
    return (
        f"select a.actor, 'campaign' as term, greatest(c.gain, 0.5) as weight, {said} as reason"
        " from (select r.campaign, r.name, r.gain, r.accounts - 1 as others, n.places from campaign_rows as r"
        " join (select campaign, count(*) filter (where kind <> 'account') as places from campaign_rows"
        " group by campaign) as n on n.campaign = r.campaign where r.kind = 'account') as c"
        " join actors as a on a.account = c.name"
    )


def _label(engine: Engine) -> None:
    """Make `campaign_labels`: the smallest account that each one is joined to, through whomever."""
    engine.create("campaign_labels", "select distinct actor, actor as label from campaign_pairs")
    step = (
        "select l.actor, least(l.label, min(o.label)) as label from campaign_labels as l"
        " join campaign_pairs as p on p.actor = l.actor join campaign_labels as o on o.actor = p.other"
        " group by l.actor, l.label"
    )
    total = "select coalesce(sum(label), 0) from campaign_labels"
    before = -1
    while (now := engine.count(total)) != before:
        before = now
        engine.create("campaign_labels", step)
