# SPDX-License-Identifier: Apache-2.0
"""Answers of persons to their notices: taken in whole or not at all, journalled, and what each one calls for.

An answer changes whom to write to and how, never who is concerned: `not_me` is a question for whoever keeps
the registry. The journal holds numbers of answers, how many of each and who took them in; no person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
import pyarrow as pa

from tocsin.core.errors import InputError
from tocsin.core.tables import TABLES
from tocsin.core.words import _
from tocsin.journal.chain import Json
from tocsin.journal.notice_answers import CLOSED, TAKEN
from tocsin.notify.answer_rows import WITH_WAY, AnswerRow, Read, read_answers
from tocsin.notify.answered import closed_answers
from tocsin.notify.outbox import Outbox
from tocsin.notify.released import released_waves
from tocsin.notify.run import UNSEEN, countries
from tocsin.store.case import Case, Stage
from tocsin.store.engine import Engine
from tocsin.store.parts import arrow_schema
from tocsin.store.query import load_query

QUESTIONS: Final = ("not_me", "wants_list")
"""Answers that somebody has to deal with."""

_ASKED: Final = pa.schema(
    [
        ("row_number", pa.int64()),
        ("code", pa.string()),
        ("reference", pa.string()),
        ("registry", pa.string()),
        ("person", pa.string()),
    ]
)
_CONTACTS: Final = pa.schema(
    [
        ("person_id", pa.int64()),
        ("rank", pa.int64()),
        ("holder_name", pa.string()),
        ("email", pa.string()),
        ("address", pa.string()),
        ("phone", pa.string()),
        ("doubt", pa.string()),
    ]
)


class Taken(msgspec.Struct, frozen=True):
    """What a file of answers held: `taken` + `repeated` = `rows`, unless something is wrong."""

    rows: int
    taken: int
    repeated: int
    """Rows taken in before, word for word."""
    answers: dict[str, int]
    first: int = 0
    last: int = 0
    """Numbers of the answers taken in."""


@dataclass(frozen=True, slots=True)
class Open:
    """An answer that waits for somebody; `files` are local ids, for a file and never for a screen."""

    number: int
    answer: str
    at: datetime
    """By the clock of the case's zone: the day that somebody wrote down."""
    by: str
    files: tuple[str, ...]


def take_in_answers(case: Case, outbox: Outbox, content: bytes, now: datetime) -> tuple[Taken, Read]:
    """Take a whole file in, or nothing when a row is wrong: `Read.faults` says which and why.

    Raises InputError for what is no such file.
    """
    read = read_answers(content, case.settings.case.zone, now)
    with case.stage("notify_answers", "answers", "notices", "persons") as stage:
        persons = _find_persons(stage.engine, read)
        _note_contact_faults(stage.engine, read)
        if read.faults:
            return Taken(len(read.rows) + len(read.faults), 0, 0, {}), read
        taken = _write(case, stage, read.rows, persons)
        if taken.taken:
            stage.commit(hashlib.sha256(content).hexdigest())
    if taken.taken:
        body: dict[str, Json] = {**msgspec.to_builtins(taken), "file": hashlib.sha256(content).hexdigest()}
        case.journal.append(TAKEN, body, by=case.by)
    apply_answers(case, outbox)
    return taken, read


def apply_answers(case: Case, outbox: Outbox) -> int:
    """Let what has not left yet follow the answers; again changes nothing. Returns notices changed."""
    if not case.has("answers"):
        return 0
    with case.engine("answers", "notices") as engine:
        rows = engine.table(load_query("tocsin.notify", "binding"), closed=closed_answers(case)).to_pylist()
    return outbox.note_answers(step for row in rows for step in _steps(row))


def open_answers(case: Case) -> list[Open]:
    """Questions that nobody has closed, oldest first."""
    with case.engine("answers", "persons") as engine:
        table = engine.table(
            load_query("tocsin.notify", "open_answers"), closed=closed_answers(case), kinds=list(QUESTIONS)
        )
    return [
        Open(
            row["number"],
            row["answer"],
            row["given_at"].astimezone(ZoneInfo(case.settings.case.zone)),
            row["taken_by"],
            tuple(row["files"] or ()),
        )
        for row in table.to_pylist()
    ]


