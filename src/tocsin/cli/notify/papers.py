# SPDX-License-Identifier: Apache-2.0
"""Papers of `tocsin notify` that nothing sends: what is published, copied, handed over or answered.

Each is a deed of the group in `notify.py`.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from tocsin.cli.frame.asked import asked_persons
from tocsin.cli.frame.options import answering, open_case, output_of, writing
from tocsin.cli.notify.lines import pack_lines
from tocsin.core.errors import InputError
from tocsin.core.words import _, visible
from tocsin.journal.chain import Json
from tocsin.notify.access import ANSWERED, answer_access, write_answer
from tocsin.notify.copy import copy_notice
from tocsin.notify.genuine.publish import publish
from tocsin.notify.packs import write_packs
from tocsin.notify.sheet import write_sheet
from tocsin.store.case import Case


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
            _(
                "{codes} {codes:code|codes} published in {files} {files:file|files}; the sender's key is "
                "{key}."
            ),
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
@click.option("--easy", "is_easy", is_flag=True, help="Easy to read: the same in shorter sentences.")
@answering
@writing
@click.pass_context
def copy_letter(
    context: click.Context,
    local: str | None,
    nir: str | None,
    target: Path,
    is_easy: bool,
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
        registry, person = _asked_person(case, local, nir)
        content = copy_notice(case, registry, person, is_easy=is_easy)
        case.journal.append("notify:copy:made", {"registry": registry, "easy": is_easy}, by=case.by)
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


@click.command(name="packs")
@click.option(
    "--to",
    "target",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder; its packs are replaced whole.",
)
@answering
@writing
@click.pass_context
def controller_packs(
    context: click.Context, target: Path, as_json: bool, lang: str | None, by: str | None
) -> None:
    """Write for each controller the list of its own persons to inform, a letter and a signed manifest.

    A list is sealed to the controller's own key where case.toml has one. Exits 1 when somebody is in no pack.

    \b
    Example:
      tocsin notify my-case packs --to packs --by "Anne Le Gall, DPO"
    """
    output, folder = output_of(context, as_json=as_json, lang=lang), context.meta["case"]
    with open_case(folder, by) as case:
        done = write_packs(case, target, datetime.now(UTC))
    for line in pack_lines(output.words, done):
        output.say(line)
    output.done(
        "notify packs", msgspec.to_builtins(done), exit_code=1 if done.without else 0, case=str(folder)
    )


@click.command(name="access")
@click.option("--local", help="REGISTRY:ID; with '-' as ID, the id is read from standard input.")
@click.option("--nir", help="'-': the NIR is read from standard input, never from arguments.")
@click.option(
    "--to",
    "target",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="A new or an empty folder.",
)
@answering
@writing
@click.pass_context
def access_answer(
    context: click.Context,
    local: str | None,
    nir: str | None,
    target: Path,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Write one person all that the case holds on them (art. 15 GDPR), and complaints filled in. Journalled.

    It names no account and nobody else. Exits 1 while the DPO must look at files only probably theirs.

    \b
    Example:
      tocsin notify my-case access --local patients:- --to answer --by "Anne Le Gall, DPO"
    """
    output, folder = output_of(context, as_json=as_json, lang=lang), context.meta["case"]
    now = datetime.now(UTC)
    with open_case(folder, by) as case:
        registry, person = _asked_person(case, local, nir)
        answer = answer_access(case, registry, person, now)
        files = write_answer(case, answer, target, now)
        body: dict[str, Json] = {
            "registry": registry,
            "categories": answer.categories,
            "probable": answer.probable,
            "documents": list[Json](answer.documents),
        }
        case.journal.append(ANSWERED, body, by=case.by)
    for path in files:
        output.say(visible(str(path)))
    if answer.probable:
        output.warn(
            "probable_files",
            _("Files that are only probably theirs were left out: look at them."),
            str(answer.probable),
        )
    if target / "answer.pdf" not in files:
        output.warn("no_pdf", _("No PDF: install it with pip install 'tocsin[letters]'."), "")
    result = body | {"files": [str(path) for path in files]}
    output.done("notify access", result, exit_code=1 if answer.probable else 0, case=str(folder))


def _asked_person(case: Case, local: str | None, nir: str | None) -> tuple[str, str]:
    """Registry and local id of the only one who is asked for. Raises InputError."""
    named = asked_persons(case, local, nir)
    if len(named) != 1:
        raise InputError(
            _("{persons} persons share this number."),
            do=_("Use --local REGISTRY:ID."),
            code="several_persons",
            persons=len(named),
        )
    return named[0]


PAPERS = (publish_codes, copy_letter, call_sheet, controller_packs, access_answer)
"""What the group takes up."""
