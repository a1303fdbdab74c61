# SPDX-License-Identifier: Apache-2.0
"""The verbs that need no case: which format a log has, and which events it holds."""

from __future__ import annotations

from pathlib import Path

import click

from tocsin.cli.frame.exports import write_table
from tocsin.cli.frame.instants import maybe_instant
from tocsin.cli.frame.options import answering, name_actor, output_of
from tocsin.cli.frame.output import Bars
from tocsin.cli.frame.results import accounting_exit, accounting_lines, accounting_of
from tocsin.core.errors import InputError
from tocsin.core.words import Words, _, visible
from tocsin.ingest.read.inputs import find_inputs
from tocsin.ingest.recognise import known_formats, rank_formats, take_sample
from tocsin.ingest.standalone import Asked, read_files

FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
FORMAT = click.option("--format", "format_name", help="The format, when it is not to be recognised.")
ZONE = click.option("--zone", help="Zone of times that carry none, as Europe/Paris.")
BEFORE = click.option(
    "--before", "before_at", help="Times without a year are the latest such ones before this instant."
)
MAPPING = click.option("--mapping", type=click.Path(path_type=Path), help="A mapping, for a log of your own.")


@click.command()
@FILES
@FORMAT
@ZONE
@BEFORE
@MAPPING
@click.option("--to", "target", type=click.Path(path_type=Path), help="Write the events (parquet or csv).")
@answering
@click.pass_context
def read(
    context: click.Context,
    files: tuple[Path, ...],
    format_name: str | None,
    zone: str | None,
    before_at: str | None,
    mapping: Path | None,
    target: Path | None,
    as_json: bool,
    lang: str | None,
) -> None:
    """Read native logs to events, without a case, and account for every record.

    \b
    Example:
      tocsin read access.log* --to events.parquet
    """
    output = output_of(context, as_json=as_json, lang=lang)
    asked = Asked(format_name, zone, mapping, before=maybe_instant(before_at))
    with (
        Bars(output) as bars,
        read_files(list(files), asked, by=name_actor(), progress=bars) as (case, warnings),
    ):
        accounting = accounting_of(case)
        exit_code = accounting_exit(case, accounting)
        if target is not None:
            write_table(case, "events", target)
    for code, text, where in warnings:
        output.warn(code, output.words.told(*text), where)
    for line in accounting_lines(output.words, accounting):
        output.say(line)
    output.done("read", {"accounting": accounting}, exit_code=exit_code)


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@answering
@click.pass_context
def formats(context: click.Context, file: Path | None, as_json: bool, lang: str | None) -> None:
    """List the known formats; with a file, which one it has and how sure that is.

    \b
    Example:
      tocsin formats access.log
    """
    output = output_of(context, as_json=as_json, lang=lang)
    if file is None:
        found: list[dict[str, object]] = [
            {"format": form.name, "confidence": None, "reason": f"{form.title} ({form.proof})"}
            for form in known_formats().values()
        ]
    else:
        found = _ranked(file, output.words)
    for row in found:
        share = "" if row["confidence"] is None else f" {output.words.share(float(str(row['confidence'])))}"
        output.say(f"{row['format']}{share}  {visible(str(row['reason']))}")
    if not found:
        output.say(output.words.text(_("No format is recognised.")))
    output.done("formats", {"formats": found})


def _ranked(file: Path, words: Words) -> list[dict[str, object]]:
    """Of the first file that holds something, in an archive."""
    streams = find_inputs([str(file.absolute())], Path("/"))
    if not streams:
        raise InputError(_("There is nothing in this archive."), do=_("Check the path."), where=file)
    return [
        {"format": form.name, "confidence": round(sure.value, 3), "reason": words.told(*sure.reason)}
        for form, sure in rank_formats(take_sample(streams[0]))
    ]
