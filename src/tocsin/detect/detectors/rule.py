# SPDX-License-Identifier: Apache-2.0
"""A plain rule: one query that gives a row per account, and one sentence that says why."""

from __future__ import annotations

from typing import ClassVar

from tocsin.detect.interface import Detector
from tocsin.detect.prepare import PACKAGE, READS
from tocsin.detect.reasons import Value, reason_sql
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query, quote

Bound = int | float | str


class Rule(Detector):
    """What a rule of its own says: its query, its sentence, the columns that fill it."""

    reads: ClassVar[tuple[str, ...]] = READS
    on_sessions = True
    query: ClassVar[str]
    sentence: ClassVar[str]
    values: ClassVar[tuple[str, ...]]
    """Columns of the query that are placeholders of the sentence."""

    def can_see(self, case: Case) -> bool:
        """Wherever there are logs."""
        return bool(case.settings.sources)

    def binds(self, case: Case) -> dict[str, Bound]:
        """What the query binds."""
        del case
        return {}

    def reason(self, case: Case) -> str:
        """Why, as SQL over the query's columns."""
        return reason_sql(self.name, self.sentence, self.spoken(case))

    def spoken(self, case: Case) -> dict[str, Value]:
        """The sentence's placeholders: the columns, as they are."""
        del case
        return {name: quote(name) for name in self.values}

    def find(self, case: Case, engine: Engine) -> str:
        """The query's rows, each with its reason."""
        found = f"found by {self.name}"
        engine.create(found, load_query(PACKAGE, self.query), **self.binds(case))
        return (
            f"select account, null as session_id, '{self.name}' as detector, score, p,"
            f" '[' || ({self.reason(case)})::varchar || ']' as reasons, first_at, last_at, events, persons"
            f" from {quote(found)}"
        )
