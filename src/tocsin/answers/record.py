# SPDX-License-Identifier: Apache-2.0
"""Writes one answer, or a decision on whom to tell, into the journal: or refuses it.

A sure answer over a channel that the thief cannot hold is a verdict; what contradicts one already given is
kept beside it, and the session is doubtful until a person decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.core.errors import InputError
from tocsin.core.words import _
from tocsin.journal import Entry
from tocsin.journal.answers import (
    ANSWERED,
    CUT,
    HEARD,
    Answer,
    Channel,
    Said,
    contradicts,
    fold_answers,
    fold_questions,
)
from tocsin.journal.chain import Json
from tocsin.journal.names import is_same_person, plain_name
from tocsin.store.case import Case
from tocsin.store.query import load_query

PACKAGE = "tocsin.answers"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was written, and what it contradicts."""

    entry: Entry
    session_id: str
    against: tuple[Answer, ...]
    """Answers on the same session that say the opposite."""


def record_answer(
    case: Case,
    *,
    question: int | None,
    session: str | None,
    said: Said,
    is_sure: bool,
    channel: Channel,
    answered_by: str,
    at: datetime,
    corrects: bool = False,
    note: str = "",
) -> Recorded:
    """One person's word on one session. Raises InputError for a question or session that is not there."""
    if not plain_name(answered_by):
        raise InputError(
            _("Who answered is not told."), do=_("Give --answered-by with a person's name."), code="no_name"
        )
    account, session_id = _about(case, question, session)
    standing = fold_answers(case.journal.entries()).get(session_id, [])
    if corrects:
        standing = [one for one in standing if not is_same_person(one.answered_by, answered_by)]
    answer = Answer(0, account, session_id, said, is_sure, channel, answered_by, at.isoformat(), case.by)
    against = tuple(one for one in standing if contradicts([one, answer]))
    kind = ANSWERED if answer.is_hard else HEARD
    body: dict[str, Json] = {
        "account": account,
        "session_id": session_id,
        "question": question,
        "said": said.value,
        "sure": is_sure,
        "channel": channel.value,
        "answered_by": answered_by,
        "answered_at": at.isoformat(),
        "corrects": corrects,
        "why": note,
    }
    if answer.is_hard:
        body |= _verdict(account, session_id, said, is_disputed=any(one.is_hard for one in against))
    return Recorded(case.journal.append(kind, body, by=case.by), session_id, against)


def _verdict(account: str, session_id: str, said: Said, *, is_disputed: bool) -> dict[str, Json]:
    """What the scope reads; without a probability where two sure answers stand against one another."""
    mine = said is Said.MINE
    verdict = "doubtful" if is_disputed else "legitimate" if mine else "illegitimate"
    return {
        "selectors": {"account": account, "session_id": session_id},
        "from": None,
        "until": None,
        "verdict": verdict,
        "p": None if is_disputed else 0.0 if mine else 1.0,
    }


def _about(case: Case, question: int | None, session: str | None) -> tuple[str, str]:
    """The account and session that an answer is about."""
    if question is not None:
        asked = fold_questions(case.journal.entries()).get(question)
        if asked is None:
            raise InputError(
                _("There is no question {number}."),
                do=_("The numbers stand on the questionnaire: tocsin answer CASE lists them."),
                code="unknown_question",
                number=question,
            )
        return asked.account, asked.session_id
    with case.engine("split_sessions") as engine:
        found = engine.rows("select account from split_sessions where session_id = $name", name=session)
    if not found:
        raise InputError(
            _("No session of an account that was split has this id."),
            do=_("Give --question, or a session_id of the table split_sessions."),
            code="unknown_session",
        )
    return str(found[0][0]), str(session)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a threshold costs, as far as the probabilities can be believed."""

    threshold: float
    letters: int
    kept_off: int
    missed: float
    """Expected persons concerned who get no letter."""

    useless: float
    """Expected letters to persons who were not concerned."""


def notice_costs(case: Case, thresholds: list[float]) -> list[Cost]:
    """One row a threshold, in order; empty while no account was split."""
    with case.engine("split_persons") as engine:
        named = [repr(threshold) for threshold in thresholds]
        rows = engine.rows(load_query(PACKAGE, "notice_costs"), thresholds=named)
    return [
        Cost(float(str(t)), int(str(told)), int(str(off)), float(str(missed)), float(str(useless)))
        for t, told, off, missed, useless in rows
    ]


def record_cut(case: Case, threshold: float, why: str) -> tuple[Entry, Cost]:
    """Keep off the notices whoever is less likely than this; 0 keeps nobody off but the excluded."""
    if not why.strip():
        raise InputError(
            _("{option} is empty."), do=_("Write a name, or a reason."), code="usage", option="--why"
        )
    cost = next(iter(notice_costs(case, [threshold])), None)
    if cost is None:
        raise InputError(
            _("No account was split: there is nobody to keep off."),
            do=_("Hold an account with `split = true` and run the case."),
            code="nothing_split",
        )
    body: dict[str, Json] = {
        "threshold": threshold,
        "why": why.strip(),
        "persons": cost.kept_off,
        "missed": cost.missed,
    }
    return case.journal.append(CUT, body, by=case.by), cost
