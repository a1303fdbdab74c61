# SPDX-License-Identifier: Apache-2.0
"""Which rules of the catalogue each event in scope falls under.

Two different selectors on one event are refused unless both rules say `together`; a catalogue that fits no
event at all is refused too, since its selectors then name another system than the logs do.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from tocsin.core.errors import InputError
from tocsin.core.settings import CaseSettings
from tocsin.core.terms import Category
from tocsin.core.words import _
from tocsin.scope.catalogue import NO_RULE, CompiledRule
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

PACKAGE = "tocsin.scope"

RULE_FACTS = pa.schema(
    [
        pa.field("rule", pa.int64()),
        pa.field("together", pa.bool_()),
        pa.field("shows", pa.bool_()),
        pa.field("registry", pa.string()),
        pa.field("record_type", pa.string()),
        pa.field("protection", pa.string()),
        pa.field("has_period", pa.bool_()),
        pa.field("data_from", pa.timestamp("us", "UTC")),
        pa.field("data_until", pa.timestamp("us", "UTC")),
        pa.field("signed", pa.bool_()),
        pa.field("view", pa.string()),
        pa.field("keys", pa.string()),
    ]
)
RULE_CATEGORIES = pa.schema([pa.field("rule", pa.int64()), pa.field("category", pa.string())])


def register_rules(engine: Engine, rules: Sequence[CompiledRule], *, catalogue_is_signed: bool) -> None:
    """Give the engine `rule_facts` and `rule_categories`, with a row for events without a rule."""
    facts = [_fact(rule, catalogue_is_signed) for rule in rules]
    nothing = {"rule": NO_RULE, "together": False, "shows": True, "protection": "clear", "has_period": False}
    engine.register("rule_facts", pa.Table.from_pylist([nothing, *facts], RULE_FACTS))
    categories = [
        {"rule": rule.number, "category": category}
        for rule in rules
        for category in dict.fromkeys(rule.rule.categories)
    ]
    uncovered = {"rule": NO_RULE, "category": Category.UNDETERMINED.value}
    engine.register("rule_categories", pa.Table.from_pylist([uncovered, *categories], RULE_CATEGORIES))


def match_rules(engine: Engine, rules: Sequence[CompiledRule], settings: CaseSettings) -> None:
    """Make `rule_hits` (event_id, rule), `without_rule` and `waiting` (what resolvers are to answer)."""
    engine.create("rule_hits", hits_sql(rules))
    where = settings.catalogue.path if settings.catalogue else None
    _refuse_ambiguous(engine, where)
    _refuse_foreign(engine, rules, where)
    for step in ("without_rule", "waiting"):
        engine.create(step, load_query(PACKAGE, step))


def hits_sql(rules: Sequence[CompiledRule]) -> str:
    """Events and the rules that they fall under; a failure only under rules that speak of outcomes."""
    if not rules:
        return "select null::bigint as event_id, null::bigint as rule where false"
    return "\nunion all\n".join(_rule_sql(rule) for rule in rules)


def _rule_sql(rule: CompiledRule) -> str:
    kinds = "('open', 'failed')" if rule.selects_outcome else "('open')"
    return (
        f"select e.event_id, {rule.number}::bigint as rule\n"
        f"from scoped as e\nwhere e.kind in {kinds}\n    and {rule.condition()}"
    )


def _fact(rule: CompiledRule, catalogue_is_signed: bool) -> dict[str, object]:
    period = rule.rule.data_period
    return {
        "rule": rule.number,
        "together": rule.rule.together,
        "shows": bool(rule.rule.categories),
        "registry": rule.rule.registry,
        "record_type": rule.record_type,
        "protection": rule.rule.protection,
        "has_period": period is not None,
        "data_from": period.from_ if period else None,
        "data_until": period.until if period else None,
        "signed": catalogue_is_signed or rule.rule.signed_by is not None,
        "view": rule.rule.object or rule.rule.action or str(rule.number + 1),
        "keys": rule.rule.keys_held_by,
    }


def _refuse_ambiguous(engine: Engine, where: str | None) -> None:
    found = engine.rows(load_query(PACKAGE, "ambiguous_rules"))
    if found:
        first, second, events = (int(str(value)) for value in found[0])
        raise InputError(
            _("[[shows]] numbers {first} and {second} both match events in scope: {events}."),
            do=_("Make their selectors exclude each other, or say `together = true` in both."),
            where=where,
            code="ambiguous_catalogue",
            first=first + 1,
            second=second + 1,
            events=events,
        )


def _refuse_foreign(engine: Engine, rules: Sequence[CompiledRule], where: str | None) -> None:
    """Refuse rules that match nothing in scope nor anywhere else, when something was there to match."""
    if not rules or engine.value("select 1 from rule_hits limit 1") is not None:
        return
    if engine.value("select 1 from scoped where kind = 'open' limit 1") is None:
        return
    tests = " or ".join(f"({rule.condition()})" for rule in rules)
    if engine.value(f"select 1 from events as e where {tests} limit 1") is None:
        raise InputError(
            _("No rule of the catalogue matches any event (rules: {n})."),
            do=_("Compare its source, action and object with what `tocsin read` shows."),
            where=where,
            code="catalogue_matches_nothing",
            n=len(rules),
        )
