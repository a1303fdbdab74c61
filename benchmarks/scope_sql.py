# SPDX-License-Identifier: Apache-2.0
"""What an expert would write by hand for the made case of `scope_made`: a few statements of DuckDB SQL.

They read the same parts of events, registry and records, and write the same tables as Parquet (zstd) in the same
order, as safe on the disk: the four that tell the fate of each event, or with `whole` all seven that have a row
per event, record or session. They know the case: which columns it needs, that retries come once at most, that a path's person is its
record's. They check no digest, look for no other suspect, ambiguity, doubt or claim, and commit nothing.
"""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from benchmarks.scope_made import KNOWN, days

KEYS = {
    "judged": "event_id",
    "disclosures": "event_id, registry, person, record_type, record, category, certainty",
    "nothing_shown": "event_id",
    "unresolved": "event_id",
}
REST = {
    "uncovered": "event_id",
    "modifications": "event_id, record_type, record",
    "sessions": "source, account, first_at, session_id",
}
"""What `whole` adds."""


def _period(row: dict[str, object]) -> str:
    tests = []
    if "from" in row:
        tests.append(f" and occurred_at >= timestamptz '{days(row['from'])}'")
    if "until" in row:
        tests.append(f" and occurred_at < timestamptz '{days(row['until'])}'")
    return "".join(tests)


def _cases(columns: set[str]) -> str:
    """The suspects that select by these columns, first match first."""
    found = []
    for number, row in enumerate(KNOWN, start=1):
        given = set(row) - {"from", "until", "verdict", "p"}
        if given == columns:
            test = " and ".join(f"{name} = '{row[name]}'" for name in sorted(given))
            found.append(f"when {test}{_period(row)} then {number}")
    return "\n        ".join(found)


SCOPED = f"""
create temp table scoped as
select
    * replace (coalesce(outcome, 'unknown') as outcome),
    case when suspect >= 14 then 'doubtful' else 'illegitimate' end as verdict,
    case suspect when 14 then 0.6 when 15 then 0.4 else 1.0 end as p,
    case suspect when 14 then 2 when 15 then 3 else 1 end as strength
from (
    select
        event_id, occurred_at, source, account, action, object_type, object, person, persons, items, outcome, retry_of,
        case
        {_cases({"account", "session"})}
        {_cases({"account", "device"})}
        {_cases({"account"})}
        {_cases({"address"})}
        {_cases({"client"})}
        {_cases({"source", "user_agent"})}
        end as suspect
    from events
    where account in ('dr.0017', 'dr.0018', 'dr.0019', 'dr.0020')
        or address between '203.0.113.0' and '203.0.113.7'
        or client = 'sync-07'
        or user_agent = 'fetch/1.0'
)
where suspect is not null and suspect <> 12
"""

JUDGED = "select event_id, suspect as suspect_id, verdict, p::double as p from scoped"

ACTS = """
create temp table acts as
select
    e.event_id, e.occurred_at, e.action, e.outcome, e.strength, e.person, e.persons, e.items, e.p1, e.p2, e.p3, e.p4,
    case
        when e.action = 'logout' or (e.action = 'login' and e.outcome <> 'failure') then e.action
        when e.outcome = 'failure' then 'failure'
        when f.event_id is not null then 'retry'
    end as nothing,
    case e.source
        when 'portal' then case
            when e.action = 'read' and p1 = 'patients' and p2 <> '' and n = 3 then 0
            when e.action = 'read' and p1 = 'patients' and p3 = 'appointments' and p4 <> '' and n = 5 then 1
            when e.action = 'read' and p1 = 'documents' and p2 <> '' and n = 3 then 2
            when p1 = 'static' and n > 2 then 3
            when e.action = 'download' and p1 = 'files' and p2 <> '' and n = 3 then 4
            when e.action = 'search' and e.object = '/search' then 5
        end
        when 'ehr' then case
            when e.action = 'read' and e.object_type = 'chart' then 6
            when e.action = 'read' and e.object_type like 'lab-%' then 7
            when e.action = 'list' and e.object_type = 'ward' then 8
        end
        else case
            when e.action = 'read' and p2 = 'Patient' and p3 <> '' and n = 4 then 9
            when e.action = 'read' and p2 = 'Appointment' and p3 <> '' and n > 4 then 10
            when e.action = 'update' and p2 = 'Appointment' and p3 <> '' and n = 4 then 11
        end
    end as rule
from (
    select *, path[2] as p1, path[3] as p2, path[4] as p3, path[5] as p4, len(path) as n
    from (select *, string_split(object, '/') as path from scoped)
) as e
left join scoped as f
    on f.event_id = e.retry_of and f.outcome = 'success' and f.strength <= e.strength
"""

