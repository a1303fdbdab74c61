# SPDX-License-Identifier: Apache-2.0
"""A statement's query written anew: over the tables as of the call, with the rows behind each of its rows.

What is not understood is refused with a reason, never guessed. A limit within a query is left out: its rows
are then possible ones, and the whole is said to be wider than what was shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlglot import exp

from tocsin.scope.sql.expressions import LISTING, Expressions, find_column
from tocsin.scope.sql.relations import CALL, CALLS, ROW, Leaf, Output, Ref, Relation, Scope, Source
from tocsin.scope.sql.schema import BaseTable, Schema, SchemaView
from tocsin.scope.sql.selects import (
    Projection,
    as_membership,
    conjuncts,
    direction,
    gather_sql,
    has_aggregate,
    held_then,
    identify,
    intersect,
    less,
    must_stand_in_call,
    named_apart,
    projection_at,
    refuse_clauses,
    union_all,
)
from tocsin.scope.sql.statements import Refused, Statement, parse_definition
from tocsin.store.query import quote

Kinds = Mapping[tuple[str, str], str]
"""(stored table, folded column) → type."""

Ctes = Mapping[str, "Cte"]
DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Cte:
    """A query that a `with` names, and what it may itself name."""

    query: exp.Query
    known: Ctes
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a query stands."""

    outer: Scope | None = None
    ctes: Ctes = field(default_factory=dict)
    keep: bool = True
    """The rows behind its rows are wanted."""

    widens: bool = True
    """More rows than it gave would only show more persons."""

    order: tuple[exp.Ordered, ...] = ()
    flat: bool = True
    """It answers all calls at once; else it stands within one call, as a subquery of an expression does."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A source as it stands in a from, and the test that its rows are those of the call."""

    sql: str
    test: str = "true"
    call: str | None = None
    """Its column of the call, where it has one: else it is a table, and the test says which rows held."""

    def meets(self, scope: Scope) -> str:
        """The test as an inner join has it; that a table's rows held is asked when all is joined."""
        if self.call is not None:
            scope.present.append(self.call)
            return self.test
        scope.held.extend([self.test] if self.test != "true" else [])
        return "true"


