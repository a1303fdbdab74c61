# SPDX-License-Identifier: Apache-2.0
"""A person's answer to a field: checked against what the field may hold, then journalled with its reason.

Nothing is cut: an answer that is too long is refused with both lengths. A list of boxes is answered as a
whole: those named are ticked, the others are not observed so far.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from tocsin.core.errors import InputError
from tocsin.core.suggest import suggest
from tocsin.core.words import _
from tocsin.declare.evidence import Evidence
from tocsin.declare.ground import Given, JournalFact
from tocsin.declare.inputs import Input, asked, find_input, groups, inputs, list_of, lists
from tocsin.declare.records import ANSWERED, answers_of, body_of_answer
from tocsin.journal import Entry
from tocsin.store.case import Case

UNTICKED: Final = "not_observed"


def record_answer(case: Case, field: str, text: str | None, *, why: str) -> Entry:
    """Put an answer into the journal; None takes the earlier one back.

    Raises InputError for a field that no form asks, a value that it cannot hold, or no reason.
    """
    if not why.strip():
        raise InputError(_("An answer needs its reason."), do=_("Say why with --why."), code="no_reason")
    value = None if text is None else read_answer(field, text)
    if text is None:
        _check_field(field)
    return case.journal.append(ANSWERED, body_of_answer(field, value, why.strip()), by=case.by)


def read_answer(field: str, text: str) -> Any:  # noqa: ANN401  # of the field's kind
    """The value of an answer, as it goes into the journal. Raises InputError."""
    _check_field(field)
    if field in boxed():
        return _read_boxes(field, text)
    one = find_input(field)
    if not one.answerable:
        raise InputError(
            _("'{field}' is a figure: nobody answers it by hand."),
            do=_("Choose which count goes in the box: tocsin declare CASE choose --unit … --basis …"),
            code="figure",
            field=field,
        )
    return _read_value(one, text)


def boxed() -> set[str]:
    """Lists of boxes, that are answered as a whole or box by box."""
    return {row.id for row in asked() if row.kind == "boxes"}


def _check_field(field: str) -> None:
    if field not in boxed():
        find_input(field)


def _read_boxes(field: str, text: str) -> list[str]:
    known = lists()[inputs()[groups()[field][0]].list or ""]
    codes = [code.strip() for code in text.split(",") if code.strip()]
    for code in codes:
        _check_code(field, code, known)
    if not codes:
        raise InputError(
            _("No box of '{field}' is named."),
            do=_("Name them, parted by commas."),
            code="bad_answer",
            field=field,
        )
    return codes


def _read_value(one: Input, text: str) -> Any:  # noqa: ANN401  # of the field's kind
    closed = list_of(one)
    if closed is not None:
        _check_code(one.id, text, closed)
        return text
    if one.kind == "instant":
        return _read_instant(one.id, text)
    if one.kind == "number":
        return _read_number(one.id, text)
    _check_length(one, text)
    return (
        [line.strip() for line in text.splitlines() if line.strip()] if one.kind == "names" else text.strip()
    )


def _check_code(field: str, value: str, known: Mapping[str, object]) -> None:
    if value not in known:
        raise InputError(
            _("'{value}' is not a value of the field '{field}'."),
            do=suggest(value, known),
            code="bad_answer",
            field=field,
            value=value,
        )


def _read_instant(field: str, text: str) -> str:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise InputError(
            _("'{field}' is an instant with its zone."),
            do=_("Write it as 2020-07-21T09:00:00+02:00."),
            code="bad_answer",
            field=field,
        )
    return at.astimezone(UTC).isoformat()


def _read_number(field: str, text: str) -> int:
    if not (text.strip().isascii() and text.strip().isdecimal()):
        raise InputError(
            _("'{field}' is a whole number."), do=_("Write digits alone."), code="bad_answer", field=field
        )
    return int(text)


def _check_length(one: Input, text: str) -> None:
    if not text.strip():
        raise InputError(
            _("The answer to '{field}' is empty."),
            do=_("Give a text, or `--take-back` to withdraw the earlier answer."),
            code="bad_answer",
            field=one.id,
        )
    if len(text) > one.longest:
        raise InputError(
            _("The answer to '{field}' has {length} characters and the field holds {most}: nothing was cut."),
            do=_("Shorten it by {over} characters, or join the long text as a file."),
            code="too_long",
            field=one.id,
            length=len(text),
            most=one.longest,
            over=len(text) - one.longest,
        )


def given_answers(journal: Iterable[JournalFact], settings: Mapping[str, Any]) -> dict[str, Given]:
    """Answers by field: those of `[declare.answers]`, and over them those of the journal."""
    given: dict[str, Given] = {}
    for field, value in settings.get("declare", {}).get("answers", {}).items():
        read = read_answer(field, str(value))
        evidence = Evidence(kind="setting", path=f"declare.answers.{field}", value=value)
        _give(given, field, Given(read, evidence, "case.toml", None, "", "setting"))
    for field, entry in answers_of(journal).items():
        why = str(entry.body.get("why", ""))
        _give(given, field, Given(entry.body["value"], entry.evidence, entry.by, entry.at, why, "answer"))
    return given


def _give(given: dict[str, Given], field: str, answer: Given) -> None:
    """A list of boxes gives one answer a box; an earlier word on one box yields to it."""
    if field not in boxed():
        given[field] = answer
        return
    ticked = set(answer.value)
    for name in groups()[field]:
        code = inputs()[name].code
        value = "yes" if code in ticked else UNTICKED
        given[name] = Given(value, answer.evidence, answer.by, answer.at, answer.why, answer.origin)
