# SPDX-License-Identifier: Apache-2.0
"""The verbs that run stages, and the decision that a person takes between two of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import click

from tocsin.answers.record import record_cut
from tocsin.answers.told import cost_object
from tocsin.cli.frame.instants import maybe_instant
from tocsin.cli.frame.options import CASE, answering, open_case, output_of, writing
from tocsin.cli.frame.output import Bars, Output
from tocsin.cli.frame.results import (
    accounting_exit,
    accounting_lines,
    accounting_of,
    exit_code_of,
    questions_of,
)
from tocsin.cli.inquiry.ask import cost_line
from tocsin.core.errors import InputError
from tocsin.core.words import _, visible
from tocsin.journal.chain import Json
from tocsin.pipeline import run_case, run_stages
from tocsin.report.summary import summary_lines
from tocsin.store.case import Case


@click.command()
@CASE
@click.option(
    "--collect/--no-collect",
    "collects",
    default=True,
    help="Whether to bring first what is new of sources that are not files.",
)
@answering
@writing
@click.pass_context
def run(
    context: click.Context, case: Path, collects: bool, as_json: bool, lang: str | None, by: str | None
) -> None:
    """Run all stages in order and write the report; resumes where it stopped.

    \b
    Example:
      tocsin run my-case
    """
    output = output_of(context, as_json=as_json, lang=lang)
    with open_case(case, by) as opened, Bars(output) as bars:
        report, outcome = run_case(opened, bars, collects=collects)
    for code, text, where in outcome.warnings:
        output.warn(code, output.words.told(*text), where)
    show_report(output, report, case)
    output.done(
        "run", report, exit_code=exit_code_of(report), case=str(case), open_questions=questions_of(report)
    )


def show_report(output: Output, report: dict[str, object], case: Path) -> None:
    """The result in words, and where the page is."""
    if output.as_json:
        return
    for line in summary_lines(report, output.words, _width()):
        output.say(line)
    output.say()
    output.say(output.words.text(_("The report: {path}"), path=str(case / "report" / "report.html")))


def _width() -> int:
    """Of the terminal, within what reads well."""
    return max(60, min(100, shutil.get_terminal_size((100, 24)).columns))


Tell = Callable[[Output, Case], tuple[dict[str, object], int]]
"""Says what a stage gave; the same as an object, and the exit code that follows from it."""


def run_stage(output: Output, case: Path, by: str | None, name: str, tell: Tell) -> None:
    """Bring one stage up to date, with its warnings, and tell of it."""
    with open_case(case, by) as opened:
        with Bars(output) as bars:
            outcome = run_stages(opened, [name], bars)
        for code, text, where in outcome.warnings:
            output.warn(code, output.words.told(*text), where)
        result, exit_code = tell(output, opened)
    output.done(name, result, exit_code=exit_code, case=str(case))


def rows_of(case: Case) -> dict[str, int]:
    """How many rows each table has."""
    return {name: sum(part.rows for part in parts) for name, parts in sorted(case.generation.tables.items())}


def _stage_verb(name: str, help_text: str, tell: Tell) -> click.Command:
    @click.command(name=name, help=f"{help_text}\n\n\b\nExample:\n  tocsin {name} my-case")
    @CASE
    @answering
    @writing
    @click.pass_context
    def verb(context: click.Context, case: Path, as_json: bool, lang: str | None, by: str | None) -> None:
        run_stage(output_of(context, as_json=as_json, lang=lang), case, by, name, tell)

    return verb


def _tell_accounting(output: Output, case: Case) -> tuple[dict[str, object], int]:
    accounting = accounting_of(case)
    for line in accounting_lines(output.words, accounting):
        output.say(line)
    return {"accounting": accounting}, accounting_exit(case, accounting)


def _tell_rows(_output: Output, case: Case) -> tuple[dict[str, object], int]:
    return {"rows": rows_of(case)}, 0


ingest = _stage_verb(
    "ingest", "Read native logs and registers into tables, with the accounting.", _tell_accounting
)
scope = _stage_verb(
    "scope", "Tell what each event in scope disclosed, showed nothing of, or leaves unresolved.", _tell_rows
)
link = _stage_verb("link", "Link local ids to persons, and persons to what was shown of them.", _tell_rows)


@click.command()
@CASE
@click.option("--account", help="The account.")
@click.option("--session", help="The session, as logged or by its session_id.")
@click.option("--client", help="The client application.")
@click.option("--address", help="The network address.")
@click.option(
    "--verdict",
    type=click.Choice(["illegitimate", "doubtful", "legitimate"]),
    help="What is held.",
)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    help="Or: keep off the notices whoever of a split account is less likely than this; 0 undoes it.",
)
@click.option("--p", type=click.FloatRange(0, 1), help="Probability, for a doubtful verdict.")
@click.option("--from", "from_at", help="From this instant on (ISO 8601 with its zone).")
@click.option("--until", "until_at", help="Until this instant, not included.")
@click.option("--why", required=True, help="On what basis, in words.")
@answering
@writing
@click.pass_context
def decide(
    context: click.Context,
    case: Path,
    account: str | None,
    session: str | None,
    client: str | None,
    address: str | None,
    verdict: str | None,
    threshold: float | None,
    p: float | None,
    from_at: str | None,
    until_at: str | None,
    why: str,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Record a person's decision on an account or a session; run the case again to apply it.

    \b
    Example:
      tocsin decide my-case --account dr.x --verdict illegitimate --why "He was abroad, without his card"
      tocsin decide my-case --threshold 0.2 --why "Board of 3 May: one useless letter in five is enough"
    """
    output = output_of(context, as_json=as_json, lang=lang)
    selectors = {"account": account, "session": session, "client": client, "address": address}
    if threshold is not None:
        _decide_cut(
            output, case, by, threshold, why, is_alone=verdict is None and not any(selectors.values())
        )
    if verdict is None:
        raise InputError(
            _("Nothing is decided."), do=_("Give --verdict, or --threshold alone."), code="usage"
        )
    body = record_decision(case, by, selectors, verdict, p=p, from_at=from_at, until_at=until_at, why=why)
    output.say(
        output.words.text(
            _("Recorded. Run the case again to apply it: tocsin run {case}"), case=visible(str(case))
        )
    )
    output.done("decide", body, case=str(case))


