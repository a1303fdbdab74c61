# SPDX-License-Identifier: Apache-2.0
"""The verbs that compare with what is known outside: `hunt` for indicators, `match` for a sample."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import click

from tocsin.cli.frame.options import CASE, answering, open_case, output_of, writing
from tocsin.cli.frame.output import Output
from tocsin.cli.inquiry.hunted import hunted_lines, hunted_result, open_indicators
from tocsin.cli.inquiry.matched import matched_lines, matched_result
from tocsin.core.errors import InputError
from tocsin.core.words import _
from tocsin.hunt.matching import logs_are_exceeded, match_sample, withdraw_sample
from tocsin.hunt.run import hunt as look

FILE = click.Path(path_type=Path)


@click.command()
@CASE
@click.option(
    "--indicators",
    "files",
    type=FILE,
    multiple=True,
    required=True,
    help="STIX 2.0 or 2.1, MISP event, CSV (type,value,from,until) or a list; may be given again.",
)
@answering
@writing
@click.pass_context
def hunt(
    context: click.Context,
    case: Path,
    files: tuple[Path, ...],
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Look in the past for outside indicators; say what "not seen" rests on. Nothing is decided.

    \b
    Example:
      tocsin hunt my-case --indicators bundle.json --indicators addresses.csv
    """
    output = output_of(context, as_json=as_json, lang=lang)
    with open_case(case, by) as opened:
        found = look(opened, files)
    for line in hunted_lines(output.words, found, str(case)):
        output.say(line)
    output.done(
        "hunt",
        hunted_result(found, str(case)),
        exit_code=1 if found.needs_person else 0,
        case=str(case),
        open_questions=open_indicators(found),
    )


@click.command()
@CASE
@click.argument("samples", nargs=-1, type=FILE, metavar="LEAK...")
@click.option(
    "--column",
    "pairs",
    multiple=True,
    metavar="THEIRS=OURS",
    help="What a column is: ours, a category, record:NAME or ignore; may be given again.",
)
@click.option("--withdraw", metavar="SHA256", help="This sample is not ours after all: it no longer counts.")
@click.option("--why", help="Why it is withdrawn, in words.")
@answering
@writing
@click.pass_context
def match(
    context: click.Context,
    case: Path,
    samples: tuple[Path, ...],
    pairs: tuple[str, ...],
    withdraw: str | None,
    why: str | None,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Tell where a sample of leaked data comes from, and whether it exceeds what the logs say.

    \b
    Example:
      tocsin match my-case found-on-a-forum.csv --column "ref=person"
    """
    output = output_of(context, as_json=as_json, lang=lang)
    if withdraw is not None:
        _withdraw(output, case, by, withdraw, why)
    if not samples:
        raise InputError(
            _("Which sample?"), do=_("Name a CSV, TSV, JSON lines or Parquet file."), code="usage"
        )
    confirmed = dict(_pair(text) for text in pairs)
    with open_case(case, by) as opened:
        found = [match_sample(opened, path, confirmed) for path in samples]
    for one in found:
        for line in matched_lines(output.words, one, str(case)):
            output.say(line)
    exceeds = any(one.exceeds for one in found)
    output.done(
        "match",
        {"exceeds": exceeds, "samples": [matched_result(one) for one in found]},
        exit_code=1 if exceeds else 0,
        case=str(case),
        open_questions=[
            {"code": "leak_exceeds_logs", "values": {"sample": one.sha256, "persons": one.rows.beyond}}
            for one in found
            if one.exceeds
        ],
    )


def _withdraw(output: Output, case: Path, by: str | None, sha256: str, why: str | None) -> NoReturn:
    if not why:
        raise InputError(_("Why is it withdrawn?"), do=_("Add --why, in words."), code="usage")
    with open_case(case, by) as opened:
        withdraw_sample(opened, sha256, why)
        exceeded = logs_are_exceeded(opened)
    output.say(output.words.text(_("Withdrawn. Run the case again to grade its claims anew.")))
    output.done("match", {"withdrawn": sha256, "exceeds": exceeded}, case=str(case))


def _pair(text: str) -> tuple[str, str]:
    theirs, sign, ours = text.rpartition("=")
    if not sign or not theirs.strip() or not ours.strip():
        raise InputError(
            _("A column is given as theirs=ours."),
            do=_('Write --column "patient no=person".'),
            code="usage",
        )
    return theirs.strip(), ours.strip()
