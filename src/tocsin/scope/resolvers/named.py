# SPDX-License-Identifier: Apache-2.0
"""Accesses that name whom they show: by a placeholder of the path, or by the event's own columns.

A record leads to its person through the table of records. A local id absent from its registry is kept when
it looks like one of that registry; what looks like none, and a record whose person nothing tells, is
unresolved, one person at most each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from tocsin.core.settings import CaseSettings, RegistrySettings
from tocsin.scope.catalogue import CompiledRule
from tocsin.scope.interface import Answer, Question, Resolver
from tocsin.store.engine import Engine
from tocsin.store.patterns import Placeholder, extraction_sql
from tocsin.store.query import literal, load_query, quote

PACKAGE = "tocsin.scope"
NO_REGISTRY = "none"
"""The registry of local ids in a case that has no registry at all."""


class Named(Resolver):
    """Answers for events that name persons or records."""

    name: ClassVar[str] = "named"
    order: ClassVar[int] = 10

    def accepts(self, rule: CompiledRule) -> bool:
        return rule.replay is None

    def answer(self, question: Question) -> Answer:
        engine = question.engine
        engine.create("named", named_sql(question.rules, question.settings))
        engine.create("absent_ids", load_query(PACKAGE, "absent_ids"))
        engine.create("foreign_ids", foreign_ids_sql(engine, question.settings.registries))
        engine.create("named_persons", NAMED_PERSONS)
        for step in ("named_owners", "named_unowned"):
            engine.create(step, load_query(PACKAGE, step))
        return Answer(shown=load_query(PACKAGE, "named_shown").sql, unknown=UNKNOWN)


NAMED_PERSONS = """select distinct n.event_id, n.rule, n.registry, n.id as person
from named as n
where n.kind = 'person'
    and n.registry is not null
    and not exists (select 1 from foreign_ids as f where f.registry = n.registry and f.id = n.id)"""

UNKNOWN = """select event_id, rule, 'unknown_registry' as reason, count(distinct id) as bound
from named where kind = 'person' and registry is null group by event_id, rule
union all
select n.event_id, n.rule, 'not_an_identifier', count(distinct n.id)
from named as n inner join foreign_ids as f on f.registry = n.registry and f.id = n.id
where n.kind = 'person' group by n.event_id, n.rule
union all
select u.event_id, u.rule, 'unknown_record', count(distinct u.record)
from named_unowned as u
where not exists (select 1 from named_persons as p where p.event_id = u.event_id and p.rule = u.rule)
group by u.event_id, u.rule"""


def named_sql(rules: Sequence[CompiledRule], settings: CaseSettings) -> str:
    """Who and what each event names: event_id, rule, kind (person or record), record_type, id, registry."""
    own = [rule.number for rule in rules if rule.names_own]
    parts = [*_own_sql(own, settings), *_placeholder_sql([rule for rule in rules if not rule.names_own])]
    every = "\nunion all\n".join(parts) or "select null::bigint as event_id where false"
    return (
        "select n.event_id, n.rule, n.kind, n.record_type, n.id,\n"
        f"    {registry_sql(settings)} as registry\n"
        f"from (\n{every}\n) as n\n"
        "inner join scoped as e on e.event_id = n.event_id\n"
        "inner join rule_facts as f on f.rule = n.rule\n"
        "where n.id is not null and n.id <> ''"
    )


def registry_sql(settings: CaseSettings) -> str:
    """The registry of what `e` names under rule `f`: the rule's, the source's, the only one; or null."""
    registries = settings.registries
    if not registries:
        return f"coalesce(f.registry, '{NO_REGISTRY}')"
    cases = [
        f"when e.source = {literal(source.name)} then {_one_of(own)}"
        for source in settings.sources
        if (own := [r for r in registries if source.name in r.sources])
    ]
    rest = _one_of(registries)
    return (
        f"coalesce(f.registry, case {' '.join(cases)} else {rest} end)"
        if cases
        else f"coalesce(f.registry, {rest})"
    )


def foreign_ids_sql(engine: Engine, registries: Sequence[RegistrySettings]) -> str:
    """Of the absent ids, those that do not look like their registry's: registry, id."""
    patterns = {r.name: r.person_pattern for r in registries}
    shapes = {str(row[0]): row[1:] for row in engine.rows(load_query(PACKAGE, "id_shapes"))}
    tests = [
        f"(registry = {literal(name)} and not {test})"
        for name in sorted({*shapes, *(n for n, p in patterns.items() if p)})
        for test in [_pattern_test(patterns.get(name)) or _shape_test(shapes[name])]
    ]
    return f"select registry, id from absent_ids where {' or '.join(tests) or 'false'}"


