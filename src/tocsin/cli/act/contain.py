# SPDX-License-Identifier: Apache-2.0
"""The verb `contain`: what must be cut for each suspect account, and the checklist that two persons keep."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from tocsin.cli.frame.case_group import CaseGroup
from tocsin.cli.frame.instants import now_or, read_instant
from tocsin.cli.frame.moments import moment_of
from tocsin.cli.frame.options import CASE, answering, open_case, output_of, writing
from tocsin.cli.frame.output import Output
from tocsin.contain import phrases
from tocsin.contain.activity import nearest_accounts
from tocsin.contain.record import (
    choose_account,
    record_added,
    record_check,
    record_done,
    record_emergency,
    record_undo,
)
from tocsin.contain.run import AccountSheet, Line, look, names_on_sheet
from tocsin.contain.sheet import write_sheets
from tocsin.contain.texts import texts
from tocsin.contain.told import sheet_object
from tocsin.core.errors import InputError
from tocsin.core.words import _, visible
from tocsin.store.case import Case

STEP = click.argument("step")
ACCOUNT = click.option("--account", help="The account; may be left out when the sheet has only one.")
AT = click.option("--at", help="When: 03:12, or ISO 8601 with its zone; now when not given.")
NOTE = click.option("--note", default="", help="The proof that was seen, in words.")
NOW = click.option("--now", help="Take this instant for now (ISO 8601 with its zone), else the machine's.")


@click.group(cls=CaseGroup, invoke_without_command=True)
@CASE
@click.option("--account", "accounts", multiple=True, help="Put this account on the sheet; may be repeated.")
@click.option(
    "--to", "target", type=click.Path(path_type=Path), help="A folder; else `containment` in the case."
)
@NOW
@answering
@writing
@click.pass_context
def contain(
    context: click.Context,
    case: Path,
    accounts: tuple[str, ...],
    target: Path | None,
    now: str | None,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Write the containment sheet of each suspect account; exits 1 while a step is open.

    Needs no log: a name is enough. Nothing is cut from here: people do it, two of them, and say so.

    \b
    Example:
      tocsin contain my-case --account dr.x
      tocsin contain my-case done sessions --account dr.x --by "Anne Le Gall" --at 03:12
      tocsin contain my-case check sessions --account dr.x --by "Marc Petit"
    """
    context.meta["case"] = case
    if context.invoked_subcommand is not None:
        return
    output, moment = output_of(context, as_json=as_json, lang=lang), now_or(now)
    folder = target or case / "containment"
    _add_named(case, by, accounts)
    with open_case(case, by, read_only=True) as opened:
        sheets = look(opened)
        if not sheets:
            raise InputError(
                _("No account is suspect yet."),
                do=_("Name one with --account."),
                where=case,
                code="no_account",
            )
        _warn_of_unknown(output, opened, [s for s in sheets if s.account in accounts])
        pages = write_sheets(opened.settings, sheets, moment, folder, case)
        zone = opened.settings.case.zone
    _say(output, sheets, zone)
    output.say(
        output.words.text(
            _("The sheet to print: {path}"), path=visible(str(folder / f"sheet-{output.words.lang}.html"))
        )
    )
    result = {"accounts": [sheet_object(s) for s in sheets], "pages": [str(page) for page in pages]}
    output.done("contain", result, exit_code=_exit_code(sheets), case=str(case))


def _add_named(case: Path, by: str | None, accounts: Sequence[str]) -> None:
    """Put on the sheet those that are not there yet; without any, a case that a run holds is only read."""
    if not accounts:
        return
    with open_case(case, by, read_only=True) as opened:
        held = names_on_sheet(opened)
    missing = [account for account in dict.fromkeys(accounts) if account not in held]
    if missing:
        with open_case(case, by) as opened:
            for account in missing:
                record_added(opened, account)


def _exit_code(sheets: Sequence[AccountSheet]) -> int:
    return 1 if any(sheet.needs_person for sheet in sheets) else 0


def _warn_of_unknown(output: Output, case: Case, sheets: Sequence[AccountSheet]) -> None:
    """A name that appears nowhere may be a slip of the pen: the nearest ones are offered."""
    for sheet in sheets:
        if sheet.is_known or sheet.log_end is None:
            continue
        near = nearest_accounts(case, sheet.account)
        text = (
            output.words.text(
                _("This account is in no log and in no directory. Nearest names: {names}."),
                names=", ".join(near),
            )
            if near
            else output.words.text(_("This account is in no log and in no directory."))
        )
        output.warn("unknown_account", text, sheet.account)


def _say(output: Output, sheets: Sequence[AccountSheet], zone: str) -> None:
    words, said = output.words, texts(output.words.lang)
    for sheet in sheets:
        output.say(f"{visible(sheet.account)} – {visible(phrases.verdict_phrase(words, sheet))}")
        for text in (
            *phrases.activity_lines(words, sheet, zone),
            *phrases.consequence_lines(words, sheet, zone),
        ):
            output.say(f"  {visible(text)}")
        for line in sheet.lines:
            _say_line(output, line, said.step(line.step.code).title, zone)
        for step in sheet.open_emergencies:
            output.say(
                "  " + words.text(_("[ ] {step} – given back in an emergency, to be closed again"), step=step)
            )
        for sibling in sheet.siblings:
            output.say(
                "  "
                + words.text(_("Elsewhere: {line}"), line=visible(phrases.sibling_line(words, sibling, zone)))
            )
        output.say()


