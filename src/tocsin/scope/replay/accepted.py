# SPDX-License-Identifier: Apache-2.0
"""The SELECTs that a replay may be: the class is closed, and everything outside it is refused.

One select of `person` or `record` from registry and record views, joined by inner joins; a condition; one
final order, limit and offset; no group, aggregate, window, subquery, clock or chance. Names a rule, never
a value.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

CLAUSES = {"expressions", "from_", "from", "joins", "where", "order", "limit", "offset", "distinct", "kind"}
"""Of a select: anything else (group by, having, windows, with…) is refused."""

SAFE_NODES = (
    exp.Alias,
    exp.And,
    exp.AtTimeZone,
    exp.Between,
    exp.Boolean,
    exp.Case,
    exp.Cast,
    exp.Coalesce,
    exp.Column,
    exp.Concat,
    exp.Contains,
    exp.DPipe,
    exp.DataType,
    exp.DataTypeParam,
    exp.EndsWith,
    exp.EQ,
    exp.GT,
    exp.GTE,
    exp.Identifier,
    exp.If,
    exp.ILike,
    exp.In,
    exp.Is,
    exp.Length,
    exp.Like,
    exp.Literal,
    exp.Lower,
    exp.LT,
    exp.LTE,
    exp.NEQ,
    exp.Not,
    exp.Null,
    exp.Nullif,
    exp.NullSafeEQ,
    exp.NullSafeNEQ,
    exp.Or,
    exp.Ordered,
    exp.Paren,
    exp.Placeholder,
    exp.Parameter,
    exp.Replace,
    exp.StartsWith,
    exp.StrPosition,
    exp.Substring,
    exp.Trim,
    exp.TryCast,
    exp.Tuple,
    exp.Upper,
    exp.Var,
)
"""These cannot fail on a value."""

RISKY_NODES = (
    exp.Abs,
    exp.Add,
    exp.Day,
    exp.Div,
    exp.Extract,
    exp.IntDiv,
    exp.Interval,
    exp.Left,
    exp.Mod,
    exp.Month,
    exp.Mul,
    exp.Neg,
    exp.RegexpLike,
    exp.Right,
    exp.Sub,
    exp.TimeToStr,
    exp.Year,
)
"""These can (an overflow, a bad pattern): the value is then null, as a condition that does not hold."""

SAFE_FUNCTIONS = {"strip_accents"}
"""Functions that sqlglot has no node for."""


class ReplayError(ValueError):
    """The replay is outside the class; `str` says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """A view that the replay reads, under the name that it gives it."""

    view: str
    alias: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The parts of a replay that is in the class."""

    keys: tuple[exp.Column, ...]
    """What is selected."""

    distinct: bool
    sources: tuple[Source, ...]
    conditions: tuple[exp.Expression, ...]
    """Of the joins and of the where, all to hold."""

    using: tuple[tuple[str, str], ...]
    """(alias of the joined view, column) of `join … using (column)`."""

    order: tuple[exp.Ordered, ...]
    limit: exp.Expression | None
    offset: exp.Expression | None


def parse_replay(text: str) -> Accepted:
    """Parse a replay; raises ReplayError when it is outside the class."""
    select = _parse(text)
    unknown = {name for name, value in select.args.items() if value} - CLAUSES
    if unknown:
        raise ReplayError(f"it has a clause that no replay may have ({', '.join(sorted(unknown))})")
    sources, joined, using = _sources(select)
    where = select.args.get("where")
    order = select.args.get("order")
    accepted = Accepted(
        tuple(_key(key) for key in select.expressions),
        select.args.get("distinct") is not None,
        sources,
        (*joined, *((where.this,) if where else ())),
        using,
        tuple(order.expressions) if order else (),
        _page_part(select, "limit"),
        _page_part(select, "offset"),
    )
    if any(isinstance(term.this, exp.Literal) for term in accepted.order):
        raise ReplayError("it orders by a position or a constant")
    for part in (*accepted.conditions, *accepted.order, accepted.limit, accepted.offset):
        if part is not None:
            _refuse_unknown(part)
    return accepted


def parameters_of(*parts: exp.Expression | None) -> list[str]:
    """The `$names` in these parts, in order of name."""
    found = {
        parameter.name
        for part in parts
        if part is not None
        for parameter in part.find_all(exp.Placeholder, exp.Parameter)
    }
    return sorted(found)


def _parse(text: str) -> exp.Select:
    try:
        trees = [tree for tree in sqlglot.parse(text, read="duckdb") if tree is not None]
    except SqlglotError:
        raise ReplayError("it is not valid SQL") from None
    if len(trees) != 1 or not isinstance(trees[0], exp.Select):
        raise ReplayError("it is not one plain select")
    return trees[0]


def _key(key: exp.Expression) -> exp.Column:
    column = key.this if isinstance(key, exp.Alias) else key
    if not isinstance(column, exp.Column) or column.name not in ("person", "record"):
        raise ReplayError("it selects something other than person or record")
    return column


def _sources(
    select: exp.Select,
) -> tuple[tuple[Source, ...], list[exp.Expression], tuple[tuple[str, str], ...]]:
    start = select.args.get("from_") or select.args.get("from")
    if start is None:
        raise ReplayError("it reads no view")
    sources = [_source(start.this)]
    conditions: list[exp.Expression] = []
    using: list[tuple[str, str]] = []
    for join in select.args.get("joins") or ():
        if join.args.get("side") or join.args.get("kind") not in (None, "", "INNER", "CROSS"):
            raise ReplayError("it has a join that is not an inner join")
        if join.args.get("method"):
            raise ReplayError("it has a natural or positional join")
        source = _source(join.this)
        sources.append(source)
        conditions += [join.args["on"]] if join.args.get("on") else []
        using += [(source.alias, name.name) for name in join.args.get("using") or ()]
    if len({source.alias for source in sources}) < len(sources):
        raise ReplayError("it gives two views one name")
    return tuple(sources), conditions, tuple(using)


def _source(table: exp.Expression) -> Source:
    plain = isinstance(table, exp.Table) and isinstance(table.this, exp.Identifier)
    if not plain or _has_other_parts(table, "this", "alias"):
        raise ReplayError("it reads something other than registry and record views")
    return Source(table.name, table.alias or table.name)


def _has_other_parts(node: exp.Expression, *parts: str) -> bool:
    return bool({name for name, value in node.args.items() if value} - set(parts))


def _page_part(select: exp.Select, name: str) -> exp.Expression | None:
    clause = select.args.get(name)
    if clause is None:
        return None
    if not isinstance(clause, (exp.Limit, exp.Offset)) or _has_other_parts(clause, "expression"):
        raise ReplayError(f"its {name} is of a form that no replay may have")
    part: exp.Expression = clause.expression
    if part.find(exp.Column):
        raise ReplayError(f"its {name} depends on a column")
    return part


def _refuse_unknown(part: exp.Expression) -> None:
    for node in part.walk():
        if isinstance(node, exp.Anonymous):
            if node.name.lower() not in SAFE_FUNCTIONS:
                raise ReplayError(f"it calls a function that no replay may call ({node.name.lower()})")
        elif not isinstance(node, (*SAFE_NODES, *RISKY_NODES)):
            raise ReplayError(f"it holds what no replay may hold ({type(node).__name__})")
