# SPDX-License-Identifier: Apache-2.0
"""Papers of `tocsin notify` that nothing sends: what is published, copied, handed over or answered.

Each is a deed of the group in `cli/notify.py`.
"""

from __future__ import annotations

import os
from pathlib import Path

import click
import msgspec

from tocsin.cli.asked import asked_persons
from tocsin.cli.options import answering, open_case, output_of, writing
from tocsin.core.errors import InputError
from tocsin.core.words import _, visible
from tocsin.notify.copy import copy_notice
from tocsin.notify.genuine.publish import publish
from tocsin.notify.sheet import write_sheet


@click.command(name="publish")
@click.option(
    "--to",
    "target",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder that the sender's site will serve; replaced whole.",
)
@answering
@writing
@click.pass_context
def publish_codes(
    context: click.Context, target: Path, as_json: bool, lang: str | None, by: str | None
) -> None:
    """Write what lets anybody check a notice: digests of the codes, a page, an offline verifier. No person.

    \b
    Example:
      tocsin notify my-case publish --to /srv/www/verify --by "Anne Le Gall, DPO"
    """
    output, folder = output_of(context, as_json=as_json, lang=lang), context.meta["case"]
    with open_case(folder, by) as case:
        done = publish(case, target)
    output.say(
        output.words.text(
            _("{codes} codes published in {files} files; the sender's key is {key}."),
            codes=done.codes,
            files=done.files,
            key=done.key,
        )
    )
    output.done("notify publish", msgspec.to_builtins(done), case=str(folder))


@click.command(name="copy")
@click.option("--local", help="REGISTRY:ID; with '-' as ID, the id is read from standard input.")
@click.option("--nir", help="'-': the NIR is read from standard input, never from arguments.")
@click.option("--to", "target", required=True, type=click.Path(path_type=Path, dir_okay=False), help="A PDF.")
@answering
@writing
@click.pass_context
def copy_letter(
    context: click.Context,
    local: str | None,
    nir: str | None,
    target: Path,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Write one person's notice once more, as a PDF that a reading machine can follow (PDF/UA). Journalled.

    \b
    Example:
      tocsin notify my-case copy --local patients:- --to copy.pdf
    """
    output, folder = output_of(context, as_json=as_json, lang=lang), context.meta["case"]
    with open_case(folder, by) as case:
        named = asked_persons(case, local, nir)
        if len(named) != 1:
            raise InputError(
                _("{persons} persons share this number."),
                do=_("Use --local REGISTRY:ID."),
                code="several_persons",
                persons=len(named),
            )
        content = copy_notice(case, *named[0])
        case.journal.append("notify:copy:made", {"registry": named[0][0]}, by=case.by)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    output.say(visible(str(target)))
    output.done("notify copy", {"file": str(target)}, case=str(folder))


@click.command(name="sheet")
@click.option("--to", "target", type=click.Path(path_type=Path, dir_okay=False), help="A page (HTML).")
@answering
@writing
@click.pass_context
def call_sheet(
    context: click.Context, target: Path | None, as_json: bool, lang: str | None, by: str | None
) -> None:
    """Write the sheet for whoever answers calls: what to say, to ask, never to say. It names nobody.

    \b
    Example:
      tocsin notify my-case sheet --to call-centre.html
    """
    output, folder = output_of(context, as_json=as_json, lang=lang), context.meta["case"]
    target = target or folder / "notices" / "call-centre.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    with open_case(folder, by) as case:
        write_sheet(case, target)
    output.say(visible(str(target)))
    output.done("notify sheet", {"file": str(target)}, case=str(folder))


PAPERS = (publish_codes, copy_letter, call_sheet)
"""What the group takes up."""
