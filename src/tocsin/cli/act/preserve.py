# SPDX-License-Identifier: Apache-2.0
"""The verb `preserve`: which log is lost when, copies that are verified, and letters to who holds it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from tocsin.cli.act.exchanges import DEEDS, NOW
from tocsin.cli.frame.case_group import CaseGroup
from tocsin.cli.frame.instants import now_or
from tocsin.cli.frame.options import CASE, answering, open_case, output_of, writing
from tocsin.cli.frame.output import Bars, Output
from tocsin.core.words import _, visible
from tocsin.preserve import phrases, told
from tocsin.preserve.freezing import FileState, Freeze, freeze
from tocsin.preserve.letters import Letter, plan_letters, write_letters
from tocsin.preserve.page import write_pages
from tocsin.preserve.record import record_copies
from tocsin.preserve.run import Preservation, look
from tocsin.preserve.texts import texts

ACCOUNT = click.option(
    "--account", "accounts", multiple=True, help="An account to ask about; may be repeated."
)


@click.group(cls=CaseGroup, invoke_without_command=True)
@CASE
@NOW
@ACCOUNT
@click.option("--copy-to", type=click.Path(path_type=Path), help="Copy each source file there, verified.")
@answering
@writing
@click.pass_context
def preserve(
    context: click.Context,
    case: Path,
    now: str | None,
    accounts: tuple[str, ...],
    copy_to: Path | None,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Say which log is lost when and what is lacking; copy what is here; write letters; record answers.

    Exits 1 while something is to be copied, asked for or reminded of.

    \b
    Example:
      tocsin preserve my-case
      tocsin preserve my-case --copy-to /media/key/my-case
      tocsin preserve my-case letters
      tocsin preserve my-case receipt --source gateway --from-whom "Acme" --file gateway.log.gz
    """
    context.meta["case"] = case
    if context.invoked_subcommand is not None:
        return
    output = output_of(context, as_json=as_json, lang=lang)
    with open_case(case, by, read_only=copy_to is None) as opened, Bars(output) as bars:
        frozen = None if copy_to is None else freeze(opened, copy_to, bars)
        if frozen is not None:
            record_copies(opened, frozen)
        state = look(opened, now_or(now), accounts)
        zone = opened.settings.case.zone
    _say(output, state, zone)
    if frozen is not None:
        _say_copies(output, frozen)
    needs_person = state.needs_person or bool(frozen and (frozen.failed or _changed(frozen)))
    result = told.preservation_object(state)
    if frozen is not None:
        result["copies"] = told.freeze_object(frozen)
    output.done("preserve", result, exit_code=1 if needs_person else 0, case=str(case))


def _say(output: Output, state: Preservation, zone: str) -> None:
    words, said = output.words, texts(output.words.lang)
    output.say(words.text(_("As of {at} ({zone}):"), at=words.instant(state.now, zone), zone=zone))
    for source in state.sources:
        output.say()
        name, urgency = visible(source.settings.name), phrases.urgency_phrase(words, source.expiry)
        output.say(f"{name} – {urgency}")
        for line in phrases.expiry_sentences(words, source, zone):
            output.say(f"  {visible(line)}")
        output.say(
            "  " + words.text(_("Custody: {custody}"), custody=visible(phrases.custody_phrase(words, source)))
        )
    output.say()
    output.say(words.text(_("Logs that a case of this kind needs:")))
    for need in state.needs:
        mark = "[ ]" if need.is_lacking else "[x]"
        line = phrases.need_sentence(words, said, need, state.now, zone)
        output.say(f"  {mark} {said.kinds[need.kind].name} ({need.kind}) – {visible(line)}")
    if state.of_unknown_kind:
        output.say(f"  {visible(phrases.unknown_kind_sentence(words, state.of_unknown_kind))}")
    _say_requests(output, state, zone)
    output.say()
    output.say(words.text(_("Letters to those who hold them: tocsin preserve CASE letters")))


def _say_requests(output: Output, state: Preservation, zone: str) -> None:
    exchanges = sorted(state.correspondence.exchanges.items())
    if not exchanges:
        return
    output.say()
    output.say(output.words.text(_("Requests:")))
    for subject, exchange in exchanges:
        line = phrases.status_phrase(output.words, exchange, state.now, zone)
        output.say(f"  {visible(subject)} – {visible(line)}")


FILE_STATES = {
    FileState.SAME: _("as it was read"),
    FileState.GROWN: _("has grown since it was read; its beginning is the same"),
    FileState.CHANGED: _("HAS CHANGED since it was read"),
    FileState.NOT_READ: _("not read yet"),
}


def _changed(frozen: Freeze) -> bool:
    return any(file.state is FileState.CHANGED for file in frozen.files)


def _say_copies(output: Output, frozen: Freeze) -> None:
    words = output.words
    output.say()
    for file in frozen.files:
        state = words.text(FILE_STATES[file.state])
        output.say(f"{file.sha256[:16]}…  {visible(file.path)} – {state}")
    for one in frozen.failed:
        output.warn(one.error.code, words.told(one.error.what_id, one.error.values), visible(one.path))
    output.say(
        words.plural(
            "{n} file copied and read back; its hash is in {path}.",
            "{n} files copied and read back; their hashes are in {path}.",
            len(frozen.files),
            path=visible(str(frozen.folder / "SHA256SUMS")),
        )
    )


@preserve.command()
@click.option(
    "--to", "target", type=click.Path(path_type=Path), help="A folder; else `requests` in the case."
)
@click.option("--holder", help="Only letters to this kind of holder: publisher, host, operator…")
@ACCOUNT
@NOW
@answering
@writing
@click.pass_context
def letters(
    context: click.Context,
    target: Path | None,
    holder: str | None,
    accounts: tuple[str, ...],
    now: str | None,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Write the letters that ask holders for logs, and the checklist, to be printed; in both languages.

    \b
    Example:
      tocsin preserve my-case letters --account dr.x
    """
    output, case = output_of(context, as_json=as_json, lang=lang), context.meta["case"]
    folder = target or case / "requests"
    with open_case(case, by) as opened:
        state = look(opened, now_or(now), accounts)
        planned = [one for one in plan_letters(opened.settings, state) if holder in (None, one.holder)]
        pages = write_letters(opened.settings, state, planned, folder)
        pages = [*write_pages(opened.settings, state, planned, folder, case), *pages]
        body = {"letters": [one.file_name for one in planned]}
        opened.journal.append("preserve:letters:written", body, by=opened.by)  # type: ignore[arg-type]
    _say_letters(output, case, planned, folder)
    result = {
        "folder": str(folder),
        "letters": [told.letter_object(one) for one in planned],
        "pages": [str(page) for page in pages],
    }
    output.done("preserve letters", result, exit_code=1 if planned else 0, case=str(case))


def _say_letters(output: Output, case: Path, planned: Sequence[Letter], folder: Path) -> None:
    words, said = output.words, texts(output.words.lang)
    for letter in planned:
        name = letter.name or said.holders[letter.holder].addressee
        output.say(f"- {visible(name)}: {visible(str(folder / words.lang / letter.file_name))}.html")
        command = letter.command(str(case))
        output.say("  " + words.text(_("once sent: {command}"), command=visible(command)))
    output.say(words.text(_("The checklist: {path}"), path=visible(str(folder / words.lang / "index.html"))))
    output.say(words.text(_("Have them read, signed and sent: Tocsin sends nothing.")))


for deed in DEEDS:
    preserve.add_command(deed)