def _own_sql(rules: Sequence[int], settings: CaseSettings) -> Iterator[str]:
    if not rules:
        return
    asked = (
        "from asked as a inner join scoped as e on e.event_id = a.event_id\n"
        f"where a.rule in ({', '.join(map(str, rules))})"
    )
    only = literal(settings.records[0].name) if len(settings.records) == 1 else "null"
    yield (
        "select event_id, rule, 'person' as kind, null::varchar as record_type, unnest(ids) as id from (\n"
        "    select a.event_id, a.rule,\n"
        "        list_distinct(list_append(coalesce(e.persons, []), e.person)) as ids\n"
        f"    {asked}\n)"
    )
    yield f"select a.event_id, a.rule, 'record', coalesce(e.record_type, {only}), e.record\n{asked}"


def _placeholder_sql(rules: Sequence[CompiledRule]) -> Iterator[str]:
    """One select per place among a rule's placeholders, all rules in it: few passes over the events."""
    most = max((len(rule.placeholders) for rule in rules), default=0)
    for place in range(most):
        chosen = [(rule, rule.placeholders[place]) for rule in rules if len(rule.placeholders) > place]
        named = [(rule, placeholder) for rule, placeholder in chosen if placeholder.kind != "file"]
        if named:
            yield _place_sql(named)


def _place_sql(named: Sequence[tuple[CompiledRule, Placeholder]]) -> str:
    path = f"e.{quote('object')}"
    ids = " ".join(
        f"when {rule.number} then {extraction_sql(path, rule.path, placeholder)}"
        for rule, placeholder in named
        if rule.path is not None
    )
    kinds = " ".join(f"when {rule.number} then {literal(p.kind)}" for rule, p in named)
    types = " ".join(
        f"when {rule.number} then {literal(p.record_type)}" for rule, p in named if p.record_type
    )
    record_type = f"case a.rule {types} end" if types else "null::varchar"
    return (
        f"select a.event_id, a.rule, case a.rule {kinds} end as kind,\n"
        f"    {record_type} as record_type, case a.rule {ids} end as id\n"
        "from asked as a inner join scoped as e on e.event_id = a.event_id\n"
        f"where a.rule in ({', '.join(str(rule.number) for rule, _ in named)})"
    )


def _one_of(registries: Sequence[RegistrySettings]) -> str:
    if len(registries) == 1:
        return literal(registries[0].name)
    cases = [f"when {literal(r.domain)} then {literal(r.name)}" for r in registries if r.domain]
    return f"case e.person_domain {' '.join(cases)} end" if cases else "null"


def _pattern_test(pattern: str | None) -> str | None:
    return None if pattern is None else f"regexp_full_match(id, {literal(pattern)})"


def _shape_test(shape: tuple[object, ...]) -> str:
    """Length within that of the registry's ids, and only kinds of characters that they have."""
    shortest, longest, digits, upper, lower, others = shape
    ranges = [text for held, text in ((digits, "0-9"), (upper, "A-Z"), (lower, "a-z")) if held]
    extra = "".join(f"\\x{{{ord(character):x}}}" for character in sorted(set(str(others or ""))))
    characters = "".join(ranges) + extra
    test = f"length(id) between {shortest} and {longest}"
    return f"({test} and regexp_full_match(id, {literal(f'[{characters}]*')}))" if characters else f"({test})"
