# SPDX-License-Identifier: Apache-2.0
"""`tocsin notify`: whom to tell and how, the notice on real rows, the release, the sending, the balance.

Nothing is sent but by `send`, and `send` sends nothing that a named person has not released.
"""

from __future__ import annotations

import csv
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click
import msgspec

from tocsin.cli.frame.case_group import CaseGroup
from tocsin.cli.frame.options import CASE, answering, open_case, output_of, writing
from tocsin.cli.frame.output import Bars, Output
from tocsin.cli.notify.answers import answers
from tocsin.cli.notify.lines import (
    balance_lines,
    held_line,
    receipt_line,
    recipient_lines,
    sent_line,
    why_lines,
)
from tocsin.cli.notify.papers import PAPERS
from tocsin.cli.notify.plan import plan
from tocsin.cli.notify.seed import SEED
from tocsin.core.cells import inert
from tocsin.core.words import _, visible
from tocsin.notify.after import balance, faulty_rows, follow_provider, follow_up
from tocsin.notify.content import missing_elements
from tocsin.notify.delivery import make_channel, rehearse, send_all
from tocsin.notify.interface import Kind
from tocsin.notify.outbox import Outbox
from tocsin.notify.preview import preview_notices
from tocsin.notify.receipts import take_in
from tocsin.notify.released import releases
from tocsin.notify.run import Recipients
from tocsin.notify.run import run as route
from tocsin.notify.waves import decide_uncertain, fill_outbox, issue_public, release
from tocsin.store.case import Case

CHANNELS: Final[tuple[Kind, ...]] = ("email", "post", "sms")
"""In this order: what fails on one is sent by another."""

WHY = click.option("--why", default="", help="On what basis, in words.")


@click.group(cls=CaseGroup, invoke_without_command=True)
@CASE
@answering
@writing
@click.pass_context
def notify(context: click.Context, case: Path, as_json: bool, lang: str | None, by: str | None) -> None:
    """Tell every person concerned, once. Alone, it says whom, by which way, and what is wrong with contacts.

    \b
    Example:
      tocsin notify my-case
      tocsin notify my-case preview --to pages
      tocsin notify my-case release --by "Anne Le Gall, DPO" --why "Read and approved"
      tocsin notify my-case send --by "Anne Le Gall, DPO"
    """
    context.meta["case"] = case
    if context.invoked_subcommand is None:
        _recipients(output_of(context, as_json=as_json, lang=lang), case, by, None)


@notify.command()
@click.option(
    "--to", "target", type=click.Path(path_type=Path), help="Write what is wrong, by row, there (CSV)."
)
@answering
@writing
@click.pass_context
def recipients(
    context: click.Context, target: Path | None, as_json: bool, lang: str | None, by: str | None
) -> None:
    """Whom to tell and by which way, with the reason; what is wrong with contact data. Sends nothing.

    \b
    Example:
      tocsin notify my-case recipients --to faults.csv
    """
    _recipients(output_of(context, as_json=as_json, lang=lang), context.meta["case"], by, target)


def _recipients(output: Output, folder: Path, by: str | None, target: Path | None) -> None:
    with open_case(folder, by) as case:
        found = route(case)
        if target is not None:
            _write_faults(case, target)
        lacking = missing_elements(case, found)
    for line in recipient_lines(output.words, found):
        output.say(line)
    for key in lacking:
        output.warn("incomplete_notice", _("The notice still lacks this."), key)
    result = _told(found) | {"missing": lacking}
    output.done("notify recipients", result, exit_code=1 if lacking else 0, case=str(folder))


def _told(found: Recipients) -> dict[str, object]:
    return {
        "to_inform": found.to_inform,
        "channels": found.by_channel(),
        "ways": [msgspec.to_builtins(way) for way in found.ways],
        "faults": found.faults,
    }


def _write_faults(case: Case, target: Path) -> None:
    """Local ids and codes of faults, for whoever keeps the registry; no name, no contact."""
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("registry", "person", "channel", "faults"))
        for row in faulty_rows(case):
            person = inert(visible(row["person"]))
            writer.writerow((row["registry"], person, row["channel"], row["faults"]))


@notify.command()
@click.option("--to", "target", type=click.Path(path_type=Path), help="A folder; else `notices/preview`.")
@click.option(
    "--rows", default=5, show_default=True, type=click.IntRange(1, 100), help="Notices of each way."
)
@answering
@writing
@click.pass_context
def preview(
    context: click.Context, target: Path | None, rows: int, as_json: bool, lang: str | None, by: str | None
) -> None:
    """Write notices of real rows as they would leave, to be read before the release. Sends nothing.

    \b
    Example:
      tocsin notify my-case preview --to pages
    """
    output, folder = output_of(context, as_json=as_json, lang=lang), context.meta["case"]
    with open_case(folder, by) as case:
        pages = preview_notices(case, target or folder / "notices" / "preview", rows)
    for page in pages:
        output.say(visible(str(page)))
    output.done("notify preview", {"pages": [str(page) for page in pages]}, case=str(folder))


