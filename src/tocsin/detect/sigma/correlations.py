# SPDX-License-Identifier: Apache-2.0
"""Correlations as SQL over the tables of the rules that they join, each row the event that completes a match.

Windows slide: a match is complete at an event when the span that ends there holds enough. Its row keeps when
the span's first event was. Keys are never null: who is in no group is in no match.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sigma.correlations import (
    SigmaCorrelationCondition,
    SigmaCorrelationConditionOperator,
    SigmaCorrelationRule,
    SigmaCorrelationType,
    SigmaRuleReference,
)

from tocsin.core.words import _
from tocsin.detect.sigma.refusals import RefusedError
from tocsin.store.query import quote

PERSON = "person"
"""The field whose values are the distinct persons that an access obtained, also through the catalogue."""

PERSONS = "sigma persons"

Within = dict[str, list[str]]
"""Key: queries that each hold all its values with which a match can be of use to anybody."""


@dataclass(slots=True)
class Matches:
    """A rule's matches: a temporary table, and which of its columns hold which field."""

    table: str
    columns: dict[str, str] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    """Of a correlation: its group-by."""

    parts: tuple[tuple[Matches, tuple[str, ...]], ...] = ()
    """Of a correlation: the matches that it joins, and the field of each that holds each key."""

    accused: tuple[int, ...] = ()
    """Of a correlation: which of `parts` name the accounts found."""

    @property
    def is_correlation(self) -> bool:
        """Whether it joins others."""
        return bool(self.parts)


def correlation_sql(rule: SigmaCorrelationRule, parts: list[Matches], within: Within) -> tuple[str, Matches]:
    """The SELECT of a correlation's matches, and what they are but for their table's name.

    Raises RefusedError for what would be half a run.
    """
    least = _least(rule)
    keys = tuple(rule.group_by or ())
    fields = [tuple(_field_of(rule, ref, key) for key in keys) for ref in rule.referenced_rules]
    value = _value_field(rule)
    source = "\nunion all\n".join(
        _part_sql(turn, part, names, value, [within.get(key, []) for key in keys])
        for turn, (part, names) in enumerate(zip(parts, fields, strict=True), start=1)
    )
    seconds = rule.timespan.seconds
    shapes = {
        SigmaCorrelationType.EVENT_COUNT: _counted_sql,
        SigmaCorrelationType.VALUE_COUNT: _valued_sql,
        SigmaCorrelationType.TEMPORAL: _joined_sql,
        SigmaCorrelationType.TEMPORAL_ORDERED: _ordered_sql,
    }
    sql = shapes[rule.type](source, _names(keys), seconds, least, len(parts))
    columns = dict(zip(keys, _names(keys), strict=True))
    is_ordered = rule.type is SigmaCorrelationType.TEMPORAL_ORDERED
    accused = (len(parts) - 1,) if is_ordered else tuple(range(len(parts)))
    return sql, Matches("", columns, keys, tuple(zip(parts, fields, strict=True)), accused)


def keys_within(user: SigmaCorrelationRule, used: SigmaRuleReference, others: dict[str, Matches]) -> Within:
    """What another rule needs of one that it joins, by the field of that one.

    A correlation in order has a match only where each rule that it joins has one: `others` are the event
    rules among them, by reference.
    """
    found: Within = {}
    if user.type is not SigmaCorrelationType.TEMPORAL_ORDERED:
        return found
    for key in user.group_by or ():
        for ref in user.referenced_rules:
            part = others.get(ref.reference)
            column = None if part is None else part.columns.get(_field_of(user, ref, key))
            if part is not None and column is not None:
                chosen = f"select {quote(column)} from {quote(part.table)}"
                found.setdefault(_field_of(user, used, key), []).append(chosen)
    return found


def fields_needed(rule: SigmaCorrelationRule) -> list[tuple[str, str]]:
    """(rule referred to, field) of what a correlation asks of the rules that it joins."""
    value = _value_field(rule)
    wanted = [
        (ref, _field_of(rule, ref, key)) for ref in rule.referenced_rules for key in rule.group_by or ()
    ]
    wanted += [(ref, value) for ref in rule.referenced_rules if value is not None]
    return [(ref.reference, name) for ref, name in wanted]


