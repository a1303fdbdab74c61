# SPDX-License-Identifier: Apache-2.0
"""Pieces of a select that is written anew: its outputs, the rows behind them, sets of rows put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from tocsin.scope.sql.relations import CALL, CALLS, Leaf, Output, Relation, Scope
from tocsin.scope.sql.schema import BaseTable
from tocsin.scope.sql.statements import Refused
from tocsin.store.query import quote

IDENTIFYING = ("identity.name", "id.", "contact.")
"""Categories of columns by which a row is somebody's; a group by one of them hides nobody."""

CLAUSES = {
    "distinct",
    "expressions",
    "from",
    "from_",
    "group",
    "having",
    "hint",
    "joins",
    "limit",
    "locks",
    "offset",
    "order",
    "where",
    "with",
    "with_",
}


@dataclass(frozen=True, slots=True)
class Projection:
    """One column of a select list."""

    sql: str
    output: Output
    tree: exp.Expr | None
    lists: bool
    """An aggregate that shows the values themselves."""


def refuse_clauses(node: exp.Select) -> None:
    """Raise Refused for a clause that is not understood."""
    if {name for name, value in node.args.items() if value} - CLAUSES:
        raise Refused("clause_unknown")
    distinct = node.args.get("distinct")
    if distinct is not None and distinct.args.get("on"):
        raise Refused("clause_unknown")


def has_aggregate(node: exp.Select) -> bool:
    """Whether rows are put together by an aggregate of this select's own."""
    parts = [*node.expressions, *([node.args["having"]] if node.args.get("having") else [])]
    return any(_aggregates(part) for part in parts)


def _aggregates(node: exp.Expr) -> bool:
    if isinstance(node, (exp.Query, exp.Window)):
        return False
    return isinstance(node, exp.AggFunc) or any(_aggregates(child) for child in node.iter_expressions())


def must_stand_in_call(node: exp.Select) -> bool:
    """Whether a select has to be answered call by call."""
    sides = {str(join.args.get("side") or "").upper() for join in node.args.get("joins") or ()}
    windows = any(part.find(exp.Window) for part in node.expressions)
    return windows or bool(sides & {"RIGHT", "FULL"}) or (has_aggregate(node) and not node.args.get("group"))


def held_then(table: BaseTable, alias: str) -> str:
    """The test that a row held at the time of the call."""
    if table.view is None or not table.view.as_of:
        return "true"
    since, until = f"{alias}.__from", f"{alias}.__until"
    return (
        f"({since} is null or {since} <= {CALLS}.instant) and ({until} is null or {CALLS}.instant < {until})"
    )


def conjuncts(node: exp.Expr) -> list[exp.Expr]:
    """The parts of a condition that all have to hold."""
    bare = node.unnest()
    return (
        [part for one in (bare.left, bare.right) for part in conjuncts(one)]
        if isinstance(bare, exp.And)
        else [node]
    )


def as_membership(node: exp.Expr) -> tuple[exp.Expr, exp.Query] | None:
    """A condition as a value and the query of those that it must be among; null when it is no such thing."""
    node = node.unnest()
    if isinstance(node, exp.In) and isinstance(node.args.get("query"), exp.Query):
        query = node.args["query"]
        inner = query.this if isinstance(query, exp.Subquery) else query
        return (
            (node.this, inner) if len(inner.expressions) == 1 or not isinstance(inner, exp.Select) else None
        )
    if isinstance(node, exp.Exists) and isinstance(node.this, exp.Select):
        return _of_exists(node.this)
    return None


def _of_exists(select: exp.Select) -> tuple[exp.Expr, exp.Query] | None:
    """`exists (… where inner.a = outer.b and …)` asks for the outer.b that are among the inner.a."""
    given = {name for name, value in select.args.items() if value}
    start = select.args.get("from_") or select.args.get("from")
    if given - {"expressions", "from_", "from", "joins", "where"} or "where" not in given or start is None:
        return None
    own = {source.this.alias_or_name.lower() for source in (start, *(select.args.get("joins") or ()))}
    parts = conjuncts(select.args["where"].this)
    for part in parts:
        test = part.unnest()
        sides = [test.this, test.expression] if isinstance(test, exp.EQ) else []
        if not all(isinstance(side, exp.Column) and side.table for side in sides) or not sides:
            continue
        inside = [side for side in sides if side.table.lower() in own]
        if len(inside) == 1:
            outside = sides[1] if inside[0] is sides[0] else sides[0]
            rest = [one.copy() for one in parts if one is not part]
            query = select.copy()
            query.set("expressions", [inside[0].copy()])
            query.set("where", exp.Where(this=exp.and_(*rest)) if rest else None)
            return outside, query
    return None


