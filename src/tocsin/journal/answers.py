# SPDX-License-Identifier: Apache-2.0
"""What professionals answered to "was this you?", folded from the journal.

An answer is one person's word on one session: dated, over a channel, more or less sure. It is never erased;
who says otherwise later contradicts it, unless they say that they correct it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from tocsin.journal.chain import Entry
from tocsin.journal.names import is_same_person

ASKED: Final = "detect:question:asked"
"""A questionnaire was written: `account`, `questions` (number and session_id of each)."""

ANSWERED: Final = "detect:suspect:answered"
"""A sure answer over a channel that the thief cannot hold: it is a verdict (see `scope.suspects`)."""

HEARD: Final = "detect:answer:heard"
"""Any other answer: evidence for the split, no verdict."""

CUT: Final = "split:threshold:decided"
"""Persons under this probability are kept off the notices: `threshold` (0: nobody), `why`, `persons`."""


class Said(StrEnum):
    """The answer itself."""

    MINE = "mine"
    NOT_MINE = "not_mine"
    UNKNOWN = "unknown"


class Channel(StrEnum):
    """How the answer came."""

    CALL_BACK = "call_back"
    """By telephone, at a number that was known before the theft."""

    PAPER = "paper"
    """Signed, by post or by hand."""

    IN_PERSON = "in_person"
    MESSAGE = "message"
    """Any channel that the account opens: a thief may hold it."""


SAFE: Final = (Channel.CALL_BACK, Channel.PAPER, Channel.IN_PERSON)

RATHER: Final = 2.2
"""Logarithm of the odds that an answer "I think so" is worth: nine to one."""

UNSAFE: Final = 0.7
"""Of any answer over a channel that a thief may hold: two to one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One person's word on one session."""

    number: int
    """Of the journal's entry."""

    account: str = field(repr=False)
    session_id: str
    said: Said
    is_sure: bool
    channel: Channel
    answered_by: str = field(repr=False)
    at: str
    """When it was given, ISO 8601."""

    recorded_by: str

    @property
    def is_hard(self) -> bool:
        """Sure, and over a channel that the thief cannot hold."""
        return self.is_sure and self.channel in SAFE and self.said is not Said.UNKNOWN

    @property
    def weight(self) -> float:
        """Logarithm of the odds that it adds for the thief; infinite for a hard fact."""
        if self.said is Said.UNKNOWN:
            return 0.0
        size = float("inf") if self.is_hard else RATHER if self.channel in SAFE else UNSAFE
        return size if self.said is Said.NOT_MINE else -size


@dataclass(frozen=True, slots=True)
class Question:
    """One session that a professional was asked about."""

    number: int
    account: str = field(repr=False)
    session_id: str


def fold_questions(entries: Iterable[Entry]) -> dict[int, Question]:
    """All questions by number."""
    found: dict[int, Question] = {}
    for entry in entries:
        asked = entry.body.get("questions") if entry.kind == ASKED else None
        for one in asked if isinstance(asked, list) else []:
            if isinstance(one, dict):
                number = int(str(one.get("number")))
                found[number] = Question(number, str(one.get("account")), str(one.get("session_id")))
    return found


def fold_answers(entries: Iterable[Entry]) -> dict[str, list[Answer]]:
    """The answers that stand, by session, in the order of the journal."""
    found: dict[str, list[Answer]] = {}
    for entry in entries:
        if entry.kind not in (ANSWERED, HEARD) or "said" not in entry.body:
            continue
        answer = _read(entry.number, entry.by, entry.body)
        standing = found.setdefault(answer.session_id, [])
        if entry.body.get("corrects") is True:
            standing[:] = [a for a in standing if not is_same_person(a.answered_by, answer.answered_by)]
        standing.append(answer)
    return found


def contradicts(answers: Iterable[Answer]) -> bool:
    """Whether one says that it was the owner and another that it was not."""
    return {Said.MINE, Said.NOT_MINE} <= {answer.said for answer in answers}


def state_of(answers: Sequence[Answer]) -> str:
    """Where a question stands: open, contradicted, settled (a sure answer) or heard."""
    if not answers:
        return "open"
    if contradicts(answers):
        return "contradicted"
    return "settled" if abs(weigh(answers)) == float("inf") else "heard"


def weigh(answers: Iterable[Answer]) -> float:
    """Logarithm of the odds that the answers on one session add for the thief.

    Infinite for a hard fact; 0 where hard facts contradict one another: they say nothing, a person must look.
    """
    weights = [answer.weight for answer in answers]
    hard = {weight for weight in weights if abs(weight) == float("inf")}
    if len(hard) > 1:
        return 0.0
    return hard.pop() if hard else sum(weights)


def cut_decided(entries: Iterable[Entry]) -> Entry | None:
    """The last decision to keep persons off the notices by a threshold; None when none stands."""
    last = None
    for entry in entries:
        last = entry if entry.kind == CUT else last
    return last if last is not None and last.body.get("threshold") else None


def _read(number: int, by: str, body: Mapping[str, object]) -> Answer:
    return Answer(
        number,
        str(body.get("account")),
        str(body.get("session_id")),
        Said(str(body.get("said"))),
        body.get("sure") is True,
        Channel(str(body.get("channel"))),
        str(body.get("answered_by")),
        str(body.get("answered_at")),
        by,
    )
