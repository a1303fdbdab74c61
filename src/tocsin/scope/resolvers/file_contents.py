# SPDX-License-Identifier: Apache-2.0
"""Accesses to a file whose copy the case holds: they disclose whom the copy names.

`taken` where the file left whole, unchanged since. A part of it, or a row that names nobody, makes persons
possible; a copy that was changed since, that cannot be read, or one of several leaves the event unresolved.
"""

from __future__ import annotations

from typing import ClassVar

from tocsin.core.settings import CaseSettings
from tocsin.scope.catalogue import CompiledRule
from tocsin.scope.interface import Answer, Question, Resolver
from tocsin.store.engine import Engine
from tocsin.store.query import literal, load_query

PACKAGE = "tocsin.scope"
STEPS = ("file_names", "copy_candidates", "copy_events", "copy_shown")


class FileContents(Resolver):
    """Answers for events that name a file of `[[files]]`."""

    name: ClassVar[str] = "file_contents"
    order: ClassVar[int] = 30
    reads: ClassVar[tuple[str, ...]] = ("file_name", "bytes")

    def accepts(self, rule: CompiledRule) -> bool:
        return rule.schema is None and (rule.replay is None or rule.is_export)

    def is_needed(self, settings: CaseSettings) -> bool:
        return bool(settings.files)

    def answer(self, question: Question) -> Answer:
        find_copies(question.engine, question.settings)
        return Answer(
            shown=load_query(PACKAGE, "file_shown").sql,
            empty="select event_id, rule, 'empty' from copy_events where fate = 'empty'",
            unknown="select event_id, rule, fate, bound from copy_events where fate not in ('told', 'empty')",
        )


def find_copies(engine: Engine, settings: CaseSettings) -> None:
    """Make `copy_events` and `copy_shown`: the copies of what each asked event names, and whom they show."""
    allowed = [(f.name, source) for f in settings.files for source in f.sources]
    pairs = " union all ".join(
        f"select {literal(name)} as files, {literal(source)} as source" for name, source in allowed
    )
    engine.view(
        "files_of_sources", pairs or "select null::varchar as files, null::varchar as source where false"
    )
    for step in STEPS:
        engine.create(step, load_query(PACKAGE, step))