def named_apart(projections: Sequence[Projection]) -> list[Projection]:
    """The same with names that are all different."""
    seen: set[str] = set()
    apart = []
    for place, one in enumerate(projections):
        taken = one.output.name.lower() in seen or one.output.name.startswith("__")
        name = f"{one.output.name}__{place}" if taken else one.output.name
        seen.add(name.lower())
        apart.append(replace(one, output=replace(one.output, name=name)))
    return apart


def projection_at(projections: Sequence[Projection], position: int) -> Projection:
    """The column of a position, from 1; raises Refused."""
    if not 0 < position <= len(projections):
        raise Refused("column_unknown")
    return projections[position - 1]


def direction(term: exp.Ordered) -> str:
    """How a term of an order by sorts."""
    way = "desc" if term.args.get("desc") else "asc"
    return f"{way} nulls {'first' if term.args.get('nulls_first') else 'last'}"


def gather_sql(scope: Scope, leaves: Mapping[int, bool], *, grouped: bool) -> list[str]:
    """The columns that carry the rows behind each row."""
    columns = []
    for source in scope.sources.values():
        for number, name in source.leaves.items():
            held = f"{quote(source.alias)}.{quote(name)}"
            if grouped:
                held = f"list_distinct(flatten(list({held})))" if leaves[number] else f"list(distinct {held})"
            columns.append(f"{held} as {quote(f'__r{number}')}")
    return columns


def identify(projections: Sequence[Projection], leaves: Sequence[Leaf]) -> tuple[Output, ...]:
    """The outputs of a select with aggregates: what no identifying column stands beside is only derived."""
    plain = [ref for p in projections for ref in p.output.refs if not ref.derived]
    known = {ref.leaf for ref in plain if _is_identifying(leaves[ref.leaf], ref.column)}
    return tuple(
        p.output
        if p.lists
        else replace(
            p.output, refs=frozenset(r if r.leaf in known else r.as_derived() for r in p.output.refs)
        )
        for p in projections
    )


def _is_identifying(leaf: Leaf, name: str) -> bool:
    column = leaf.table.columns[name]
    return column.is_key or any(category.startswith(IDENTIFYING) for category in column.categories)


def union_all(left: Relation, right: Relation) -> Relation:
    """The rows of both, under the names of the left."""
    outputs = tuple(
        Output(a.name, a.refs | b.refs, a.kind if a.kind == b.kind else None)
        for a, b in zip(left.outputs, right.outputs, strict=True)
    )
    leaves = {**left.leaves, **right.leaves}
    sql = f"{_side(left, left, leaves)}\nunion all\n{_side(right, left, leaves)}"
    return Relation(sql, outputs, leaves, left.flat)


def intersect(left: Relation, right: Relation) -> Relation:
    """The rows of each that the other has too."""
    return union_all(_held(left, right, "exists"), _held(right, left, "exists"))


def less(left: Relation, right: Relation) -> Relation:
    """The rows of the left that the right has not."""
    return _held(left, right, "not exists")


def _side(relation: Relation, names: Relation, leaves: Mapping[int, bool]) -> str:
    columns = [CALL] if relation.flat else []
    columns += [
        f"{quote(own.name)} as {quote(name.name)}"
        for own, name in zip(relation.outputs, names.outputs, strict=True)
    ]
    for number, listed in leaves.items():
        held = quote(f"__r{number}") if number in relation.leaves else f"null::bigint{'[]' if listed else ''}"
        columns.append(f"{held} as {quote(f'__r{number}')}")
    return f"select {', '.join(columns)} from (\n{relation.sql}\n)"


def _held(relation: Relation, other: Relation, test: str) -> Relation:
    same = " and ".join(
        f"one.{quote(a.name)} is not distinct from other.{quote(b.name)}"
        for a, b in zip(relation.outputs, other.outputs, strict=True)
    )
    same += f" and one.{CALL} = other.{CALL}" if relation.flat else ""
    sql = (
        f"select one.* from (\n{relation.sql}\n) as one\n"
        f"where {test} (select 1 from (\n{other.sql}\n) as other where {same})"
    )
    return Relation(sql, relation.outputs, relation.leaves, relation.flat)
