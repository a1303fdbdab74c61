# SPDX-License-Identifier: Apache-2.0
"""A replay's expressions over the views of the case, rewritten so that no value can make them fail.

Columns get their view; `original.<name>` is read from the row's JSON; parameters become columns of the
relation of calls; a text that meets a date, an instant or a number is read as one, or is null.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from tocsin.core.settings import CaseSettings
from tocsin.core.tables import TABLES
from tocsin.core.tables.table import INSTANT, TEXT
from tocsin.scope.replay.accepted import RISKY_NODES, Accepted, ReplayError, Source, parameters_of
from tocsin.store.query import literal, quote

WHOLE = {"BIGINT", "INT", "INTEGER", "SMALLINT", "TINYINT", "HUGEINT"}
WHOLE_NUMBER = r"[+-]?\d{1,18}"
TEXTUAL = (
    exp.Anonymous,
    exp.Concat,
    exp.DPipe,
    exp.Left,
    exp.Lower,
    exp.Parameter,
    exp.Placeholder,
    exp.Replace,
    exp.Right,
    exp.Substring,
    exp.TimeToStr,
    exp.Trim,
    exp.Upper,
)
COUNTING = (exp.Day, exp.Extract, exp.Length, exp.Month, exp.StrPosition, exp.Year)
PLAIN_KINDS = ((TEXTUAL, TEXT), (COUNTING, "BIGINT"), (exp.Boolean, "BOOLEAN"))
ARITHMETIC = (exp.Abs, exp.Add, exp.Div, exp.IntDiv, exp.Mod, exp.Mul, exp.Neg, exp.Sub)
COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ)


@dataclass(frozen=True, slots=True)
class View:
    """A registry or record table as the replay sees it."""

    name: str
    table: str
    """registry or records."""

    as_of: bool
    """It tells since when each row holds."""

    given: Mapping[str, str | list[str]] = field(default_factory=dict)
    """Our names and theirs, of the case file: ours win."""

    is_rebuilt: bool = False
    """Its past was rebuilt: some of its rows may not have held."""

    @property
    def column_types(self) -> dict[str, str]:
        """Our columns that the case file fills, and their types."""
        return {c.name: c.type for c in TABLES[self.table].columns if c.name in self.given}

    def theirs(self, name: str) -> str:
        """Their name for a column that has no column of ours; raises ReplayError."""
        theirs = self.given.get(name, name)
        if isinstance(theirs, str):
            return theirs
        raise ReplayError(f"'{name}' stands for several columns: write them as original.<name>")


def views_of(settings: CaseSettings) -> dict[str, View]:
    """The registry and record tables of a case, by name."""
    told = {history.of for history in settings.history}
    registries = [
        View(
            r.name,
            "registry",
            "valid_from" in r.columns or r.name in told,
            _given(r.columns, r.controller),
            r.name in told,
        )
        for r in settings.registries
    ]
    records = [
        View(r.name, "records", "valid_from" in r.columns or r.name in told, r.columns, r.name in told)
        for r in settings.records
    ]
    return {view.name: view for view in (*registries, *records)}


def _given(columns: Mapping[str, str | list[str]], controller: str | None) -> Mapping[str, str | list[str]]:
    return {**columns, "controller": ""} if controller else columns


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A replay ready to be composed."""

    sources: tuple[tuple[str, View], ...]
    """(alias, view)."""

    key_alias: str
    keys: tuple[str, ...]
    """person, record or both."""

    distinct: bool
    condition: str
    order: tuple[tuple[str, str], ...]
    """(expression, `asc nulls last` or the like)."""

    limit: str | None
    offset: str | None
    body_parameters: tuple[str, ...]
    page_parameters: tuple[str, ...]
    readings: tuple[tuple[str, str], ...]
    """(parameter, type): a value that cannot be read as the type makes the call bad."""

    originals: tuple[tuple[str, str], ...]
    """(view, column of theirs)."""

    columns: tuple[tuple[str, str], ...] = ()
    """(alias, column) of all that it reads: of ours, or `original.<theirs>`."""

    @property
    def as_of(self) -> bool:
        """Whether every table is."""
        return all(view.as_of for _, view in self.sources)

    @property
    def record_type(self) -> str:
        """What it names: the name of its records, or `person`."""
        view = dict(self.sources)[self.key_alias]
        return view.name if "record" in self.keys else "person"


