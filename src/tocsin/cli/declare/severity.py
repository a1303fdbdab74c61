# SPDX-License-Identifier: Apache-2.0
"""The verb `severity`: ENISA's score of a case, the choices behind it, and a person's conclusion."""

from __future__ import annotations

from pathlib import Path

import click

from tocsin.cli.frame.case_group import CaseGroup
from tocsin.cli.frame.instants import now_or, read_instant
from tocsin.cli.frame.options import CASE, answering, open_case, output_of, writing
from tocsin.cli.frame.output import Output
from tocsin.core.errors import InputError
from tocsin.core.words import _
from tocsin.declare.severity.of_case import record_choices, record_conclusion, severity_of
from tocsin.declare.severity.phrases import severity_lines, sum_line
from tocsin.declare.severity.score import Severity
from tocsin.declare.severity.told import severity_object
from tocsin.journal import Entry


@click.group(cls=CaseGroup, invoke_without_command=True)
@CASE
@answering
@click.pass_context
def severity(context: click.Context, case: Path, as_json: bool, lang: str | None) -> None:
    """Compute the severity by ENISA's method, and conclude on articles 33 and 34.

    \b
    Example:
      tocsin severity my-case
      tocsin severity my-case set --context vulnerable=some --why "Two wards of minors"
      tocsin severity my-case conclude --outcome high_risk
    """
    context.meta["case"] = case
    if context.invoked_subcommand is not None:
        return
    output = output_of(context, as_json=as_json, lang=lang)
    with open_case(case, None, read_only=True) as opened:
        found = severity_of(opened)
    for line in severity_lines(output.words, found):
        output.say(line)
    questions = _questions(found)
    output.done(
        "severity",
        severity_object(found),
        exit_code=1 if questions else 0,
        case=str(case),
        open_questions=questions,
    )


@severity.command("set")
@click.option("--data", help="simple, behavioural, financial, sensitive.")
@click.option(
    "--context",
    "contexts",
    multiple=True,
    help="says, volume, controller, vulnerable, age, public: AXIS=VALUE.",
)
@click.option("--identification", help="negligible, limited, significant, maximum.")
@click.option("--confidentiality", help="no_evidence, known_recipients, unknown_recipients.")
@click.option("--integrity", help="none, recoverable, lost.")
@click.option("--availability", help="none, temporary, total.")
@click.option("--intent", help="none, malicious.")
@click.option("--why", required=True, help="On what basis, in words.")
@answering
@writing
@click.pass_context
def choose(
    context: click.Context,
    /,
    contexts: tuple[str, ...],
    why: str,
    as_json: bool,
    lang: str | None,
    by: str | None,
    **axes: str | None,
) -> None:
    """Choose otherwise than proposed, with the reason; the value `proposed` goes back to the proposal.

    \b
    Example:
      tocsin severity my-case set --context says=less --why "An optical correction, mild"
    """
    output = output_of(context, as_json=as_json, lang=lang)
    case = context.meta["case"]
    chosen = {name: value for name, value in axes.items() if value is not None}
    chosen |= dict(_pair(text) for text in contexts)
    with open_case(case, by) as opened:
        entry = record_choices(opened, chosen, why)
        found = severity_of(opened)
    _recorded(output, case, found, entry, "set")


@severity.command()
@click.option("--outcome", required=True, help="unlikely, risk, high_risk, more_needed.")
@click.option("--why", default="", help="Demanded where it departs from the proposal.")
@click.option("--at", help="When it was concluded, else now (ISO 8601 with its zone).")
@click.option("--now", help="Take this instant for now (ISO 8601 with its zone), else the machine's.")
@answering
@writing
@click.pass_context
def conclude(
    context: click.Context,
    outcome: str,
    why: str,
    at: str | None,
    now: str | None,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Conclude on articles 33 and 34; a high risk starts the clock of article 34.

    \b
    Example:
      tocsin severity my-case conclude --outcome high_risk --by DPO
    """
    output = output_of(context, as_json=as_json, lang=lang)
    case = context.meta["case"]
    instant = None if at is None else read_instant(at)
    with open_case(case, by) as opened:
        entry = record_conclusion(opened, outcome, why=why, now=now_or(now), at=instant)
        found = severity_of(opened)
    _recorded(output, case, found, entry, "conclude")


def _pair(text: str) -> tuple[str, str]:
    axis, equals, option = text.partition("=")
    if not equals:
        raise InputError(
            _("'{text}' is not AXIS=VALUE."),
            do=_("Write it as vulnerable=some."),
            code="usage",
            text=text,
        )
    return axis, option


def _recorded(output: Output, case: Path, found: Severity, entry: Entry, deed: str) -> None:
    output.say(output.words.text(_("Recorded in the journal, entry {number}."), number=entry.number))
    output.say(sum_line(output.words, found))
    result: dict[str, object] = {
        "entry": entry.number,
        "kind": entry.kind,
        "body": dict(entry.body),
        "severity": severity_object(found),
    }
    questions = _questions(found)
    output.done(
        f"severity {deed}", result, exit_code=1 if questions else 0, case=str(case), open_questions=questions
    )


def _questions(found: Severity) -> list[object]:
    """A conclusion drawn on another score is to be drawn again."""
    if not found.is_stale or found.conclusion is None:
        return []
    return [{"code": "stale_conclusion", "score": found.score, "concluded_on": found.conclusion.score}]
