# SPDX-License-Identifier: Apache-2.0
"""What several detectors live on, made once: who acts, whom they saw, sessions, what explains an access.

All of it is SQL over temporary tables that spill to disk: sessions of all accounts, not of suspects alone.
What takes room goes account by account, so many together as fit in memory; persons are numbers, not texts.
"""

from __future__ import annotations

import pyarrow as pa

from tocsin.detect.registries import has_several
from tocsin.detect.sessions import SPENT, Bucket, add_step, buckets_of, cut_sessions, read_events
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

PACKAGE = "tocsin.detect"
READS = ("events", "accounts", "records", "registry", "relations")

_LEARNT = ("unexplained_views", "opened_persons", "home_ties")

MOST_HOMES = 25
"""A person whom more organisations open ties nobody."""

TIED_PERSONS = 2_000_000
"""Openings from which organisations' ties are learnt; where there are more, from one person in so many."""

_SPENT = (
    "homes",
    "strange_views",
    "distant_persons",
    "search_steps",
    "session_acts",
    "session_sights",
    "session_persons",
    "place_firsts",
    "new_places",
)


def prepare_sessions(case: Case, engine: Engine) -> None:
    """Make `actors`, `declared`, `person_views`, `explained_views`, `path_shapes` and `session_features`.

    Persons are numbers there: `met_persons` has their own ids.
    """
    several = has_several(case.settings)
    engine.create("actor_facts", load_query(PACKAGE, "actor_facts"))
    engine.create("actors", load_query(PACKAGE, "actors"))
    engine.create("actor_keys", load_query(PACKAGE, "actor_keys"), several=several)
    engine.register("declared", _declared(case))
    buckets = buckets_of(engine)
    read_events(case, engine, buckets)
    _link(engine, several=several, is_whole=len(buckets) == 1)
    for number, bucket in enumerate(buckets):
        cut_sessions(engine, bucket, is_first=number == 0)
        _explain(engine, bucket, is_first=number == 0)
    for step in (*SPENT, "person_links", "linked_keys"):
        engine.drop(step)
    _tie(engine, buckets)
    _describe(engine, buckets, case.settings.case.zone)
    for step in _SPENT:
        engine.drop(step)


def _link(engine: Engine, *, several: bool, is_whole: bool) -> None:
    """Make `person_links`; links of accounts that are gone through together lie together."""
    engine.create("homes", load_query(PACKAGE, "homes"))
    engine.create("link_templates", load_query(PACKAGE, "link_templates"))
    links = load_query(PACKAGE, "person_links").sql
    engine.create("person_links", links if is_whole else f"{links}\norder by key", several=several)
    engine.create("linked_keys", "select distinct key from person_links")


def _explain(engine: Engine, bucket: Bucket, *, is_first: bool) -> None:
    """What explains a first view of these accounts, and the views that nothing explains."""
    keys = _span(engine, "actor_keys", "key", bucket)
    add_step(engine, "explained_views", bucket, is_first=is_first, **keys)
    add_step(engine, "unexplained_views", bucket, is_first=is_first)


def _tie(engine: Engine, buckets: list[Bucket]) -> None:
    """Links learnt from the logs: whom colleagues open, and organisations with many persons in common."""
    for number, bucket in enumerate(buckets):
        [homes] = engine.rows(load_query(PACKAGE, "home_buckets"), **bucket.binds)
        first_home, last_home, first, last = (int(str(found)) for found in homes)
        chosen = {"first_home": first_home, "last_home": last_home}
        add_step(engine, "opened_persons", Bucket(first, last), is_first=number == 0, **chosen)
    every = max(1, engine.count("select count(*) from opened_persons") // TIED_PERSONS)
    engine.create("home_ties", load_query(PACKAGE, "home_ties"), most=MOST_HOMES, every=every)


def _describe(engine: Engine, buckets: list[Bucket], zone: str) -> None:
    """What each session's persons have in common, and each session with all that tells of it."""
    for number, bucket in enumerate(buckets):
        homes = _span(engine, "homes", "home", bucket)
        add_step(engine, "strange_views", bucket, is_first=number == 0, **homes)
        add_step(engine, "place_firsts", bucket, is_first=number == 0)
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
