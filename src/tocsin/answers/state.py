# SPDX-License-Identifier: Apache-2.0
"""Where the questions of a case stand: what was answered, by whom, what contradicts what."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.journal.answers import Answer, Question, contradicts, fold_answers, fold_questions, state_of
from tocsin.store.case import Case


@dataclass(frozen=True, slots=True)
class Standing:
    """One session that was asked about, or answered."""

    session_id: str
    question: Question | None
    answers: tuple[Answer, ...]

    @property
    def is_contradicted(self) -> bool:
        """Two answers say the opposite of one another."""
        return contradicts(self.answers)

    @property
    def state(self) -> str:
        """open, contradicted, settled (a sure answer) or heard."""
        return state_of(self.answers)


def read_standings(case: Case) -> list[Standing]:
    """Questions in order of number, then sessions that were answered without one."""
    entries = list(case.journal.entries())
    answers = fold_answers(entries)
    questions = sorted(fold_questions(entries).values(), key=lambda one: one.number)
    asked = {question.session_id for question in questions}
    return [
        *(Standing(q.session_id, q, tuple(answers.get(q.session_id, ()))) for q in questions),
        *(Standing(s, None, tuple(found)) for s, found in sorted(answers.items()) if s not in asked),
    ]
