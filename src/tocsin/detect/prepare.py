# SPDX-License-Identifier: Apache-2.0
"""What several detectors live on, made once: who acts, whom they saw, sessions, what explains an access.

All of it is SQL over temporary tables that spill to disk: sessions of all accounts, not of suspects alone.
What takes room goes account by account, so many together as fit in memory; persons are numbers, not texts.
"""

from __future__ import annotations

import pyarrow as pa

from tocsin.detect.registries import has_several
from tocsin.detect.sessions import Bucket, add_rows, buckets_of, gather_sessions
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

PACKAGE = "tocsin.detect"
READS = ("events", "accounts", "records", "registry", "relations")

_LEARNT = ("homes", "opened_persons", "home_ties", "strange_views", "distant_persons")

MOST_HOMES = 25
"""A person whom more organisations open ties nobody."""

TIED_PERSONS = 2_000_000
"""Openings from which organisations' ties are learnt; where there are more, from one person in so many."""

_SPENT = ("search_steps", "session_acts", "session_persons")


def prepare_sessions(case: Case, engine: Engine) -> None:
    """Make `actors`, `declared`, `person_views`, `explained_views`, `path_shapes` and `session_features`.

    `session_views` and `explanations` are views of the first two by the persons' own ids.
    """
    several = has_several(case.settings)
    engine.create("actor_facts", load_query(PACKAGE, "actor_facts"))
    engine.create("actors", load_query(PACKAGE, "actors"))
    engine.create("actor_keys", load_query(PACKAGE, "actor_keys"), several=several)
    engine.register("declared", _declared(case))
    buckets = buckets_of(engine)
    gather_sessions(case, engine, buckets)
    _explain(engine, buckets, several=several)
    engine.create("session_features", load_query(PACKAGE, "session_features"), zone=case.settings.case.zone)
    for step in _SPENT:
        engine.drop(step)
    for name in ("session_views", "explanations"):
        engine.view(name, load_query(PACKAGE, name).sql)


def _explain(engine: Engine, buckets: list[Bucket], *, several: bool) -> None:
    """What explains a first view, and what each session's persons have in common."""
    engine.create("link_templates", load_query(PACKAGE, "link_templates"))
    engine.create("person_links", load_query(PACKAGE, "person_links"), several=several)
    _add_buckets(engine, "explained_views", buckets)
    engine.drop("person_links")
    _tie(engine)
    _add_buckets(engine, "strange_views", buckets)
    engine.create("distant_persons", load_query(PACKAGE, "distant_persons"))
    _add_buckets(engine, "session_persons", buckets)
    for step in _LEARNT:
        engine.drop(step)


def _tie(engine: Engine) -> None:
    """Links learnt from the logs: whom colleagues open, and organisations with many persons in common."""
    engine.create("homes", load_query(PACKAGE, "homes"))
    engine.create("opened_persons", load_query(PACKAGE, "opened_persons"))
    every = max(1, engine.count("select count(*) from opened_persons") // TIED_PERSONS)
    engine.create("home_ties", load_query(PACKAGE, "home_ties"), most=MOST_HOMES, every=every)


def _add_buckets(engine: Engine, step: str, buckets: list[Bucket]) -> None:
    for number, bucket in enumerate(buckets):
        chosen = {"first": bucket.first, "last": bucket.last}
        add_rows(engine, step, load_query(PACKAGE, step).sql, is_first=number == 0, **chosen)


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
