# SPDX-License-Identifier: Apache-2.0
"""`tocsin notify CASE plan`: how long, how much, how many calls, before anything is released."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from tocsin.cli.frame.options import answering, open_case, output_of, writing
from tocsin.core.words import _, visible
from tocsin.notify.letter import plain
from tocsin.notify.planning.page import document_of, page_of_plan, text_of
from tocsin.notify.planning.plan import plan as make_plan


@click.command(name="plan")
@click.option("--to", "target", type=click.Path(path_type=Path, dir_okay=False), help="A page (HTML).")
@answering
@writing
@click.pass_context
def plan(
    context: click.Context, target: Path | None, as_json: bool, lang: str | None, by: str | None
) -> None:
    """Say what is still to leave: limits, last delivery, cost, calls to expect by hour. Sends nothing.

    \b
    Example:
      tocsin notify my-case plan --to plan.html
    """
    output, folder = output_of(context, as_json=as_json, lang=lang), context.meta["case"]
    target = target or folder / "notices" / "plan.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    with open_case(folder, by) as case:
        made = make_plan(case, datetime.now(UTC))
        target.write_text(page_of_plan(case, made, output.words.lang), "utf-8")
        output.say(plain(text_of(document_of(case, made, output.words.lang))))
    output.say(visible(str(target)))
    for one in made.costs:
        for name in one.missing:
            output.warn("no_price", _("A price is missing in [notify.prices]."), name)
    low, high = made.calls_between
    result = {
        **msgspec.to_builtins(made, enc_hook=str, str_keys=True),
        "notices": made.notices,
        "last_at": made.last_at,
        "calls_between": [low, high],
        "page": str(target),
    }
    output.done("notify plan", result, case=str(folder))