def _say_line(output: Output, line: Line, title: str, zone: str) -> None:
    mark = "[x]" if not line.is_open else "[/]" if line.state.done else "[ ]"
    output.say(f"  {mark} {line.step.code} – {title} ({phrases.status_phrase(output.words, line)})")
    for note in phrases.line_notes(output.words, line, zone):
        output.say(f"        {visible(note)}")


@contain.command()
@STEP
@ACCOUNT
@AT
@NOTE
@click.option("--nothing-there", is_flag=True, help="Somebody looked: there is nothing of the kind to cut.")
@NOW
@answering
@writing
@click.pass_context
def done(
    context: click.Context,
    step: str,
    account: str | None,
    at: str | None,
    note: str,
    nothing_there: bool,
    now: str | None,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Record that a step was done; another person has to check it.

    \b
    Example:
      tocsin contain my-case done sign_in --account dr.x --by "Anne Le Gall" --at 03:12
    """
    output, case = output_of(context, as_json=as_json, lang=lang), context.meta["case"]
    with open_case(case, by) as opened:
        sheet = choose_account(look(opened), account)
        moment = moment_of(opened, at, now)
        record_done(opened, sheet, step, at=moment, note=note, nothing_there=nothing_there)
        _recorded(output, opened, sheet.account, "done")


@contain.command()
@STEP
@ACCOUNT
@AT
@NOTE
@click.option("--fails", is_flag=True, help="It does not hold: the step is open again.")
@NOW
@answering
@writing
@click.pass_context
def check(
    context: click.Context,
    step: str,
    account: str | None,
    at: str | None,
    note: str,
    fails: bool,
    now: str | None,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Record that a second person looked: the step holds, or fails. Refused to whoever did it.

    \b
    Example:
      tocsin contain my-case check sign_in --account dr.x --by "Marc Petit" --note "sign-in refused, 03:20"
    """
    output, case = output_of(context, as_json=as_json, lang=lang), context.meta["case"]
    with open_case(case, by) as opened:
        sheet = choose_account(look(opened), account)
        record_check(opened, sheet, step, at=moment_of(opened, at, now), note=note, holds=not fails)
        _recorded(output, opened, sheet.account, "check")


@contain.command()
@STEP
@ACCOUNT
@AT
@click.option("--why", required=True, help="Why it was taken back.")
@NOW
@answering
@writing
@click.pass_context
def undo(
    context: click.Context,
    step: str,
    account: str | None,
    at: str | None,
    why: str,
    now: str | None,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Record that a step was taken back; it is open again.

    \b
    Example:
      tocsin contain my-case undo sign_in --account dr.x --by "Anne Le Gall" --why "Back to work"
    """
    output, case = output_of(context, as_json=as_json, lang=lang), context.meta["case"]
    with open_case(case, by) as opened:
        sheet = choose_account(look(opened), account)
        record_undo(opened, sheet, step, at=moment_of(opened, at, now), why=why)
        _recorded(output, opened, sheet.account, "undo")


@contain.command()
@ACCOUNT
@click.option("--decided-by", required=True, help="Who decided it: name and function.")
@click.option("--why", required=True, help="What care would have stopped. No name of a person in care.")
@click.option("--until", help="Until when (ISO 8601 with its zone).")
@AT
@NOW
@answering
@writing
@click.pass_context
def emergency(
    context: click.Context,
    account: str | None,
    decided_by: str,
    why: str,
    until: str | None,
    at: str | None,
    now: str | None,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Record that an account was given back at once because care would have stopped. Never refused for form.

    It opens a step, emergency-1 and so on, that two persons close again.

    \b
    Example:
      tocsin contain my-case emergency --account dr.x --decided-by "Dr Roy, on duty" --why "ward closed"
    """
    output, case = output_of(context, as_json=as_json, lang=lang), context.meta["case"]
    with open_case(case, by) as opened:
        sheet = choose_account(look(opened), account)
        end = None if until is None else read_instant(until)
        moment = moment_of(opened, at, now)
        record_emergency(opened, sheet, at=moment, decided_by=decided_by, why=why, until=end)
        deciders = opened.settings.contain.emergency_deciders
        if deciders and not any(decided_by in one or one in decided_by for one in deciders):
            output.warn(
                "not_a_decider", output.words.text(_("This name is not among [contain] emergency_deciders."))
            )
        _recorded(output, opened, sheet.account, "emergency")


def _recorded(output: Output, case: Case, account: str, deed: str) -> None:
    """What stands now; exit 1 while the account has a step open."""
    sheet = next(one for one in look(case) if one.account == account)
    _say(output, [sheet], case.settings.case.zone)
    output.done(f"contain {deed}", sheet_object(sheet), exit_code=_exit_code([sheet]), case=str(case.folder))
