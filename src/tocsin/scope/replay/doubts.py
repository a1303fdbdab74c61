# SPDX-License-Identifier: Apache-2.0
"""Replays over a rebuilt past: rows that may have held, and times of which not everything is known.

A row is in doubt for a replay when a column that the replay reads of it is. Such a row may have stood on a
page or not, and moves those behind it: places become stretches of places.
"""

from __future__ import annotations

from tocsin.scope.replay.rewritten import Rewritten, View
from tocsin.store.query import literal, quote


def has_doubts(select: Rewritten) -> bool:
    """Whether a replay reads a table whose past was rebuilt."""
    return any(view.is_rebuilt for _alias, view in select.sources)


def hit_columns_sql(select: Rewritten) -> str:
    """Of a hit: whether it is in doubt, and which rows it is made of, whatever state of them."""
    if not has_doubts(select):
        return ""
    tests = [f"({_is_doubtful(quote(alias), used)})" for alias, used in _used(select)]
    own = [
        f"{quote(alias)}.{'person' if view.table == 'registry' else 'record'}"
        for alias, view in select.sources
    ]
    return f",\n    {' or '.join(tests)} as is_doubtful, [{', '.join(own)}] as made_of"


def present_sql(select: Rewritten, columns: str) -> str:
    """The hits of each moment; states of one row that a replay cannot tell apart are one hit."""
    if not has_doubts(select):
        return f"select {'distinct' if select.distinct else ''} m.moment, {columns}, false as is_doubtful"
    return f"select m.moment, {columns}, bool_and(is_doubtful) as is_doubtful"


def present_group_sql(select: Rewritten, columns: str) -> str:
    """What follows the `where` of `present_sql`."""
    if not has_doubts(select):
        return ""
    return f"\n    group by m.moment, {columns}{'' if select.distinct else ', made_of'}"


SHARED = """shared as (
    select *,
        count(*) over (partition by moment, first_place) as tied,
        count(*) over (partition by moment, first_place, {keys}) as own,
        count(*) filter (where is_doubtful) over (
            partition by moment order by first_place
        ) as doubtful_until,
        1 + coalesce(count(*) filter (where not is_doubtful) over (
            partition by moment order by first_place range between unbounded preceding and 1 preceding
        ), 0) as least_place
    from placed
)"""

FOUND = """with wanted as (
    select distinct
        page, moment, page_limit::hugeint as page_limit, page_offset::hugeint as page_offset, stand_ins
    from replay_pages
),
standing as (
    select
        w.page,
        w.stand_ins,
        r.*,
        w.page_offset,
        w.page_offset + w.page_limit as page_end,
        least(r.first_place + r.tied - 1, coalesce(w.page_offset + w.page_limit, r.first_place + r.tied - 1))
            - greatest(r.first_place, w.page_offset + 1) + 1 as places
    from wanted as w
    inner join replay_ranked as r on r.moment = w.moment
    where r.first_place + r.tied - 1 + w.stand_ins > w.page_offset
        and (w.page_limit is null or r.least_place <= w.page_offset + w.page_limit)
)
select
    page, registry, person, record_type, record,
    bool_or(not is_doubtful and case
        when doubtful_until = 0 and stand_ins = 0 then places > tied - own
        else least_place > page_offset
            and (page_end is null or first_place + tied - 1 + stand_ins <= page_end)
    end) as certain,
    bool_and(total) as total
from standing
group by page, registry, person, record_type, record"""
"""Who stood on each page: for certain when no row in doubt can push them off it."""


def pages_sql(select: Rewritten, rule: int, pages: str) -> str:
    """Each event with its page, whether all was known then, and how many rows stood in for what is not.

    What is not known moves the rows of a page: a page is the same only where as much is unknown.
    """
    if not has_doubts(select):
        return f"select *, true as is_known, 0::bigint as stand_ins from ({pages})"
    parts = [
        f"select valid_from, valid_until, stands_in from ({_rows_sql(view)}) as t"
        f" where {_is_doubtful('t', used)}"
        for (alias, view), (_alias, used) in zip(select.sources, _used(select), strict=True)
        if view.is_rebuilt
    ]
    return (
        f"with unsure as (\n    {' union all '.join(parts)}\n),\n"
        "steps as (\n"
        "    select coalesce(valid_from, timestamptz '-infinity') as instant, 1 as step,\n"
        "        stands_in::bigint as stand_in from unsure\n"
        "    union all\n"
        "    select valid_until, -1, -stands_in::bigint from unsure where valid_until is not null\n"
        "),\n"
        "open_at as (\n"
        "    select instant, sum(sum(step)) over (order by instant)::bigint as doubtful,\n"
        "        sum(sum(stand_in)) over (order by instant)::bigint as stand_ins\n"
        "    from steps group by instant\n"
        ")\n"
        "select dense_rank() over (order by page, stand_ins) as page, * exclude (page) from (\n"
        "    select p.*, coalesce(o.doubtful, 0) = 0 as is_known, coalesce(o.stand_ins, 0) as stand_ins\n"
        f"    from ({pages}) as p\n"
        f"    inner join replay_calls_{rule} as c on c.event_id = p.event_id\n"
        "    asof left join open_at as o on c.instant >= o.instant\n"
        ")"
    )


def unknown_sql(rule: int) -> str:
    """Events of times at which some rows are unknown: as many persons more may have stood on the page."""
    return (
        f"select e.event_id, {rule}, 'past_unknown', least(c.bound, e.stand_ins)\n"
        f"from replay_events_{rule} as e\n"
        f"inner join replay_calls_{rule} as c on c.event_id = e.event_id where e.stand_ins > 0"
    )


def _used(select: Rewritten) -> list[tuple[str, list[str]]]:
    """The columns that a replay reads of each view, and that the row is there at all."""
    found = []
    for alias, view in select.sources:
        own = ["person"] if view.table == "registry" else ["record"]
        keys = [*select.keys] if alias == select.key_alias else []
        read = [column for of, column in select.columns if of == alias]
        found.append((alias, sorted({*own, *keys, *read})))
    return found


def _is_doubtful(alias: str, used: list[str]) -> str:
    return f"list_has_any(coalesce({alias}.doubts, []), [{', '.join(map(literal, used))}])"


def _rows_sql(view: View) -> str:
    column = "registry" if view.table == "registry" else "record_type"
    return f"select * from {quote(view.table)} where {column} = {literal(view.name)}"
