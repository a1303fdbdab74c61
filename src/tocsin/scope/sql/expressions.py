# SPDX-License-Identifier: Apache-2.0
"""Expressions written anew: only what is known to be harmless, columns by their source, values by their call.

Casts give null where they would fail; a text that meets a date or a number is read as one. What reads a
column behind a count or a sum has only derived it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sqlglot import exp

from tocsin.scope.replay.accepted import RISKY_NODES, SAFE_NODES
from tocsin.scope.sql.relations import CALLS, Output, Ref, Refs, Scope
from tocsin.scope.sql.schema import Schema
from tocsin.scope.sql.statements import PLACE, Refused, Statement, index_of
from tocsin.store.query import quote

TEXT = "VARCHAR"
LISTING = (exp.ArrayAgg, exp.GroupConcat)
"""Aggregates that show the values themselves."""

CLOCKS = (exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentDatetime)
ALSO = (
    exp.AggFunc,
    exp.All,
    exp.Any,
    exp.Bracket,
    exp.Ceil,
    exp.ConcatWs,
    exp.DateTrunc,
    exp.Distinct,
    exp.Filter,
    exp.Floor,
    exp.Greatest,
    exp.Initcap,
    exp.Least,
    exp.Order,
    exp.Pad,
    exp.RegexpReplace,
    exp.Round,
    exp.RowNumber,
    exp.SplitPart,
    exp.Star,
    exp.TimestampTrunc,
    exp.Where,
    exp.Window,
    exp.WindowSpec,
)
ALLOWED = (*SAFE_NODES, *RISKY_NODES, *ALSO)
COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ)
LIKES = (exp.Like, exp.ILike)
TEXTUAL = (exp.Concat, exp.DPipe, exp.Initcap, exp.Lower, exp.Replace, exp.Substring, exp.Trim, exp.Upper)
COUNTING = (exp.Count, exp.Day, exp.Extract, exp.Length, exp.Month, exp.Year)
MEASURES = (exp.Add, exp.Avg, exp.Div, exp.Mod, exp.Mul, exp.Neg, exp.Round, exp.Sub, exp.Sum)

Nested = Callable[[exp.Query, Scope, bool], str]
"""Writes a subquery of an expression; says whether it stands in an exists."""


@dataclass(slots=True)
class Expressions:
    """Writes the expressions of one statement; notes what they rest on."""

    schema: Schema
    statement: Statement
    nested: Nested
    readings: dict[tuple[str, str], None] = field(default_factory=dict)
    """(value of a call, type): where the value is there and is none of that type, the call is bad."""

    binds: int = 0
    uses_clock: bool = False
    _names: dict[str, int] = field(default_factory=dict)
    _asked: int = 0
    _found: list[set[Ref]] = field(default_factory=list)
    _derived: int = 0
    _decrypted: int = 0

    def mark(self) -> tuple[int, int, int]:
        """Where the counting of binds stands."""
        return self.binds, self._asked, len(self._found)

    def go_back(self, mark: tuple[int, int, int]) -> None:
        """Count again from a mark: what was written since is thrown away."""
        self.binds, self._asked, found = mark
        del self._found[found:]

    def write(self, node: exp.Expr, scope: Scope) -> tuple[str, Refs]:
        """An expression's SQL, and the columns that it shows."""
        self._found.append(set())
        sql = self._walk(node, scope).sql("duckdb")
        return str(sql), frozenset(self._found.pop())

    def column(self, node: exp.Column, scope: Scope) -> tuple[str, Output]:
        """The source's column that a name means; raises Refused."""
        found = find_column(node, scope)
        if found is None:
            raise Refused("column_unknown")
        return found

    def kind(self, node: exp.Expr, scope: Scope) -> str | None:
        """The type of an expression, where it is plain to see."""
        if isinstance(node, exp.Column):
            found = find_column(node, scope)
            return found[1].kind if found else None
        if isinstance(node, (exp.Paren, exp.Min, exp.Max)):
            return self.kind(node.this, scope)
        if isinstance(node, MEASURES):
            return self._measure_kind(node, scope)
        return self._literal_kind(node) if isinstance(node, exp.Literal) else _plain_kind(node)

    def _measure_kind(self, node: exp.Expr, scope: Scope) -> str | None:
        kinds = {self.kind(part, scope) for part in node.iter_expressions()}
        return next((kind for kind in kinds if kind and kind.startswith(("DATE", "TIMESTAMP"))), "DOUBLE")

    def _literal_kind(self, node: exp.Literal) -> str:
        index = index_of(node)
        if index is not None and index < len(self.statement.literals):
            return {"text": TEXT, "whole": "BIGINT", "number": "DOUBLE"}[self.statement.literals[index]]
        return TEXT if node.is_string else "BIGINT" if node.is_int else "DOUBLE"

    def _walk(self, node: exp.Expr, scope: Scope) -> exp.Expr:
        special = self._special(node, scope)
        if special is not None:
            return special
        if not isinstance(node, ALLOWED):
            raise Refused("function_unknown" if isinstance(node, exp.Func) else "clause_unknown")
        if isinstance(node, exp.Window) or (isinstance(node, exp.AggFunc) and not isinstance(node, LISTING)):
            self._derived += 1
            try:
                return self._rebuilt(node, scope)
            finally:
                self._derived -= 1
        if isinstance(node, (*COMPARISONS, *LIKES, exp.Between)) or (
            isinstance(node, exp.In) and not node.args.get("query")
        ):
            return self._compared(node, scope)
        return self._rebuilt(node, scope)

    def _special(self, node: exp.Expr, scope: Scope) -> exp.Expr | None:
        """What is not simply itself with its parts written anew."""
        if isinstance(node, exp.Column):
            return self._column(node, scope)
        if isinstance(node, exp.Literal):
            index = index_of(node)
            return None if index is None else raw(f'{CALLS}."p{index}"')
        if isinstance(node, (exp.Parameter, exp.Placeholder)):
            return raw(self.bind(node))
        if isinstance(node, exp.Cast):
            return self._cast(node, scope)
        if isinstance(node, CLOCKS):
            self.uses_clock = True
            kind = "date" if isinstance(node, exp.CurrentDate) else "timestamptz"
            return raw(f"cast({CALLS}.instant as {kind})")
        return self._subquery(node, scope) or self._called(node, scope)

    def _subquery(self, node: exp.Expr, scope: Scope) -> exp.Expr | None:
        if isinstance(node, exp.Exists):
            return raw(f"exists ({self.nested(node.this, scope, True)})")
        return raw(f"({self.nested(node, scope, False)})") if isinstance(node, exp.Query) else None

    def _called(self, node: exp.Expr, scope: Scope) -> exp.Expr | None:
        if isinstance(node, exp.In) and node.args.get("query"):
            query = node.args["query"]
            held = self._walk(node.this, scope).sql("duckdb")
            return raw(f"({held} in ({self.nested(query, scope, False)}))")
        name = node.name.lower() if isinstance(node, exp.Anonymous) else ""
        name = name or (node.sql_name().lower() if isinstance(node, exp.Func) else "")
        if name and name in self.schema.decrypts:
            return self._decrypt(node, scope)
        if isinstance(node, exp.Dot):
            raise Refused("function_unknown")
        return None

    def _decrypt(self, node: exp.Expr, scope: Scope) -> exp.Expr:
        """The rows of the case hold the clear text: the call is its first argument."""
        first = (
            node.expressions[0]
            if isinstance(node, exp.Anonymous) and node.expressions
            else node.args.get("this")
        )
        if not isinstance(first, exp.Expr):
            raise Refused("function_unknown")
        self._decrypted += 1
        try:
            return exp.Paren(this=self._walk(first, scope))
        finally:
            self._decrypted -= 1

    def bind(self, node: exp.Expr) -> str:
        """The value of `$1`, `:1`, `:name`, `?` or `@name` in a call."""
        name = node.name.removeprefix(PLACE)
        if not name:
            self._asked += 1
            number = self._asked
        elif name.isdigit():
            number = int(name)
        else:
            number = self._names.setdefault(name, len(self._names) + 1)
        if not 0 < number <= 1000:
            raise Refused("sql_not_parsed")
        self.binds = max(self.binds, number)
        return f'{CALLS}."b{number}"'

    def _column(self, node: exp.Column, scope: Scope) -> exp.Expr:
        sql, output = self.column(node, scope)
        for ref in output.refs:
            self._found[-1].add(
                Ref(
                    ref.leaf,
                    ref.column,
                    ref.derived or self._derived > 0,
                    ref.decrypted or self._decrypted > 0,
                )
            )
        return raw(sql)

    def _cast(self, node: exp.Cast, scope: Scope) -> exp.Expr:
        kind = str(node.to.sql("duckdb"))
        inner = self._walk(node.this, scope)
        bare = node.this.unnest()
        if isinstance(bare, (exp.Parameter, exp.Placeholder)) or index_of(bare) is not None:
            self.readings[inner.sql("duckdb"), kind] = None
        return exp.TryCast(this=inner, to=node.to.copy())

    def _compared(self, node: exp.Expr, scope: Scope) -> exp.Expr:
        """Texts that meet a typed value are read as it; among themselves they compare as in the database."""
        parts = list(_operands(node))
        kinds = [self.kind(part, scope) for part in parts]
        typed = next((kind for kind in kinds if kind not in (None, TEXT, "BOOLEAN")), None)
        written = [self._walk(part, scope) for part in parts]
        if isinstance(node, LIKES):
            written = [self._folded(part) for part in written]
        elif typed:
            written = [
                self._read(part, whole, typed) if kind == TEXT else whole
                for part, kind, whole in zip(parts, kinds, written, strict=True)
            ]
        elif TEXT in kinds:
            written = [self._folded(part) for part in written]
        return _with_operands(node, written)

    def _read(self, part: exp.Expr, written: exp.Expr, kind: str) -> exp.Expr:
        bare = part.unnest()
        if isinstance(bare, (exp.Parameter, exp.Placeholder)) or index_of(bare) is not None:
            self.readings[written.sql("duckdb"), kind] = None
        return raw(f"try_cast({written.sql('duckdb')} as {kind})")

    def _folded(self, part: exp.Expr) -> exp.Expr:
        if self.schema.compares == "binary" or isinstance(part, exp.Null):
            return part
        sql = f"lower({part.sql('duckdb')})"
        return raw(f"strip_accents({sql})" if self.schema.compares == "noaccent" else sql)

    def _rebuilt(self, node: exp.Expr, scope: Scope) -> exp.Expr:
        def anew(value: object) -> object:
            if isinstance(value, exp.Expr):
                return self._walk(value, scope)
            return [anew(one) for one in value] if isinstance(value, list) else value

        return node.__class__(**{name: anew(value) for name, value in node.args.items()})


