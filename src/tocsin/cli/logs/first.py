# SPDX-License-Identifier: Apache-2.0
"""The verb `first`: what accounts did, from raw logs alone; and the case that may follow."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click
import msgspec

from tocsin.cli.frame.instants import maybe_instant
from tocsin.cli.frame.options import answering, name_actor, open_case, output_of, writing
from tocsin.cli.frame.output import Bars, Output
from tocsin.cli.frame.results import accounting_lines, accounting_of
from tocsin.cli.logs.read import BEFORE, FILES, FORMAT, MAPPING, ZONE
from tocsin.core.errors import InputError
from tocsin.core.words import _, visible
from tocsin.first.asked import ZONE as USUAL_ZONE
from tocsin.first.asked import AskedLook
from tocsin.first.facts import Look
from tocsin.first.look import take_look
from tocsin.first.new_case import NewCase, refuse_standing_case, write_case
from tocsin.first.page import look_page
from tocsin.first.sentences import Speaker, period_warnings
from tocsin.first.terminal import look_lines
from tocsin.ingest.standalone import Asked, read_files
from tocsin.report.paper import write_atomically


@dataclass(frozen=True, slots=True)
class _Given:
    """The command line."""

    files: tuple[Path, ...]
    accounts: tuple[str, ...]
    logs: Asked
    since: datetime | None
    until: datetime | None
    page: Path | None
    target: Path | None
    by: str


@click.command()
@FILES
@click.option(
    "--account",
    "accounts",
    multiple=True,
    required=True,
    help="As the log writes it; may be repeated.",
)
@click.option("--from", "from_at", help="Only acts from this instant on (ISO 8601 with its zone).")
@click.option("--until", "until_at", help="Only acts until this instant, not included.")
@FORMAT
@ZONE
@BEFORE
@MAPPING
@click.option("--html", "page", type=click.Path(path_type=Path), help="Write a page to print or hand on.")
@click.option("--to", "target", type=click.Path(path_type=Path), help="Make a case of it, in this folder.")
@answering
@writing
@click.pass_context
def first(
    context: click.Context,
    files: tuple[Path, ...],
    accounts: tuple[str, ...],
    from_at: str | None,
    until_at: str | None,
    format_name: str | None,
    zone: str | None,
    before_at: str | None,
    mapping: Path | None,
    page: Path | None,
    target: Path | None,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Say what accounts did, from raw logs alone: no case, no configuration.

    Sessions, addresses, devices, other accounts seen there, what was asked for, failures, whether it still
    acts, what its peers never do, and what these logs cannot tell.

    \b
    Example:
      tocsin first access.log* --account dr.x
      tocsin first access.log* --account dr.x --from 2025-11-12T00:00:00+01:00 --html look.html --to my-case
    """
    output = output_of(context, as_json=as_json, lang=lang)
    given = _Given(
        files=files,
        accounts=tuple(dict.fromkeys(accounts)),
        logs=Asked(format_name, zone, mapping, before=maybe_instant(before_at), apart=True),
        since=maybe_instant(from_at),
        until=maybe_instant(until_at),
        page=page,
        target=target,
        by=name_actor(by),
    )
    _refuse_early(given)
    look, accounting, made = _look(output, given)
    _tell(output, given, look, accounting, made)
    result: dict[str, object] = msgspec.to_builtins(look)
    questions: list[object] = [
        {"code": "no_account", "account": name, "nearest": near} for name, near in look.missing.items()
    ]
    result |= {"accounting": accounting, "next": _command(given), "case": None if made is None else str(made)}
    output.done(
        "first",
        result,
        exit_code=1 if questions else 0,
        case=None if made is None else str(given.target),
        open_questions=questions,
    )


def _refuse_early(given: _Given) -> None:
    """What would be refused in the end is refused before logs are read for minutes."""
    if given.since is not None and given.until is not None and given.until <= given.since:
        raise InputError(
            _("This period ends before it begins."),
            do=_("`until` is after `from`, and does not belong to the period."),
            code="empty_period",
        )
    if given.target is not None:
        refuse_standing_case(given.target)
    if given.page is not None and any(_is_same(given.page, file) for file in given.files):
        raise InputError(
            _("The page would take the place of a log."), do=_("Choose another name."), where=given.page
        )


def _is_same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


def _look(output: Output, given: _Given) -> tuple[Look, list[dict[str, object]], Path | None]:
    asked = AskedLook(given.accounts, given.since, given.until, given.logs.zone or USUAL_ZONE)
    with Bars(output) as bars, read_files(list(given.files), given.logs, by=given.by, progress=bars) as read:
        case, warnings = read
        for code, text, where in warnings:
            output.warn(code, output.words.told(*text), where)
        look = take_look(case, asked, bars)
        accounting = accounting_of(case)
        sources = case.settings.sources
    made = None
    if given.page is not None:
        logs = [str(file) for file in given.files]
        page = look_page(look, lang=output.words.lang, logs=logs, command=_command(given))
        write_atomically(given.page, page)
    if given.target is not None:
        made = write_case(NewCase(given.target, sources, look, given.by, output.words.lang))
        with open_case(given.target, given.by) as opened:
            opened.journal.append("store:case:made", {}, by=opened.by)
    return look, accounting, made


def _tell(
    output: Output, given: _Given, look: Look, accounting: list[dict[str, object]], made: Path | None
) -> None:
    words = output.words
    for line in look_lines(words, look):
        output.say(line)
    output.say()
    for line in accounting_lines(words, accounting):
        output.say(line)
    for line in period_warnings(Speaker(words, look.zone), look):
        output.warn("beyond_logs", line)
    for name, nearest in look.missing.items():
        output.warn("no_account", _missing_text(output, name, nearest))
    if given.page is not None:
        output.say(words.text(_("Page written: {path}"), path=visible(str(given.page))))
    output.say()
    if made is None:
        output.say(words.text(_("To make a case of it: {command}"), command=visible(_command(given))))
        return
    output.say(words.text(_("Case made: {path}"), path=visible(str(made))))
    held = _("It holds what was looked at for illegitimate, in the name of {by}: read [[known]] over.")
    output.say(words.text(held, by=visible(given.by)))
    output.say(words.text(_("Then: {command}"), command=f"tocsin run {_quoted(given.target)}"))


def _missing_text(output: Output, name: str, nearest: list[str]) -> str:
    said = output.words.text(_("No account {account} acts in these logs."), account=visible(name))
    if not nearest:
        return said
    names = ", ".join(map(visible, nearest))
    return f"{said} {output.words.text(_('Names that come near: {names}.'), names=names)}"


def _command(given: _Given) -> str:
    """The same look again, made a case: exactly what is to be typed."""
    options: list[tuple[str, object]] = [
        *(("--account", account) for account in given.accounts),
        ("--from", None if given.since is None else given.since.isoformat()),
        ("--until", None if given.until is None else given.until.isoformat()),
        ("--format", given.logs.format),
        ("--zone", given.logs.zone),
        ("--before", None if given.logs.before is None else given.logs.before.isoformat()),
        ("--mapping", given.logs.mapping),
        ("--to", given.target or "my-case"),
    ]
    words = ["tocsin", "first", *map(str, given.files)]
    words += [part for name, value in options if value is not None for part in (name, str(value))]
    return shlex.join(words)


def _quoted(path: object) -> str:
    return visible(shlex.quote(str(path)))