def part_source_sql(part: Matches, names: tuple[str, ...]) -> tuple[str, list[str]]:
    """FROM clause of a part, with its persons where a key is one; and each key's expression."""
    keys = [_column_sql(part, name) for name in names]
    joined = f" join {quote(PERSONS)} as q on q.event_id = p.event_id" if f"q.{quote(PERSON)}" in keys else ""
    return f"{quote(part.table)} as p{joined}", keys


def _names(keys: tuple[str, ...]) -> list[str]:
    return [f"key {number}" for number in range(1, len(keys) + 1)]


def _column_sql(part: Matches, name: str) -> str:
    if name in part.columns:
        return f"p.{quote(part.columns[name])}"
    if name == PERSON and not part.is_correlation:
        return f"q.{quote(PERSON)}"
    raise RefusedError(_("a group by '{field}', which a rule that it joins does not have"), field=name[:60])


def _least(rule: SigmaCorrelationRule) -> int:
    condition = rule.condition
    if not isinstance(condition, SigmaCorrelationCondition):
        raise RefusedError(_("a condition that joins rules with 'and', 'or', 'not'"))
    known = (
        SigmaCorrelationType.EVENT_COUNT,
        SigmaCorrelationType.VALUE_COUNT,
        SigmaCorrelationType.TEMPORAL,
        SigmaCorrelationType.TEMPORAL_ORDERED,
    )
    if rule.type not in known:
        raise RefusedError(_("the correlation {kind}"), kind=rule.type.name.lower())
    if rule.type is SigmaCorrelationType.TEMPORAL_ORDERED:
        return len(rule.referenced_rules)
    steps = {SigmaCorrelationConditionOperator.GTE: 0, SigmaCorrelationConditionOperator.GT: 1}
    if condition.op not in steps or int(condition.count) != condition.count:
        # Less than, and exactly: each window passes through every smaller count.
        raise RefusedError(_("a count that is not 'gte' or 'gt' a whole number"))
    return max(1, int(condition.count) + steps[condition.op])


def _value_field(rule: SigmaCorrelationRule) -> str | None:
    if rule.type is not SigmaCorrelationType.VALUE_COUNT:
        return None
    named = getattr(rule.condition, "fieldref", None)
    if not isinstance(named, str):
        raise RefusedError(_("a count over several fields"))
    return named


def _field_of(rule: SigmaCorrelationRule, ref: SigmaRuleReference, key: str) -> str:
    """The field of that rule which an alias of the correlation means; else the key itself."""
    for alias in rule.aliases:
        if alias.alias == key:
            found = {one.reference: name for one, name in alias.mapping.items()}
            if ref.reference not in found:
                raise RefusedError(_("an alias that leaves out a rule"))
            return found[ref.reference]
    return key


def _part_sql(
    turn: int, part: Matches, names: tuple[str, ...], value: str | None, within: list[list[str]]
) -> str:
    """Rows of one rule: which it is, when, its keys and what is counted."""
    source, keys = part_source_sql(part, names)
    given = [f"{sql} as {quote(name)}" for sql, name in zip(keys, _names(names), strict=True)]
    tests = [f"{sql} is not null" for sql in keys]
    tests += [f"{sql} in ({chosen})" for sql, held in zip(keys, within, strict=True) for chosen in held]
    if value is not None:
        counted = _column_sql(part, value)
        if counted.startswith("q.") and " as q " not in source:
            source += f" join {quote(PERSONS)} as q on q.event_id = p.event_id"
        given.append(f"{counted} as counted")
        tests.append(f"{counted} is not null")
    columns = ", ".join([f"{turn} as turn", "p.event_id", "p.occurred_at", "p.from_at", "p.account", *given])
    where = f" where {' and '.join(tests)}" if tests else ""
    return f"select {columns} from {source}{where}"


def _window_sql(keys: list[str], seconds: int) -> str:
    by = f"partition by {', '.join(quote(key) for key in keys)} " if keys else ""
    return (
        f"({by}order by occurred_at range between interval {int(seconds)} seconds preceding and current row)"
    )


