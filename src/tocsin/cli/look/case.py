# SPDX-License-Identifier: Apache-2.0
"""The verbs of the case folder: its tables, its journal, its key."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tocsin.cli.frame.exports import write_table
from tocsin.cli.frame.options import CASE, answering, open_case, output_of, writing
from tocsin.cli.frame.output import Output
from tocsin.core.errors import InputError
from tocsin.core.words import _, visible
from tocsin.store.copies import restore_copy
from tocsin.store.seal import make_key_pair
from tocsin.store.verify import verify_case


@click.command()
@CASE
@click.argument("name")
@click.option(
    "--to", "target", required=True, type=click.Path(path_type=Path), help="A .parquet, .csv or .xlsx file."
)
@answering
@writing
@click.pass_context
def table(
    context: click.Context,
    case: Path,
    name: str,
    target: Path,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Write a table of the case for outsiders. It leaves the seal: the journal keeps who asked.

    \b
    Example:
      tocsin table my-case exposure --to exposure.csv
    """
    output = output_of(context, as_json=as_json, lang=lang)
    with open_case(case, by) as opened:
        rows = write_table(opened, name, target)
        opened.journal.append("store:table:exported", {"table": name, "rows": rows}, by=opened.by)
    output.say(
        output.words.plural("one row in {path}", "{n} rows in {path}", rows, path=visible(str(target)))
    )
    output.done("table", {"table": name, "rows": rows, "path": str(target)}, case=str(case))


@click.command()
@CASE
@click.argument("action", type=click.Choice(["check", "export"]), default="check")
@click.option("--to", "target", type=click.Path(path_type=Path), help="Where to export it (JSON lines).")
@answering
@click.pass_context
def journal(
    context: click.Context, case: Path, action: str, target: Path | None, as_json: bool, lang: str | None
) -> None:
    """Check the case's journal, or export it. `check` exits 1 on any alteration, removal or cut tail.

    \b
    Example:
      tocsin journal my-case check
    """
    output = output_of(context, as_json=as_json, lang=lang)
    if not (case / "case.toml").exists():
        raise InputError(_("There is no case here."), do=_("Check the path."), where=case, code="no_case")
    found = verify_case(case)
    result: dict[str, object] = {"entries": found.entries, "parts": found.parts}
    if action == "export":
        result |= _export_journal(output, case, target)
    else:
        output.say(
            output.words.plural(
                "The journal holds one entry, unaltered.",
                "The journal holds {n} entries, unaltered.",
                found.entries,
            )
        )
        if found.parts is not None:
            output.say(
                output.words.plural(
                    "The tables are what was written: one file.",
                    "The tables are what was written: {n} files.",
                    found.parts,
                )
            )
    output.done("journal", result, case=str(case))


def _export_journal(output: Output, case: Path, target: Path | None) -> dict[str, object]:
    """The entries as they stand: to a file, or to standard output; within the object, for a program."""
    path = case / "journal" / "journal.jsonl"
    content = path.read_bytes() if path.exists() else b""
    if target is not None:
        target.write_bytes(content)
        return {"path": str(target)}
    if output.as_json:
        return {"journal": [json.loads(line) for line in content.splitlines()]}
    click.echo(content, nl=False)
    return {}


@click.group(name="case")
def case_group() -> None:
    """The case as a whole: its key.

    \b
    Example:
      tocsin case keygen dpo.key
    """


@case_group.command()
@click.argument("private", type=click.Path(path_type=Path))
@answering
@click.pass_context
def keygen(context: click.Context, private: Path, as_json: bool, lang: str | None) -> None:
    """Make a key pair: the private key in a file (mode 600), the public one printed for [seal] recipients.

    \b
    Example:
      tocsin case keygen dpo.key
    """
    output = output_of(context, as_json=as_json, lang=lang)
    if private.exists():
        raise InputError(
            _("There is such a file already."),
            do=_("Choose another name."),
            where=private,
            code="file_exists",
        )
    public = make_key_pair(private)
    output.say(f'recipients = ["{public}"]')
    output.done("case keygen", {"recipient": public, "private": str(private)})


@case_group.command()
@CASE
@click.argument("digest")
@click.option("--to", "target", required=True, type=click.Path(path_type=Path), help="The file to write.")
@answering
@writing
@click.pass_context
def restore(
    context: click.Context,
    case: Path,
    digest: str,
    target: Path,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Give back a log from its encrypted copy (`copy = true`); its SHA-256 is in evidence/inputs.json.

    \b
    Example:
      tocsin case restore my-case 3f2a… --to access.log.gz
    """
    output = output_of(context, as_json=as_json, lang=lang)
    if target.exists():
        raise InputError(
            _("There is such a file already."),
            do=_("Choose another name."),
            where=target,
            code="file_exists",
        )
    with open_case(case, by) as opened:
        size = restore_copy(opened, digest, target)
        opened.journal.append("store:copy:restored", {"sha256": digest}, by=opened.by)
    output.say(output.words.text(_("Written: {path}."), path=visible(str(target))))
    output.done("case restore", {"path": str(target), "bytes": size, "sha256": digest}, case=str(case))
