# SPDX-License-Identifier: Apache-2.0
"""Runs the rules: a temporary table of matches for each, then the accounts that they find.

Rules are run one after the other, those referred to first; a rule that cannot be run whole leaves nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from sigma.correlations import SigmaCorrelationRule
from sigma.exceptions import SigmaError
from sigma.rule import SigmaRule

from tocsin.core.errors import MachineError, Sentence
from tocsin.core.words import _
from tocsin.detect.obtained import see_persons
from tocsin.detect.sigma.backend import EventsBackend
from tocsin.detect.sigma.correlations import (
    PERSON,
    PERSONS,
    Matches,
    Within,
    correlation_sql,
    fields_needed,
    keys_within,
    part_source_sql,
)
from tocsin.detect.sigma.fields import find_column, sources_of
from tocsin.detect.sigma.refusals import RefusedError
from tocsin.detect.sigma.rules import AnyRule, Rules, rule_id, rule_title
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import literal, quote

LEVELS = {"informational": 0.05, "low": 0.1, "medium": 0.2, "high": 0.35, "critical": 0.45}
"""Level of a rule: p of what it finds. None of them is enough for an alarm."""

UNDER = 0.9
"""Share of the case's threshold that a level never passes."""


@dataclass(slots=True)
class Ran:
    """One rule that was run."""

    rule_id: str
    title: str
    level: str
    p: float
    sources: list[str]
    """The case's sources that it looked at."""

    matches: Matches
    is_told: bool
    """Whether its matches are findings: not when it is only there for others."""


Run = Callable[[], Ran]


