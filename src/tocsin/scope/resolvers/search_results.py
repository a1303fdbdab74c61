# SPDX-License-Identifier: Apache-2.0
"""Searches, lists and exports that name nobody in the log: replayed on the tables as they were."""

from __future__ import annotations

from typing import ClassVar

from tocsin.core.errors import InputError, MachineError
from tocsin.core.words import _
from tocsin.scope.catalogue import CompiledRule
from tocsin.scope.interface import Answer, Question, Resolver
from tocsin.scope.replay.pages import (
    Replay,
    calls_sql,
    empty_sql,
    hits_sql,
    run_replay,
    sets_sql,
    shown_sql,
    unknown_sql,
    values_sql,
)
from tocsin.scope.replay.rewritten import json_path
from tocsin.store.engine import Engine, Value
from tocsin.store.query import Query, literal, load_query

PACKAGE = "tocsin.scope"


class SearchResults(Resolver):
    """Answers for rules with a `replay`."""

    name: ClassVar[str] = "search_results"
    order: ClassVar[int] = 20

    def accepts(self, rule: CompiledRule) -> bool:
        return rule.replay is not None and not rule.is_export

    def answer(self, question: Question) -> Answer:
        replays = [rule.replay for rule in question.rules if rule.replay is not None]
        for rule in question.rules:
            if rule.replay is not None:
                _refuse_unknown_columns(question.engine, rule, rule.replay)
                _refuse_unfit(question.engine, rule, rule.replay)
                run_replay(question.engine, rule.replay)
                self.check_counts(question.engine, rule)
        return Answer(
            shown="\nunion all\n".join(shown_sql(replay, self.name) for replay in replays),
            empty="\nunion all\n".join(empty_sql(replay) for replay in replays),
            unknown="\nunion all\n".join(unknown_sql(replay) for replay in replays),
        )

    def check_counts(self, engine: Engine, rule: CompiledRule) -> None:
        """Hold what was found against what the log counts; a contradiction is listed, nobody is dropped."""
        checks: list[tuple[Query, dict[str, Value]]] = [(load_query(PACKAGE, "search_checks"), {})]
        if rule.rule.row_bytes:
            checks.append((load_query(PACKAGE, "reply_checks"), {"row_bytes": rule.rule.row_bytes}))
        for query, binds in checks:
            engine.run(f"insert into replay_checks_now {query.sql}", resolver=self.name, **binds)


def _refuse_unknown_columns(engine: Engine, rule: CompiledRule, replay: Replay) -> None:
    """A column that no row has would find nobody, in silence."""
    views = {view.name: view for _, view in replay.select.sources}
    for name, column in replay.select.originals:
        view = views[name]
        kind = "registry" if view.table == "registry" else "record_type"
        rows = f"from {view.table} where {kind} = {literal(name)}"
        held = f"{rows} and json_exists(original, {literal(json_path(column))})"
        if (
            engine.value(f"select 1 {rows} limit 1") is not None
            and engine.value(f"select 1 {held} limit 1") is None
        ):
            raise InputError(
                _("The replay of {title} names the column '{column}', which '{name}' does not have."),
                do=_("Write a column of ours, or of the table itself."),
                code="bad_replay",
                title=rule.title,
                column=column,
                name=name,
            )


def _refuse_unfit(engine: Engine, rule: CompiledRule, replay: Replay) -> None:
    """Ask the engine for a plan: a call that it cannot make is the catalogue's fault, not the machine's."""
    steps = (
        ("replay_values", values_sql(replay)),
        (f"replay_calls_{replay.rule}", calls_sql(replay)),
        ("replay_sets", sets_sql(replay)),
        ("replay_hits", hits_sql(replay)),
    )
    for name, sql in steps:
        try:
            engine.create(name, f"select * from ({sql}) limit 0")
        except MachineError as error:
            if error.code != MachineError.code:
                raise
            raise InputError(
                _("The replay of {title} cannot be run: its types or functions do not fit."),
                do=_("Cast its parameters, and use the functions of the reference."),
                code="bad_replay",
                title=rule.title,
            ) from error