def _plain_kind(node: exp.Expr) -> str | None:
    if isinstance(node, exp.Cast):
        return str(node.to.sql("duckdb"))
    kinds = (
        ((exp.Parameter, exp.Placeholder, *TEXTUAL), TEXT),
        ((exp.CurrentDate,), "DATE"),
        (CLOCKS, "TIMESTAMP WITH TIME ZONE"),
        (COUNTING, "BIGINT"),
    )
    return next((kind for nodes, kind in kinds if isinstance(node, nodes)), None)


def raw(sql: str) -> exp.Expr:
    """A text that stands in a tree as it is."""
    return exp.Var(this=sql)


def find_column(node: exp.Column, scope: Scope | None) -> tuple[str, Output] | None:
    """A column by its name, in the nearest scope that has it; raises Refused when two have it."""
    name, table = node.name.lower(), node.table.lower()
    while scope is not None:
        if table and table in scope.sources:
            output = scope.sources[table].columns.get(name)
            return (f"{quote(scope.sources[table].alias)}.{quote(output.name)}", output) if output else None
        owners = [] if table else [s for s in scope.sources.values() if name in s.columns]
        if len(owners) > 1 and name not in scope.shared:
            raise Refused("column_ambiguous")
        if owners:
            output = owners[0].columns[name]
            refs = frozenset(ref for owner in owners for ref in owner.columns[name].refs)
            return f"{quote(owners[0].alias)}.{quote(output.name)}", Output(output.name, refs, output.kind)
        scope = scope.outer
    return None


def _operands(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Between):
        yield from (node.this, node.args["low"], node.args["high"])
    elif isinstance(node, exp.In):
        if node.args.get("unnest") or node.args.get("field"):
            raise Refused("clause_unknown")
        yield from (node.this, *node.expressions)
    else:
        yield from (node.this, node.expression)


def _with_operands(node: exp.Expr, written: list[exp.Expr]) -> exp.Expr:
    if isinstance(node, exp.Between):
        return exp.Between(this=written[0], low=written[1], high=written[2])
    if isinstance(node, exp.In):
        return exp.In(this=written[0], expressions=written[1:])
    return node.__class__(this=written[0], expression=written[1])
