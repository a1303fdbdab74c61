# SPDX-License-Identifier: Apache-2.0
"""`tocsin notify CASE answers`: what persons say once they were told, taken in from the call centre's file.

Whom an answer is about stands in the file or on standard input, never in arguments and never on the screen.
"""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TextIO

import click
import msgspec

from tocsin.cli.frame.options import answering, open_case, output_of, writing
from tocsin.cli.frame.output import Output
from tocsin.core.cells import inert
from tocsin.core.errors import InputError
from tocsin.core.words import Words, _, visible
from tocsin.notify.answers import Open, apply_answers, close_answer, open_answers, take_in_answers
from tocsin.notify.outbox import Outbox

_SHOWN: Final = 20
"""Wrong rows and open answers told on a screen; a file holds them all."""

ANSWERS: Final = {
    "not_me": _("they are not this person"),
    "moved": _("moved"),
    "guardian": _("to be sent to a representative"),
    "deceased": _("deceased"),
    "do_not_write": _("not to be written to again"),
    "wants_list": _("asks for all that is held on them (art. 15)"),
}

ROW_FAULTS: Final = {
    "cells_do_not_fit": _("more or fewer cells than columns"),
    "unknown_answer": _("an answer that is not one of ours"),
    "no_instant": _("no day or instant"),
    "in_the_future": _("an instant still to come"),
    "nobody_took_it": _("nobody is said to have taken it"),
    "unknown_origin": _("an origin that is not person, relative or carrier"),
    "not_one_person": _("not exactly one of code, reference, or registry and person"),
    "code_miscopied": _("a code with a character miscopied"),
    "formula": _("a cell that a spreadsheet would run"),
    "too_long": _("a cell that is too long"),
    "no_new_way": _("no new mailbox or address"),
    "no_name": _("no name of the representative"),
    "nobody_of_this_case": _("nobody whom this case knows"),
    "several_persons": _("several persons"),
}


@click.command(name="answers")
@click.option(
    "--from", "source", help="A CSV of answers; '-' for standard input. Taken in whole or not at all."
)
@click.option(
    "--faults", type=click.Path(path_type=Path, dir_okay=False), help="Write wrong rows there (CSV)."
)
@click.option(
    "--close", "number", type=click.IntRange(1), help="The open answer of this number is dealt with."
)
@click.option("--why", default="", help="How it was dealt with, in words.")
@click.option(
    "--to", "target", type=click.Path(path_type=Path, dir_okay=False), help="Write what is open there (CSV)."
)
@answering
@writing
@click.pass_context
def answers(
    context: click.Context,
    source: str | None,
    faults: Path | None,
    number: int | None,
    why: str,
    target: Path | None,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Take in what persons answered: a wrong person, a move, a representative, a death, no more letters.

    Who moved or is represented enters the next wave, once. Exits 1 while an answer waits for somebody.

    \b
    Example:
      tocsin notify my-case answers --from calls.csv --by "Call centre"
      tocsin notify my-case answers --close 12 --why "Files parted in the registry" --by "Anne Le Gall"
    """
    output, folder = output_of(context, as_json=as_json, lang=lang), context.meta["case"]
    result: dict[str, object] = {}
    with open_case(folder, by) as case, closing(Outbox.open(folder)) as outbox:
        if number is not None:
            close_answer(case, number, why)
            apply_answers(case, outbox)
        if source is not None:
            taken, read = take_in_answers(case, outbox, _content(source), datetime.now(UTC))
            if faults is not None:
                _write_faults(faults, read.faults)
            if read.faults:
                _refuse(output, read.faults)
            result = msgspec.to_builtins(taken)
            _say_taken(output, taken.rows, taken.repeated, taken.answers)
        waiting = open_answers(case)
    if target is not None:
        _write_open(target, waiting)
    questions = [_question(one) for one in waiting]
    _say_open(output, waiting)
    exit_code = 1 if waiting else 0
    output.done(
        "notify answers",
        result | {"open": len(waiting)},
        exit_code=exit_code,
        case=str(folder),
        open_questions=list(questions),
    )


def _content(source: str) -> bytes:
    if source == "-":
        return sys.stdin.buffer.read()
    path = Path(source)
    if not path.is_file():
        raise InputError(
            _("There is no such file of answers."), do=_("Check the path."), where=path, code="no_file"
        )
    return path.read_bytes()


def _refuse(output: Output, faults: Mapping[int, Sequence[str]]) -> None:
    """Raise InputError; the rows are told before, by number alone."""
    for number, codes in sorted(faults.items())[:_SHOWN]:
        for code in codes:
            output.warn(code, ROW_FAULTS.get(code, _("wrong contact data")), _row_of(output.words, number))
    raise InputError(
        _("Nothing was taken in. Wrong rows: {rows}."),
        do=_("Put them right and give the whole file again; --faults FILE lists them all."),
        code="wrong_rows",
        rows=len(faults),
    )


def _row_of(words: Words, number: int) -> str:
    return words.text(_("row {number}"), number=number)


def _say_taken(output: Output, rows: int, repeated: int, counted: Mapping[str, int]) -> None:
    said = output.words
    output.say(
        said.text(_("Answers: {rows}; of these, known already: {repeated}."), rows=rows, repeated=repeated)
    )
    for answer, persons in counted.items():
        output.say(f"  {said.number(persons):>10}  {said.text(ANSWERS[answer])}")


def _say_open(output: Output, waiting: Sequence[Open]) -> None:
    said = output.words
    if waiting:
        output.say(
            said.plural("{n} answer waits for somebody:", "{n} answers wait for somebody:", len(waiting))
        )
    for one in waiting[:_SHOWN]:
        output.say(f"  {one.number:>6}  {one.at.date().isoformat()}  {said.text(ANSWERS[one.answer])}")


def _question(one: Open) -> dict[str, object]:
    return {
        "code": f"answer_{one.answer}",
        "values": {"number": one.number, "at": one.at.isoformat(), "by": visible(one.by)},
    }


def _write_faults(path: Path, faults: Mapping[int, Sequence[str]]) -> None:
    """Numbers of rows and codes: no cell of the file is written again."""
    with _opened(path) as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(("row", "fault"))
        writer.writerows((number, code) for number, codes in sorted(faults.items()) for code in codes)


def _write_open(path: Path, waiting: Sequence[Open]) -> None:
    """Local ids, for whoever keeps the registry."""
    with _opened(path) as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(("number", "answer", "at", "by", "files"))
        for one in waiting:
            texts = [inert(visible(text)) for text in (one.by, " ".join(one.files))]
            writer.writerow((one.number, one.answer, one.at.isoformat(), *texts))


def _opened(path: Path) -> TextIO:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    return os.fdopen(descriptor, "w", encoding="utf-8", newline="")
