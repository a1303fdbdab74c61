# SPDX-License-Identifier: Apache-2.0
"""`tocsin declare`: drafts of every declaration, and what people answer, choose, receive and split.

One verb with an action, as `journal` has: `tocsin declare CASE [ACTION …]`. Nothing is sent.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from tocsin.cli.declare.lines import draft_lines, field_lines, split_lines
from tocsin.cli.frame.instants import read_instant
from tocsin.cli.frame.options import CASE, answering, open_case, output_of, writing
from tocsin.cli.frame.output import Output
from tocsin.core.errors import InputError
from tocsin.core.words import _, visible
from tocsin.declare.answers import record_answer
from tocsin.declare.controllers import split_by_controller
from tocsin.declare.fill import fill, open_edpb
from tocsin.declare.forms import find_form
from tocsin.declare.gather import gather
from tocsin.declare.inputs import inputs
from tocsin.declare.run import choose_basis, draft_forms, record_receipt
from tocsin.pipeline import write_report
from tocsin.store.case import Case

ACTIONS: Final = ("draft", "fields", "answer", "choose", "receipt", "controllers")


class Asked(msgspec.Struct, frozen=True):
    """What the command line said."""

    words: tuple[str, ...]
    forms: tuple[str, ...]
    kind: str | None
    unit: str
    basis: str | None
    number: str | None
    at: str | None
    why: str
    take_back: bool


@click.command()
@CASE
@click.argument("action", type=click.Choice(ACTIONS), default="draft")
@click.argument("words", nargs=-1)
@click.option("--form", "forms", multiple=True, help="Only this form; may be given several times.")
@click.option("--kind", help="Of the draft or the receipt: initial, complementary, withdrawn…")
@click.option("--unit", default="persons", help="With choose: persons, or records:<name>.")
@click.option("--basis", help="With choose: best, floor or ceiling.")
@click.option("--number", help="With receipt: the number that the authority gave.")
@click.option("--at", help="With receipt: when it was submitted (ISO 8601 with its zone).")
@click.option("--why", default="", help="On what basis, in words; answers and choices need it.")
@click.option("--take-back", is_flag=True, help="With answer: withdraw the earlier answer to the field.")
@answering
@writing
@click.pass_context
def declare(
    context: click.Context,
    case: Path,
    action: str,
    words: tuple[str, ...],
    forms: tuple[str, ...],
    kind: str | None,
    unit: str,
    basis: str | None,
    number: str | None,
    at: str | None,
    why: str,
    take_back: bool,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Draft the declarations from what is known; record answers, the chosen count, receipts. Sends nothing.

    \b
    draft        every form with its evidence, a new version only when something changed (default)
    fields       what each field holds, from what, or who can answer it
    answer       FIELD VALUE: a person's answer; a value of - is read from standard input
    choose       which of the three counts goes in the box
    receipt      FORM: it was submitted; ends its clock
    controllers  for each controller its count, list, sheet and letter

    \b
    Example:
      tocsin declare my-case
      tocsin declare my-case answer 3.2.cause external_malicious --by DPO --why "Foreign address at night"
      tocsin declare my-case choose --unit persons --basis ceiling --by DPO --why "The inquiry goes on"
      tocsin declare my-case receipt cnil --number 2026-1234 --at 2026-11-22T10:00:00+01:00 --by DPO
    """
    output = output_of(context, as_json=as_json, lang=lang)
    asked = Asked(words, forms, kind, unit, basis, number, at, why, take_back)
    with open_case(case, by) as opened:
        result, exit_code = _ACTIONS[action](opened, asked, output)
    output.done("declare", result, exit_code=exit_code, case=str(case))


Told = tuple[dict[str, Any], int]


