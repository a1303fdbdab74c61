# SPDX-License-Identifier: Apache-2.0
"""The questionnaire of each professional, to print or to read out on a call-back: French and English.

It says when, from where and how much; never whom, and never what we think of a session.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from tocsin.answers.choose import Asked
from tocsin.answers.texts import Texts, texts
from tocsin.core.settings import CaseSettings
from tocsin.core.words import LANGUAGES, Words, words
from tocsin.report.paper import render_paper, render_text, write_atomically

PACKAGE = "tocsin.answers"


@dataclass(frozen=True, slots=True)
class SaidQuestion:
    """One question, as the paper shows it."""

    number: int
    when: str
    place: str
    address: str
    device: str
    done: str


def folder_name(account: str) -> str:
    """A folder for each account that says nothing of it: its name could be a path."""
    return sha256(account.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def write_questions(
    case: CaseSettings, questions: Sequence[Asked], now: datetime, folder: Path, case_folder: Path
) -> list[Path]:
    """`<account>/questions-fr.html`, `.txt` and the same in English; returns the pages, French first."""
    written = []
    for account in sorted({question.account for question in questions}):
        own = [question for question in questions if question.account == account]
        for lang in sorted(LANGUAGES, key=lambda one: one != "fr"):
            values = _values(case, account, own, now, lang, case_folder)
            title = f"{texts(lang).say('title')} · {case.case.id}"
            page = folder / folder_name(account) / f"questions-{lang}.html"
            write_atomically(
                page, render_paper(PACKAGE, "questions.html.j2", lang=lang, title=title, **values)
            )
            write_atomically(page.with_suffix(".txt"), render_text(PACKAGE, "questions.txt.j2", **values))
            written.append(page)
    return written


def _values(
    case: CaseSettings,
    account: str,
    questions: Sequence[Asked],
    now: datetime,
    lang: str,
    case_folder: Path,
) -> dict[str, object]:
    said, spoken, zone = texts(lang), words(lang), case.case.zone
    number = questions[0].number
    return {
        "t": said,
        "case_id": case.case.id,
        "asof": f"{spoken.instant(now, zone)} ({zone})",
        "account": account,
        "questions": [said_question(said, spoken, question, zone) for question in questions],
        "command": (
            f"tocsin answer {shlex.quote(str(case_folder))} --question {number} --said …"
            " --channel call-back --answered-by … --at … --by …"
        ),
    }


def said_question(said: Texts, spoken: Words, question: Asked, zone: str) -> SaidQuestion:
    """When, from where, how much."""
    done = [
        said.count("persons", question.persons),
        said.count("searches", question.searches),
        said.count("writes", question.writes),
    ]
    return SaidQuestion(
        question.number,
        said.say(
            "when",
            day=spoken.day(question.first_at, zone),
            start=spoken.clock(question.first_at, zone),
            end=spoken.clock(question.last_at, zone),
        ),
        said.say(f"place_{question.place}"),
        question.address or "",
        question.device or "",
        ", ".join(part for part in done if part),
    )
