# SPDX-License-Identifier: Apache-2.0
"""A statement's query written anew: over the tables as of the call, with the rows behind each of its rows.

What is not understood is refused with a reason, never guessed. A limit within a query is left out: its rows
are then possible ones, and the whole is said to be wider than what was shown.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlglot import exp

from tocsin.scope.sql.expressions import Expressions
from tocsin.scope.sql.frames import Cte, Ctes, Frame
from tocsin.scope.sql.relations import CALL, CALLS, Relation, Scope
from tocsin.scope.sql.schema import Schema
from tocsin.scope.sql.select_lists import SelectLists
from tocsin.scope.sql.selects import (
    as_membership,
    conjuncts,
    gather_sql,
    has_aggregate,
    identify,
    intersect,
    less,
    must_stand_in_call,
    refuse_clauses,
    union_all,
)
from tocsin.scope.sql.sources import Kinds, Sources
from tocsin.scope.sql.statements import Refused, Statement
from tocsin.store.query import quote

DEEPEST = 40


class Writer:
    """Writes one statement anew."""

    def __init__(self, schema: Schema, kinds: Kinds, statement: Statement, at: datetime | None) -> None:
        """`at` is an instant at which the versions of views that hold are those of the calls."""
        self.expressions = Expressions(schema, statement, self._nested)
        self.sources = Sources(schema, kinds, at, self.query, self._test)
        self.lists = SelectLists(self.expressions, self._test)
        self.limits: list[exp.Expr] = []
        """Of queries within the query, left out."""

        self._depth = 0
        self._ctes: list[Ctes] = []
        """What each select that is being written may name, the innermost last."""

        self._shows = [False]
        """Whether what is being written is a select list."""

    def query(self, node: exp.Expr, frame: Frame) -> Relation:
        """A select, a set operation, or either in parentheses."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise Refused("too_deep")
        frame = self._with_ctes(node, frame)
        self._leave_limit_out(node, frame)
        if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Query):
            relation = self.query(node.this, frame)
        elif isinstance(node, exp.Select):
            relation = (
                self._select(node, frame)
                if not (frame.flat and must_stand_in_call(node))
                else self._apart(node, frame)
            )
        elif isinstance(node, exp.SetOperation):
            relation = self._set(node, frame)
        else:
            raise Refused("clause_unknown")
        self._depth -= 1
        return relation

    def _leave_limit_out(self, node: exp.Expr, frame: Frame) -> None:
        """The outermost query has had its own taken away before."""
        if not (node.args.get("limit") or node.args.get("offset")):
            return
        if not frame.widens:
            raise Refused("nested_limit")
        if node.args.get("limit"):
            self.limits.append(node.args["limit"])

    def _with_ctes(self, node: exp.Expr, frame: Frame) -> Frame:
        clause = node.args.get("with_") or node.args.get("with")
        if clause is None:
            return frame
        if clause.args.get("recursive"):
            raise Refused("recursive")
        known = dict(frame.ctes)
        for cte in clause.expressions:
            if not isinstance(cte.this, exp.Query):
                raise Refused("not_a_query")
            columns = tuple(one.name for one in cte.args["alias"].columns)
            known[cte.alias.lower()] = Cte(cte.this, dict(known), columns)
        return replace(frame, ctes=known)

    def _apart(self, node: exp.Select, frame: Frame) -> Relation:
        """A select that is answered call by call: one row even of nothing, or windows over a call's rows."""
        inner = self._select(node, replace(frame, flat=False))
        calls = f"select {CALLS}.call as {CALL}, one.*\nfrom sql_good as {CALLS}"
        sql = f"{calls}, lateral (\n{inner.sql}\n) as one"
        return Relation(sql, inner.outputs, inner.leaves, flat=True)

    def _nested(self, node: exp.Query, scope: Scope, is_exists: bool) -> str:
        """A subquery of an expression: nothing of it is shown but what its aggregates derive."""
        inner = node.this if isinstance(node, exp.Subquery) else node
        if is_exists:
            inner = inner.copy()
            for part in ("limit", "offset", "order"):
                inner.set(part, None)
        shows = self._shows[-1] and not is_exists
        self._shows.append(False)
        relation = self.query(
            inner, Frame(scope, self._ctes[-1] if self._ctes else {}, keep=False, widens=False, flat=False)
        )
        self._shows.pop()
        if shows and any(not ref.derived for output in relation.outputs for ref in output.refs):
            raise Refused("subquery_shows")
        return relation.sql

    def _select(self, node: exp.Select, frame: Frame) -> Relation:
        refuse_clauses(node)
        scope = Scope(frame.outer)
        grouped = node.args.get("group") is not None or has_aggregate(node)
        inside = replace(frame, widens=frame.widens and not grouped, order=())
        self._ctes.append(frame.ctes)
        body = self.sources.write(node, scope, inside) + self._where(node, scope, inside)
        self._shows.append(True)
        projections = self.lists.projections(node, scope, grouped)
        self._shows.pop()
        group, having = self.lists.grouping(node, scope, projections, flat=frame.flat)
        keys = self.lists.order(frame.order, node, scope, projections)
        self._ctes.pop()
        leaves = {n: n in s.listed for s in scope.sources.values() for n in s.leaves} if frame.keep else {}
        carried = gather_sql(scope, leaves, grouped=grouped) if frame.keep else []
        is_distinct = node.args.get("distinct") is not None
        columns = [
            *([f"{CALLS}.call as {CALL}"] if frame.flat else []),
            *(f"{p.sql} as {quote(p.output.name)}" for p in projections),
            *carried,
            *keys,
        ]
        plain = not frame.keep and is_distinct
        select = f"select {'distinct ' if plain else ''}{', '.join(columns) or '1'}"
        sql = f"{select}{body}{group}{having}"
        outputs = tuple(p.output for p in projections)
        if grouped:
            outputs = identify(projections, self.sources.leaves) if has_aggregate(node) else outputs
            leaves = dict.fromkeys(leaves, True)
        relation = Relation(sql, outputs, leaves, flat=frame.flat)
        return self._put_together(relation) if is_distinct and frame.keep else relation

    def _where(self, node: exp.Select, scope: Scope, frame: Frame) -> str:
        """The joins that conditions became, then the where with the others; each begins a line."""
        where = node.args.get("where")
        tests = [self._chosen(one, scope, frame) for one in conjuncts(where.this)] if where else []
        joins = "".join(test for test in tests if test.startswith("\n"))
        kept = [*(test for test in tests if not test.startswith("\n")), *scope.held_sql()]
        return joins + (f"\nwhere {' and '.join(f'({test})' for test in kept)}" if kept else "")

    def _put_together(self, relation: Relation) -> Relation:
        """Equal rows become one, with the rows behind all of them."""
        names = ", ".join([*([CALL] if relation.flat else []), *(quote(o.name) for o in relation.outputs)])
        lists = [
            f"list_distinct(flatten(list({c}))) as {c}" if listed else f"list(distinct {c}) as {c}"
            for n, listed in relation.leaves.items()
            for c in [quote(f"__r{n}")]
        ]
        sql = f"select {', '.join([names, *lists])} from (\n{relation.sql}\n) group by {names}"
        leaves = dict.fromkeys(relation.leaves, True)
        return Relation(sql, relation.outputs, leaves, relation.flat)

    def _chosen(self, node: exp.Expr, scope: Scope, frame: Frame) -> str:
        """A condition; or, beginning a line, a join with the values that a subquery asks for.

        A join can be done from either side: only few rows of a table are then looked at.
        """
        wanted = as_membership(node) if frame.flat else None
        if wanted is None:
            return self._test(node, scope)
        held, query = wanted
        inner = self._attempt(query, Frame(None, frame.ctes, keep=False, widens=False))
        if inner is None:
            return self._test(node, scope)
        name, value = (
            quote(f"__s{self._depth}_{len(self.sources.leaves)}_{len(inner.sql)}"),
            quote(inner.outputs[0].name),
        )
        values = f"select distinct {CALL}, {value} as held from (\n{inner.sql}\n)"
        scope.present.append(f"{name}.held")
        among = f"{name}.held = {self._test(held, scope)}"
        return f"\njoin ({values}) as {name} on {name}.{CALL} = {CALLS}.call and {among}"

    def _attempt(self, node: exp.Query, frame: Frame) -> Relation | None:
        """A query, or null and nothing of it noted where it is refused."""
        mark, depth = self.expressions.mark(), self._depth
        notes: list[list[Any]] = [self.sources.leaves, self.limits, self._ctes, self._shows]
        lengths = [len(noted) for noted in notes]
        try:
            return self.query(node, frame)
        except Refused:
            self.expressions.go_back(mark)
            self._depth = depth
            for noted, length in zip(notes, lengths, strict=True):
                del noted[length:]
            return None

    def _test(self, node: exp.Expr, scope: Scope) -> str:
        """What rows are chosen, grouped or ordered by: never a ciphertext, the case has the clear text."""
        sql, refs = self.expressions.write(node, scope)
        if any(
            self.sources.leaves[ref.leaf].table.columns[ref.column].encrypted and not ref.decrypted
            for ref in refs
        ):
            raise Refused("ciphertext")
        return sql

    def _set(self, node: exp.SetOperation, frame: Frame) -> Relation:
        widens = frame.widens and not isinstance(node, exp.Except)
        side = replace(frame, widens=widens, order=())
        left, right = self.query(node.this, side), self.query(node.expression, side)
        if len(left.outputs) != len(right.outputs):
            raise Refused("clause_unknown")
        is_all = not node.args.get("distinct")
        relation = {exp.Union: union_all, exp.Intersect: intersect, exp.Except: less}[type(node)](left, right)
        if not isinstance(node, exp.Union) and is_all:
            raise Refused("clause_unknown")
        if not frame.keep and not is_all:
            names = ", ".join([*([CALL] if frame.flat else []), *(quote(o.name) for o in relation.outputs)])
            sql = f"select distinct {names} from (\n{relation.sql}\n)"
            relation = Relation(sql, relation.outputs, {}, flat=frame.flat)
        elif not is_all:
            relation = self._put_together(relation)
        self.lists.order_set(frame.order, relation)
        return relation
