# SPDX-License-Identifier: Apache-2.0
"""The verb that brings records from databases and other places into files of the case."""

from __future__ import annotations

from pathlib import Path

import click

from tocsin.cli.frame.options import CASE, answering, open_case, output_of, writing
from tocsin.cli.frame.output import Bars
from tocsin.collect.outcome import Collected
from tocsin.collect.run import run as run_collect
from tocsin.core.words import Words, _, visible


@click.command()
@CASE
@click.option("--source", "names", multiple=True, help="Only this source or register; may be given again.")
@click.option(
    "--again", is_flag=True, help="Read anew what was read once and whole: registers, plain queries."
)
@answering
@writing
@click.pass_context
def collect(
    context: click.Context,
    case: Path,
    names: tuple[str, ...],
    again: bool,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Bring what is new of the sources and registers that are not files; `run` does it first.

    Secrets come from TOCSIN_DB_<NAME> and TOCSIN_COLLECT_<NAME>, never from case.toml.

    \b
    Example:
      tocsin collect my-case
      tocsin collect my-case --source application
    """
    output = output_of(context, as_json=as_json, lang=lang)
    with open_case(case, by) as opened, Bars(output) as bars:
        report = run_collect(opened, bars, names=names, again=again)
    report.raise_when_all_failed()
    for code, text, where in report.warnings():
        output.warn(code, output.words.told(*text), where)
    for one in report.collected:
        output.say(_line(output.words, one))
    if not report.collected:
        output.say(output.words.text(_("Nothing is to be collected.")))
    result: dict[str, object] = {"collected": [_object(one) for one in report.collected]}
    output.done("collect", result, exit_code=int(report.needs_person), case=str(case))


def _line(words: Words, one: Collected) -> str:
    return words.text(
        _("{name}: {rows} records brought, {repeated} given again; {total} stand. ({place})"),
        name=visible(one.name),
        rows=one.rows,
        repeated=one.repeated,
        total=one.total,
        place=visible(one.place),
    )


def _object(one: Collected) -> dict[str, object]:
    return {
        "name": one.name,
        "collector": one.kind,
        "place": one.place,
        "rows": one.rows,
        "repeated": one.repeated,
        "unfinished": one.unfinished,
        "total": one.total,
        "files": one.files,
        "bytes": one.bytes,
        "error": None if one.error is None else one.error.code,
        "notes": one.codes,
    }
