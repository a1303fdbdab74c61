# SPDX-License-Identifier: Apache-2.0
"""The steps that run one written statement for all its calls: SQL texts, nothing else.

A call is a choice of values at a moment: events that ask the same of the same rows are answered once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tocsin.scope.sql.relations import CALL, CALLS, Leaf
from tocsin.scope.sql.schema import Schema
from tocsin.scope.sql.statements import Statement
from tocsin.scope.sql.written import Written, masks_sql
from tocsin.store.query import quote

UNION = "\nunion all\n"
SMALL = 11
"""A result with fewer persons behind it may tell of one of them."""

OF_LITERAL = {
    "text": "literals[{n}]",
    "whole": "try_cast(literals[{n}] as bigint)",
    "number": "try_cast(literals[{n}] as double)",
}


def group_sql(chosen: str, statement: Statement, written: Written) -> str:
    """The events of a statement with the values of their calls, and which of them ask the same."""
    values = [
        f"{OF_LITERAL[kind].format(n=number + 1)} as p{number}"
        for number, kind in enumerate(statement.literals)
        if number not in statement.fixed
    ]
    values += [f"binds[{number}] as b{number}" for number in range(1, written.binds + 1)]
    names = [value.rpartition(" as ")[2] for value in values]
    listed = "".join(f", {name}" for name in names)
    missing = f"coalesce(len(binds), 0) < {written.binds}" if written.binds else "false"
    return (
        f"select *, dense_rank() over (order by moment{listed}) as call,\n"
        f"    min(instant) over (partition by moment{listed}) as asked_at\n"
        f"from (select event_id, rule, items, instant, moment, {missing} as is_missing"
        f"{''.join(f', {value}' for value in values)} from {chosen})"
    )


def calls_sql(written: Written) -> str:
    """One row per call, with its page and whether its values can be read."""
    limit, offset = written.limit or "null::bigint", written.offset or "0::bigint"
    tests = [
        f"({value} is not null and try_cast({value} as {kind}) is null)" for value, kind in written.readings
    ]
    tests += [f"({part} is null or {part} < 0)" for part in (written.limit, written.offset) if part]
    return (
        "select *, limit_rows is not null as is_paged from (\n"
        f"select {CALLS}.*, {limit} as limit_rows, {offset} as offset_rows,\n"
        f"    not is_missing and ({' or '.join(tests) or 'false'}) as is_bad\n"
        "from (\n"
        "    select * exclude (event_id, rule, items, instant, asked_at), asked_at as instant\n"
        "    from sql_group qualify row_number() over (partition by call order by event_id) = 1\n"
        f") as {CALLS})"
    )


def found_sql(written: Written) -> str:
    """All rows of the results, with the rows behind them and what they are ordered by."""
    carried = [leaf.column for leaf, _listed in written.leaves]
    columns = ", ".join([f"{CALL} as call", *(f"found.{name}" for name in carried), *_keys(written)])
    return f"select {columns}\nfrom (\n{written.sql}\n) as found"


def _keys(written: Written) -> list[str]:
    return [f"found.{column} as k{place}" for place, (column, _way) in enumerate(written.keys)]


def placed_sql(written: Written, texts: set[str], collation: str | None, calls: str = "sql_calls") -> str:
    """The rows of each call's page: `tied` rows share a row's places, of which `places` are on the page."""
    behind = "".join(f", {leaf.column}" for leaf, _listed in written.leaves)
    if written.limit is None and written.offset is None:
        return "select *, 1 as places, 1 as tied, true as is_total from sql_found"
    collate = " collate fr" if collation == "fr" else ""
    terms = [
        f"k{place}{collate if f'k{place}' in texts else ''} {way}"
        for place, (_column, way) in enumerate(written.keys)
    ]
    rank = f"rank() over (partition by call order by {', '.join(terms)})" if terms else "1"
    return (
        "select * from (\n"
        "select *,\n"
        "    least(first_place + tied - 1, coalesce(offset_rows + limit_rows, first_place + tied - 1))\n"
        "    - greatest(first_place, offset_rows + 1) + 1 as places,\n"
        "    bool_and(tied = own) over (partition by call) as is_total\n"
        "from (\n"
        "    select f.*, c.limit_rows::hugeint as limit_rows, c.offset_rows::hugeint as offset_rows,\n"
        "        count(*) over (partition by call, first_place) as tied,\n"
        f"        count(*) over (partition by call, first_place{behind}) as own\n"
        f"    from (select *, {rank} as first_place from sql_found) as f\n"
        f"    inner join {calls} as c using (call)\n"
        ")) where places > 0"
    )


def rows_sql() -> str:
    """How many rows each call gave: the page's, when there is one."""
    return (
        "select c.call, greatest(0,\n"
        "    least(coalesce(f.rows, 0), coalesce(c.offset_rows + c.limit_rows, f.rows, 0))\n"
        "    - least(coalesce(f.rows, 0), c.offset_rows))::bigint as page_rows\n"
        "from sql_calls as c\n"
        "left join (select call, count(*) as rows from sql_found group by call) as f using (call)"
    )