TOLD = """
create temp table told as
with named as (
    select event_id, rule, null as record_type, null as record, case rule when 0 then p2 when 9 then p3 else person end as person
    from acts
    where nothing is null and (rule in (0, 6, 7, 9) or rule is null)
    union all
    select distinct event_id, rule, null, null, unnest(persons) from acts where nothing is null and rule = 8
)
select event_id, rule, record_type, record, n.person, null::timestamptz as data_at, null as record_controller
from named as n
where n.person is not null
    and (n.person in (select person from registry) or regexp_full_match(n.person, '[0-9A-Z]{9}'))
union all
select a.event_id, a.rule, r.record_type, r.record, r.person, r.at, r.controller
from (
    select
        event_id, rule,
        case rule when 2 then 'document' else 'appointment' end as record_type,
        case rule when 1 then p4 when 2 then p2 else p3 end as record
    from acts
    where nothing is null and rule in (1, 2, 10)
) as a
inner join records as r on r.record_type = a.record_type and r.record = a.record
"""

DISCLOSURES = """
select
    t.event_id,
    'patients' as registry,
    t.person,
    t.record_type,
    t.record,
    c.category,
    case when a.action in ('download', 'export') and a.outcome = 'success' then 'taken' else 'shown' end as certainty,
    true as exact,
    'clear' as protection,
    a.occurred_at,
    a.action,
    t.data_at as data_from,
    t.data_at + interval 1 microsecond as data_until,
    coalesce(t.record_controller, r.controller) as controller,
    'named' as resolver,
    case
        when a.outcome = 'unknown' or a.strength = 3 then 'ceiling'
        when a.strength = 1 and t.rule is not null then 'floor'
        else 'best'
    end as count_in
from told as t
inner join acts as a on a.event_id = t.event_id
inner join (
    values
        (0, 'identity.name'), (0, 'contact.phone'), (1, 'identity.name'), (1, 'appointment.date'),
        (2, 'identity.name'), (2, 'health.document'), (6, 'identity.name'), (6, 'health.document'),
        (7, 'identity.name'), (7, 'health.result'), (8, 'identity.name'), (9, 'identity.name'),
        (9, 'identity.birth_date'), (10, 'appointment.date'), (-1, 'undetermined')
) as c (rule, category) on c.rule = coalesce(t.rule, -1)
left join registry as r
    on r.person = t.person
    and (r.valid_from is null or r.valid_from <= a.occurred_at)
    and (r.valid_until is null or a.occurred_at < r.valid_until)
"""

NOTHING_SHOWN = """
select event_id, coalesce(nothing, 'rule') as reason from acts where nothing is not null or rule in (3, 11)
"""

UNRESOLVED = """
select
    event_id,
    case
        when rule in (0, 6, 7, 9) then 'not_an_identifier'
        when rule is null and person is not null then 'not_an_identifier'
        when rule is null then 'no_rule'
        when rule in (1, 2, 10) then 'unknown_record'
        else 'unknown_content'
    end as reason,
    least(items, case when rule in (0, 1, 2, 6, 7, 9, 10) or (rule is null and person is not null) then 1 end) as bound,
    case
        when rule in (0, 4) then ['contact.phone', 'identity.name']
        when rule = 1 then ['appointment.date', 'identity.name']
        when rule in (2, 6) then ['health.document', 'identity.name']
        when rule = 7 then ['health.result', 'identity.name']
        when rule in (5, 8) then ['identity.name']
        when rule = 9 then ['identity.birth_date', 'identity.name']
        when rule = 10 then ['appointment.date']
    end as categories,
    case when rule in (0, 9) then 'person' when rule in (1, 10) then 'appointment' when rule = 2 then 'document' end as record_type
from acts as a
where nothing is null
    and (rule is null or rule not in (3, 11))
    and event_id not in (select event_id from told)
"""


UNCOVERED = "select event_id from acts where nothing is null and rule is null"

