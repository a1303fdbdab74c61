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
    steps: ClassVar[tuple[str, ...]] = (
        "named",
        "absent_ids",
        "foreign_ids",
        "named_persons",
        "named_owners",
        "named_unowned",
    )

    def accepts(self, rule: CompiledRule) -> bool:
        return rule.replay is None and rule.schema is None

    def answer(self, question: Question) -> Answer:
        engine = question.engine
        engine.create("named", named_sql(question.rules, question.settings))
        for step in ("named_records", "named_owners", "known_persons", "absent_ids"):
            engine.create(step, load_query(PACKAGE, step))
        engine.create("foreign_ids", foreign_ids_sql(engine, question.settings.registries))
        engine.create("named_persons", NAMED_PERSONS)
        engine.create("named_unowned", load_query(PACKAGE, "named_unowned"))
        return Answer(shown=load_query(PACKAGE, "named_shown").sql, unknown=UNKNOWN)


NAMED_PERSONS = """select n.event_id, n.rule, n.registry, n.id as person
from named as n
where n.kind = 'person'
    and n.registry is not null
    and not exists (select 1 from foreign_ids as f where f.registry = n.registry and f.id = n.id)"""

RANGES = ("0-9", "A-Z", "a-z")
"""Kinds of characters, in the order in which the queries tell them."""

EXAMPLES = 10_000
"""Ids that are looked at first."""

Shape = tuple[object, ...]
"""Shortest and longest id, whether any has each of RANGES, and what other characters they have."""

NAMED_COLUMNS = "event_id, rule, occurred_at, kind, record_type, id, registry"
"""`kind` is person or record."""

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
    """Who and what each event names: NAMED_COLUMNS, each row once.

    No id is empty: `scoped` has none, a placeholder of a path that matches holds something, and
    `list_distinct` leaves null out.
    """
    own = [rule.number for rule in rules if rule.names_own]
    placed = [rule for rule in rules if not rule.names_own]
    parts = [*_own_sql(own, settings), *_placeholder_sql(placed)]
    every = "\nunion all\n".join(parts) or f"select {NAMED_COLUMNS} from acts where false"
    distinct = "distinct " if any(_names_twice(rule) for rule in placed) else ""
    return (
        "with acts as not materialized (\n"
        "    select a.event_id, a.rule, e.occurred_at, e.object,\n"
        "        e.person, e.persons, e.record_type, e.record,\n"
        f"        {registry_sql(rules, settings)} as registry\n"
        "    from asked as a inner join scoped as e on e.event_id = a.event_id\n"
        ")\n"
        f"select {distinct}{NAMED_COLUMNS} from (\n{every}\n)"
    )


def _names_twice(rule: CompiledRule) -> bool:
    """Whether its path has two places for the same kind of thing, where the same id may stand twice."""
    kinds = [(p.kind, p.record_type) for p in rule.placeholders if p.kind != "file"]
    return len(kinds) > len(set(kinds))


def registry_sql(rules: Sequence[CompiledRule], settings: CaseSettings) -> str:
    """The registry of what `e` names under rule `a.rule`: the rule's, the source's, the only one; or null."""
    registries = settings.registries
    own = {rule.number: rule.rule.registry for rule in rules if rule.rule.registry is not None}
    of_rules = " ".join(f"when {number} then {literal(name)}" for number, name in own.items())
    of_sources = " ".join(
        f"when {literal(source.name)} then {_one_of(held)}"
        for source in settings.sources
        if (held := [r for r in registries if source.name in r.sources])
    )
    rest = _one_of(registries) if registries else literal(NO_REGISTRY)
    by_source = f"case e.source {of_sources} else {rest} end" if of_sources else rest
    return f"case a.rule {of_rules} else {by_source} end" if of_rules else by_source


def foreign_ids_sql(engine: Engine, registries: Sequence[RegistrySettings]) -> str:
    """Of the absent ids, those that do not look like their registry's: registry, id."""
    patterns = {r.name: r.person_pattern for r in registries}
    shapes = _shapes(engine)
    tests = [
        f"(registry = {literal(name)} and not {test})"
        for name in sorted({*shapes, *(n for n, p in patterns.items() if p)})
        for test in [_pattern_test(patterns.get(name)) or _shape_test(shapes[name])]
    ]
    return f"select registry, id from absent_ids where {' or '.join(tests) or 'false'}"


