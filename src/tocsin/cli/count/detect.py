# SPDX-License-Identifier: Apache-2.0
"""`tocsin detect`: the accounts that something speaks against, and what could not be seen."""

from __future__ import annotations

from pathlib import Path

import click

from tocsin.cli.count.stages import rows_of, run_stage
from tocsin.cli.frame.instants import read_instant
from tocsin.cli.frame.options import CASE, answering, open_case, output_of, writing
from tocsin.cli.frame.output import Output
from tocsin.core.words import _, visible
from tocsin.detect.run import read_sight
from tocsin.detect.shadow import shadow
from tocsin.detect.told import count_accesses, ranked_lines, ranked_object, read_ranked
from tocsin.store.case import Case


@click.command()
@CASE
@click.option(
    "--shadow",
    "period",
    nargs=2,
    metavar="FROM UNTIL",
    help="Only count what would be raised between these instants, held to be clean; write nothing.",
)
@answering
@writing
@click.pass_context
def detect(
    context: click.Context,
    case: Path,
    period: tuple[str, str] | None,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Look for accounts that acted without right.

    \b
    Example:
      tocsin detect my-case
    """
    output = output_of(context, as_json=as_json, lang=lang)
    if period is not None:
        _shadow(output, case, by, period)
    else:
        run_stage(output, case, by, "detect", _tell)


def _tell(output: Output, case: Case) -> tuple[dict[str, object], int]:
    ranked, accesses, sight = read_ranked(case), count_accesses(case), read_sight(case)
    for line in ranked_lines(output.words, ranked, case.settings.case.zone, accesses):
        output.say(line)
    if sight:
        output.say()
    for told in sight:
        output.say(visible(str(told[output.words.lang])))
    findings = [ranked_object(one) for one in ranked]
    return {"rows": rows_of(case), "accesses": accesses, "findings": findings, "sight": sight}, 0


def _shadow(output: Output, case: Path, by: str | None, period: tuple[str, str]) -> None:
    """Count what detection raises in a period held to be clean; write nothing."""
    from_at, until_at = (read_instant(text) for text in period)
    with open_case(case, by) as opened:
        raised = shadow(opened, from_at, until_at)
    for row in raised:
        output.say(
            output.words.text(
                _("{detector}: {accounts} accounts in alarm, {per_week} a week ({told} named in all)"),
                detector=row.detector,
                accounts=row.accounts,
                per_week=output.words.number(round(row.per_week, 2)),
                told=row.told,
            )
        )
    rows = [
        {"detector": r.detector, "accounts": r.accounts, "per_week": r.per_week, "told": r.told}
        for r in raised
    ]
    output.done("detect", {"shadow": rows}, case=str(case))
