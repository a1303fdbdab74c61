# SPDX-License-Identifier: Apache-2.0
"""Exports that name criteria or a saved list: run again whole; where the case holds the file, the file tells.

A file that is held names its persons and when it left they were taken. Without it, those who are found again
are reconstructed. Where both are there, they are compared.
"""

from __future__ import annotations

from typing import ClassVar

from tocsin.scope.catalogue import CompiledRule
from tocsin.scope.interface import Answer, Question
from tocsin.scope.resolvers.file_contents import find_copies
from tocsin.scope.resolvers.search_results import SearchResults
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

PACKAGE = "tocsin.scope"


class Export(SearchResults):
    """Answers for rules with a `replay` whose action is an export or a download."""

    name: ClassVar[str] = "export"
    order: ClassVar[int] = 25

    def accepts(self, rule: CompiledRule) -> bool:
        return rule.is_export

    def answer(self, question: Question) -> Answer:
        """What the file tells is left to the resolver of files."""
        engine = question.engine
        if question.settings.files:
            find_copies(engine, question.settings)
        engine.create(
            "export_files", load_query(PACKAGE, "export_files") if question.settings.files else NO_FILES
        )
        answer = super().answer(question)
        kept = "where event_id not in (select f.event_id from export_files as f)"
        return Answer(
            shown=f"select * from (\n{answer.shown}\n) {kept}",
            empty=f"select * from (\n{answer.empty}\n) {kept}",
            unknown=f"select * from (\n{answer.unknown}\n) {kept}",
        )

    def check_counts(self, engine: Engine, rule: CompiledRule) -> None:
        super().check_counts(engine, rule)
        checks = load_query(PACKAGE, "export_checks")
        engine.run(f"insert into replay_checks_now {checks.sql}")


NO_FILES = "select null::bigint as event_id, null::bigint as persons where false"
