# SPDX-License-Identifier: Apache-2.0
"""Runs the statements of one database: cut into templates, each written anew once and run for all its events.

Gives, beside who was shown, what was only derived, whether the logged number of rows agrees, and what became
of each template.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa
from sqlglot import exp

from tocsin.core.errors import MachineError
from tocsin.scope.sql import pages
from tocsin.scope.sql.doubts import WIDENED, create_unknown, doubts_of
from tocsin.scope.sql.doubts import placed_sql as placed_in_doubt_sql
from tocsin.scope.sql.schema import Schema
from tocsin.scope.sql.statements import Refused, Statement, index_of, parse_template
from tocsin.scope.sql.tables import create_moments, store_tables
from tocsin.scope.sql.texts import binds_sql, cut_sql
from tocsin.scope.sql.written import Written, write_statement
from tocsin.store.engine import Engine, Value
from tocsin.store.query import literal, load_query, quote

PACKAGE = "tocsin.scope"
MOST_SHAPES = 5_000
"""Of one template, by its fixed literals: beyond, its events are unresolved."""


@dataclass(slots=True)
class DatabaseRun:
    """The statements of one database."""

    engine: Engine
    schema: Schema
    rules: Sequence[int]
    kinds: dict[tuple[str, str], str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def run(self) -> None:
        """Fill `sql_shown`, `sql_told`, `sql_unknown`, and the tables that `start_replayed` makes."""
        self.kinds = store_tables(self.engine, self.schema)
        create_moments(self.engine, self.schema.tables.values())
        self._cut()
        for template_id, template in self.engine.rows(
            "select template_id, template from sql_templates order by template_id"
        ):
            self._run_template(int(str(template_id)), str(template))
        for name in ("cut", "events", "templates", "moments", "unknown_now", *STEPS):
            self.engine.drop(f"sql_{name}")
        for table in self.schema.tables.values():
            self.engine.drop(table.stored)

    def _cut(self) -> None:
        """Make `sql_events` and `sql_templates`; what has no statement is unknown at once."""
        settings = self.schema.settings
        asked = (
            "select e.event_id, a.rule, e.occurred_at as instant, e.items, e.flags, e.query,\n"
            f"    {binds_sql(settings.parameters)} as binds\n"
            "from asked as a inner join scoped as e on e.event_id = a.event_id\n"
            f"where a.rule in ({', '.join(map(str, self.rules))})"
        )
        self.engine.create("sql_cut", cut_sql(asked, settings.dialect))
        whole = self._bound([])
        self.engine.run(
            "insert into sql_unknown select event_id, rule,\n"
            f"    case when template is null then 'statement_missing' else 'statement_cut' end, {whole}\n"
            f"from sql_cut where {UNUSABLE}"
        )
        self.engine.create(
            "sql_templates",
            "select row_number() over (order by template) as template_id, template from (\n"
            f"    select distinct template from sql_cut where not ({UNUSABLE})\n)",
        )
        self.engine.create("sql_events", load_query(PACKAGE, "sql_events"))

    def _run_template(self, number: int, template: str) -> None:
        try:
            statement = parse_template(template, self.schema.settings.dialect)
        except Refused as refused:
            self._refuse(f"template_id = {number}", template, str(refused), None)
            return
        if not statement.fixed:
            self._run_periods(f"template_id = {number}", template, statement)
            return
        values = ", ".join(f"literals[{n + 1}]" for n in statement.fixed)
        rows = self.engine.rows(
            f"select distinct {values} from sql_events where template_id = {number}\n"
            f"order by all limit {MOST_SHAPES + 1}"
        )
        if len(rows) > MOST_SHAPES:
            self._refuse(f"template_id = {number}", template, "too_many_shapes", statement)
            return
        for row in rows:
            self._run_shape(number, template, dict(zip(statement.fixed, map(str, row), strict=True)))

    def _run_shape(self, number: int, template: str, fixed: dict[int, str]) -> None:
        """One choice of the values that are part of the statement."""
        held = [f"literals[{n + 1}] = {literal(value)}" for n, value in fixed.items()]
        chosen = " and ".join([f"template_id = {number}", *held])
        try:
            statement = parse_template(template, self.schema.settings.dialect, fixed)
        except Refused as refused:
            self._refuse(chosen, template, str(refused), None)
            return
        kept = Statement(statement.query, statement.shape, statement.literals, tuple(fixed))
        self._run_periods(chosen, template, kept)

    def _run_periods(self, chosen: str, template: str, statement: Statement) -> None:
        """One run for each stretch of time in which no view was defined anew."""
        for since, until in self._periods(statement):
            tests = [chosen]
            tests += [f"instant >= timestamptz {literal(since.isoformat())}"] if since else []
            tests += [f"instant < timestamptz {literal(until.isoformat())}"] if until else []
            test = " and ".join(tests)
            if self.engine.value(f"select 1 from sql_events where {test} limit 1") is not None:
                self._run_statement(test, template, statement, since)

    def _periods(self, statement: Statement) -> list[tuple[datetime | None, datetime | None]]:
        reads_views = any(
            self.schema.view(_full_name(table)) for table in statement.query.find_all(exp.Table)
        )
        if not reads_views:
            return [(None, None)]
        bounds = sorted(
            {v.definition.since for vs in self.schema.views.values() for v in vs if v.definition.since}
        )
        return list(zip([None, *bounds], [*bounds, None], strict=True))

    def _run_statement(self, chosen: str, template: str, statement: Statement, at: datetime | None) -> None:
        try:
            written = write_statement(self.schema, self.kinds, statement, at)
            self._run_written(chosen, statement, written)
        except Refused as refused:
            self._refuse(chosen, template, str(refused), statement)
        except MachineError as error:
            if error.code != MachineError.code:
                raise
            self._refuse(chosen, template, "sql_not_run", statement)
        else:
            self._conclude(chosen, template, statement, written)

    def _run_written(self, chosen: str, statement: Statement, written: Written) -> None:
        engine, collation = self.engine, self.schema.settings.collation
        engine.create(
            "sql_group", pages.group_sql(f"(select * from sql_events where {chosen})", statement, written)
        )
        engine.create("sql_calls", pages.calls_sql(written))
        engine.create("sql_good", "select * from sql_calls where not is_missing and not is_bad")
        engine.create("sql_found", pages.found_sql(written))
        engine.create("sql_rows", pages.rows_sql())
        doubts = doubts_of(self.schema, statement.query, written)
        create_unknown(engine, statement.query, written, doubts)
        placed = pages.placed_sql(written, self._texts(), collation, WIDENED if doubts else "sql_calls")
        engine.create("sql_placed", placed_in_doubt_sql(placed, statement.query, written, doubts))
        parts = [
            pages.leaf_sql(self.schema, written, leaf, listed=listed, kinds=self.kinds)
            for leaf, listed in written.leaves
        ]
        engine.create("sql_persons", pages.persons_sql(parts))
        if not written.shows:
            engine.create("sql_results", pages.RESULTS)
            engine.create("sql_groups", pages.groups_sql(written))

    def _texts(self) -> set[str]:
        found = self.engine.rows("select column_name, column_type from (describe sql_found)")
        return {str(name) for name, kind in found if kind == "VARCHAR"}

    def _conclude(self, chosen: str, template: str, statement: Statement, written: Written) -> None:
        """Hand on what the steps found."""
        engine, bound = self.engine, self._bound(self._tables(statement))
        is_paged = written.limit is not None or written.offset is not None
        exact = written.is_as_of and self.schema.is_sure_of_texts
        exact = exact and (not is_paged or self.schema.settings.collation is not None)
        database = self.schema.settings.name
        possible = written.is_possible
        engine.create("sql_judged_rows", load_query(PACKAGE, "sql_row_checks"), possible=possible)
        self._insert("replay_checks_now", "sql_checks_found")
        self._insert("sql_shown", "sql_persons_found", database=database, possible=possible, exact=exact)
        self._insert("sql_unknown", "sql_calls_failed", bound=bound)
        self._insert("sql_unknown", "sql_strangers_found")
        if written.shows:
            self._insert("sql_unknown", "sql_past_unknown")
        if not written.shows:
            self._insert("derived_now", "sql_derived_found", database=database)
        told = "aggregate" if not written.shows else "empty"
        self._insert("sql_told", "sql_nothing_found", told=told)
        self._note(chosen, template, "derived" if not written.shows else "told", written)

    def _insert(self, table: str, step: str, **binds: Value) -> None:
        self.engine.run(f"insert into {table} {load_query(PACKAGE, step).sql}", **binds)

    def _refuse(self, chosen: str, template: str, reason: str, statement: Statement | None) -> None:
        """All events of a statement are unresolved: nobody, where no table of it holds anybody's data."""
        if statement is not None and self._reads_nobody(statement):
            self.engine.run(
                f"insert into sql_told select event_id, rule, 'rule' from sql_events where {chosen}"
            )
            self._note(chosen, template, "nobody", None)
            return
        tables = None if statement is None else self._tables(statement)
        bound = self._bound([]) if statement is None else self._bound(tables)
        self.engine.run(
            f"insert into sql_unknown select event_id, rule, $reason, {self._page(statement, bound)}\n"
            f"from sql_events where {chosen}",
            reason=reason,
        )
        self._note(chosen, template, reason, None)

    def _page(self, statement: Statement | None, bound: str | int | None) -> str:
        """The least of what the tables hold and of the rows that a limit leaves, SQL over an event."""
        said = "null::bigint" if bound is None else str(bound)
        limit = None if statement is None else statement.query.args.get("limit")
        value = (
            (limit.args.get("count") if isinstance(limit, exp.Fetch) else limit.expression) if limit else None
        )
        index = index_of(value) if value is not None else None
        if index is None or statement is None or any(statement.query.find_all(exp.ArrayAgg, exp.GroupConcat)):
            return said
        places = max(1, len(list(statement.query.find_all(exp.Table))))
        return f"least({said}, {places} * try_cast(literals[{index + 1}] as bigint))"

    def _reads_nobody(self, statement: Statement) -> bool:
        tables = [self.schema.table(_full_name(table)) for table in statement.query.find_all(exp.Table)]
        return all(table is not None and table.view is None for table in tables)

    def _tables(self, statement: Statement) -> list[str] | None:
        """The stored tables that a statement names; null when one is not known."""
        named: list[str] = []
        ctes = {cte.alias.lower() for cte in statement.query.find_all(exp.CTE)}
        for node in statement.query.find_all(exp.Table):
            table = self.schema.table(_full_name(node))
            if table is None and not (node.name.lower() in ctes or self.schema.view(_full_name(node))):
                return None
            if table is None and self.schema.view(_full_name(node)):
                return [t.stored for t in self.schema.tables.values() if t.view is not None]
            if table is not None and table.view is not None:
                named.append(table.stored)
        return sorted(set(named))

    def _bound(self, tables: list[str] | None) -> int | None:
        """The persons of some stored tables; of all when none is named; null when one is not known."""
        if tables is None:
            return None
        chosen = tables or [t.stored for t in self.schema.tables.values() if t.view is not None]
        key = " ".join(chosen)
        if key not in self.sizes:
            united = " union all ".join(
                f"select __registry, coalesce(__person, __record) as who from {quote(name)}"
                for name in chosen
            )
            self.sizes[key] = (
                self.engine.count(f"select count(distinct (__registry, who)) from ({united})")
                if chosen
                else 0
            )
        return self.sizes[key]

    def _note(self, chosen: str, template: str, fate: str, written: Written | None) -> None:
        """A row of `statements`: the template without its values."""
        database = self.schema.settings.name
        shown = sorted(_shown_columns(written)) if written else []
        text = template.translate({1: "?", 2: "?", 3: "?"})
        digest = hashlib.sha256(f"{database}\0{text}\0{chosen}".encode()).hexdigest()[:16]
        events = self.engine.count(f"select count(*) from sql_events where {chosen}")
        row = {
            "database": [database], "statement": [digest], "template": [text], "fate": [fate],
            "columns": [shown], "events": [events],
        }  # fmt: skip
        schema = pa.schema([
            ("database", pa.string()), ("statement", pa.string()), ("template", pa.string()),
            ("fate", pa.string()), ("columns", pa.list_(pa.string())), ("events", pa.int64()),
        ])  # fmt: skip
        self.engine.register("sql_note", pa.table(row, schema=schema))
        self.engine.run("insert into statements_now select * from sql_note")
        self.engine.unregister("sql_note")


UNUSABLE = "template is null or list_has_any(coalesce(flags, []), ['truncated', 'continued'])"
STEPS = ("group", "calls", "good", "found", "rows", "placed", "persons", "results", "groups", "judged_rows")


def _shown_columns(written: Written) -> Iterator[str]:
    for leaf, _listed in written.leaves:
        for ref in written.refs(leaf.number):
            if not ref.derived:
                yield f"{leaf.table.name}.{leaf.table.columns[ref.column].name}".lower()


def _full_name(table: exp.Table) -> str:
    return ".".join(part for part in (table.db, table.name) if part)
