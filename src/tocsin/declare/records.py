# SPDX-License-Identifier: Apache-2.0
"""What people decided on declarations, as the journal holds it: answers, choices, drafts, receipts.

The present is the fold of these entries: the latest answer to a field stands, earlier ones stay in the
journal. Writing an entry is checked here; what a field may hold is said by `answers`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from tocsin.declare.ground import JournalFact
from tocsin.journal import Entry

ANSWERED: Final = "declare:field:answered"
DRAFTED: Final = "declare:form:drafted"
RECEIPT: Final = "declare:form:submitted"
SPLIT: Final = "declare:controllers:written"


def facts_of(entries: Iterable[Entry]) -> list[JournalFact]:
    """The journal as facts read it, oldest first."""
    return [
        JournalFact(
            entry.number, entry.kind, entry.hash, datetime.fromisoformat(entry.at), entry.by, entry.body
        )
        for entry in entries
    ]


def answers_of(journal: Iterable[JournalFact]) -> dict[str, JournalFact]:
    """The latest answer to each field; an answer of null takes the earlier one back."""
    found: dict[str, JournalFact] = {}
    for entry in journal:
        if entry.kind == ANSWERED:
            found[str(entry.body["field"])] = entry
    return {field: entry for field, entry in found.items() if entry.body.get("value") is not None}


def drafts_of(journal: Iterable[JournalFact], form: str) -> list[JournalFact]:
    """The versions of a form, oldest first."""
    return [entry for entry in journal if entry.kind == DRAFTED and entry.body.get("form") == form]


def receipts_of(journal: Iterable[JournalFact], form: str) -> list[JournalFact]:
    """The receipts of a form, oldest first."""
    return [entry for entry in journal if entry.kind == RECEIPT and entry.body.get("form") == form]


def body_of_answer(field: str, value: Any, why: str) -> dict[str, Any]:  # noqa: ANN401  # of the field's kind
    """The body of an answer's entry."""
    return {"field": field, "value": value, "why": why}