@notify.command(name="release")
@WHY
@answering
@writing
@click.pass_context
def release_wave(context: click.Context, why: str, as_json: bool, lang: str | None, by: str | None) -> None:
    """Release the next wave, in a named person's name: without it nothing is ever sent.

    \b
    Example:
      tocsin notify my-case release --by "Anne Le Gall, DPO" --why "Read and approved"
    """
    output, folder = output_of(context, as_json=as_json, lang=lang), context.meta["case"]
    with open_case(folder, by) as case:
        released = release(case, why=why, named=by)
    output.say(
        output.words.plural(
            "Wave {wave} is released: one person.",
            "Wave {wave} is released: {n} persons.",
            released.persons,
            wave=released.wave,
        )
    )
    for line in why_lines(output.words, released.reasons):
        output.say(line)
    output.done("notify release", msgspec.to_builtins(released), case=str(folder))


@notify.command()
@click.option("--channel", type=click.Choice(CHANNELS), help="Only this one.")
@click.option("--limit", type=click.IntRange(1), help="No more notices than that, this time.")
@click.option("--dry-run", is_flag=True, help="Write every notice and send none; nothing is recorded.")
@answering
@writing
@click.pass_context
def send(
    context: click.Context,
    channel: Kind | None,
    limit: int | None,
    dry_run: bool,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Send what was released; stops and resumes at any moment, nothing twice. Exits 1 while something waits.

    \b
    Example:
      tocsin notify my-case send --dry-run
      tocsin notify my-case send --limit 500 --by "Anne Le Gall, DPO"
    """
    output, folder = output_of(context, as_json=as_json, lang=lang), context.meta["case"]
    channels = CHANNELS if channel is None else (channel,)
    with Bars(output) as bars:
        if dry_run:
            with open_case(folder, by, read_only=True) as case:
                done = rehearse(case, channels, bars)
        else:
            done = send_all(
                lambda read_only: open_case(folder, by, read_only=read_only), channels, limit, bars
            )
    for name, sent in done.items():
        output.say(sent_line(output.words, name, sent))
        if sent.goes_on_at:
            with open_case(folder, by, read_only=True) as case:
                output.say(held_line(output.words, name, sent, case.settings.case.zone))
    result = {name: msgspec.to_builtins(sent) for name, sent in done.items()}
    waits = any(not sent.is_whole or sent.uncertain or sent.changed for sent in done.values())
    output.done("notify send", result, exit_code=1 if waits and not dry_run else 0, case=str(folder))


@notify.command()
@click.option("--bounces", type=click.Path(path_type=Path), help="A folder or Maildir of what came back.")
@click.option(
    "--receipts", type=click.Path(path_type=Path), help="What a carrier tells of letters or messages (CSV)."
)
@click.option(
    "--uncertain",
    type=click.Choice(["resend", "delivered", "failed"]),
    help="What is held of every notice that nobody can tell of; with --why.",
)
@WHY
@answering
@writing
@click.pass_context
def status(
    context: click.Context,
    bounces: Path | None,
    receipts: Path | None,
    uncertain: str | None,
    why: str,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Take in what relay, bounces and carrier say, and show the balance. Exits 1 while it is not closed.

    \b
    Example:
      tocsin notify my-case status --bounces /var/mail/bounces
    """
    output, folder = output_of(context, as_json=as_json, lang=lang), context.meta["case"]
    with open_case(folder, by) as case, closing(Outbox.open(folder)) as outbox:
        fill_outbox(case, outbox)
        if uncertain is not None:
            decide_uncertain(case, outbox, uncertain, why=why)
        if receipts is not None:
            taken = take_in(outbox, receipts)
            case.journal.append("notify:receipts:taken", asdict(taken), by=case.by)
            output.say(receipt_line(output.words, taken))
        follow_up(case, outbox, bounces)
        settings = case.settings.notify
        firms: dict[Kind, str] = {"post": settings.post.provider, "sms": settings.sms.provider}
        for kind, provider in firms.items():
            if provider and outbox.accepted(kind):
                with closing(make_channel(case, outbox, kind, releases(case)[-1])) as channel:
                    follow_provider(case, outbox, channel)
        _show_balance(output, case, outbox, "notify status")


@notify.command()
@click.option("--where", default="", help="Where it can be read.")
@WHY
@answering
@writing
@click.pass_context
def public(
    context: click.Context, where: str, why: str, as_json: bool, lang: str | None, by: str | None
) -> None:
    """Record that a public notice was issued for those whom no way reaches (art. 34(3)(c) GDPR).

    \b
    Example:
      tocsin notify my-case public --where "https://www.example.org/notice" --why "No contact in the registry"
    """
    output, folder = output_of(context, as_json=as_json, lang=lang), context.meta["case"]
    with open_case(folder, by) as case, closing(Outbox.open(folder)) as outbox:
        fill_outbox(case, outbox)
        issue_public(case, outbox, where=where, why=why)
        _show_balance(output, case, outbox, "notify public")


def _show_balance(output: Output, case: Case, outbox: Outbox, verb: str) -> None:
    found = balance(case, outbox)
    reasons = [
        {"channel": channel, "state": state, "reason": reason, "persons": persons}
        for channel, state, reason, persons in outbox.reasons()
    ]
    for line in balance_lines(output.words, found, reasons):
        output.say(line)
    result = {**msgspec.to_builtins(found), "is_closed": found.is_closed, "reasons": reasons}
    output.done(verb, result, exit_code=0 if found.is_closed else 1, case=str(case.folder))


notify.add_command(answers)
notify.add_command(plan)
for _paper in (*PAPERS, *SEED):
    notify.add_command(_paper)
