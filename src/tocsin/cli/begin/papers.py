# SPDX-License-Identifier: Apache-2.0
"""`tocsin papers`: the papers that a French site needs before it may use Tocsin, to be completed."""

from __future__ import annotations

from pathlib import Path

import click

from tocsin.cli.frame.options import answering, output_of
from tocsin.core.words import _, visible
from tocsin.papers.written import PAPERS, write_papers


@click.command()
@click.option(
    "--to",
    "folder",
    default="tocsin-papiers",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Where to write them.",
)
@answering
@click.pass_context
def papers(context: click.Context, folder: Path, as_json: bool, lang: str | None) -> None:
    """Write the papers a French site needs before it may use Tocsin (in French, models to be completed).

    Impact assessment, register entry, information of professionals, note to staff bodies, retention table by
    table, purpose lock, processor and hosting clauses.

    \b
    Example:
      tocsin papers --to papiers
    """
    output = output_of(context, as_json=as_json, lang=lang)
    written = write_papers(folder)
    for path, title in zip(written, PAPERS.values(), strict=True):
        output.say(f"{visible(str(path))}  {title}")
    output.say(
        output.words.text(_("Open the first one in a browser; a word processor opens them to be completed."))
    )
    output.done("papers", {"papers": [str(path) for path in written]})
