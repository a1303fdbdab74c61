# SPDX-License-Identifier: Apache-2.0
"""The verbs of the case folder: a new one, its tables, its journal, its key."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import click

from tocsin.cli.exports import write_table
from tocsin.cli.options import CASE, answering, open_case, output_of, writing
from tocsin.core.errors import InputError, TamperedError
from tocsin.core.words import _, visible
from tocsin.journal import check_journal
from tocsin.store.seal import make_key_pair


@click.command()
@CASE
@answering
@click.pass_context
def init(context: click.Context, case: Path, as_json: bool, lang: str | None) -> None:
    """Make a new case: a folder with a commented case.toml and catalogue.toml.

    \b
    Example:
      tocsin init my-case
    """
    output = output_of(context, as_json=as_json, lang=lang)
    if (case / "case.toml").exists():
        raise InputError(
            "There is a case here already.", do="Choose another folder.", where=case, code="case_exists"
        )
    case.mkdir(parents=True, exist_ok=True)
    templates = files("tocsin.cli") / "templates"
    for name in ("case.toml", "catalogue.toml"):
        text = (templates / f"{output.words.lang}-{name}").read_text("utf-8")
        (case / name).write_text(text.replace("CASE-ID", case.resolve().name.replace('"', "")), "utf-8")
    output.say(
        output.words.text(
            _("Made {path}. Fill it in, then: tocsin run {case}"),
            path=visible(str(case / "case.toml")),
            case=visible(str(case)),
        )
    )
    output.done("init", {"path": str(case / "case.toml")}, case=str(case))


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
    output.say(output.words.text(_("{rows} rows in {path}"), rows=rows, path=visible(str(target))))
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
        raise InputError("There is no case here.", do="Check the path.", where=case, code="no_case")
    entries = check_journal(case / "journal", _anchors(case))
    if action == "export":
        text = (case / "journal" / "journal.jsonl").read_text("utf-8") if entries else ""
        if target is None:
            click.echo(text, nl=False)
        else:
            target.write_text(text, "utf-8")
    else:
        output.say(output.words.text(_("The journal holds {n} entries, unaltered."), n=entries))
    output.done("journal", {"entries": entries}, case=str(case))


def _anchors(case: Path) -> list[str]:
    """Heads of the journal that are written elsewhere in the case."""
    current = case / "tables" / "CURRENT"
    if not current.exists():
        return []
    try:
        return [str(json.loads(current.read_text("utf-8"))["journal_head"])]
    except (ValueError, KeyError):
        raise TamperedError("CURRENT is not readable.", where=current) from None


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
            "There is such a file already.", do="Choose another name.", where=private, code="file_exists"
        )
    public = make_key_pair(private)
    output.say(f'recipients = ["{public}"]')
    output.done("case keygen", {"recipient": public, "private": str(private)})
