# SPDX-License-Identifier: Apache-2.0
"""Whom each access of the directory's accounts obtained, as far as the log and the catalogue name them.

Only what was shown legibly counts: failures, sign-ins, encrypted views and rules that show nothing are left
out. A search whose result is not named is not judged here; the scope replays it once the account is held.
"""

from __future__ import annotations

from tocsin.core.settings import Catalogue, Rule
from tocsin.core.settings.catalogue import SELECTORS
from tocsin.core.terms import SIGN_ACTIONS, Outcome, Protection
from tocsin.store.patterns import compile_glob, compile_object, condition_sql, extraction_sql
from tocsin.store.query import literal, quote


def obtained_sql(catalogue: Catalogue) -> str:
    """One row per event of `limited_events` and person or record that it obtained."""
    showing = [rule for rule in catalogue.shows if _shows(rule)]
    selects = [_rule_sql(rule) for rule in showing]
    selects.append(_named_sql([_condition_sql(rule) for rule in catalogue.shows]))
    return "\nunion all\n".join(selects)


def _shows(rule: Rule) -> bool:
    return bool(rule.categories) and rule.protection != Protection.ENCRYPTED.value and rule.replay is None


def _condition_sql(rule: Rule) -> str:
    tests = []
    for name in SELECTORS:
        text = getattr(rule, name)
        if text is None:
            continue
        pattern = compile_object(text) if name == "object" else compile_glob(text)
        tests.append(condition_sql(quote(name), pattern))
    return " and ".join(tests) or "true"


_LEGIBLE = (
    f"outcome <> {literal(Outcome.FAILURE)} "
    f"and action not in ({', '.join(literal(action) for action in SIGN_ACTIONS)})"
)


def _rule_sql(rule: Rule) -> str:
    person, record_type, record = "person", "record_type", "record"
    persons = "persons"
    pattern = compile_object(rule.object or "**")
    for place in pattern.placeholders:
        text = extraction_sql("object", pattern, place)
        if place.kind == "person":
            person, persons, record = text, "null::varchar[]", "null"
        elif place.kind == "record":
            record_type, record = literal(str(place.record_type)), text
            person, persons = "null", "null::varchar[]"
    return f"""
select event_id, account, occurred_at, {person} as person, {persons} as persons,
    {record_type} as record_type, {record} as record
from limited_events
where {_LEGIBLE} and {_condition_sql(rule)}"""


def _named_sql(covered: list[str]) -> str:
    """Accesses that no rule covers but whose log names somebody."""
    uncovered = "".join(f"\n  and not coalesce({condition}, false)" for condition in covered)
    return f"""
select event_id, account, occurred_at, person, persons, record_type, record
from limited_events
where {_LEGIBLE}
  and (person is not null or persons is not null or record is not null){uncovered}"""
