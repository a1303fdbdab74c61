# SPDX-License-Identifier: Apache-2.0
"""A whole statement written anew: its page apart, so that rows that tie at its edge are seen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlglot import exp

from tocsin.scope.sql.frames import Frame
from tocsin.scope.sql.relations import CALLS, Leaf, Output, Ref
from tocsin.scope.sql.rewriting import Writer
from tocsin.scope.sql.schema import Schema
from tocsin.scope.sql.sources import Kinds
from tocsin.scope.sql.statements import Refused, Statement, index_of
from tocsin.store.query import quote

_BIND = re.compile(r'"b(\d+)"')


@dataclass(frozen=True, slots=True)
class Written:
    """A statement ready to be run for its calls."""

    sql: str
    outputs: tuple[Output, ...]
    leaves: tuple[tuple[Leaf, bool], ...]
    """Each with whether its rows come as a list."""

    keys: tuple[tuple[str, str], ...]
    limit: str | None
    offset: str | None
    is_possible: bool
    """Some of its rows may not have been shown: a limit within it, or a cursor."""

    binds: int
    readings: tuple[tuple[str, str], ...]
    is_as_of: bool
    """The rows stand as they were then: every table has its history, and no clock was asked."""

    def refs(self, leaf: int) -> tuple[Ref, ...]:
        """What is shown of a leaf, once each."""
        found = {ref for output in self.outputs for ref in output.refs if ref.leaf == leaf}
        return tuple(sorted(found, key=lambda ref: (ref.column, ref.derived, ref.decrypted)))

    @property
    def shows(self) -> bool:
        """Whether it gives a column of somebody, and not only what is derived."""
        return any(not ref.derived for leaf, _listed in self.leaves for ref in self.refs(leaf.number))


def write_statement(schema: Schema, kinds: Kinds, statement: Statement, at: datetime | None) -> Written:
    """Write a statement anew; raises Refused."""
    query = _hoisted(_without_rownum(statement.query.copy()))
    limit, offset = limit_sql(query), _page_sql(query.args.get("offset"))
    order = query.args.get("order")
    for part in ("order", "limit", "offset"):
        query.set(part, None)
    writer = Writer(schema, kinds, statement, at)
    relation = writer.query(
        query, Frame(order=tuple(order.expressions) if order and (limit or offset) else ())
    )
    leaves = writer.sources.leaves
    if not leaves:
        raise Refused("no_table")
    return Written(
        relation.sql,
        relation.outputs,
        tuple((leaves[number], listed) for number, listed in relation.leaves.items()),
        tuple(writer.lists.keys),
        limit,
        offset,
        bool(writer.limits) or statement.shape == "cursor",
        max([writer.expressions.binds, *(int(n) for n in _BIND.findall(f"{limit} {offset}"))]),
        tuple(writer.expressions.readings),
        all(leaf.table.view.as_of for leaf in leaves if leaf.table.view)
        and not writer.expressions.uses_clock,
    )


def limit_sql(query: exp.Expr) -> str | None:
    """The most rows of a query over its call, or null."""
    limit = query.args.get("limit")
    if isinstance(limit, exp.Fetch):
        options = limit.args.get("limit_options")
        if options is not None and (options.args.get("percent") or options.args.get("with_ties")):
            raise Refused("clause_unknown")
        return _value_sql(limit.args.get("count") or exp.Literal.number(1))
    return _page_sql(limit)


def _page_sql(clause: exp.Expr | None) -> str | None:
    if clause is None:
        return None
    if clause.args.get("expressions") or clause.args.get("limit_options"):
        raise Refused("clause_unknown")
    return _value_sql(clause.expression)


def _value_sql(value: exp.Expr) -> str:
    value = value.unnest()
    index = index_of(value)
    if index is not None:
        return f'{CALLS}."p{index}"'
    if isinstance(value, exp.Literal) and value.is_int:
        return f"{int(value.this)}::bigint"
    if isinstance(value, (exp.Parameter, exp.Placeholder)) and value.name.isdigit():
        return f'try_cast({CALLS}."b{int(value.name)}" as bigint)'
    raise Refused("clause_unknown")


def _without_rownum(query: exp.Query) -> exp.Query:
    """Oracle's `where rownum <= n` is a limit, before any order by of the same query."""
    where = query.args.get("where")
    if where is None or not isinstance(query, exp.Select):
        return query
    parts = list(where.this.flatten()) if isinstance(where.this, exp.And) else [where.this]
    tests = [part for part in parts if _is_rownum(part)]
    if len(tests) != 1 or query.args.get("limit") or query.args.get("order"):
        return query
    test = tests[0]
    most = test.expression.unnest()
    if isinstance(test, exp.LT):
        raise Refused("clause_unknown")
    rest = [part for part in parts if part is not test]
    query.set("where", exp.Where(this=exp.and_(*rest, copy=False)) if rest else None)
    query.set("limit", exp.Limit(expression=most))
    return query


def _is_rownum(part: exp.Expr) -> bool:
    return isinstance(part, (exp.LTE, exp.LT)) and part.this.name.lower() == "rownum"


def _hoisted(query: exp.Query) -> exp.Query:
    """`select * from (… order by …) limit n` is its inner query with that limit."""
    while (
        isinstance(query, exp.Subquery) and isinstance(query.this, exp.Query) and not query.args.get("limit")
    ):
        query = query.this
    if not isinstance(query, exp.Select):
        return query
    start = query.args.get("from_") or query.args.get("from")
    others = {name for name, value in query.args.items() if value} - {
        "expressions",
        "from_",
        "from",
        "limit",
        "offset",
    }
    inner = start.this.this if start is not None and isinstance(start.this, exp.Subquery) else None
    plain = [type(one) for one in query.expressions] == [exp.Star]
    if others or not plain or not isinstance(inner, exp.Query):
        return query
    if inner.args.get("limit") or inner.args.get("offset"):
        return query
    for part in ("limit", "offset"):
        inner.set(part, query.args.get(part))
    return inner


def masks_sql(
    schema: Schema, written: Written, leaf: Leaf, kinds: Mapping[tuple[str, str], str]
) -> tuple[str, str]:
    """What a row `t` of a leaf shows in clear, and what encrypted: bits of the schema's categories."""
    bits = {category: 1 << place for place, category in enumerate(schema.categories)}
    clear, hidden = ["0"], ["0"]
    for ref in written.refs(leaf.number):
        column = leaf.table.columns[ref.column]
        mask = sum({bits[category] for category in column.categories})
        if ref.derived or not mask or (leaf.table.stored, ref.column) not in kinds:
            continue
        side = hidden if column.encrypted and not ref.decrypted else clear
        side.append(f"case when t.{quote(ref.column)} is not null then {mask} else 0 end")
    return _bits(clear), _bits(hidden)


def _bits(parts: list[str]) -> str:
    return "cast(" + " | ".join(parts) + " as bigint)"