MODIFICATIONS = """
select
    event_id, 'appointment' as record_type, p3 as record, action,
    case when outcome = 'unknown' or strength = 3 then 'ceiling' when strength = 1 then 'floor' else 'best' end as count_in
from acts
where nothing is null and rule = 11
"""

SESSIONS = """
with cut as (
    select
        *,
        sum(begins) over (
            partition by source, account, session, own_address, own_device, own_client
            order by occurred_at, event_id
            rows between unbounded preceding and current row
        ) as ordinal
    from (
        select
            *,
            case when session is null and occurred_at - lag(occurred_at) over (
                partition by source, account, session, own_address, own_device, own_client
                order by occurred_at, event_id
            ) > interval 30 minute then 1 else 0 end as begins
        from (
            select
                event_id, occurred_at, source, account, session, address, device, client,
                case when session is null then address end as own_address,
                case when session is null then device end as own_device,
                case when session is null then client end as own_client,
                case when persons is null then [person] else list_append(persons, person) end as named
            from events
            where account in (select account from accounts_in_scope)
        )
    )
),
told as (
    select
        source, session, account, min(occurred_at) as first_at, max(occurred_at) as last_at,
        arg_min(event_id, (occurred_at, event_id)) as first_id,
        arg_min_null(device, (occurred_at, event_id)) as device,
        arg_min_null(address, (occurred_at, event_id)) as address,
        arg_min_null(client, (occurred_at, event_id)) as client,
        count(*) as events,
        len(list_distinct(flatten(list(named)))) as persons
    from cut
    group by source, account, session, own_address, own_device, own_client, ordinal
)
select
    left(sha256(concat_ws(chr(31), source, account, first_id)), 16) as session_id,
    source, session as logged_session, account, device, address, client, first_at, last_at, events, persons
from told
"""


def run(tables: Path, target: Path, *, whole: bool, memory: str = "2800MiB") -> None:
    """Write four tables into a folder, or all seven, from a case's parts."""
    target.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(
        config={
            "threads": os.cpu_count() or 1,
            "memory_limit": memory,
            "temp_directory": str(target / "spill"),
        }
    ) as database:
        database.execute("set timezone = 'UTC'")
        for name in ("events", "registry", "records"):
            database.execute(
                f"create temp view {name} as select * from read_parquet('{tables}/{name}/*.parquet', hive_partitioning = false)"
            )
        database.execute(SCOPED)
        _copy(database, JUDGED, "judged", target)
        if whole:
            database.execute(
                "create temp table accounts_in_scope as select distinct account from scoped where account is not null"
            )
        database.execute(ACTS)
        database.execute("drop table scoped")
        database.execute(TOLD)
        for name, sql in (
            ("disclosures", DISCLOSURES),
            ("nothing_shown", NOTHING_SHOWN),
            ("unresolved", UNRESOLVED),
        ):
            _copy(database, sql, name, target)
        if whole:
            _copy(database, UNCOVERED, "uncovered", target)
            _copy(database, MODIFICATIONS, "modifications", target)
            _copy(database, SESSIONS, "sessions", target)


def _copy(database: duckdb.DuckDBPyConnection, sql: str, name: str, target: Path) -> None:
    order = ", ".join(f"{key} nulls first" for key in {**KEYS, **REST}[name].split(", "))
    place = target / f"{name}.parquet"
    database.execute(
        f"copy (select * from ({sql}) order by {order}) to '{place}' (format parquet, compression zstd)"
    )
    _sync(place)
    _sync(target)


def _sync(place: Path) -> None:
    """On the disk, as a case's tables are when they stand."""
    number = os.open(place, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def fingerprints(places: dict[str, str]) -> dict[str, tuple[int, int]]:
    """Rows, and the sum of the hashes of each with its place; two ways that agree gave the same in the same order.

    Each table is one file (up to 7.8 million rows).
    """
    found: dict[str, tuple[int, int]] = {}
    with duckdb.connect() as database:
        database.execute("set timezone = 'UTC'")
        for name, place in places.items():
            row = database.execute(
                "select count(*), coalesce(sum(hash(t)::hugeint), 0)::hugeint"
                f" from read_parquet('{place}', hive_partitioning = false, file_row_number = true) as t"
            ).fetchone()
            assert row is not None
            found[name] = (int(row[0]), int(row[1]))
    return found
