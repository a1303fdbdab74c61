# SPDX-License-Identifier: Apache-2.0
"""Claims that new logs or decisions open again: whoever relied on the earlier grade must be told.

The grades and files of the last time are kept with the stage's commit; a grade that changes is an entry of
the journal, which the report's open questions list until the grade is back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from tocsin.core.terms import Grade
from tocsin.journal import Entry
from tocsin.journal.chain import Json
from tocsin.store.case import Case
from tocsin.store.engine import Engine

NOTE: Final = "scope:claims"
REOPENED: Final = "scope:claim:reopened"
STRENGTH: Final = (Grade.PROVEN, Grade.NOT_OBSERVED, Grade.UNASSESSABLE, Grade.CONTRADICTED)

Noted = dict[str, dict[str, str]]


def note_of(engine: Engine, before: str | None) -> str:
    """Grades by claim and files by path, as the stage has just found them; and which files are `fresh`.

    Fresh are those that the commit before had not; they stay so until others come.
    """
    grades = engine.rows("select claim, grade from claims_now order by claim")
    files = engine.rows("select path, source from files where not duplicate order by path")
    held = {str(path): str(source) for path, source in files}
    old = json.loads(before) if before else {"files": held}
    fresh = [path for path in held if path not in old["files"]] or old.get("fresh", [])
    noted = {"grades": {str(claim): str(grade) for claim, grade in grades}, "files": held, "fresh": fresh}
    return json.dumps(noted, sort_keys=True)


def changed_since(before: str | None, now: str) -> list[dict[str, Json]]:
    """Claims that are weaker than they were, with the sources that brought new files meanwhile."""
    if before is None:
        return []
    old, new = _read(before), _read(now)
    fresh = sorted({source for path, source in new["files"].items() if path not in old["files"]})
    brought: list[Json] = list(fresh)
    count = sum(path not in old["files"] for path in new["files"])
    return [
        {"claim": claim, "before": was, "after": grade, "sources": brought, "files": count}
        for claim, grade in new["grades"].items()
        if (was := old["grades"].get(claim)) is not None and _rank(grade) > _rank(was)
    ]


def journal_changes(case: Case, before: str | None, now: str) -> None:
    """Note the claims that open again with the commit that follows.

    Before it, since nobody would tell them after a kill in between; what such a run has noted already is
    not noted again.
    """
    told = _last_told(case.journal.entries())
    for body in [] if case.read_only else changed_since(before, now):
        if told.get(str(body["claim"])) != body:
            case.journal.append(REOPENED, body, by=case.by)


def still_open(entries: Iterable[Entry], grades: dict[str, str]) -> list[dict[str, Json]]:
    """The last change of each claim whose grade has not come back to what it was."""
    return [
        body
        for claim, body in sorted(_last_told(entries).items())
        if claim in grades and _rank(grades[claim]) > _rank(str(body["before"]))
    ]


def _last_told(entries: Iterable[Entry]) -> dict[str, dict[str, Json]]:
    return {str(entry.body["claim"]): dict(entry.body) for entry in entries if entry.kind == REOPENED}


def _rank(grade: str) -> int:
    return STRENGTH.index(Grade(grade))


def _read(text: str) -> Noted:
    found: Noted = json.loads(text)
    return found