@dataclass(slots=True)
class Running:
    """The rules of a case, run on its events."""

    case: Case
    engine: Engine
    refused: dict[str, Sentence] = field(default_factory=dict)
    ran: list[Ran] = field(default_factory=list)
    has_seen: bool = False
    """Whether `sigma persons` stands already, for every event that a rule matched."""

    _by_name: dict[str, Ran] = field(default_factory=dict)
    _backend: EventsBackend = field(default_factory=EventsBackend)
    _formats: dict[str, set[str]] = field(default_factory=dict)
    _correlations: list[SigmaCorrelationRule] = field(default_factory=list)
    _tables: dict[str, str] = field(default_factory=dict)
    _made: set[str] = field(default_factory=set)

    def run(self, rules: Rules) -> None:
        """Run them all; what is refused is in `refused`."""
        self.refused.update(rules.refused)
        self._backend.zone = self.case.settings.case.zone
        self._read_formats()
        wanted = _wanted(rules)
        events = [rule for rule in rules.rules if isinstance(rule, SigmaRule)]
        for rule in events:
            self._try(rule, lambda rule=rule: self._run_events(rule, wanted))  # type: ignore[misc]
        if any(PERSON in fields for fields in wanted.values()):
            see_matched(self.case, self.engine, sorted(self._made))
            self.has_seen = True
        self._correlations = [rule for rule in rules.rules if isinstance(rule, SigmaCorrelationRule)]
        for correlation in self._correlations:
            self._try(correlation, lambda rule=correlation: self._run_correlation(rule))  # type: ignore[misc]

    def _try(self, rule: AnyRule, run: Run) -> None:
        key = rule_id(rule)
        try:
            ran = run()
        except RefusedError as error:
            self.refused[key] = error.said
        except SigmaError as error:
            said = type(error).__name__
            self.refused[key] = Sentence(_("pySigma refuses it: {why}"), {"why": said})
        else:
            self.ran.append(ran)
            for name in {key, rule.name or key}:
                self._by_name[name] = ran

    def _run_events(self, rule: SigmaRule, wanted: dict[str, set[str]]) -> Ran:
        source = rule.logsource
        settings = self.case.settings.sources
        names = sources_of(source.product, source.category, source.service, settings, self._formats)
        if names is None:
            said = "/".join(filter(None, (source.product, source.category, source.service)))
            raise RefusedError(_("the log source '{source}'"), source=said[:80])
        asked = {field for key in (rule_id(rule), rule.name or "") for field in wanted.get(key, ())}
        columns = {name: f"field {n}" for n, name in enumerate(sorted(asked - {PERSON}), start=1)}
        given = "".join(f", {_field_sql(name)} as {quote(column)}" for name, column in columns.items())
        tests = self._backend.convert_rule(rule) or rule._conversion_result or []
        test = " or ".join(f"({one})" for one in tests)
        if not test:
            raise RefusedError(_("a condition that tests nothing"))
        listed = ", ".join(literal(name) for name in names)
        within = f"source in ({listed})" if names else "false"
        matches = Matches(f"sigma {len(self.ran) + 1}", columns)
        undeclared = f" and {_UNDECLARED}" if self.case.settings.operations else ""
        sql = (
            f"select event_id, occurred_at, occurred_at as from_at, account{given}"
            f" from events as e where {within} and ({test}){undeclared}"
        )
        # Rules of several files often mean the same events: these are looked for once.
        matches.table = self._tables.setdefault(sql, matches.table)
        if matches.table not in self._made:
            self._create(matches.table, sql)
            self._made.add(matches.table)
        return self._ran(rule, names, matches)

    def _run_correlation(self, rule: SigmaCorrelationRule) -> Ran:
        parts = [self._by_name.get(ref.reference) for ref in rule.referenced_rules]
        if not parts or None in parts:
            raise RefusedError(_("it refers to a rule that does not run"))
        known = [part for part in parts if part is not None]
        sql, matches = correlation_sql(rule, [part.matches for part in known], self._within(rule))
        matches.table = f"sigma {len(self.ran) + 1}"
        named = _own(rule).get("accounts_of")
        if named is not None:
            references = [ref.reference for ref in rule.referenced_rules]
            if named not in references:
                raise RefusedError(_("accounts_of names no rule that it joins"))
            matches.accused = (references.index(str(named)),)
        self._create(matches.table, sql)
        return self._ran(rule, sorted({name for part in known for name in part.sources}), matches)

    def _within(self, rule: SigmaCorrelationRule) -> Within:
        """Of a rule that is there for one other alone: the keys that this other can use."""
        names = {rule_id(rule), rule.name}
        uses = [(user, ref) for user in self._correlations for ref in user.referenced_rules]
        uses = [(user, ref) for user, ref in uses if ref.reference in names]
        if rule._output or len(uses) != 1:
            return {}
        events = {name: ran.matches for name, ran in self._by_name.items() if not ran.matches.is_correlation}
        try:
            return keys_within(*uses[0], events)
        except RefusedError:  # the other does not run
            return {}

    def _ran(self, rule: AnyRule, sources: list[str], matches: Matches) -> Ran:
        level = rule.level.name.lower() if rule.level is not None else "medium"
        most = UNDER * self.case.settings.detect.threshold
        p = _own_p(rule)
        told = bool(rule._output)
        return Ran(
            rule_id(rule),
            rule_title(rule),
            level,
            min(LEVELS[level], most) if p is None else p,
            sources,
            matches,
            told,
        )

    def _create(self, table: str, sql: str) -> None:
        """A statement that the engine will not take is a rule that does not run, not a failed case."""
        try:
            self.engine.rows(f"explain {sql}")
        except MachineError as error:
            if error.code != MachineError.code:
                raise
            raise RefusedError(_("the engine does not take it (a regular expression?)")) from None
        self.engine.create(table, sql)

    def _read_formats(self) -> None:
        for source, name in self.engine.rows("select distinct source, format from files"):
            self._formats.setdefault(str(source), set()).add(str(name))


def see_matched(case: Case, engine: Engine, tables: list[str]) -> None:
    """Make `sigma persons`: whom each event of these tables obtained."""
    matched = " union all ".join(f"select event_id from {quote(table)}" for table in tables)
    chosen = matched or "select event_id from events where false"
    engine.view(
        "sigma events", f"select e.* from events as e semi join ({chosen}) as m on m.event_id = e.event_id"
    )
    see_persons(case, engine, "sigma events")
    engine.create(
        PERSONS,
        f"select distinct event_id, coalesce(registry, '') || ' ' || person as {quote(PERSON)}"
        " from obtained_persons",
    )
    engine.drop("obtained_persons")