def rewrite_replay(accepted: Accepted, views: Mapping[str, View]) -> Rewritten:
    """Resolve a replay against the case's views; raises ReplayError for a name that is not there."""
    names = _Names(accepted.sources, views, dict(accepted.using))
    aliases = {names.alias_of(key) for key in accepted.keys}
    if len(aliases) != 1:
        raise ReplayError("it selects from two views at once")
    key_alias = aliases.pop()
    order = tuple((_order_term(names, term)) for term in accepted.order)
    if accepted.distinct and any(not isinstance(term.this, exp.Column) for term in accepted.order):
        raise ReplayError("it is distinct and orders by what it does not select")
    if accepted.distinct and any(term.this.name not in ("person", "record") for term in accepted.order):
        raise ReplayError("it is distinct and orders by what it does not select")
    conditions = [*names.joins(), *(names.sql(part) for part in accepted.conditions)]
    body = parameters_of(*accepted.conditions, *accepted.order)
    return Rewritten(
        tuple((source.alias, names.views[source.alias]) for source in accepted.sources),
        key_alias,
        tuple(dict.fromkeys(key.name for key in accepted.keys)),
        accepted.distinct,
        "\n    and ".join(f"({condition})" for condition in conditions) or "true",
        order,
        None if accepted.limit is None else page_sql(accepted.limit),
        None if accepted.offset is None else page_sql(accepted.offset),
        tuple(body),
        tuple(parameters_of(accepted.limit, accepted.offset)),
        (*names.readings, *_page_readings(accepted.limit, accepted.offset)),
        tuple(dict.fromkeys(names.originals)),
        tuple(dict.fromkeys(names.columns)),
    )


def parameter_sql(name: str) -> str:
    """A parameter's column in the relation of calls."""
    return f'"logged calls".{quote("$" + name)}'


def reading_sql(value: str, kind: str) -> str:
    """A text read as a type, or null."""
    if kind.upper() in WHOLE:
        whole = f"case when regexp_full_match(trim({value}), '{WHOLE_NUMBER}') then trim({value}) end"
        return f"try_cast({whole} as bigint)"
    return f"try_cast({value} as {kind})"


def page_sql(part: exp.Expression) -> str:
    """A limit or an offset, computed wide enough for any page that somebody may have asked for."""

    def widen(node: exp.Expression) -> exp.Expression:
        if isinstance(node, (exp.Placeholder, exp.Parameter)):
            return _raw(f"cast({reading_sql(parameter_sql(node.name), 'BIGINT')} as hugeint)")
        if isinstance(node, exp.Cast):
            return exp.Paren(this=node.this.transform(widen))
        return node

    return f"try(cast({part.copy().transform(widen).sql('duckdb')} as bigint))"


def _page_readings(*parts: exp.Expression | None) -> list[tuple[str, str]]:
    return [(name, "BIGINT") for name in parameters_of(*parts)]


def _order_term(names: _Names, term: exp.Ordered) -> tuple[str, str]:
    explicit = term.args.get("nulls_first")
    direction = "desc" if term.args.get("desc") else "asc"
    return names.sql(term.this), f"{direction} nulls {'first' if explicit else 'last'}"


def _raw(sql: str) -> exp.Expression:
    """A text that stands in a tree as it is."""
    return exp.Var(this=sql)


