# SPDX-License-Identifier: Apache-2.0
"""The verbs `ask` and `answer`: "was this you?", put to professionals, and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from tocsin.answers.choose import Asked, choose_questions, record_questions
from tocsin.answers.dossier import read_dossiers, write_dossiers
from tocsin.answers.pages import write_questions
from tocsin.answers.record import Cost, Recorded, notice_costs, record_answer
from tocsin.answers.state import Standing, read_standings
from tocsin.answers.told import (
    answer_object,
    cost_object,
    dossier_object,
    question_object,
    read_lines,
    standing_object,
)
from tocsin.cli.frame.instants import now_or
from tocsin.cli.frame.moments import moment_of
from tocsin.cli.frame.options import CASE, answering, open_case, output_of, writing
from tocsin.cli.frame.output import Output
from tocsin.core.errors import InputError
from tocsin.core.words import _, visible
from tocsin.journal.answers import Channel, Said

THRESHOLDS = [0.05, 0.2, 0.5, 0.8]
NOW = click.option("--now", help="Take this instant for now (ISO 8601 with its zone), else the machine's.")

SAID_WORDS = {
    Said.MINE: _("it was them"),
    Said.NOT_MINE: _("it was not them"),
    Said.UNKNOWN: _("they do not know"),
}
CHANNEL_WORDS = {
    Channel.CALL_BACK: _("by call-back"),
    Channel.PAPER: _("on paper"),
    Channel.IN_PERSON: _("in person"),
    Channel.MESSAGE: _("by message, which proves nothing"),
}
STATE_WORDS = {
    "open": _("no answer yet"),
    "contradicted": _("answers contradict one another"),
    "settled": _("settled by a sure answer"),
    "heard": _("heard, not sure"),
}


@click.command()
@CASE
@click.option("--account", help="Ask the owner of this account alone.")
@click.option(
    "--sessions", type=click.IntRange(1, 50), default=5, help="Sessions to ask each owner about; 5 at most."
)
@click.option(
    "--for-owner",
    is_flag=True,
    help="Write instead what is handed to the owner: attestation, acts, other services, the way back.",
)
@click.option(
    "--to", "target", type=click.Path(path_type=Path), help="A folder; else `questions` in the case."
)
@NOW
@answering
@writing
@click.pass_context
def ask(
    context: click.Context,
    case: Path,
    account: str | None,
    sessions: int,
    for_owner: bool,
    target: Path | None,
    now: str | None,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Write the questionnaires "was this you?": the few sessions that most persons hang on.

    On paper and for a call-back, by no channel that the account opens. Exits 1 while a question is open.

    \b
    Example:
      tocsin ask my-case --by "Anne Le Gall"
      tocsin ask my-case --for-owner --account dr.x
    """
    output, folder = output_of(context, as_json=as_json, lang=lang), target or case / "questions"
    if for_owner:
        _hand_out(output, case, folder, account, now, by)
    with open_case(case, by) as opened:
        questions = choose_questions(opened, sessions=sessions, account=account)
        new = record_questions(opened, questions)
        pages = write_questions(opened.settings, questions, now_or(now), folder, case)
        lines = read_lines(opened, questions)
        costs = notice_costs(opened, THRESHOLDS)
        zone = opened.settings.case.zone
    _say_questions(output, questions, zone)
    for page in pages:
        output.say(output.words.text(_("To print, or to read out: {path}"), path=visible(str(page))))
    for cost in costs:
        output.say(cost_line(output, cost))
    result = {
        "questions": [question_object(one, lines) for one in questions],
        "new": new,
        "pages": [str(page) for page in pages],
        "costs": [cost_object(cost) for cost in costs],
    }
    output.done("ask", result, exit_code=1 if questions else 0, case=str(case))


def _hand_out(
    output: Output, case: Path, folder: Path, account: str | None, now: str | None, by: str | None
) -> None:
    with open_case(case, by, read_only=True) as opened:
        dossiers = read_dossiers(opened, account)
        pages = write_dossiers(opened.settings, dossiers, now_or(now), folder)
    if not dossiers:
        raise InputError(
            _("No account has an act held illegitimate or likely to be."),
            do=_("Run the case first, and hold the account in case.toml."),
            where=case,
            code="no_account",
        )
    for page in pages:
        output.say(output.words.text(_("To hand out: {path}"), path=visible(str(page))))
    result = {"accounts": [dossier_object(one) for one in dossiers], "pages": [str(page) for page in pages]}
    output.done("ask", result, case=str(case))


def _say_questions(output: Output, questions: Sequence[Asked], zone: str) -> None:
    words = output.words
    if not questions:
        output.say(
            words.text(
                _("No session of an account held with `split = true` or in alarm is left to ask about.")
            )
        )
    for one in questions:
        output.say(
            words.text(
                _("{number}. {account}, {when}: {persons}, p = {p} ({session})"),
                number=one.number,
                account=visible(one.account),
                when=words.instant(one.first_at, zone),
                persons=words.plural("one person", "{n} persons", one.persons),
                p=words.number(round(one.p, 2)),
                session=one.session_id,
            )
        )


