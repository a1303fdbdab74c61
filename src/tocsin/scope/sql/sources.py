# SPDX-License-Identifier: Apache-2.0
"""What a from reads, written anew: tables with the rows that held, views and functions as they were then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlglot import exp

from tocsin.scope.sql.frames import Frame
from tocsin.scope.sql.relations import CALL, CALLS, ROW, Leaf, Output, Ref, Relation, Scope, Source
from tocsin.scope.sql.schema import BaseTable, Schema, SchemaView
from tocsin.scope.sql.selects import held_then
from tocsin.scope.sql.statements import Refused, parse_definition
from tocsin.store.query import quote

Kinds = Mapping[tuple[str, str], str]
"""(stored table, folded column) → type."""

Query = Callable[[exp.Expr, Frame], Relation]
"""Writes a query within the statement."""

Test = Callable[[exp.Expr, Scope], str]
"""Writes what rows are chosen by."""


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
class Sources:
    """Writes each from of one statement; notes where it reads a table."""

    schema: Schema
    kinds: Kinds
    at: datetime | None
    """An instant at which the versions of views that hold are those of the calls."""

    query: Query
    test: Test
    leaves: list[Leaf] = field(default_factory=list)
    _named: int = 0

    def write(self, node: exp.Select, scope: Scope, frame: Frame) -> str:
        """The from of a select with its joins; the scope then knows the sources. Raises Refused."""
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
            tests.append(f"({self.test(join.args['on'], scope)})")
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
            self._version(versions),
            alias,
            scope,
            replace(frame, outer=None, ctes={}),
            name=node.name,
        )

    def _version(self, versions: Sequence[SchemaView]) -> exp.Query:
        """The definition that held at the calls' time."""
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

        query = self._version(versions).transform(fill)
        return self._derived(query, alias, scope, replace(frame, outer=None, ctes={}), name=call.name)

    def _base(self, table: BaseTable, alias: str, scope: Scope, *, flat: bool) -> Placed:
        if table.view is None:
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
        called = (alias.name if alias is not None else "") or name or self._unnamed()
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

    def _unnamed(self) -> str:
        """A name for a derived table that has none; nothing in the statement can mean it."""
        self._named += 1
        return f"__d{self._named}"