@dataclass(slots=True)
class Writer:
    """Writes one statement anew."""

    schema: Schema
    kinds: Kinds
    statement: Statement
    at: datetime | None
    """An instant at which the versions of views that hold are those of the calls."""

    leaves: list[Leaf] = field(default_factory=list)
    limits: list[exp.Expr] = field(default_factory=list)
    """Of queries within the query, left out."""

    keys: list[tuple[str, str]] = field(default_factory=list)
    """(column, direction) by which the whole is ordered."""

    views: set[str] = field(default_factory=set)
    reads_nobodys: bool = False
    depth: int = 0
    expressions: Expressions = field(init=False)
    _ctes: list[Ctes] = field(default_factory=list)
    _shows: list[bool] = field(default_factory=lambda: [False])
    """Whether what is being written is a select list."""

    def __post_init__(self) -> None:
        self.expressions = Expressions(self.schema, self.statement, self._nested)

    def query(self, node: exp.Expr, frame: Frame) -> Relation:
        """A select, a set operation, or either in parentheses."""
        self.depth += 1
        if self.depth > DEEPEST:
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
        self.depth -= 1
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
        return Relation(sql, inner.outputs, inner.leaves, inner.grouped, flat=True)

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
        body = self._from(node, scope, inside)
        where = node.args.get("where")
        tests = [self._chosen(one, scope, inside) for one in conjuncts(where.this)] if where else []
        body += "".join(test for test in tests if test.startswith("\n"))
        kept = [*(test for test in tests if not test.startswith("\n")), *scope.held_sql()]
        condition = f"\nwhere {' and '.join(f'({test})' for test in kept)}" if kept else ""
        projections = self._projections(node, scope, grouped)
        group, having = self._grouping(node, scope, projections, flat=frame.flat)
        keys = self._order(frame.order, node, scope, projections)
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
        sql = f"{select}{body}{condition}{group}{having}"
        outputs = tuple(p.output for p in projections)
        if grouped:
            outputs = identify(projections, self.leaves) if has_aggregate(node) else outputs
            leaves = dict.fromkeys(leaves, True)
        relation = Relation(sql, outputs, leaves, grouped and has_aggregate(node), flat=frame.flat)
        return self._put_together(relation) if is_distinct and frame.keep else relation

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
        return Relation(sql, relation.outputs, leaves, relation.grouped, relation.flat)

    def _chosen(self, node: exp.Expr, scope: Scope, frame: Frame) -> str:
        """A condition; or, beginning a line, a join with the values that a subquery asks for.

        A join can be done from either side: only few rows of a table are then looked at.
        """
        wanted = as_membership(node) if frame.flat else None
        if wanted is None:
            return self._test(node, scope)
        held, query = wanted
        before = (self.expressions.mark(), self.depth, len(self.leaves), len(self.limits))
        try:
            inner = self.query(query, Frame(None, frame.ctes, keep=False, widens=False))
        except Refused:
            mark, self.depth, leaves, limits = before
            self.expressions.go_back(mark)
            del self.leaves[leaves:], self.limits[limits:]
            return self._test(node, scope)
        name, value = (
            quote(f"__s{self.depth}_{len(self.leaves)}_{len(inner.sql)}"),
            quote(inner.outputs[0].name),
        )
        values = f"select distinct {CALL}, {value} as held from (\n{inner.sql}\n)"
        scope.present.append(f"{name}.held")
        among = f"{name}.held = {self._test(held, scope)}"
        return f"\njoin ({values}) as {name} on {name}.{CALL} = {CALLS}.call and {among}"

    def _projections(self, node: exp.Select, scope: Scope, grouped: bool) -> list[Projection]:
        found: list[Projection] = []
        self._shows.append(True)
        for one in node.expressions:
            found.extend(self._starred(one, scope) or [self._projection(one, scope, grouped)])
        self._shows.pop()
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

    def _grouping(
        self, node: exp.Select, scope: Scope, projections: Sequence[Projection], *, flat: bool
    ) -> tuple[str, str]:
        group, having = node.args.get("group"), node.args.get("having")
        if group and {name for name, value in group.args.items() if value} - {"expressions"}:
            raise Refused("clause_unknown")
        terms = [self._term(one, scope, projections) for one in group.expressions] if group else []
        terms += [f"{CALLS}.call"] if flat and terms else []
        grouping = f"\ngroup by {', '.join(terms)}" if terms else ""
        return grouping, f"\nhaving {self._test(having.this, scope)}" if having else ""

    def _term(self, node: exp.Expr, scope: Scope, projections: Sequence[Projection]) -> str:
        """A term of a group by: a position, a name of the select list, or an expression."""
        if isinstance(node, exp.Literal) and node.is_int:
            return projection_at(projections, int(node.this)).sql
        if isinstance(node, exp.Column) and not node.table and find_column(node, scope) is None:
            named = [p for p in projections if p.output.name.lower() == node.name.lower()]
            if named:
                return named[0].sql
        return self._test(node, scope)

    def _test(self, node: exp.Expr, scope: Scope) -> str:
        """What rows are chosen, grouped or ordered by: never a ciphertext, the case has the clear text."""
        sql, refs = self.expressions.write(node, scope)
        if any(
            self.leaves[ref.leaf].table.columns[ref.column].encrypted and not ref.decrypted for ref in refs
        ):
            raise Refused("ciphertext")
        return sql

    def _order(
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
                added.append(f"{self._test(term.this, scope)} as {column}")
            self.keys.append((column, direction(term)))
        return added

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

    def _from(self, node: exp.Select, scope: Scope, frame: Frame) -> str:
        start = node.args.get("from_") or node.args.get("from")
        calls = [f"\nfrom sql_good as {CALLS}"] if frame.flat else []
        if start is None:
            return "".join(calls)
        first = self._source(start.this, scope, frame)
        pieces = [
            *calls,
            f"\njoin {first.sql} on {first.meets(scope)}" if frame.flat else f"\nfrom {first.sql}",
        ]
        for join in node.args.get("joins") or ():
            pieces.append(self._join(join, scope, frame))
        return "".join(pieces)

    def _join(self, join: exp.Join, scope: Scope, frame: Frame) -> str:
        kind, side = (join.args.get("kind") or "").upper(), (join.args.get("side") or "").upper()
        lateral = isinstance(join.this, exp.Lateral)
        if join.args.get("method") or kind not in ("", "INNER", "CROSS", "OUTER") or lateral:
            raise Refused("clause_unknown")
        before = dict(scope.sources)
        source = self._source(join.this, scope, frame)
        tests = [source.meets(scope) if not side else source.test] if frame.flat else []
        for one in join.args.get("using") or ():
            tests.append(self._same(one.name, before, scope))
        if join.args.get("on") is not None:
            tests.append(f"({self._test(join.args['on'], scope)})")
        elif side and not join.args.get("using"):
            raise Refused("clause_unknown")
        return f"\n{side} join {source.sql} on {' and '.join(tests) or 'true'}"

    def _same(self, name: str, before: Mapping[str, Source], scope: Scope) -> str:
        """The test of `using`."""
        folded = name.lower()
        owner = next((s for s in before.values() if folded in s.columns), None)
        own = next((s for key, s in scope.sources.items() if key not in before), None)
        if owner is None or own is None or folded not in own.columns:
            raise Refused("column_unknown")
        scope.shared.add(folded)
        left, right = (f"{quote(s.alias)}.{quote(s.columns[folded].name)}" for s in (owner, own))
        return f"{left} = {right}"

    def _source(self, node: exp.Expr, scope: Scope, frame: Frame) -> Placed:
        if isinstance(node, exp.Subquery):
            return self._derived(node.this, node.args.get("alias"), scope, frame)
        if not isinstance(node, exp.Table):
            raise Refused("clause_unknown")
        if {name for name, value in node.args.items() if value} - {"this", "db", "catalog", "alias", "hints"}:
            raise Refused("clause_unknown")
        alias = node.args.get("alias")
        if isinstance(node.this, (exp.Anonymous, exp.Func)):
            return self._function(node.this, alias, scope, frame)
        name = node.name.lower()
        if name in frame.ctes and not node.db:
            cte = frame.ctes[name]
            inside = replace(frame, ctes=cte.known)
            return self._derived(cte.query, alias, scope, inside, name=node.name, columns=cte.columns)
        full = ".".join(part for part in (node.db, node.name) if part)
        table = self.schema.table(full)
        if table is not None:
            return self._base(table, node.alias or node.name, scope, flat=frame.flat)
        versions = self.schema.view(full)
        if not versions:
            raise Refused("table_unknown")
        return self._derived(
            self._version(full, versions),
            alias,
            scope,
            replace(frame, outer=None, ctes={}),
            name=node.name,
        )

    def _version(self, name: str, versions: Sequence[SchemaView]) -> exp.Query:
        """The definition that held at the calls' time."""
        self.views.add(name.lower())
        held = [
            v
            for v in versions
            if (v.definition.since is None or (self.at is not None and v.definition.since <= self.at))
            and (v.until is None or self.at is None or self.at < v.until)
        ]
        if not held:
            raise Refused("view_unknown_then")
        return parse_definition(held[-1].definition.definition, self.schema.settings.dialect)

    def _function(self, call: exp.Expr, alias: exp.Expr | None, scope: Scope, frame: Frame) -> Placed:
        """A function that gives rows: its definition, with its arguments filled in."""
        versions = self.schema.view(call.name)
        if not versions:
            raise Refused("function_unknown")
        names = [name.lower() for name in versions[-1].definition.arguments]
        given = list(call.expressions)
        if len(given) != len(names):
            raise Refused("function_unknown")
        values = dict(zip(names, given, strict=True))

        def fill(node: exp.Expr) -> exp.Expr:
            wanted = isinstance(node, (exp.Parameter, exp.Placeholder)) and node.name.lower() in values
            return exp.Paren(this=values[node.name.lower()].copy()) if wanted else node

        query = self._version(call.name, versions).transform(fill)
        return self._derived(query, alias, scope, replace(frame, outer=None, ctes={}), name=call.name)

    def _base(self, table: BaseTable, alias: str, scope: Scope, *, flat: bool) -> Placed:
        if table.view is None:
            self.reads_nobodys = True
            raise Refused("table_without_rows")
        self._refuse_twice(alias, scope)
        leaf = Leaf(len(self.leaves), table)
        self.leaves.append(leaf)
        columns = {
            folded: Output(
                folded, frozenset({Ref(leaf.number, folded)}), self.kinds.get((table.stored, folded))
            )
            for folded in table.columns
        }
        scope.sources[alias.lower()] = Source(alias, columns, {leaf.number: ROW})
        if flat:
            return Placed(f"{quote(table.stored)} as {quote(alias)}", held_then(table, quote(alias)))
        return Placed(
            f"(select * from {quote(table.stored)} as t where {held_then(table, 't')}) as {quote(alias)}"
        )

    def _derived(
        self,
        query: exp.Expr,
        alias: exp.Expr | None,
        scope: Scope,
        frame: Frame,
        *,
        name: str = "",
        columns: Sequence[str] = (),
    ) -> Placed:
        relation = self.query(query, frame)
        called = (alias.name if alias is not None else "") or name or f"__d{self.depth}_{len(scope.sources)}"
        self._refuse_twice(called, scope)
        names = (
            [one.name for one in alias.columns]
            if isinstance(alias, exp.TableAlias) and alias.columns
            else columns
        )
        outputs = {
            (names[n] if n < len(names) else o.name).lower(): o for n, o in enumerate(relation.outputs)
        }
        leaves = {n: f"__r{n}" for n in relation.leaves}
        listed = frozenset(n for n, is_list in relation.leaves.items() if is_list)
        scope.sources[called.lower()] = Source(called, outputs, leaves, listed)
        return Placed(
            f"(\n{relation.sql}\n) as {quote(called)}",
            f"{quote(called)}.{CALL} = {CALLS}.call",
            f"{quote(called)}.{CALL}",
        )

    def _refuse_twice(self, alias: str, scope: Scope) -> None:
        if alias.lower() in scope.sources:
            raise Refused("clause_unknown")

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
        projections = [Projection(quote(o.name), o, None, False) for o in relation.outputs]
        for term in frame.order:
            column = self._ordering(term.this, projections, None)
            if column is None:
                raise Refused("clause_unknown")
            self.keys.append((column, direction(term)))
        return relation
