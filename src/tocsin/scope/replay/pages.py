# SPDX-License-Identifier: Apache-2.0
"""A replay as set-based steps: all calls of one rule at once, on the tables as they were.

Calls that ask the same of the same state of the tables are answered once: a set is a distinct choice of
parameters, a moment a stretch of time in which a set's rows do not change. Ranks are counted per set and
moment, pages cut from them; a row that ties across the edge of a page may or may not have stood on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tocsin.core.terms import Certainty
from tocsin.scope.replay.doubts import FOUND as FOUND_IN_DOUBT
from tocsin.scope.replay.doubts import SHARED as SHARED_IN_DOUBT
from tocsin.scope.replay.doubts import (
    has_doubts,
    hit_columns_sql,
    present_group_sql,
    present_sql,
)
from tocsin.scope.replay.doubts import pages_sql as known_pages_sql
from tocsin.scope.replay.doubts import unknown_sql as unknown_past_sql
from tocsin.scope.replay.parameters import UNREADABLE, Origin, value_sql
from tocsin.scope.replay.rewritten import Rewritten, View, parameter_sql, reading_sql
from tocsin.store.engine import Engine
from tocsin.store.query import literal, quote

CALLS = '"logged calls"'
KEYS = ("registry", "person", "record_type", "record")


@dataclass(frozen=True, slots=True)
class Replay:
    """One rule's replay."""

    rule: int
    """Its number, from 0."""

    select: Rewritten
    origins: tuple[Origin, ...]
    collation: str | None
    """binary, fr, or null when nobody declared it: then the order is binary and nothing is exact."""


def run_replay(engine: Engine, replay: Replay) -> None:
    """Make `replay_calls_N` (one row per event) and `replay_found_N` (one row per page and key)."""
    engine.create("replay_values", values_sql(replay))
    engine.create(f"replay_calls_{replay.rule}", calls_sql(replay))
    engine.create("replay_sets", sets_sql(replay))
    engine.create("replay_hits", hits_sql(replay))
    engine.create("replay_instants", instants_sql(replay))
    engine.create("replay_moments", MOMENTS)
    engine.create("replay_ranked", ranked_sql(replay, _text_columns(engine)))
    engine.create("replay_pages", known_pages_sql(replay.select, replay.rule, pages_sql(replay)))
    engine.create(f"replay_found_{replay.rule}", FOUND_IN_DOUBT if has_doubts(replay.select) else FOUND)
    engine.create(
        f"replay_events_{replay.rule}", "select event_id, page, is_known, stand_ins from replay_pages"
    )
    engine.create("replay_rows", ROWS)
    for name in ("values", "sets", "hits", "instants", "moments", "ranked", "pages"):
        engine.drop(f"replay_{name}")


def values_sql(replay: Replay) -> str:
    """The parameters of each event that is asked, as text."""
    values = "".join(f",\n    {value_sql(origin)} as {_column(origin.name)}" for origin in replay.origins)
    return (
        "select e.event_id, e.occurred_at as instant, e.items,\n"
        "    len(list_distinct(list_append(coalesce(e.persons, []), coalesce(e.person, e.record)))) as named"
        f"{values}\n"
        "from asked as a inner join scoped as e on e.event_id = a.event_id\n"
        f"where a.rule = {replay.rule}"
    )


def calls_sql(replay: Replay) -> str:
    """Each call with its page, whether a parameter is missing or bad, and its bound."""
    select = replay.select
    return (
        "select *,\n"
        "    least(\n"
        "        case when items >= 0 then items end,\n"
        "        case when named > 0 then named end,\n"
        "        case when page_limit >= 0 then page_limit end\n"
        "    ) as bound,\n"
        f"    {_bad_page(select)} as bad_page\n"
        "from (\n"
        f"    select {CALLS}.*,\n"
        f"        {_any(f'{_value(o)} is null' for o in replay.origins)} as missing,\n"
        f"        {_any(_bad_values(replay))} as bad_value,\n"
        f"        {select.limit or 'null::bigint'} as page_limit,\n"
        f"        {select.offset or '0::bigint'} as page_offset\n"
        f"    from replay_values as {CALLS}\n"
        ")"
    )


def sets_sql(replay: Replay) -> str:
    """The distinct parameters that the body of the replay depends on."""
    names = [_column(name) for name in replay.select.body_parameters]
    listed = ", ".join(names)
    good = f"from replay_calls_{replay.rule} where {GOOD}"
    if not names:
        return f"select 1::bigint as set_id from (select 1 {good} limit 1)"
    distinct = f"select distinct {listed} {good}"
    return f"select row_number() over (order by {listed}) as set_id, {listed} from ({distinct})"


