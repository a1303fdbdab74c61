# SPDX-License-Identifier: Apache-2.0
"""Events whose statement is logged: which persons it showed, and which of their columns.

The statement is run again on the tables as they were. What it only derived from persons is no disclosure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import pyarrow as pa

from tocsin.core.terms import Certainty
from tocsin.scope.catalogue import CompiledRule
from tocsin.scope.interface import Answer, Question, Resolver
from tocsin.scope.sql.run import DatabaseRun
from tocsin.scope.sql.schema import Schema
from tocsin.store.engine import Engine

FIRST_MARK = 1_000_000
"""Sets of categories are rules of their own, numbered from here."""


class SqlReplay(Resolver):
    """Answers for rules that name a database of the catalogue."""

    name: ClassVar[str] = "sql_replay"
    order: ClassVar[int] = 20

    def accepts(self, rule: CompiledRule) -> bool:
        return rule.schema is not None

    def answer(self, question: Question) -> Answer:
        engine = question.engine
        for name, columns in WORKING.items():
            engine.create(name, f"select {columns} where false")
        for schema, rules in _by_schema(question.rules):
            DatabaseRun(engine, schema, rules).run()
        schemas = {r.schema.settings.name: r.schema for r in question.rules if r.schema is not None}
        engine.create("sql_marks", MARKS)
        _add_marks(engine, schemas)
        return Answer(
            shown=SHOWN, empty=EMPTY, unknown="select event_id, rule, reason, bound from sql_unknown"
        )


WORKING = {
    "sql_shown": (
        "null::bigint as event_id, null::bigint as rule, null::varchar as registry, null::varchar as person,"
        " null::varchar as record_type, null::varchar as record, null::varchar as protection,"
        " null::boolean as is_certain, null::boolean as exact, null::bigint as mask,"
        " null::varchar as database"
    ),
    "sql_told": "null::bigint as event_id, null::bigint as rule, null::varchar as reason",
    "sql_unknown": (
        "null::bigint as event_id, null::bigint as rule, null::varchar as reason, null::bigint as bound"
    ),
}

MARKS = f"""select row_number() over (order by rule, database, mask, protection) + {FIRST_MARK} as mark, *
from (select distinct rule, database, mask, protection from sql_shown)"""

SHOWN = f"""select s.event_id, m.mark, s.registry, s.person, s.record_type, s.record,
    case when s.is_certain then '{Certainty.RECONSTRUCTED}' else '{Certainty.REACHABLE}' end,
    s.exact, 'sql_replay'
from sql_shown as s
inner join sql_marks as m
    on m.rule = s.rule
    and m.database = s.database
    and m.mask = s.mask
    and m.protection = s.protection"""

EMPTY = """select event_id, rule, reason from sql_told
union all
select distinct event_id, rule, 'empty' from sql_shown"""
"""An event that showed somebody under a mark is answered for under its own rule, too."""


def _by_schema(rules: Sequence[CompiledRule]) -> list[tuple[Schema, list[int]]]:
    """Each database with the numbers of its rules."""
    found: dict[str, tuple[Schema, list[int]]] = {}
    for rule in rules:
        if rule.schema is not None:
            found.setdefault(rule.schema.settings.name, (rule.schema, []))[1].append(rule.number)
    return list(found.values())


def _add_marks(engine: Engine, schemas: dict[str, Schema]) -> None:
    """Tell `rule_facts` and `rule_categories` of each set of categories that was shown."""
    marks = engine.rows("select mark, database, mask from sql_marks order by mark")
    named = [
        {"rule": int(str(mark)), "category": category}
        for mark, database, mask in marks
        for place, category in enumerate(schemas[str(database)].categories)
        if int(str(mask)) >> place & 1
    ]
    facts = engine.table(
        "select * from rule_facts union all by name"
        " select f.* replace (m.mark as rule, m.protection as protection)"
        " from sql_marks as m inner join rule_facts as f on f.rule = m.rule order by rule"
    )
    categories = engine.table("select * from rule_categories")
    engine.register("rule_facts", facts)
    engine.register(
        "rule_categories", pa.concat_tables([categories, pa.Table.from_pylist(named, categories.schema)])
    )
