# SPDX-License-Identifier: Apache-2.0
"""The lists of a select that is written anew: what it shows, what it groups by, what it is ordered by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from tocsin.scope.sql.expressions import LISTING, Expressions, find_column
from tocsin.scope.sql.relations import CALLS, Output, Relation, Scope
from tocsin.scope.sql.selects import Projection, direction, named_apart, projection_at
from tocsin.scope.sql.sources import Test
from tocsin.scope.sql.statements import Refused
from tocsin.store.query import quote


@dataclass(slots=True)
class SelectLists:
    """Writes the lists of the selects of one statement; notes what the whole is ordered by."""

    expressions: Expressions
    test: Test
    keys: list[tuple[str, str]] = field(default_factory=list)
    """(column, direction) by which the whole is ordered."""

    def projections(self, node: exp.Select, scope: Scope, grouped: bool) -> list[Projection]:
        """The columns of the select list, under names that are all different."""
        found: list[Projection] = []
        for one in node.expressions:
            found.extend(self._starred(one, scope) or [self._projection(one, scope, grouped)])
        return named_apart(found)

    def _projection(self, node: exp.Expr, scope: Scope, grouped: bool) -> Projection:
        inner = node.this if isinstance(node, exp.Alias) else node
        sql, refs = self.expressions.write(inner, scope)
        lists = grouped and inner.find(*LISTING) is not None
        kind = self.expressions.kind(inner, scope)
        return Projection(sql, Output(node.alias_or_name or "_", refs, kind), inner, lists)

    def _starred(self, node: exp.Expr, scope: Scope) -> list[Projection]:
        """`*` and `t.*`: the columns that are known."""
        is_star = isinstance(node, exp.Star)
        if not is_star and not (isinstance(node, exp.Column) and isinstance(node.this, exp.Star)):
            return []
        star = node if is_star else node.this
        if any(star.args.get(part) for part in ("except_", "except", "replace", "rename")):
            raise Refused("clause_unknown")
        named = node.table.lower() if isinstance(node, exp.Column) else ""
        sources = list(scope.sources.values()) if is_star else [scope.sources.get(named)]
        if None in sources:
            raise Refused("table_unknown")
        return [
            Projection(f"{quote(s.alias)}.{quote(o.name)}", o, None, False)
            for s in sources
            if s is not None
            for o in s.columns.values()
        ]

    def grouping(
        self, node: exp.Select, scope: Scope, projections: Sequence[Projection], *, flat: bool
    ) -> tuple[str, str]:
        """The group by and the having, each beginning a line, or empty."""
        group, having = node.args.get("group"), node.args.get("having")
        if group and {name for name, value in group.args.items() if value} - {"expressions"}:
            raise Refused("clause_unknown")
        terms = [self._term(one, scope, projections) for one in group.expressions] if group else []
        terms += [f"{CALLS}.call"] if flat and terms else []
        grouping = f"\ngroup by {', '.join(terms)}" if terms else ""
        return grouping, f"\nhaving {self.test(having.this, scope)}" if having else ""

    def _term(self, node: exp.Expr, scope: Scope, projections: Sequence[Projection]) -> str:
        """A term of a group by: a position, a name of the select list, or an expression."""
        if isinstance(node, exp.Literal) and node.is_int:
            return projection_at(projections, int(node.this)).sql
        if isinstance(node, exp.Column) and not node.table and find_column(node, scope) is None:
            named = [p for p in projections if p.output.name.lower() == node.name.lower()]
            if named:
                return named[0].sql
        return self.test(node, scope)

    def order(
        self, order: Sequence[exp.Ordered], node: exp.Select, scope: Scope, projections: Sequence[Projection]
    ) -> list[str]:
        """Makes `keys`; gives the columns that the select needs for them."""
        added = []
        for place, term in enumerate(order):
            column = self._ordering(term.this, projections, scope)
            if column is None:
                if node.args.get("distinct"):
                    raise Refused("clause_unknown")
                column = quote(f"__k{place}")
                added.append(f"{self.test(term.this, scope)} as {column}")
            self.keys.append((column, direction(term)))
        return added

    def order_set(self, order: Sequence[exp.Ordered], relation: Relation) -> None:
        """Makes `keys` of a union or the like: only its own columns can order it. Raises Refused."""
        projections = [Projection(quote(o.name), o, None, False) for o in relation.outputs]
        for term in order:
            column = self._ordering(term.this, projections, None)
            if column is None:
                raise Refused("clause_unknown")
            self.keys.append((column, direction(term)))

    def _ordering(self, node: exp.Expr, projections: Sequence[Projection], scope: Scope | None) -> str | None:
        """The output that a term of the order by means."""
        if isinstance(node, exp.Literal):
            return quote(projection_at(projections, int(node.this) if node.is_int else 0).output.name)
        name = node.name.lower() if isinstance(node, exp.Column) and not node.table else None
        named = [p for p in projections if name is not None and p.output.name.lower() == name]
        same = [p for p in projections if p.tree is not None and p.tree == node]
        chosen = named or same
        if not chosen and scope is not None and isinstance(node, exp.Column):
            sql = self.expressions.column(node, scope)[0]
            chosen = [p for p in projections if p.sql == sql]
        return quote(chosen[0].output.name) if chosen else None