def hits_sql(replay: Replay) -> str:
    """All rows, of any time, that the conditions hold for, per set."""
    select = replay.select
    orders = "".join(f",\n    {term} as o{n}" for n, (term, _) in enumerate(select.order))
    views = "".join(f"\ncross join ({_view_sql(view)}) as {quote(alias)}" for alias, view in select.sources)
    aliases = [quote(alias) for alias, _ in select.sources]
    return (
        "select * from (\n"
        f"select {CALLS}.set_id,\n    {_keys_sql(select)},\n"
        f"    greatest({', '.join(f'{a}.valid_from' for a in aliases)}) as valid_from,\n"
        f"    least({', '.join(f'{a}.valid_until' for a in aliases)}) as valid_until{orders}"
        f"{hit_columns_sql(select)}\n"
        f"from replay_sets as {CALLS}{views}\n"
        f"where {select.condition}\n"
        ") where valid_from is null or valid_until is null or valid_from < valid_until"
    )


def instants_sql(replay: Replay) -> str:
    """When each set was asked for, and since when its rows were what they were then."""
    names = replay.select.body_parameters
    join = " and ".join(f"c.{_column(n)} = s.{_column(n)}" for n in names) or "true"
    return (
        "with asked_at as (\n"
        "    select distinct s.set_id, c.instant\n"
        f"    from replay_calls_{replay.rule} as c inner join replay_sets as s on {join}\n"
        f"    where {GOOD}\n"
        "),\n"
        "changes as (\n"
        "    select set_id, valid_from as instant from replay_hits where valid_from is not null\n"
        "    union\n"
        "    select set_id, valid_until from replay_hits where valid_until is not null\n"
        "),\n"
        "timeline as (\n"
        "    select set_id, instant, instant as change, 0 as is_call from changes\n"
        "    union all\n"
        "    select set_id, instant, null, 1 from asked_at\n"
        ")\n"
        "select set_id, instant, change from (\n"
        "    select set_id, instant, is_call, max(change) over (\n"
        "        partition by set_id order by instant, is_call\n"
        "        rows between unbounded preceding and current row\n"
        "    ) as change\n"
        "    from timeline\n"
        ") where is_call = 1"
    )


MOMENTS = (
    "select row_number() over (order by set_id, change nulls first) as moment, *\n"
    "from (\n"
    "    select set_id, change, min(instant) as instant from replay_instants group by set_id, change\n"
    ")"
)


def ranked_sql(replay: Replay, text_columns: set[str]) -> str:
    """Each row with the first place that it can have, and how many share its places."""
    select = replay.select
    collate = " collate fr" if replay.collation == "fr" else ""
    terms = [
        f"o{n}{collate if f'o{n}' in text_columns else ''} {direction}"
        for n, (_, direction) in enumerate(select.order)
    ]
    columns = ", ".join([*KEYS, *(f"o{n}" for n in range(len(select.order)))])
    place = f"rank() over (partition by moment order by {', '.join(terms)})" if terms else "1"
    return (
        "with present as (\n"
        f"    {present_sql(select, columns)}\n"
        "    from replay_hits as h inner join replay_moments as m on m.set_id = h.set_id\n"
        "    where (h.valid_from is null or h.valid_from <= m.instant)\n"
        "        and (h.valid_until is null or m.instant < h.valid_until)"
        f"{present_group_sql(select, columns)}\n"
        "),\n"
        f"placed as (select moment, {', '.join(KEYS)}, is_doubtful, {place} as first_place from present),\n"
        f"{(SHARED_IN_DOUBT if has_doubts(select) else SHARED).format(keys=', '.join(KEYS))}\n"
        "select *, bool_and(tied = own) over (partition by moment) as total from shared"
    )


SHARED = """shared as (
    select *,
        count(*) over (partition by moment, first_place) as tied,
        count(*) over (partition by moment, first_place, {keys}) as own
    from placed
)"""


def pages_sql(replay: Replay) -> str:
    """The distinct pages asked for."""
    names = replay.select.body_parameters
    join = " and ".join(f"c.{_column(n)} = s.{_column(n)}" for n in names) or "true"
    return (
        "select dense_rank() over (order by moment, page_limit nulls first, page_offset) as page, * from (\n"
        "    select c.event_id, m.moment, c.page_limit, c.page_offset\n"
        f"    from replay_calls_{replay.rule} as c inner join replay_sets as s on {join}\n"
        "    inner join replay_instants as i on i.set_id = s.set_id and i.instant = c.instant\n"
        "    inner join replay_moments as m\n"
        "        on m.set_id = i.set_id and m.change is not distinct from i.change\n"
        f"    where {GOOD}\n"
        ")"
    )


FOUND = """with wanted as (
    select distinct page, moment, page_limit::hugeint as page_limit, page_offset::hugeint as page_offset
    from replay_pages
),
standing as (
    select
        w.page,
        r.*,
        least(r.first_place + r.tied - 1, coalesce(w.page_offset + w.page_limit, r.first_place + r.tied - 1))
            - greatest(r.first_place, w.page_offset + 1) + 1 as places
    from wanted as w
    inner join replay_ranked as r on r.moment = w.moment
    where r.first_place + r.tied - 1 > w.page_offset
        and (w.page_limit is null or r.first_place <= w.page_offset + w.page_limit)
)
select
    page, registry, person, record_type, record,
    bool_or(places > tied - own) as certain,
    bool_and(total) as total
from standing
where places >= 1
group by page, registry, person, record_type, record"""
"""Who stood on each page: for certain when fewer others tie than the page has places for."""


