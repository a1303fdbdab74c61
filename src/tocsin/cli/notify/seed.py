# SPDX-License-Identifier: Apache-2.0
"""`tocsin notify CASE seed`, `check-mail`, `partners`: tries on mailboxes of one's own; partners' letters."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from tocsin.cli.frame.options import answering, open_case, output_of, writing
from tocsin.core.errors import InputError
from tocsin.core.words import _, visible
from tocsin.notify.dkim import Signature, State, check_message
from tocsin.notify.partners import write_partners
from tocsin.notify.seed import send_seed

MOST_BYTES: Final = 32 << 20

STATES: Final = {
    State.VALID: _("the signature holds"),
    State.NO_KEY: _("the body is as it was signed; give --record for the rest"),
    State.BODY_CHANGED: _("the body was changed on the way"),
    State.BAD_SIGNATURE: _("the signature does not hold"),
    State.MALFORMED: _("the signature cannot be read"),
}


@click.command()
@answering
@writing
@click.pass_context
def seed(context: click.Context, as_json: bool, lang: str | None, by: str | None) -> None:
    """Send a made-up notice to the mailboxes of [notify.email] seed, through the relay. Nobody else gets one.

    \b
    Example:
      tocsin notify my-case seed --by "Anne Le Gall, DPO"
    """
    output, folder = output_of(context, as_json=as_json, lang=lang), context.meta["case"]
    with open_case(folder, by) as case:
        handed = send_seed(case)
    taken = sum(one.fate == "accepted" for one in handed)
    output.say(
        output.words.text(_("The relay took {taken} of {all} messages."), taken=taken, all=len(handed))
    )
    fates = [{"fate": one.fate.value, "reason": one.reason} for one in handed]
    output.done(
        "notify seed", {"messages": fates}, exit_code=0 if taken == len(handed) else 1, case=str(folder)
    )


@click.command(name="check-mail")
@click.argument("message", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--record",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The key's TXT record, as `dig +short TXT` prints it.",
)
@answering
@click.pass_context
def check_mail(
    context: click.Context, message: Path, record: Path | None, as_json: bool, lang: str | None
) -> None:
    """Say whether the relay signed a message that came back from the seed list (DKIM). Asks no name server.

    Exits 0 when a signature of the sender's own domain holds and covers what it should; else 1.

    \b
    Example:
      dig +short TXT mail._domainkey.example.org > record.txt
      tocsin notify my-case check-mail received.eml --record record.txt
    """
    output, folder = output_of(context, as_json=as_json, lang=lang), context.meta["case"]
    found = check_message(_read(message), _read(record).decode("utf-8", "replace") if record else "")
    if not found:
        output.say(output.words.text(_("The relay does not sign: the message has no DKIM signature.")))
    for one in found:
        output.say(
            output.words.text(
                _("{name}: {state}."),
                name=visible(one.record_name),
                state=output.words.text(STATES[one.state]),
            )
        )
        if not one.is_aligned:
            output.say(output.words.text(_("It is not of the sender's own domain.")))
        if one.uncovered:
            names = ", ".join(one.uncovered)
            output.say(output.words.text(_("It does not cover: {names}."), names=names))
    told = [{**asdict(one), "state": one.state.value, "record": one.record_name} for one in found]
    signed = any(map(_is_good, found))
    output.done("notify check-mail", {"signatures": told}, exit_code=0 if signed else 1, case=str(folder))


def _is_good(found: Signature) -> bool:
    return found.state is State.VALID and found.is_aligned and not found.uncovered


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES)
    except OSError:
        raise InputError(
            _("There is no such file."), do=_("Check the path."), where=path, code="no_file"
        ) from None


@click.command()
@click.option(
    "--to",
    "target",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="A new or empty folder.",
)
@answering
@writing
@click.pass_context
def partners(context: click.Context, target: Path, as_json: bool, lang: str | None, by: str | None) -> None:
    """Write the letters to partner organisations, [[notify.partners]]: what is asked of each. No person.

    \b
    Example:
      tocsin notify my-case partners --to partners --by "Anne Le Gall, DPO"
    """
    output, folder = output_of(context, as_json=as_json, lang=lang), context.meta["case"]
    with open_case(folder, by) as case:
        written = write_partners(case, target, datetime.now(UTC))
    for path in written:
        output.say(visible(str(path)))
    output.done("notify partners", {"files": [str(path) for path in written]}, case=str(folder))


SEED: Final = (seed, check_mail, partners)
"""What the group takes up."""