def _result_sql(inner: str, keys: list[str], test: str) -> str:
    named = "".join(f", any_value({quote(key)}) as {quote(key)}" for key in keys)
    grouped = "".join(f", {quote(key)}" for key in keys)
    return (
        "select event_id, min(occurred_at) as occurred_at, min(begun_at) as from_at,"
        f" any_value(account) as account{named} from ({inner}) where {test} group by event_id{grouped}"
    )


def _counted_sql(source: str, keys: list[str], seconds: int, least: int, parts: int) -> str:
    del parts
    over = _window_sql(keys, seconds)
    steps = [
        f"rows_told as ({_told_sql(source, seconds)})",
        *_busy_sql("rows_told", "kept", "*", keys, least),
    ]
    inner = (
        f"with {', '.join(steps)} select *, count(*) over {over} as found,"
        f" min(from_at) over {over} as begun_at from kept"
    )
    return _result_sql(inner, keys, f"found >= {least}")


def _valued_sql(source: str, keys: list[str], seconds: int, least: int, parts: int) -> str:
    """Distinct values in sliding windows, worked out only where two neighbouring spans could hold enough."""
    del parts
    over = _window_sql(keys, seconds)
    steps = [
        f"rows_told as ({_told_sql(source, seconds)})",
        *_busy_sql("rows_told", "many", "*", keys, least),
        *_busy_sql("many", "kept", "distinct counted", keys, least),
    ]
    inner = (
        f"with {', '.join(steps)} select *, count(distinct counted) over {over} as found,"
        f" min(from_at) over {over} as begun_at from kept"
    )
    return _result_sql(inner, keys, f"found >= {least}")


def _told_sql(source: str, seconds: int) -> str:
    """The rows, each with the number of the span of the clock that it falls in."""
    return f"select *, epoch_us(occurred_at) // {int(seconds) * 1_000_000} as spell from ({source})"


def _busy_sql(rows: str, kept: str, counted: str, keys: list[str], least: int) -> list[str]:
    """Of these rows those of spans that hold half of what is asked, and of their neighbours.

    A window meets two neighbouring spans at most: one of them holds half of what it holds.
    """
    by = ", ".join(["spell", *(quote(key) for key in keys)])
    names = "".join(f", {quote(key)}" for key in keys)
    same = " and ".join(f"b.{name} = r.{name}" for name in ["spell", *(quote(key) for key in keys)])
    near = (
        f"select distinct unnest([spell - 1, spell, spell + 1]) as spell{names}"
        f" from {kept}_spells where 2 * found >= {least}"
    )
    return [
        f"{kept}_spells as (select {by}, count({counted}) as found from {rows} group by {by})",
        f"{kept}_near as ({near})",
        f"{kept} as (select r.* from {rows} as r semi join {kept}_near as b on {same})",
    ]


def _joined_sql(source: str, keys: list[str], seconds: int, least: int, parts: int) -> str:
    over = _window_sql(keys, seconds)
    each = " + ".join(
        f"cast(count(*) filter (where turn = {turn}) over {over} > 0 as integer)"
        for turn in range(1, parts + 1)
    )
    inner = f"select *, {each} as found, min(from_at) over {over} as begun_at from ({source})"
    return _result_sql(inner, keys, f"found >= {least}")


def _ordered_sql(source: str, keys: list[str], seconds: int, least: int, parts: int) -> str:
    """Rule after rule: each keeps the latest beginning of a chain that reaches it."""
    del least
    over = _window_sql(keys, seconds)
    inner = (
        "select *, case when turn = 1 then {'begun': occurred_at, 'first': from_at} end as chain_1"
        f" from ({source})"
    )
    for turn in range(2, parts + 1):
        before = f"max(chain_{turn - 1}) over {over}"
        inner = f"select *, case when turn = {turn} then {before} end as chain_{turn} from ({inner})"
    last = f"chain_{parts}"
    span = f"interval {int(seconds)} seconds"
    told = f"select *, {last}['first'] as begun_at from ({inner})"
    return _result_sql(told, keys, f"{last} is not null and {last}['begun'] >= occurred_at - {span}")
