# SPDX-License-Identifier: Apache-2.0
"""Statements over a rebuilt past: what they give through a row that may not have held is possible only.

A statement that only joins and chooses gives no less when rows are added: its other rows stay certain. Any
other (a page, a total, what is not there) is certain of nothing while something of its tables is not known.
"""

from __future__ import annotations

import re

from sqlglot import exp

from tocsin.scope.sql.schema import BaseColumn, BaseTable, Schema
from tocsin.scope.sql.written import Written
from tocsin.store.engine import Engine
from tocsin.store.query import literal, quote

ADDING = (exp.Except, exp.Intersect, exp.AggFunc, exp.Window, exp.Exists, exp.Group, exp.Limit, exp.Fetch)
"""With one of these, a row more may make a row less, or another."""

NOTHING = "select null::timestamptz as moment, 0::bigint as doubtful, 0::bigint as stand_ins where false"
_THEIRS = re.compile(r"""original->>'\$\."(?P<name>.*)"'""")

Doubts = dict[str, tuple[BaseTable, list[str]]]
"""By the engine's table: a rebuilt table that a statement reads, and the columns that it reads of it."""


def doubts_of(schema: Schema, query: exp.Expr, written: Written) -> Doubts:
    """The rebuilt tables behind a statement."""
    named = {column.name.lower() for column in query.find_all(exp.Column)}
    tables = [schema.table(one.name) for one in query.find_all(exp.Table)]
    reads_all = query.find(exp.Star) is not None or any(table is None for table in tables)
    found: Doubts = {}
    for leaf, _listed in written.leaves:
        table = leaf.table
        if table.view is None or not table.view.is_rebuilt:
            continue
        columns = [c for name, c in table.columns.items() if reads_all or name in named]
        key = "person" if table.view.table == "registry" else "record"
        found[table.stored] = (table, sorted({key, "person", *map(_held, columns)}))
    return found


def create_unknown(engine: Engine, query: exp.Expr, written: Written, doubts: Doubts) -> None:
    """Make `sql_unknown_now`: the moments at which something of the statement's tables is not known."""
    both = not _only_adds(query, written)
    parts = [NOTHING, *(_moments_sql(stored, used, both=both) for stored, (_, used) in doubts.items())]
    engine.create(
        "sql_unknown_now",
        "select moment, sum(doubtful)::bigint as doubtful, sum(stand_ins)::bigint as stand_ins\n"
        f"from ({' union all '.join(parts)}) group by moment having sum(doubtful) > 0",
    )


def placed_sql(placed: str, query: exp.Expr, written: Written, doubts: Doubts) -> str:
    """The placed rows, each with whether it may not have been there; in doubt, no page is total."""
    if not doubts:
        return f"select *, false as is_doubtful from ({placed})"
    unknown = "(n.doubtful is not null)"
    joins, tests = "", unknown
    if _only_adds(query, written):
        rebuilt = [leaf for leaf, _listed in written.leaves if leaf.table.stored in doubts]
        joins = "".join(
            f"\nleft join {quote(leaf.table.stored)} as d{n} on d{n}.__row = p.{leaf.column}"
            for n, leaf in enumerate(rebuilt)
        )
        tests = " or ".join(
            _is_doubtful(f"d{n}.", doubts[leaf.table.stored][1]) for n, leaf in enumerate(rebuilt)
        )
    return (
        f"select p.* replace (p.is_total and not {unknown} as is_total), ({tests}) as is_doubtful\n"
        f"from ({placed}) as p\n"
        f"inner join sql_calls as c on c.call = p.call\n"
        f"left join sql_unknown_now as n on n.moment is not distinct from c.moment{joins}"
    )


WIDENED = """(
    select
        c.* replace (
            c.limit_rows + c.offset_rows - greatest(0, c.offset_rows - coalesce(n.stand_ins, 0))
                + coalesce(n.doubtful, 0) as limit_rows,
            greatest(0, c.offset_rows - coalesce(n.stand_ins, 0)) as offset_rows
        )
    from sql_calls as c
    left join sql_unknown_now as n on n.moment is not distinct from c.moment
)"""
"""Pages as wide as rows in doubt can move them."""


def _only_adds(query: exp.Expr, written: Written) -> bool:
    """Whether a row more in its tables can take none from its result."""
    if written.limit is not None or written.offset is not None or any(listed for _, listed in written.leaves):
        return False
    if query.find(*ADDING) is not None or any(join.args.get("side") for join in query.find_all(exp.Join)):
        return False
    return not any(node.find(exp.Query) for node in query.find_all(exp.Not))


def _held(column: BaseColumn) -> str:
    """A column as the rows name it when it is in doubt."""
    theirs = _THEIRS.fullmatch(column.value)
    return f"original.{theirs['name']}" if theirs else column.value.strip('"')


def _is_doubtful(alias: str, used: list[str]) -> str:
    return f"list_has_any(coalesce({alias}__doubts, []), [{', '.join(map(literal, used))}])"


def _moments_sql(stored: str, used: list[str], *, both: bool) -> str:
    """With `both`, also rows that stand there in two states, whatever column tells these apart."""
    twice = "or (__doubts is not null and not __stands_in)" if both else ""
    doubtful = f"from {quote(stored)} where ({_is_doubtful('', used)} {twice})"
    return (
        f"select m.held_from, o.doubtful, o.stand_ins\n"
        "from (select held_from from sql_moments union all select null) as m\n"
        "inner join (\n"
        "    select instant, lead(instant, 1, timestamptz 'infinity') over (order by instant) as until,\n"
        "        sum(sum(step)) over (order by instant)::bigint as doubtful,\n"
        "        sum(sum(stand_in)) over (order by instant)::bigint as stand_ins\n"
        "    from (\n"
        "        select coalesce(__from, timestamptz '-infinity') as instant, 1 as step,\n"
        f"            __stands_in::bigint as stand_in {doubtful}\n"
        "        union all\n"
        f"        select __until, -1, -__stands_in::bigint {doubtful} and __until is not null\n"
        "    ) group by instant\n"
        ") as o on coalesce(m.held_from, timestamptz '-infinity') >= o.instant\n"
        "    and coalesce(m.held_from, timestamptz '-infinity') < o.until\n"
        "where o.doubtful > 0"
    )
