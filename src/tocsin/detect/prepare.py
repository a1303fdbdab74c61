# SPDX-License-Identifier: Apache-2.0
"""What several detectors live on, made once: who acts, whom they saw, sessions, what explains an access.

All of it is SQL over temporary tables that spill to disk: sessions of all accounts, not of suspects alone.
What takes room goes account by account, so many together as fit in memory; persons are numbers, not texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from tocsin.detect.obtained import obtained_sql
from tocsin.detect.registries import has_several
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import literal, load_query, quote

PACKAGE = "tocsin.detect"
READS = ("events", "accounts", "records", "registry", "relations")

BUCKET_EVENTS = 8_000_000
"""Events whose accounts are gone through together: about 2 GiB of temporary tables."""

_GATHERED = {
    "session_acts": "session_acts",
    "person_views": "person_views",
    "search_steps": "search_steps",
    "path_shapes": "path_shapes",
}
"""Table of all buckets, and the step that gives one bucket's rows."""

_SPENT = ("event_cuts", "obtained_persons", "search_steps", "session_acts", "session_persons", "person_links")


@dataclass(frozen=True, slots=True)
class _Bucket:
    first: int
    last: int
    first_account: str
    last_account: str


def prepare_sessions(case: Case, engine: Engine) -> None:
    """Make `actors`, `declared`, `person_views`, `explained_views`, `path_shapes` and `session_features`.

    `session_views` and `explanations` are views of the first two by the persons' own ids.
    """
    several = has_several(case.settings)
    engine.create("actor_facts", load_query(PACKAGE, "actor_facts"))
    engine.create("actors", load_query(PACKAGE, "actors"))
    engine.create("actor_keys", load_query(PACKAGE, "actor_keys"), several=several)
    engine.register("declared", _declared(case))
    buckets = list(_buckets(engine))
    _gather(case, engine, buckets)
    _explain(engine, buckets, several=several)
    engine.create("session_features", load_query(PACKAGE, "session_features"), zone=case.settings.case.zone)
    for step in _SPENT:
        engine.drop(step)
    for name in ("session_views", "explanations"):
        engine.view(name, load_query(PACKAGE, name).sql)


def see_persons(case: Case, engine: Engine, events: str) -> None:
    """Make `obtained_persons`: whom each access among these events obtained."""
    engine.view("obtained", obtained_sql(case, events))
    several = has_several(case.settings)
    engine.create("obtained_persons", load_query(PACKAGE, "obtained_persons"), several=several)
    engine.run("drop view obtained")


def _buckets(engine: Engine) -> Iterator[_Bucket]:
    rows = engine.rows(load_query(PACKAGE, "actor_buckets"), most=BUCKET_EVENTS)
    for _number, first, last, first_account, last_account, _events in rows:
        yield _Bucket(int(str(first)), int(str(last)), str(first_account), str(last_account))


def _gather(case: Case, engine: Engine, buckets: list[_Bucket]) -> None:
    """Sessions and views of all accounts, a bucket at a time; each person met gets a number."""
    engine.create(
        "met_persons",
        "select 0::integer as number, null::varchar as registry, null::varchar as person,"
        " null::bigint as digits where false",
    )
    for number, bucket in enumerate(buckets or [_Bucket(0, 0, "", "")]):
        chosen = {"first": bucket.first, "last": bucket.last}
        engine.create("session_accounts", load_query(PACKAGE, "bucket_accounts"), **chosen)
        engine.view("bucket_events", _between_sql(bucket, len(buckets)))
        _cut(engine)
        see_persons(case, engine, "bucket_events")
        known = engine.count("select count(*) from met_persons")
        engine.run(f"insert into met_persons {load_query(PACKAGE, 'new_persons').sql}", known=known)
        for table, step in _GATHERED.items():
            _add(engine, table, load_query(PACKAGE, step).sql, is_first=number == 0)


def _between_sql(bucket: _Bucket, buckets: int) -> str:
    if buckets <= 1:
        return "select * from events where account is not null"
    first, last = literal(bucket.first_account), literal(bucket.last_account)
    return f"select * from events where account >= {first} and account <= {last}"


def _cut(engine: Engine) -> None:
    """Make `event_cuts`: each event's session; the session's own id only where it begins."""
    cuts = load_query("tocsin.store", "event_sessions").sql
    named = "case when event_id = first_event_id then session_id end as session_id"
    engine.create("event_cuts", f"select event_id, first_event_id, {named} from ({cuts})")


def _explain(engine: Engine, buckets: list[_Bucket], *, several: bool) -> None:
    """What explains a first view, and what each session's persons have in common."""
    engine.create("person_links", load_query(PACKAGE, "person_links"), several=several)
    engine.create("shared_persons", load_query(PACKAGE, "shared_persons"))
    for number, bucket in enumerate(buckets or [_Bucket(0, 0, "", "")]):
        chosen = {"first": bucket.first, "last": bucket.last}
        for step in ("explained_views", "session_persons"):
            _add(engine, step, load_query(PACKAGE, step).sql, is_first=number == 0, **chosen)
    engine.drop("shared_persons")


def _add(engine: Engine, table: str, sql: str, *, is_first: bool, **binds: int) -> None:
    if is_first:
        engine.create(table, sql, **binds)
    else:
        engine.run(f"insert into {quote(table)} by name {sql}", **binds)


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