def hits_sql(ran: Ran) -> str:
    """The events of the accounts found on which a rule's matches rest: event_id, account, occurred_at."""
    matches = ran.matches
    if not matches.is_correlation:
        return f"select event_id, account, occurred_at from {quote(matches.table)}"
    leaves = [leaf for place in matches.accused for leaf in _leaves(*matches.parts[place])]
    windows = _windows_sql(matches)
    selects = []
    for leaf, names in leaves:
        source, keys = part_source_sql(leaf, names)
        same = [f"{sql} = w.{quote(f'key {n}')}" for n, sql in enumerate(keys, start=1)]
        on = " and ".join([*same, "p.occurred_at between w.begun_at and w.done_at"])
        selects.append(
            f"select p.event_id, p.account, p.occurred_at from {source} join ({windows}) as w on {on}"
        )
    return " union ".join(selects)


def _leaves(matches: Matches, names: tuple[str, ...]) -> list[tuple[Matches, tuple[str, ...]]]:
    """The event rules below, each with the fields that hold these keys."""
    if not matches.is_correlation:
        return [(matches, names)]
    places = [matches.keys.index(name) for name in names]
    return [
        leaf
        for part, fields in matches.parts
        for leaf in _leaves(part, tuple(fields[place] for place in places))
    ]


def _windows_sql(matches: Matches) -> str:
    """Spans of matches, those that overlap joined: else every event of a burst would stand for itself."""
    keys = [f"key {n}" for n in range(1, len(matches.keys) + 1)]
    listed = "".join(f"{quote(key)}, " for key in keys)
    by = f"partition by {listed[:-2]} " if keys else ""
    before = f"({by}order by from_at, occurred_at rows between unbounded preceding and 1 preceding)"
    order = f"({by}order by from_at, occurred_at rows unbounded preceding)"
    begun = f"case when from_at <= max(occurred_at) over {before} then 0 else 1 end"
    marked = f"select {listed}from_at, occurred_at, {begun} as begins from {quote(matches.table)}"
    numbered = f"select *, sum(begins) over {order} as spell from ({marked})"
    return (
        f"select {listed}min(from_at) as begun_at, max(occurred_at) as done_at"
        f" from ({numbered}) group by {listed}spell"
    )


def _wanted(rules: Rules) -> dict[str, set[str]]:
    """Rule: fields that correlations ask of it; one that asks what is none is refused in its turn."""
    found: dict[str, set[str]] = {}
    for rule in rules.rules:
        if isinstance(rule, SigmaCorrelationRule):
            try:
                for reference, name in fields_needed(rule):
                    if name == PERSON or find_column(name) is not None:
                        found.setdefault(reference, set()).add(name)
            except RefusedError:
                continue  # told when it is its turn to run
    return found


def _field_sql(name: str) -> str:
    column = find_column(name)
    assert column is not None  # noqa: S101  # `_wanted` holds no other
    return f"cast({column.sql} as varchar)"


def _own(rule: AnyRule) -> dict[str, object]:
    found = rule.custom_attributes.get("tocsin", {})
    if not isinstance(found, dict) or set(found) - {"p", "accounts_of"}:
        raise RefusedError(_("the attribute 'tocsin' holds p and accounts_of, and nothing else"))
    return found


def _own_p(rule: AnyRule) -> float | None:
    """What the rule's author holds it to be worth: the one way past the level."""
    p = _own(rule).get("p")
    if p is None:
        return None
    if isinstance(p, bool) or not isinstance(p, (int, float)) or not math.isfinite(p) or not 0 < p < 1:
        raise RefusedError(_("tocsin.p lies between 0 and 1"))
    return float(p)


_UNDECLARED = """not exists (
    select 1 from declared as d
    where d.account = e.account
      and (d.from_at is null or d.from_at <= e.occurred_at)
      and (d.until_at is null or e.occurred_at < d.until_at)
)"""