@dataclass(slots=True)
class _Names:
    """Resolves names, and notes what the replay rests on."""

    sources: tuple[Source, ...]
    known: Mapping[str, View]
    using: dict[str, str]
    views: dict[str, View] = field(default_factory=dict)
    readings: list[tuple[str, str]] = field(default_factory=list)
    originals: list[tuple[str, str]] = field(default_factory=list)
    columns: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for source in self.sources:
            if source.view not in self.known:
                raise ReplayError(f"there is no registry or record view '{source.view}'")
            self.views[source.alias] = self.known[source.view]

    def alias_of(self, column: exp.Column) -> str:
        """The view that a column belongs to."""
        if column.table:
            if column.table not in self.views:
                raise ReplayError(f"there is no view '{column.table}'")
            return str(column.table)
        owners = [a for a, view in self.views.items() if column.name in view.column_types]
        if len(owners) > 1 and column.name in self.using.values():
            return owners[0]
        if len(owners) > 1 or (not owners and len(self.views) > 1):
            raise ReplayError(f"with several views, write '{column.name}' as <view>.{column.name}")
        return owners[0] if owners else next(iter(self.views))

    def joins(self) -> list[str]:
        """The conditions of `using`."""
        conditions = []
        for alias, name in self.using.items():
            first = next((a for a, view in self.views.items() if name in view.column_types), alias)
            if first == alias or name not in self.views[alias].column_types:
                raise ReplayError(f"it joins by '{name}', which both views do not have")
            self.columns += [(first, name), (alias, name)]
            conditions.append(f"{quote(first)}.{quote(name)} = {quote(alias)}.{quote(name)}")
        return conditions

    def sql(self, part: exp.Expression) -> str:
        """An expression over the views and the calls."""
        typed = part.copy().transform(self._type_operands)
        return str(typed.transform(self._resolve).sql("duckdb"))

    def _type_operands(self, node: exp.Expression) -> exp.Expression:
        """Give a text that is compared with a typed value that value's type."""
        sides: tuple[str, ...]
        if isinstance(node, COMPARISONS):
            sides = ("this", "expression")
        elif isinstance(node, exp.Between):
            sides = ("this", "low", "high")
        elif isinstance(node, exp.In):
            self._type_list(node)
            return node
        else:
            return node
        for side, part in zip(sides, self._read_alike([node.args[side] for side in sides]), strict=True):
            node.set(side, part)
        return node

    def _type_list(self, node: exp.In) -> None:
        if node.args.get("query") or node.args.get("unnest"):
            raise ReplayError("it holds a subquery")
        first, *others = self._read_alike([node.this, *node.expressions])
        node.set("this", first)
        node.set("expressions", others)

    def _read_alike(self, parts: list[exp.Expression]) -> list[exp.Expression]:
        """Texts are read as the type that they are compared with; what has no plain type, as a text."""
        kinds = [self._kind(part) for part in parts]
        typed = next((kind for kind in kinds if kind not in (None, TEXT)), None)
        to_read, kind = (TEXT, typed) if typed else (None, TEXT)
        if not typed and TEXT not in kinds:
            return parts
        return [
            exp.TryCast(this=part, to=exp.DataType.build(kind, dialect="duckdb"))
            if own == to_read and not isinstance(part, exp.Null)
            else part
            for part, own in zip(parts, kinds, strict=True)
        ]

    def _kind(self, part: exp.Expression) -> str | None:
        """The type of an expression where it is plain to see."""
        if isinstance(part, exp.Column):
            return self._column_kind(part)
        if isinstance(part, exp.Literal):
            return TEXT if part.is_string else "BIGINT" if part.is_int else "DOUBLE"
        if isinstance(part, exp.Cast):
            return str(part.to.sql("duckdb"))
        if isinstance(part, (exp.Paren, *ARITHMETIC)):
            return self._kind(part.this) if isinstance(part, exp.Paren) else self._arithmetic_kind(part)
        return next((kind for nodes, kind in PLAIN_KINDS if isinstance(part, nodes)), None)

    def _arithmetic_kind(self, part: exp.Expression) -> str:
        kinds = {self._kind(operand) for operand in part.iter_expressions()}
        return next((kind for kind in kinds if kind in ("DATE", INSTANT)), "DOUBLE")

    def _resolve(self, node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Column):
            return self._column(node)
        if isinstance(node, (exp.Placeholder, exp.Parameter)):
            return _raw(parameter_sql(node.name))
        if isinstance(node, exp.Cast):
            return self._reading(node)
        if isinstance(node, RISKY_NODES) and not isinstance(node, exp.Interval):
            return exp.Anonymous(this="try", expressions=[self._inside(node)])
        return node

    def _inside(self, node: exp.Expression) -> exp.Expression:
        """A risky node whose operands are resolved; the walk does not enter what it returns."""
        for name, value in list(node.args.items()):
            if isinstance(value, exp.Expression):
                node.set(name, value.transform(self._resolve))
        return _raw(node.sql("duckdb"))

    def _reading(self, node: exp.Cast) -> exp.Expression:
        kind = str(node.to.sql("duckdb"))
        inner = node.this
        while isinstance(inner, exp.Paren):
            inner = inner.this
        if isinstance(inner, (exp.Placeholder, exp.Parameter)):
            self.readings.append((inner.name, kind))
            return _raw(reading_sql(parameter_sql(inner.name), kind))
        return _raw(reading_sql(str(inner.copy().transform(self._resolve).sql("duckdb")), kind))

    def _is_original(self, column: exp.Column) -> bool:
        return "original" in (column.table, column.text("db")) and column.table not in self.views

    def _column_kind(self, column: exp.Column) -> str:
        if self._is_original(column):
            return TEXT
        return self.views[self.alias_of(column)].column_types.get(column.name, TEXT)

    def _column(self, column: exp.Column) -> exp.Expression:
        if self._is_original(column):
            alias = column.text("db") or self._only_alias()
            return self._theirs(alias, column.name)
        alias = self.alias_of(column)
        if column.name in self.views[alias].column_types:
            self.columns.append((alias, column.name))
            return _raw(f"{quote(alias)}.{quote(column.name)}")
        return self._theirs(alias, self.views[alias].theirs(column.name))

    def _theirs(self, alias: str, name: str) -> exp.Expression:
        if alias not in self.views:
            raise ReplayError(f"there is no view '{alias}'")
        self.originals.append((self.views[alias].name, name))
        self.columns.append((alias, f"original.{name}"))
        return _raw(f"json_extract_string({quote(alias)}.original, {literal(json_path(name))})")

    def _only_alias(self) -> str:
        if len(self.views) > 1:
            raise ReplayError("write original columns of joined views as <view>.original.<name>")
        return next(iter(self.views))


def json_path(name: str) -> str:
    """The path of a key at the top of a JSON object."""
    return '$."' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