def close_answer(case: Case, number: int, why: str) -> None:
    """Journal that an open answer was dealt with: from then on it binds nothing.

    Raises InputError for a number that is not open, and without a reason.
    """
    if not why.strip():
        raise InputError(
            _("To close an answer needs its reason."), do=_("Say why with --why."), code="no_reason"
        )
    if number not in [one.number for one in open_answers(case)]:
        raise InputError(
            _("No open answer has the number {number}."),
            do=_("See: tocsin notify CASE answers"),
            code="no_answer",
            number=number,
        )
    case.journal.append(CLOSED, {"number": number, "why": why.strip()}, by=case.by)


def _find_persons(engine: Engine, read: Read) -> dict[int, int]:
    """The person of each row; a row of nobody's, or of several, is wrong."""
    names = _ASKED.names[1:]
    asked = [
        {"row_number": row.number, **{name: row.identified.get(name) for name in names}} for row in read.rows
    ]
    engine.register("asked", pa.Table.from_pylist(asked, schema=_ASKED))
    found: dict[int, list[int]] = {row.number: [] for row in read.rows}
    for number, person in engine.rows(load_query("tocsin.notify", "answer_persons")):
        found[int(str(number))].append(int(str(person)))
    for number, persons in found.items():
        if len(persons) != 1:
            read.faults.setdefault(number, []).append("several_persons" if persons else "nobody_of_this_case")
    return {number: persons[0] for number, persons in found.items() if len(persons) == 1}


def _note_contact_faults(engine: Engine, read: Read) -> None:
    """A new way is held to the rules of the registry's: what could not be written to is refused now."""
    given = [
        {"person_id": row.number, "rank": 0, "email": row.email or None, "address": row.address or None}
        for row in read.rows
        if row.answer in WITH_WAY
    ]
    engine.register("contacts", pa.Table.from_pylist(given, schema=_CONTACTS))
    pieces = load_query("tocsin.notify", "pieces")
    engine.create("pieces", pieces, countries=countries(), unseen=UNSEEN, uses_sms=False)
    for number, fault in engine.rows(load_query("tocsin.notify", "answer_faults")):
        read.faults.setdefault(int(str(number)), []).append(str(fault))


def _write(case: Case, stage: Stage, rows: Sequence[AnswerRow], persons: dict[int, int]) -> Taken:
    held = stage.engine.rows(load_query("tocsin.notify", "answers_known"))
    known = {str(digest) for _number, digest in held}
    first = 1 + max((int(str(number)) for number, _digest in held), default=0)
    wave = max(released_waves(case), default=0)
    new: list[dict[str, Any]] = []
    counted: dict[str, int] = {}
    for row in rows:
        if row.digest in known:
            continue
        known.add(row.digest)
        counted[row.answer] = counted.get(row.answer, 0) + 1
        new.append(_told(row, first + len(new), persons[row.number], wave))
    if new:
        stage.engine.register("fresh", pa.Table.from_pylist(new, schema=arrow_schema(TABLES["answers"])))
        stage.write("answers", "select * from answers union all by name select * from fresh")
    last = first + len(new) - 1 if new else 0
    taken, repeated = len(new), len(rows) - len(new)
    return Taken(len(rows), taken, repeated, dict(sorted(counted.items())), first if new else 0, last)


def _told(row: AnswerRow, number: int, person_id: int, wave: int) -> dict[str, Any]:
    has_way = row.answer in WITH_WAY
    return {
        "number": number,
        "person_id": person_id,
        "answer": row.answer,
        "given_at": row.at,
        "taken_by": row.by,
        "origin": row.origin,
        "wave": wave,
        "holder": row.name or None if row.answer == "guardian" else None,
        "email": row.email or None if has_way else None,
        "address": row.address or None if has_way else None,
        "digest": row.digest,
    }


def _steps(row: dict[str, Any]) -> list[tuple[str, str, int, int, tuple[str, ...]]]:
    """State, reason, person, last wave, and the states that give way, for one answer."""
    person, wave, answer = row["person_id"], row["wave"], row["answer"]
    waiting: tuple[str, ...] = ("queued",)
    arrived = ("queued", "uncertain", "accepted", "delivered")
    if answer == "not_me":
        return [("failed", "answer_not_me", person, wave, arrived)]
    if answer == "moved":
        # To the carrier's return nobody has read it; whoever says so themselves may have.
        return [("failed", "answer_moved", person, wave, arrived if row["origin"] == "carrier" else waiting)]
    if answer == "guardian":
        return [("failed", "answer_guardian", person, wave, waiting)]
    if answer == "do_not_write":
        return [("suppressed", "asked_not_to", person, wave, waiting)]
    if answer == "deceased" and not row["is_represented"]:
        return [("suppressed", "deceased", person, wave, arrived)]
    return []
