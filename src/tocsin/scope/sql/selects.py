# SPDX-License-Identifier: Apache-2.0
"""Pieces of a select that is written anew: its outputs, the rows behind them, and sets of rows put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from tocsin.scope.sql.relations import Leaf, Output, Relation, Scope
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
    tree: exp.Expression | None
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


def _aggregates(node: exp.Expression) -> bool:
    if isinstance(node, (exp.Query, exp.Window)):
        return False
    return isinstance(node, exp.AggFunc) or any(_aggregates(child) for child in node.iter_expressions())


def named_apart(projections: Sequence[Projection]) -> list[Projection]:
    """The same with names that are all different."""
    seen: set[str] = set()
    apart = []
    for place, one in enumerate(projections):
        name = one.output.name
        if name.lower() in seen or name.startswith("__"):
            one = replace(one, output=replace(one.output, name=f"{name}__{place}"))
        seen.add(one.output.name.lower())
        apart.append(one)
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
    return Relation(sql, outputs, leaves, left.grouped or right.grouped)


def intersect(left: Relation, right: Relation) -> Relation:
    """The rows of each that the other has too."""
    return union_all(_held(left, right, "exists"), _held(right, left, "exists"))


def less(left: Relation, right: Relation) -> Relation:
    """The rows of the left that the right has not."""
    return _held(left, right, "not exists")


def _side(relation: Relation, names: Relation, leaves: Mapping[int, bool]) -> str:
    columns = [
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
    sql = (
        f"select one.* from (\n{relation.sql}\n) as one\n"
        f"where {test} (select 1 from (\n{other.sql}\n) as other where {same})"
    )
    return Relation(sql, relation.outputs, relation.leaves, relation.grouped)