def leaf_sql(
    schema: Schema, written: Written, leaf: Leaf, *, listed: bool, kinds: Mapping[tuple[str, str], str]
) -> str:
    """Whom the rows of one leaf showed, and what of each."""
    clear, hidden = masks_sql(schema, written, leaf, kinds)
    behind = leaf.column
    unnested = f"unnest({behind})" if listed else behind
    own = (
        "tied"
        if listed
        else f"count(*) over (partition by call, {'first_place, ' if _paged(written) else ''}{behind})"
    )
    certain = "true" if not _paged(written) else f"places > tied - {own}" if not listed else "places >= tied"
    return (
        "select r.call, t.__registry as registry, t.__person as person, t.__type as record_type,\n"
        "    t.__record as record,\n"
        f"    {clear} as clear, {hidden} as hidden, r.is_certain, r.is_total\n"
        "from (\n"
        "    select call, row_behind, bool_or(is_certain) as is_certain, bool_and(is_total) as is_total\n"
        f"    from (select call, {unnested} as row_behind, is_total,\n"
        f"            ({certain}) and not is_doubtful as is_certain\n"
        "        from sql_placed)\n"
        "    where row_behind is not null group by call, row_behind\n"
        f") as r inner join {quote(leaf.table.stored)} as t on t.__row = r.row_behind"
    )


def _paged(written: Written) -> bool:
    return written.limit is not None or written.offset is not None


def persons_sql(parts: Sequence[str]) -> str:
    """The leaves together: one row per call, local id and record."""
    if not parts:
        return NO_PERSONS
    return (
        "select call, registry, person, record_type, record,\n"
        "    coalesce(bit_or(clear) filter (where is_certain), 0) as sure,\n"
        "    bit_or(clear) as clear, bit_or(hidden) as hidden, bool_and(is_total) as is_total\n"
        f"from (\n{UNION.join(parts)}\n)\n"
        "where clear <> 0 or hidden <> 0 group by all"
    )


NO_PERSONS = (
    "select null::bigint as call, null::varchar as registry, null::varchar as person,"
    " null::varchar as record_type, null::varchar as record,"
    " 0::bigint as sure, 0::bigint as clear, 0::bigint as hidden, true as is_total where false"
)


def groups_sql(written: Written) -> str:
    """Of how many persons each row of a result that only derives was made, per call."""
    if not written.leaves:
        return (
            "select call, count(*) as results, null::bigint as least, 0 as small\n"
            "from sql_results group by call"
        )
    parts = []
    for leaf, listed in written.leaves:
        behind = f"unnest({leaf.column})" if listed else leaf.column
        parts.append(
            f"select call, result_row, t.__registry as registry, t.__person as person\n"
            f"from (select call, result_row, {behind} as row_behind from sql_results) as r\n"
            f"inner join {quote(leaf.table.stored)} as t on t.__row = r.row_behind\n"
            "where t.__person is not null"
        )
    grouped = (
        "select call, result_row, count(distinct (registry, person)) as persons\n"
        f"from ({UNION.join(parts)}) group by all"
    )
    small = f"count(*) filter (where persons < {SMALL}) as small"
    return f"select call, count(*) as results, min(persons) as least, {small}\nfrom ({grouped}) group by call"


RESULTS = "select *, row_number() over () as result_row from sql_placed"
