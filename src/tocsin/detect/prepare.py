# SPDX-License-Identifier: Apache-2.0
"""What several detectors live on, made once: who acts, whom they saw, sessions, what explains an access.

All of it is SQL over temporary tables that spill to disk: sessions of all accounts, not of suspects alone.
What takes room goes account by account, so many together as fit in memory; persons are numbers, not texts.
"""

from __future__ import annotations

from itertools import pairwise

import pyarrow as pa

from tocsin.detect.registries import has_several
from tocsin.detect.sessions import SPENT, Bucket, add_rows, add_step, buckets_of, cut_sessions, read_events
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

PACKAGE = "tocsin.detect"
READS = ("events", "accounts", "records", "registry", "relations")

_LEARNT = ("opened_persons", "home_ties")

MOST_HOMES = 25
"""A person whom more organisations open ties nobody."""

TIED_PERSONS = 2_000_000
"""Openings from which organisations' ties are learnt; where there are more, from one person in so many."""

SESSION_ID = "left(sha256(concat_ws(chr(31), source, account, session)), 16)"
"""As `store/queries/event_sessions.sql` names a session; made for those that are told, hardly any of all."""

_SPENT = (
    "session_habits",
    "homes",
    "strange_views",
    "distant_persons",
    "search_steps",
    "session_acts",
    "session_sights",
    "session_persons",
    "new_places",
)


def prepare_sessions(case: Case, engine: Engine) -> None:
    """Make `actors`, `declared`, `session_features` and what else detectors read: views, places, paths.

    Persons are numbers there, as `numbered_persons` makes them.
    """
    engine.keep_blocks()
    several = has_several(case.settings)
    engine.create("actor_facts", load_query(PACKAGE, "actor_facts"))
    engine.create("actors", load_query(PACKAGE, "actors"))
    engine.create("actor_keys", load_query(PACKAGE, "actor_keys"), several=several)
    engine.register("declared", _declared(case))
    buckets = buckets_of(engine)
    read_events(case, engine, buckets)
    _link(engine, several=several, is_whole=len(buckets) == 1)
    for number, bucket in enumerate(buckets):
        cut_sessions(engine, bucket, is_first=number == 0, least=case.settings.detect.burst_persons)
        _explain(engine, bucket, is_first=number == 0)
    for step in (*SPENT, "person_links", "dated_links", "linked_keys", "explained_views"):
        engine.drop(step)
    _tie(engine, buckets)
    _describe(engine, buckets, case.settings.case.zone)
    engine.run(f"create or replace temp macro session_id(source, account, session) as {SESSION_ID}")
    for step in _SPENT:
        engine.drop(step)


def _link(engine: Engine, *, several: bool, is_whole: bool) -> None:
    """Make `person_links` and `dated_links`; those of accounts gone through together lie together."""
    engine.create("homes", load_query(PACKAGE, "homes"))
    engine.create("link_templates", load_query(PACKAGE, "link_templates"))
    links = load_query(PACKAGE, "person_links").sql + ("" if is_whole else "\norder by key")
    undated = f"select * exclude (from_at, until_at) from (\n{links})"
    engine.create("person_links", undated, several=several, is_dated=False)
    engine.create("dated_links", links, several=several, is_dated=True)
    keys = "select key from person_links union select key from dated_links"
    engine.create("linked_keys", keys)


def _explain(engine: Engine, bucket: Bucket, *, is_first: bool) -> None:
    """What explains a first view of these accounts, the views that nothing explains, and who opened whom."""
    keys = _span(engine, "actor_keys", "key", bucket)
    engine.create("explained_views", load_query(PACKAGE, "explained_views"), **bucket.binds, **keys)
    for step in ("explained_counts", "unexplained_views", "opened_persons"):
        add_rows(engine, step, load_query(PACKAGE, step).sql, is_first=is_first)


def _tie(engine: Engine, buckets: list[Bucket]) -> None:
    """Links learnt from the logs: whom colleagues open, and organisations with many persons in common."""
    homes = _cut_homes(engine, buckets)
    if homes:
        engine.create("opened_again", load_query(PACKAGE, "opened_again"), homes=homes)
        engine.run("delete from opened_persons where list_contains($homes, home)", homes=homes)
        engine.run("insert into opened_persons by name from opened_again")
        engine.drop("opened_again")
    every = max(1, engine.count("select count(*) from opened_persons") // TIED_PERSONS)
    engine.create("home_ties", load_query(PACKAGE, "home_ties"), most=MOST_HOMES, share=2**64 // every - 1)


def _cut_homes(engine: Engine, buckets: list[Bucket]) -> list[int]:
    """Organisations whose accounts lie in several buckets."""
    ends = "select home from homes where actor in ($last, $first) group by home having count(*) = 2"
    pairs = pairwise(buckets)
    found = [engine.rows(ends, last=before.last, first=after.first) for before, after in pairs]
    return sorted({int(str(home)) for rows in found for (home,) in rows})


def _describe(engine: Engine, buckets: list[Bucket], zone: str) -> None:
    """What each session's persons have in common, and each session with all that tells of it."""
    for number, bucket in enumerate(buckets):
        homes = _span(engine, "homes", "home", bucket)
        add_step(engine, "strange_views", bucket, is_first=number == 0, **homes)
        add_step(engine, "account_places", bucket, is_first=number == 0)
    for step in ("distant_persons", "new_places"):
        engine.create(step, load_query(PACKAGE, step))
    for step in _LEARNT:
        engine.drop(step)
    for number, bucket in enumerate(buckets):
        engine.create("session_persons", load_query(PACKAGE, "session_persons"), **bucket.binds)
        add_step(engine, "session_features", bucket, is_first=number == 0, zone=zone)


def _span(engine: Engine, table: str, column: str, bucket: Bucket) -> dict[str, int]:
    """The first and the last number that these accounts have there; 0 where they have none."""
    ends = f"select coalesce(min({column}), 0), coalesce(max({column}), 0)"
    sql = f"{ends} from {table} where actor between $first and $last"
    [(first, last)] = engine.rows(sql, **bucket.binds)
    return {f"first_{column}": int(str(first)), f"last_{column}": int(str(last))}


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
