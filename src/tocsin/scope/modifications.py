# SPDX-License-Identifier: Apache-2.0
"""Which records events in scope created, updated or deleted, whatever their rule shows.

A change that names no record is no row here; it leaves the claim that nothing was changed unassessable.
"""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.core.terms import CHANGE_ACTIONS
from tocsin.scope.catalogue import CompiledRule
from tocsin.store.engine import Engine
from tocsin.store.patterns import Placeholder, extraction_sql
from tocsin.store.query import literal

_ACTIONS = ", ".join(literal(action.value) for action in CHANGE_ACTIONS)
CHANGES = f"e.action in ({_ACTIONS}) and e.outcome <> 'failure'"
CHANGING = f"""select e.event_id, e.object, h.rule
from scoped as e inner join rule_hits as h on h.event_id = e.event_id
where {CHANGES}"""


def find_changes(engine: Engine, rules: Sequence[CompiledRule]) -> None:
    """Make `changed` (event_id, record_type, record): a row with a null record where none is named."""
    engine.create("placed", placed_sql(rules))
    engine.create("changed", CHANGED)


CHANGED = f"""with named as (
    select event_id, record_type, record from placed
    union
    select event_id, coalesce(record_type, object_type, 'record'), record
    from scoped as e where {CHANGES} and record is not null
        and event_id not in (select event_id from placed where record_type <> 'person')
),
persons as (
    select event_id, 'person' as record_type, unnest(list_append(coalesce(persons, []), person)) as record
    from scoped as e where {CHANGES} and event_id not in (select event_id from named)
)
select event_id, record_type, record from named
union
select event_id, record_type, record from persons where record is not null
union all
select event_id, null, null from scoped as e
where {CHANGES}
    and event_id not in (select event_id from named)
    and event_id not in (select event_id from persons where record is not null)"""
"""The record of the path, else the event's own, else the persons named, else nothing."""


def placed_sql(rules: Sequence[CompiledRule]) -> str:
    """The records that the paths of changes name, of the few events that change anything."""
    parts = [
        _rule_sql(rule, placeholder)
        for rule in rules
        for placeholder in rule.placeholders
        if placeholder.kind != "file"
    ]
    if not parts:
        return "select null::bigint as event_id, '' as record_type, '' as record where false"
    return f"with changing as materialized (\n{CHANGING}\n)\n" + "\nunion\n".join(parts)


def _rule_sql(rule: CompiledRule, placeholder: Placeholder) -> str:
    assert rule.path is not None  # noqa: S101  # it has placeholders
    return (
        f"select e.event_id, {literal(placeholder.record_type or 'person')} as record_type,\n"
        f"    {extraction_sql('e.object', rule.path, placeholder)} as record\n"
        f"from changing as e where e.rule = {rule.number}"
    )