def cost_line(output: Output, cost: Cost) -> str:
    """One threshold in words."""
    words = output.words
    return words.text(
        _(
            "Telling those at {threshold} or more: {letters} letters, of which {useless} are expected to be"
            " useless; {missed} persons concerned are expected to be missed."
        ),
        threshold=words.share(cost.threshold),
        letters=words.number(cost.letters),
        useless=words.number(cost.useless),
        missed=words.number(cost.missed),
    )


@click.command()
@CASE
@click.option("--question", type=click.IntRange(1), help="Number of the question on the paper.")
@click.option("--session", help="Or the session_id, of the table split_sessions.")
@click.option("--said", type=click.Choice(["mine", "not-mine", "unknown"]), help="What was answered.")
@click.option("--rather", is_flag=True, help="The answer is not sure.")
@click.option(
    "--channel",
    type=click.Choice(["call-back", "paper", "in-person", "message"]),
    help="How it came; a message proves nothing: whoever holds the account may have written it.",
)
@click.option("--answered-by", help="Who answered: name and function.")
@click.option("--at", help="When: 03:12, or ISO 8601 with its zone; now when not given.")
@click.option("--corrects", is_flag=True, help="Takes the place of what the same person said before.")
@click.option("--note", default="", help="What they rest it on. No name of a person in care.")
@NOW
@answering
@writing
@click.pass_context
def answer(
    context: click.Context,
    case: Path,
    question: int | None,
    session: str | None,
    said: str | None,
    rather: bool,
    channel: str | None,
    answered_by: str | None,
    at: str | None,
    corrects: bool,
    note: str,
    now: str | None,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Record what a professional answered; without an answer, list where the questions stand.

    Exits 1 when answers contradict one another. Run the case again to apply it.

    \b
    Example:
      tocsin answer my-case --question 3 --said not-mine --channel call-back --answered-by "Dr Roy"
      tocsin answer my-case
    """
    output = output_of(context, as_json=as_json, lang=lang)
    recorded: Recorded | None = None
    if question is not None or session is not None or said is not None:
        given = (question is None) != (session is None) and said and channel and answered_by
        if not given or said is None or channel is None or answered_by is None:
            raise InputError(
                _("An answer needs its question or session, what was said, the channel and who said it."),
                do=_("Give --question or --session, --said, --channel and --answered-by."),
                code="usage",
            )
        with open_case(case, by) as opened:
            recorded = record_answer(
                opened,
                question=question,
                session=session,
                said=Said(said.replace("-", "_")),
                is_sure=not rather,
                channel=Channel(channel.replace("-", "_")),
                answered_by=answered_by,
                at=moment_of(opened, at, now),
                corrects=corrects,
                note=note,
            )
    with open_case(case, by, read_only=True) as opened:
        standings, zone = read_standings(opened), opened.settings.case.zone
    _say_answered(output, case, standings, recorded, zone)


def _say_answered(
    output: Output, case: Path, standings: Sequence[Standing], recorded: Recorded | None, zone: str
) -> None:
    """Where every question stands; exit 1 while answers contradict one another."""
    contradicted = [one for one in standings if one.is_contradicted]
    _say_standings(output, standings, zone)
    for one in contradicted:
        output.warn(
            "answers_contradict",
            output.words.text(_("Answers on this session contradict one another; a person must decide.")),
            one.session_id,
        )
    result: dict[str, object] = {"sessions": [standing_object(one) for one in standings]}
    if recorded is not None:
        output.say(
            output.words.text(
                _("Recorded. Run the case again to apply it: tocsin run {case}"), case=visible(str(case))
            )
        )
        result["recorded"] = {
            "entry": recorded.entry.number,
            "session_id": recorded.session_id,
            "against": [answer_object(one) for one in recorded.against],
        }
    output.done("answer", result, exit_code=1 if contradicted else 0, case=str(case))


def _say_standings(output: Output, standings: Sequence[Standing], zone: str) -> None:
    words = output.words
    for one in standings:
        number = "–" if one.question is None else str(one.question.number)
        state = words.text(STATE_WORDS[one.state])
        output.say(
            words.text(
                _("{number}. session {session}: {state}"), number=number, session=one.session_id, state=state
            )
        )
        for heard in one.answers:
            told = words.text(
                _("{who}, {when}: {said}, {sure}, {channel}"),
                who=visible(heard.answered_by),
                when=words.instant(datetime.fromisoformat(heard.at), zone),
                said=words.text(SAID_WORDS[heard.said]),
                sure=words.text(_("sure") if heard.is_sure else _("not sure")),
                channel=words.text(CHANNEL_WORDS[heard.channel]),
            )
            output.say(f"   {told}")
