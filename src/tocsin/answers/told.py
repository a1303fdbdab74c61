# SPDX-License-Identifier: Apache-2.0
"""Questions, answers and costs as plain objects for `--json`, with the log lines that carry each reason."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from tocsin.answers.choose import Asked
from tocsin.answers.dossier import Dossier
from tocsin.answers.record import Cost
from tocsin.answers.state import Standing
from tocsin.journal.answers import Answer
from tocsin.store.case import Case
from tocsin.store.query import load_query

PACKAGE = "tocsin.answers"


def read_lines(case: Case, questions: Sequence[Asked]) -> dict[int, str]:
    """Of each event that carries a reason, its file and line."""
    events = sorted({event for question in questions for event in question.lines})
    if not events:
        return {}
    with case.engine("events", "files") as engine:
        rows = engine.rows(load_query(PACKAGE, "evidence_places"), events=events)
    return {int(str(event)): f"{path}:{line}" for event, path, line in rows}


def question_object(question: Asked, lines: dict[int, str]) -> dict[str, object]:
    """One question, with what we think of the session: for the team, never for its reader."""
    return {
        "number": question.number,
        "account": question.account,
        "session_id": question.session_id,
        "first_at": question.first_at.isoformat(),
        "last_at": question.last_at.isoformat(),
        "place": question.place,
        "persons": question.persons,
        "p": question.p,
        "class": question.label,
        "expected": question.expected,
        "reasons": json.loads(question.reasons),
        "lines": [lines[event] for event in question.lines if event in lines],
    }


def standing_object(standing: Standing) -> dict[str, object]:
    """One session and its answers."""
    return {
        "question": None if standing.question is None else standing.question.number,
        "session_id": standing.session_id,
        "state": standing.state,
        "answers": [answer_object(answer) for answer in standing.answers],
    }


def answer_object(answer: Answer) -> dict[str, object]:
    """One answer."""
    return {
        "entry": answer.number,
        "said": answer.said.value,
        "sure": answer.is_sure,
        "channel": answer.channel.value,
        "answered_by": answer.answered_by,
        "answered_at": answer.at,
        "recorded_by": answer.recorded_by,
        "is_hard_fact": answer.is_hard,
    }


def cost_object(cost: Cost) -> dict[str, object]:
    """One threshold."""
    return asdict(cost)


def dossier_object(dossier: Dossier) -> dict[str, object]:
    """One account, its acts counted."""
    return {
        "account": dossier.account,
        "first_at": dossier.first_at.isoformat(),
        "last_at": dossier.last_at.isoformat(),
        "established": dossier.is_sure,
        "acts": len(dossier.acts),
        "elsewhere": len(dossier.elsewhere),
    }
