# SPDX-License-Identifier: Apache-2.0
"""Whom each access of the directory's accounts obtained, as far as the log and the catalogue name them.

Only what was shown legibly counts: failures, sign-ins, encrypted views and rules that show nothing are left
out; of the versions of a rule, the one that held at the event's time counts. A search whose result is not
named is not judged here; the scope replays it once the account is held.
"""

from __future__ import annotations

from datetime import datetime

from tocsin.core.settings import Rule
from tocsin.core.settings.catalogue import SELECTORS
from tocsin.core.settings.versions import ends_of, selectors_of
from tocsin.core.terms import SIGN_ACTIONS, Outcome, Protection
from tocsin.detect.registries import has_several, registry_sql
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.patterns import compile_glob, compile_object, condition_sql, extraction_sql
from tocsin.store.query import literal, load_query, quote

_READ = ("event_id", "occurred_at", "account", "person", "persons", "record", *SELECTORS)
"""All that the selects of `obtained_sql` read."""

_KEPT = ("event_id", "account", "occurred_at")
"""What is kept of an event whom it obtained."""

_ACTED = ("event_id", "occurred_at", "actor", "habit", "half_hour")
"""The same, where `habit_acts` has told how it acted."""


def see_again(case: Case, engine: Engine, accounts: str) -> None:
    """Make `obtained_persons` and `sessions_again` of the few accounts that a query gives."""
    columns = ", ".join(dict.fromkeys(_READ))
    engine.create("session_accounts", accounts)
    chosen = "account in (select account from session_accounts)"
    engine.create("events_again", f"select {columns} from events where {chosen}")
    see_persons(case, engine, "events_again")
    cuts = load_query("tocsin.store", "event_sessions").sql
    engine.create("sessions_again", f"with events as (from events_again) select * from (\n{cuts})")
    for step in ("session_accounts", "events_again"):
        engine.drop(step)


def see_persons(case: Case, engine: Engine, events: str) -> None:
    """Make `obtained_persons`: whom each access among these events obtained."""
    _create(case, engine, events, "obtained_persons", load_query("tocsin.detect", "obtained_persons").sql)


def number_persons(case: Case, engine: Engine, events: str) -> None:
    """Make `numbered_persons`: the same as numbers, a quarter of the room, and in which way of acting."""
    named = load_query("tocsin.detect", "obtained_persons").sql
    numbered = load_query("tocsin.detect", "numbered_persons").sql
    sql = f"with obtained_persons as ({named})\n{numbered}"
    _create(case, engine, events, "numbered_persons", sql, kept=_ACTED)


def _create(
    case: Case, engine: Engine, events: str, table: str, sql: str, kept: tuple[str, ...] = _KEPT
) -> None:
    engine.view("obtained", obtained_sql(case, events, kept))
    engine.create(table, sql, several=has_several(case.settings))
    engine.run("drop view obtained")


def obtained_sql(case: Case, events: str, kept: tuple[str, ...] = _KEPT) -> str:
    """One row per event of that view and person or record that it obtained, with its persons' registry."""
    columns = ", ".join(kept)
    shows, settings = case.catalogue.shows, case.settings
    ends = ends_of(shows)
    tests = [_condition_sql(rule, until) for rule, until in zip(shows, ends, strict=True)]
    selects = [
        select
        for rule, test in zip(shows, tests, strict=True)
        if _shows(rule)
        for select in _rule_selects(
            rule, test, events, f"{columns}, {registry_sql(settings, rule.registry)} as registry"
        )
    ]
    named = _named_sql(tests, events, f"{columns}, {registry_sql(settings)} as registry")
    return "\nunion all\n".join([*selects, named])


def _shows(rule: Rule) -> bool:
    return bool(rule.categories) and rule.protection != Protection.ENCRYPTED.value and rule.replay is None


def _condition_sql(rule: Rule, until: datetime | None) -> str:
    """The test that an event is of this version of a rule."""
    tests = []
    for name, text in selectors_of(rule):
        if name == "object":
            tests.append(condition_sql(quote(name), compile_object(text)))
        else:
            tests.append(condition_sql(quote(name), compile_glob(text), or_exact=True))
    if rule.since is not None:
        tests.append(f"occurred_at >= {_instant_sql(rule.since)}")
    if until is not None:
        tests.append(f"occurred_at < {_instant_sql(until)}")
    return " and ".join(tests) or "true"


def _instant_sql(instant: datetime) -> str:
    return f"timestamptz {literal(instant.isoformat())}"


_SIGNS = ", ".join(literal(action) for action in SIGN_ACTIONS)
_NO_SIGN = f"action not in ({_SIGNS})"
_LEGIBLE = f"outcome <> {literal(Outcome.FAILURE)} and {_NO_SIGN}"


def _rule_selects(rule: Rule, test: str, events: str, kept: str) -> list[str]:
    """One select for each person or record that the rule's path names; else for the event's own."""
    # A failure shows nothing, unless the rule itself speaks of outcomes.
    legible = _LEGIBLE if rule.outcome is None else _NO_SIGN
    pattern = compile_object(rule.object or "**")
    named = []
    for place in pattern.placeholders:
        text = extraction_sql("object", pattern, place)
        if place.kind == "person":
            named.append(f"{text} as person, null::varchar[] as persons, null as record_type, null as record")
        elif place.kind == "record":
            kind = literal(str(place.record_type))
            named.append(
                f"null as person, null::varchar[] as persons, {kind} as record_type, {text} as record"
            )
    return [
        f"select {kept}, {columns}\nfrom {quote(events)}\nwhere {legible} and {test}"
        for columns in named or ["person, persons, record_type, record"]
    ]


def _named_sql(covered: list[str], events: str, kept: str) -> str:
    """Accesses that no rule covers but whose log names somebody."""
    uncovered = "".join(f"\n  and not coalesce({condition}, false)" for condition in covered)
    return f"""
select {kept}, person, persons, record_type, record
from {quote(events)}
where {_LEGIBLE}
  and (person is not null or persons is not null or record is not null){uncovered}"""
