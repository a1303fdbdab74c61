# SPDX-License-Identifier: Apache-2.0
"""The one fate of each event in scope: disclosed, nothing shown, or unresolved.

Resolvers are asked in their order, each for what those before it left. What nobody answers is unresolved,
so that the law holds whatever a resolver does: in scope = disclosed + nothing shown + unresolved.
"""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.core.errors import MachineError
from tocsin.core.plugins import load_plugins
from tocsin.core.settings import CaseSettings, Rule
from tocsin.core.terms import Category
from tocsin.core.words import _
from tocsin.scope.catalogue import NO_RULE, CompiledRule
from tocsin.scope.interface import EMPTY_COLUMNS, SHOWN_COLUMNS, UNKNOWN_COLUMNS, Question, Resolver
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

PACKAGE = "tocsin.scope"
GROUP = "tocsin.resolvers"
BUILT_IN = ("named", "search_results", "sql_replay", "export", "file_contents", "unknown_content")
"""Always asked, whatever `[plugins]` says."""

_TYPES = {"event_id": "bigint", "rule": "bigint", "exact": "boolean", "bound": "bigint"}


def load_resolvers(settings: CaseSettings) -> list[Resolver]:
    """The built-in resolvers and those of third parties, in the order in which they are asked."""
    chosen = settings.plugins.get("resolvers")
    allowed = None if chosen is None else {*chosen, *BUILT_IN}
    found = load_plugins(GROUP, Resolver, allowed=allowed)  # type: ignore[type-abstract]
    if not found.keys() >= set(BUILT_IN):
        raise MachineError(_("Tocsin's own resolvers are not registered."), do=_("Install Tocsin again."))
    made = (resolver() for resolver in found.values())
    return sorted((r for r in made if r.is_needed(settings)), key=lambda r: (r.order, r.name))


def ask_resolvers(
    engine: Engine, resolvers: Sequence[Resolver], rules: Sequence[CompiledRule], settings: CaseSettings
) -> None:
    """Make `shown`, `empty` and `unknown` from `waiting`."""
    everything = [*rules, uncovered_rule()]
    for name, columns in (("shown", SHOWN_COLUMNS), ("empty", EMPTY_COLUMNS), ("unknown", UNKNOWN_COLUMNS)):
        engine.create(name, _nothing_sql(columns))
    for resolver in resolvers:
        taken = [rule for rule in everything if resolver.accepts(rule)]
        if taken:
            _ask(engine, resolver, taken, settings)
    engine.run("insert into unknown select event_id, rule, 'unanswered', null from waiting")


def settle_fates(engine: Engine) -> None:
    """Make `fates` (event_id, fate, reason) and `unknown_events` from what resolvers answered."""
    engine.create("unknown_events", load_query(PACKAGE, "unknown_events"))
    engine.create("fates", load_query(PACKAGE, "fates"))


def uncovered_rule() -> CompiledRule:
    """Stands for the rule that an uncovered event lacks."""
    return CompiledRule(NO_RULE, Rule(categories=[Category.UNDETERMINED.value]), (), None, None, None)


def _ask(engine: Engine, resolver: Resolver, taken: Sequence[CompiledRule], settings: CaseSettings) -> None:
    numbers = ", ".join(str(rule.number) for rule in taken)
    engine.create("asked", f"select event_id, rule from waiting where rule in ({numbers})")
    if engine.value("select 1 from asked limit 1") is None:
        return
    answer = resolver.answer(Question(engine, taken, settings))
    for name, columns, sql in (
        ("shown", SHOWN_COLUMNS, answer.shown),
        ("empty", EMPTY_COLUMNS, answer.empty),
        ("unknown", UNKNOWN_COLUMNS, answer.unknown),
    ):
        if sql:
            _insert(engine, name, columns, sql, is_ours=resolver.name in BUILT_IN)
    for step in resolver.steps:
        engine.drop(step)
    engine.create("waiting", load_query(PACKAGE, "still_waiting"))


def _insert(engine: Engine, name: str, columns: Sequence[str], sql: str, *, is_ours: bool) -> None:
    """Only what was asked enters, and once: others' resolvers cannot speak of other events."""
    listed = ", ".join(columns)
    answer = f"from (\n{sql}\n) as answer ({listed})"
    asked = "select 1 from asked as a where a.event_id = answer.event_id and a.rule = answer.rule"
    kept = (
        f"select {listed} {answer}"
        if is_ours
        else f"select distinct {listed} {answer} where exists ({asked})"
    )
    engine.run(f"insert into {name} {kept}")


def _nothing_sql(columns: Sequence[str]) -> str:
    listed = ", ".join(f"null::{_TYPES.get(column, 'varchar')} as {column}" for column in columns)
    return f"select {listed} where false"
