# SPDX-License-Identifier: Apache-2.0
"""The verb `init`: a new case, its two files commented in the language of the person."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import click

from tocsin.cli.frame.options import CASE, answering, open_case, output_of, writing
from tocsin.core.errors import InputError
from tocsin.core.words import _, visible


@click.command()
@CASE
@answering
@writing
@click.pass_context
def init(context: click.Context, case: Path, as_json: bool, lang: str | None, by: str | None) -> None:
    """Make a new case: a folder with a commented case.toml and catalogue.toml.

    \b
    Example:
      tocsin init my-case
    """
    output = output_of(context, as_json=as_json, lang=lang)
    if (case / "case.toml").exists():
        raise InputError(
            _("There is a case here already."),
            do=_("Choose another folder."),
            where=case,
            code="case_exists",
        )
    case.mkdir(parents=True, exist_ok=True)
    _write_templates(case, output.words.lang)
    with open_case(case, by) as opened:
        opened.journal.append("store:case:made", {}, by=opened.by)
    output.say(
        output.words.text(
            _("Made {path}. Fill it in, then: tocsin run {case}"),
            path=visible(str(case / "case.toml")),
            case=visible(str(case)),
        )
    )
    output.done("init", {"path": str(case / "case.toml")}, case=str(case))


def _write_templates(case: Path, lang: str) -> None:
    """case.toml last: a folder without it is no case. A catalogue that is there stays."""
    templates = files("tocsin.cli.begin") / "templates"
    name = json.dumps(visible(case.resolve().name), ensure_ascii=False)[1:-1]
    for file in ("catalogue.toml", "case.toml"):
        text = (templates / f"{lang}-{file}").read_text("utf-8").replace("CASE-ID", name)
        if not (case / file).exists():
            (case / file).write_text(text, "utf-8")
