# SPDX-License-Identifier: Apache-2.0
"""What several verbs tell: the accounting, the open questions, the exit code that follows from them."""

from __future__ import annotations

from tocsin.core.words import Words, _, visible
from tocsin.store.case import Case
from tocsin.store.query import load_query


def accounting_of(case: Case) -> list[dict[str, object]]:
    """One object a source, as in the contract's report."""
    with case.engine("accounting", "files", "events") as engine:
        rows = engine.rows(load_query("tocsin.cli.frame", "accounting"))
    names = (
        "source",
        "files",
        "records",
        "events",
        "set_aside",
        "non_events",
        "reasons",
        "first_at",
        "last_at",
    )
    return [_accounting_row(dict(zip(names, row, strict=True))) for row in rows]


def _accounting_row(row: dict[str, object]) -> dict[str, object]:
    reasons = row["reasons"]
    row["reasons"] = dict(sorted(reasons.items())) if isinstance(reasons, dict) else {}
    for name in ("first_at", "last_at"):
        value = row[name]
        row[name] = value.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if value is not None else None  # type: ignore[attr-defined]
    return row


def accounting_lines(words: Words, accounting: list[dict[str, object]]) -> list[str]:
    """One sentence a source."""
    return [
        words.text(
            _(
                "{source}: {records} records = {events} events + {set_aside} set aside "
                "+ {non_events} non-events"
            ),
            source=visible(str(row["source"])),
            **{n: words.number(int(str(row[n]))) for n in ("records", "events", "set_aside", "non_events")},
        )
        for row in accounting
    ]


def accounting_exit(case: Case, accounting: list[dict[str, object]]) -> int:
    """1 when more records were set aside than the case lets pass."""
    for row in accounting:
        records, refused = int(str(row["records"])), int(str(row["set_aside"]))
        if records and refused / records > case.settings.limits.set_aside:
            return 1
    return 0


def questions_of(report: dict[str, object]) -> list[object]:
    """The report's open questions."""
    found = report.get("open_questions")
    return list(found) if isinstance(found, list) else []


def exit_code_of(report: dict[str, object]) -> int:
    """1 while a person is needed."""
    return 1 if questions_of(report) else 0