def _own_sql(rules: Sequence[int], settings: CaseSettings) -> Iterator[str]:
    if not rules:
        return
    of_rules = f"rule in ({', '.join(map(str, rules))})"
    only = literal(settings.records[0].name) if len(settings.records) == 1 else "null"
    person = "event_id, rule, occurred_at, 'person' as kind, null::varchar as record_type"
    yield (
        f"select {person}, person as id, registry from acts\n"
        f"where {of_rules} and persons is null and person is not null"
    )
    yield (
        f"select {person}, unnest(list_distinct(list_append(persons, person))), registry\n"
        f"from acts where {of_rules} and persons is not null"
    )
    yield (
        f"select event_id, rule, occurred_at, 'record', coalesce(record_type, {only}), record, registry\n"
        f"from acts where {of_rules} and record is not null"
    )


def _placeholder_sql(rules: Sequence[CompiledRule]) -> Iterator[str]:
    """One select per place among a rule's placeholders, all rules in it: few passes over the events."""
    most = max((len(rule.placeholders) for rule in rules), default=0)
    for place in range(most):
        chosen = [(rule, rule.placeholders[place]) for rule in rules if len(rule.placeholders) > place]
        named = [(rule, placeholder) for rule, placeholder in chosen if placeholder.kind != "file"]
        if named:
            yield _place_sql(named)


def _place_sql(named: Sequence[tuple[CompiledRule, Placeholder]]) -> str:
    path = quote("object")
    ids = " ".join(
        f"when {rule.number} then {extraction_sql(path, rule.path, placeholder)}"
        for rule, placeholder in named
        if rule.path is not None
    )
    kinds = " ".join(f"when {rule.number} then {literal(p.kind)}" for rule, p in named)
    types = " ".join(
        f"when {rule.number} then {literal(p.record_type)}" for rule, p in named if p.record_type
    )
    record_type = f"case rule {types} end" if types else "null::varchar"
    return (
        f"select event_id, rule, occurred_at, case rule {kinds} end,\n"
        f"    {record_type}, case rule {ids} end, registry\n"
        f"from acts where rule in ({', '.join(str(rule.number) for rule, _ in named)})"
    )


def _one_of(registries: Sequence[RegistrySettings]) -> str:
    if len(registries) == 1:
        return literal(registries[0].name)
    cases = [f"when {literal(r.domain)} then {literal(r.name)}" for r in registries if r.domain]
    return f"case e.person_domain {' '.join(cases)} end" if cases else "null"


def _pattern_test(pattern: str | None) -> str | None:
    return None if pattern is None else f"regexp_full_match(id, {literal(pattern)})"


def _shapes(engine: Engine) -> dict[str, Shape]:
    """By registry; some of its ids first, so that the others are only compared with what these have."""
    examples = load_query(PACKAGE, "id_examples")
    seen = {str(row[0]): row[1:] for row in engine.rows(examples, examples=EXAMPLES)}
    # One that no example is of has nothing known of it: then each id is looked at.
    is_seen = len(seen) == engine.count("select count(distinct registry) from absent_ids")
    common = [text for n, text in enumerate(RANGES) if is_seen and all(has[n] for has in seen.values())]
    usual = f"[{''.join(common)}]*" if common else ""
    shapes: dict[str, Shape] = {}
    for name, shortest, longest, *kinds, others in engine.rows(load_query(PACKAGE, "id_shapes"), usual=usual):
        known = seen.get(str(name), (False,) * len(RANGES))
        has = tuple(bool(one or other) for one, other in zip(kinds, known, strict=True))
        shapes[str(name)] = (shortest, longest, *has, others)
    return shapes


def _shape_test(shape: Shape) -> str:
    """Length within that of the registry's ids, and only kinds of characters that they have."""
    shortest, longest, *kinds, others = shape
    ranges = [text for held, text in zip(kinds, RANGES, strict=True) if held]
    extra = "".join(f"\\x{{{ord(character):x}}}" for character in sorted(set(str(others or ""))))
    characters = "".join(ranges) + extra
    test = f"length(id) between {shortest} and {longest}"
    return f"({test} and regexp_full_match(id, {literal(f'[{characters}]*')}))" if characters else f"({test})"
