# SPDX-License-Identifier: Apache-2.0
"""The verb that supposes: what the counts would be under a hypothesis; the case is only read."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import click

from tocsin.cli.frame.instants import maybe_instant
from tocsin.cli.frame.options import CASE, answering, open_case, output_of
from tocsin.cli.frame.output import Bars
from tocsin.core.errors import InputError
from tocsin.core.words import _
from tocsin.whatif.effect import LISTED, arrived, measure
from tocsin.whatif.said import effect_lines
from tocsin.whatif.suppose import Asked, Window, files_that_arrived

_LENGTH = re.compile(r"^(\d+)(m|h|d)$")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@click.command(name="what-if")
@CASE
@click.option("--drop", "dropped", multiple=True, help="Leave the logs of this source out.")
@click.option(
    "--distrust", "distrusted", multiple=True, help="Hold this source's logs within reach of the attacker."
)
@click.option(
    "--account", "accounts", multiple=True, help="Hold this account too, within --from and --until."
)
@click.option("--from", "from_at", help="For --account: from this instant on (ISO 8601 with its zone).")
@click.option("--until", "until_at", help="For --account: until this instant, not included.")
@click.option("--p", type=click.FloatRange(0, 1), help="For --account: doubtful with this probability.")
@click.option("--clear", "cleared", multiple=True, help="Hold this account to be legitimate.")
@click.option("--widen", help="Begin every period in question earlier and end it later: 90m, 12h, 2d.")
@click.option("--threshold", type=click.FloatRange(0, 1), help="From which p on detection proposes.")
@click.option("--without", multiple=True, help="Leave this log file out, by its path in the case.")
@click.option(
    "--arrived", "is_arrival", is_flag=True, help="Instead: what the log files new in the last run changed."
)
@click.option("--limit", default=LISTED, show_default=True, help="Persons to name of each change.")
@answering
@click.pass_context
def what_if(
    context: click.Context,
    case: Path,
    dropped: tuple[str, ...],
    distrusted: tuple[str, ...],
    accounts: tuple[str, ...],
    from_at: str | None,
    until_at: str | None,
    p: float | None,
    cleared: tuple[str, ...],
    widen: str | None,
    threshold: float | None,
    without: tuple[str, ...],
    is_arrival: bool,
    limit: int,
    as_json: bool,
    lang: str | None,
) -> None:
    """Tell what a hypothesis would do to the counts: who enters, who leaves, and why. Writes nothing.

    \b
    Example:
      tocsin what-if my-case --drop gateway
      tocsin what-if my-case --account dr.y --from 2025-11-10T00:00:00+01:00
      tocsin what-if my-case --arrived
    """
    output = output_of(context, as_json=as_json, lang=lang)
    since, until = maybe_instant(from_at), maybe_instant(until_at)
    asked = Asked(
        dropped=dropped,
        distrusted=distrusted,
        added=tuple(Window(name, since, until, p) for name in accounts),
        cleared=cleared,
        widened=None if widen is None else length_of(widen),
        threshold=threshold,
        without=without,
    )
    if is_arrival and asked.said():
        raise InputError(
            _("--arrived looks at what came, and goes with no hypothesis."),
            do=_("Ask one at a time."),
            code="usage",
        )
    with open_case(case, None, read_only=True) as opened, Bars(output) as bars:
        if is_arrival:
            result = arrived(opened, files_that_arrived(opened), listed=limit, progress=bars)
        else:
            result = measure(opened, asked, listed=limit, progress=bars)
    for line in effect_lines(output.words, result):
        output.say(line)
    output.done("what-if", result, case=str(case))


def length_of(text: str) -> timedelta:
    """A length as 90m, 12h or 2d. Raises InputError for anything else."""
    found = _LENGTH.match(text)
    if not found:
        raise InputError(
            _("'{text}' is no length of time."), do=_("Write it as 90m, 12h or 2d."), code="usage", text=text
        )
    return timedelta(**{_UNITS[found[2]]: int(found[1])})