ROWS = """with held as (
    select
        moment,
        cast(count(*) as bigint) as rows,
        cast(count(*) filter (where not is_doubtful) as bigint) as sure
    from replay_ranked
    group by moment
)
select
    p.event_id,
    greatest(
        0,
        least(coalesce(h.rows, 0), coalesce(p.page_offset::hugeint + p.page_limit, h.rows, 0))
            - least(coalesce(h.rows, 0), p.page_offset)
    )::bigint as page_rows,
    greatest(
        0,
        least(coalesce(h.sure, 0), coalesce(p.page_offset::hugeint + p.page_limit, h.sure, 0))
            - least(coalesce(h.sure, 0), p.page_offset)
    )::bigint as least_rows
from replay_pages as p
left join held as h on h.moment = p.moment"""
"""How many rows stood on each event's page, whoever they were: at most, and at least (rows in doubt)."""


def shown_sql(replay: Replay, resolver: str = "search_results") -> str:
    """What a resolver gives for what was shown."""
    # Without a history, today's data stand in for the past: reconstructed all the same, never exact.
    sure, unsure = Certainty.RECONSTRUCTED, Certainty.REACHABLE
    exact = "f.total" if replay.select.as_of and replay.collation else "false"
    return (
        f"select e.event_id, {replay.rule} as rule, f.registry, f.person, f.record_type, f.record,\n"
        f"    case when f.certain then '{sure}' else '{unsure}' end as certainty,\n"
        f"    f.certain and e.is_known and {exact} as exact, '{resolver}' as resolver\n"
        f"{_found_sql(replay)} where f.person is not null"
    )


def empty_sql(replay: Replay) -> str:
    """Pages that nobody stood on."""
    return (
        f"select event_id, {replay.rule} as rule, 'empty' as reason from replay_events_{replay.rule}\n"
        f"where stand_ins = 0 and page not in (select page from replay_found_{replay.rule})"
    )


def unknown_sql(replay: Replay) -> str:
    """Calls without their parameters, and rows that name no person."""
    return (
        f"select event_id, {replay.rule} as rule,\n"
        "    case when missing then 'missing_parameter' else 'bad_parameter' end as reason, bound\n"
        f"from replay_calls_{replay.rule} where not ({GOOD})\n"
        "union all\n"
        f"select e.event_id, {replay.rule}, 'unknown_record', count(*)\n"
        f"{_found_sql(replay)} where f.person is null group by e.event_id\n"
        f"union all\n{unknown_past_sql(replay.rule)}"
    )


GOOD = "not missing and not bad_value and not bad_page"


def _found_sql(replay: Replay) -> str:
    return (
        f"from replay_events_{replay.rule} as e\n"
        f"inner join replay_found_{replay.rule} as f on f.page = e.page\n"
    )


def _column(name: str) -> str:
    return quote("$" + name)


def _value(origin: Origin) -> str:
    return parameter_sql(origin.name)


def _any(tests: Iterable[str]) -> str:
    return " or ".join(f"({test})" for test in tests) or "false"


def _bad_values(replay: Replay) -> list[str]:
    tests = [f"{_value(origin)} = {UNREADABLE}" for origin in replay.origins]
    for name, kind in replay.select.readings:
        value = parameter_sql(name)
        tests.append(f"{value} is not null and {reading_sql(value, kind)} is null")
    return [f"coalesce({test}, false)" for test in tests]


def _bad_page(select: Rewritten) -> str:
    tests = []
    if select.limit is not None:
        tests.append("page_limit is null or page_limit < 0")
    if select.offset is not None:
        tests.append("page_offset is null or page_offset < 0")
    return _any(tests)


def _keys_sql(select: Rewritten) -> str:
    view = dict(select.sources)[select.key_alias]
    alias = quote(select.key_alias)
    registry = literal(view.name) if view.table == "registry" else f"{alias}.registry"
    names_record = "record" in select.keys
    record_type = literal(view.name) if names_record else "null::varchar"
    record = f"{alias}.record" if names_record else "null::varchar"
    return f"{registry} as registry, {alias}.person, {record_type} as record_type, {record} as record"


def _view_sql(view: View) -> str:
    column = "registry" if view.table == "registry" else "record_type"
    return f"select * from {quote(view.table)} where {column} = {literal(view.name)}"


def _text_columns(engine: Engine) -> set[str]:
    found = engine.rows("select column_name, column_type from (describe replay_hits)")
    return {str(name) for name, kind in found if kind == "VARCHAR"}
