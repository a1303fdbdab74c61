# SPDX-License-Identifier: Apache-2.0
"""Which sessions to ask about: greedily, those whose answers are expected to settle most persons.

A question that was asked keeps its number until it is answered; a second call asks nothing twice.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from tocsin.journal.answers import ASKED, Answer, Question, Said, fold_answers, fold_questions
from tocsin.journal.chain import Json
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

PACKAGE = "tocsin.answers"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, with what its reader can remember it by."""

    number: int
    account: str = field(repr=False)
    session_id: str
    first_at: datetime
    last_at: datetime
    device: str | None
    address: str | None
    place: str
    """usual, workstation, new or unknown."""

    persons: int
    searches: int
    writes: int
    p: float
    label: str
    reasons: str = field(repr=False)
    lines: tuple[int, ...]
    expected: float | None
    """Persons that the answer is expected to settle; None for a question asked before."""


def choose_questions(case: Case, *, sessions: int, account: str | None = None) -> list[Asked]:
    """The open questions of a case: those asked before and unanswered, and new ones up to so many an account.

    Writes nothing; `record_questions` does.
    """
    entries = list(case.journal.entries())
    answers = fold_answers(entries)
    asked = {q.session_id: q for q in fold_questions(entries).values()}
    waiting = {s: q for s, q in asked.items() if s not in answers and account in (None, q.account)}
    with case.engine("split_sessions", "session_people", "split_persons", "session_evidence") as engine:
        expected = _choose(engine, list({*asked, *answers}), waiting, sessions, account)
        rows = engine.rows(load_query(PACKAGE, "question_facts"), sessions=[*waiting, *expected])
    numbers = {session: q.number for session, q in waiting.items()}
    last = max((q.number for q in asked.values()), default=0)
    for place, session in enumerate(row[0] for row in rows if row[0] not in waiting):
        numbers[str(session)] = last + 1 + place
    found = [_asked(row, numbers, expected) for row in rows]
    return sorted(found, key=lambda one: one.number)


def _choose(
    engine: Engine, settled: list[str], waiting: dict[str, Question], sessions: int, account: str | None
) -> dict[str, float]:
    """New sessions and what each is expected to settle."""
    engine.create("session_chances", load_query(PACKAGE, "session_chances"), settled=settled)
    if account is not None:
        engine.run("delete from session_chances where account <> $account", account=account)
    _cover(engine, list(waiting))
    number = Counter(q.account for q in waiting.values())
    chosen: dict[str, float] = {}
    while True:
        full = [name for name, asked in number.items() if asked >= sessions]
        found = engine.rows(load_query(PACKAGE, "next_question"), full=full)
        if not found or sessions < 1:
            return chosen
        session, of, expected = str(found[0][0]), str(found[0][1]), float(str(found[0][2]))
        chosen[session] = round(expected, 1)
        number[of] += 1
        _cover(engine, [session])


def _cover(engine: Engine, sessions: list[str]) -> None:
    """Persons of these sessions are as good as settled: they count for no other."""
    engine.run(
        "delete from session_chances as c where list_contains($sessions, c.session_id)"
        " or exists (from session_people as v where list_contains($sessions, v.session_id)"
        " and v.registry is not distinct from c.registry and v.person = c.person)",
        sessions=sessions,
    )


def _asked(row: tuple[object, ...], numbers: dict[str, int], expected: dict[str, float]) -> Asked:
    session = str(row[0])
    return Asked(
        numbers[session],
        account=str(row[1]),
        session_id=session,
        first_at=row[2],  # type: ignore[arg-type]
        last_at=row[3],  # type: ignore[arg-type]
        device=None if row[4] is None else str(row[4]),
        address=None if row[5] is None else str(row[5]),
        place=str(row[6]),
        persons=int(str(row[7])),
        searches=int(str(row[8])),
        writes=int(str(row[9])),
        p=float(str(row[10])),
        label=str(row[11]),
        reasons=str(row[12]),
        lines=tuple(row[13]) if isinstance(row[13], list) else (),
        expected=expected.get(session),
    )


def record_questions(case: Case, questions: list[Asked]) -> int:
    """Journal those that were not asked before. Returns how many."""
    new: list[Json] = [
        {"number": q.number, "account": q.account, "session_id": q.session_id}
        for q in questions
        if q.expected is not None
    ]
    if new:
        case.journal.append(ASKED, {"questions": new}, by=case.by)
    return len(new)


def unanswered(questions: dict[int, Question], answers: dict[str, list[Answer]]) -> list[Question]:
    """Questions that nobody answered, or only by "I do not know"."""
    return [
        q
        for q in questions.values()
        if all(answer.said is Said.UNKNOWN for answer in answers.get(q.session_id, []))
    ]