def _decide_cut(
    output: Output, case: Path, by: str | None, threshold: float, why: str, *, is_alone: bool
) -> None:
    if not is_alone:
        raise InputError(
            _("A threshold is about persons, a verdict about acts: they are two decisions."),
            do=_("Give --verdict, or --threshold alone."),
            code="usage",
        )
    with open_case(case, by) as opened:
        entry, cost = record_cut(opened, threshold, why)
    output.say(cost_line(output, cost))
    output.say(
        output.words.text(
            _("Recorded. Run the case again to apply it: tocsin run {case}"), case=visible(str(case))
        )
    )
    output.done("decide", {"entry": entry.number, "cost": cost_object(cost)}, case=str(case))


def record_decision(
    folder: Path,
    by: str | None,
    selectors: dict[str, str | None],
    verdict: str,
    *,
    why: str,
    p: float | None = None,
    from_at: str | None = None,
    until_at: str | None = None,
) -> dict[str, object]:
    """Append the decision to the journal and return its body. Raises InputError when it selects nothing."""
    chosen: dict[str, Json] = {name: value for name, value in selectors.items() if value is not None}
    if not chosen:
        raise InputError(
            _("This decision is about nobody."),
            do=_("Give --account, --session, --client or --address."),
            code="usage",
        )
    if p is not None and not 0 <= p <= 1:
        raise InputError(_("'{key}' lies between 0 and 1."), code="usage", key="p")
    since, until = maybe_instant(from_at), maybe_instant(until_at)
    if since is not None and until is not None and until <= since:
        raise InputError(
            _("This period ends before it begins."),
            do=_("`until` is after `from`, and does not belong to the period."),
            code="empty_period",
        )
    body: dict[str, Json] = {
        "selectors": chosen,
        "from": None if since is None else since.isoformat(),
        "until": None if until is None else until.isoformat(),
        "verdict": verdict,
        "p": p,
        "why": why,
    }
    with open_case(folder, by) as case:
        case.journal.append("detect:suspect:decided", body, by=case.by)
    return dict(body)