def _draft(case: Case, asked: Asked, output: Output) -> Told:
    _no_words(asked)
    drafted, filled, gathered = draft_forms(case, datetime.now(UTC), asked.forms, asked.kind)
    if gathered.is_stale:
        output.warn("stale_report", _("The tables are newer than the report: run the case again."))
    for one in drafted:
        for field in one.too_long:
            output.warn(
                "too_long",
                _("A text is longer than its box; nothing was cut."),
                f"{one.form} {field['field']}: {field['length']} > {field['box']}",
            )
    for line in draft_lines(output.words, drafted, gathered.deadlines):
        output.say(line)
    waiting = open_edpb(filled)
    result = {"forms": [msgspec.to_builtins(one) for one in drafted], "waiting": waiting}
    return result, 1 if waiting else 0


def _fields(case: Case, asked: Asked, output: Output) -> Told:
    """Nothing is drafted: what each field holds now."""
    _no_words(asked)
    gathered = gather(case, datetime.now(UTC))
    wanted = {group for name in asked.forms for group in find_form(name).groups}
    filled = {
        name: field
        for name, field in fill(gathered.ground).items()
        if not wanted or inputs()[name].group in wanted
    }
    for line in field_lines(output.words, filled, gathered.ground.zone):
        output.say(line)
    return {"fields": [msgspec.to_builtins(field) for field in filled.values()]}, 0


def _answer(case: Case, asked: Asked, output: Output) -> Told:
    if len(asked.words) != (1 if asked.take_back else 2):
        raise InputError(
            _("An answer is a field and its value."),
            do=_("Write: tocsin declare CASE answer FIELD VALUE --why …"),
            code="usage",
        )
    value = None if asked.take_back else asked.words[1]
    text = sys.stdin.read() if value == "-" else value
    entry = record_answer(case, asked.words[0], text, why=asked.why)
    output.say(output.words.text(_("Recorded in the journal, entry {number}."), number=entry.number))
    return {"entry": entry.number, **entry.body}, 0


def _choose(case: Case, asked: Asked, output: Output) -> Told:
    _no_words(asked)
    if asked.basis is None:
        raise InputError(_("--basis is missing."), do=_("Use best, floor or ceiling."), code="usage")
    entry = choose_basis(case, asked.unit, asked.basis, why=asked.why)
    output.say(output.words.text(_("Recorded in the journal, entry {number}."), number=entry.number))
    if (case.folder / "report" / "report.json").exists():
        write_report(case)
        output.say(output.words.text(_("The report follows it.")))
    return {"entry": entry.number, **entry.body}, 0


def _receipt(case: Case, asked: Asked, output: Output) -> Told:
    if len(asked.words) != 1 or asked.number is None or asked.at is None:
        raise InputError(
            _("A receipt names its form, its number and its instant."),
            do=_("Write: tocsin declare CASE receipt FORM --number … --at …"),
            code="usage",
        )
    now = datetime.now(UTC)
    form = find_form(asked.words[0])
    body = record_receipt(
        case, form, number=asked.number, at=read_instant(asked.at), now=now, kind=asked.kind
    )
    clock = body["clock"]
    said = _("Receipt recorded; the clock {clock} is met.") if clock else _("Receipt recorded.")
    output.say(output.words.text(said, clock=str(clock)))
    return body, 0


def _controllers(case: Case, asked: Asked, output: Output) -> Told:
    _no_words(asked)
    split = split_by_controller(case, datetime.now(UTC), output.words)
    for line in split_lines(output.words, split, case.folder):
        output.say(line)
    return msgspec.to_builtins(split), 0


_ACTIONS: Final[dict[str, Callable[[Case, Asked, Output], Told]]] = {
    "draft": _draft,
    "fields": _fields,
    "answer": _answer,
    "choose": _choose,
    "receipt": _receipt,
    "controllers": _controllers,
}


def _no_words(asked: Asked) -> None:
    if asked.words:
        raise InputError(
            _("'{word}' is not expected here."),
            do=_("See `tocsin declare --help`."),
            code="usage",
            word=visible(asked.words[0]),
        )
