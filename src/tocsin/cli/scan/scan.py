# SPDX-License-Identifier: Apache-2.0
"""The verb `scan`: personal and health data at rest, file by file. It counts persons and never names one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from tocsin.cli.frame.options import answering, output_of
from tocsin.cli.frame.output import Bars, Output
from tocsin.cli.scan.lines import say_file, say_totals
from tocsin.cli.scan.names import say_names, tagger_object
from tocsin.cli.scan.objects import file_object, totals_object
from tocsin.cli.scan.share import Asked, asked, changes_object, path_of, say_share
from tocsin.cli.scan.written import refuse_target, write_profiles
from tocsin.scope.profiles.hygiene import asked_paths
from tocsin.scope.profiles.possible import load_tagger
from tocsin.scope.profiles.profile import Profile
from tocsin.scope.profiles.scan import Totals
from tocsin.scope.profiles.scan import scan as scan_files
from tocsin.scope.profiles.taggers.interface import Tagger

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--older-than", "days", type=click.IntRange(min=1), help="Past its purpose after so many days.")
@click.option("--unused-for", "unused_days", type=click.IntRange(min=1), help="The same, last use included.")
@click.option("--register", type=_FILE, help="Exceptional flows (CSV: file, purpose, owner, until).")
@click.option("--decisions", type=_FILE, help="Columns confirmed (CSV: file, column, category, by, on).")
@click.option("--earlier", type=_FILE, help="An earlier scan (JSON) of the same paths: what is gone since.")
@click.option("--names", is_flag=True, help="Search prose for possible names (extra 'names').")
@click.option("--to", "target", type=click.Path(path_type=Path), help="Write the profiles (json or csv).")
@click.option("--memory", default="2GiB", help="Memory that the scan may use.", show_default=True)
@answering
@click.pass_context
def scan(
    context: click.Context,
    paths: tuple[Path, ...],
    days: int | None,
    unused_days: int | None,
    register: Path | None,
    decisions: Path | None,
    earlier: Path | None,
    names: bool,
    target: Path | None,
    memory: str,
    as_json: bool,
    lang: str | None,
) -> None:
    """Say what personal and health data files hold: persons counted, categories, what cannot be read.

    \b
    Example:
      tocsin scan /srv/share --older-than 365 --to share.csv
      tocsin scan /srv/share --register flows.csv --decisions columns.csv --earlier january.json
    """
    output = output_of(context, as_json=as_json, lang=lang)
    refuse_target(target)
    share = asked(
        paths,
        days=days,
        unused_days=unused_days,
        register=register,
        decisions=decisions,
        earlier=earlier,
    )
    hashed = earlier is not None or (target is not None and target.suffix.lower() == ".json")
    tagger = load_tagger() if names else None
    totals, told = _scanned(output, paths, share, memory=memory, hashed=hashed, tagger=tagger)
    result: dict[str, object] = {
        "scanned_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "paths": asked_paths(paths),
        "files": told,
        "totals": totals_object(totals, told),
        "since": changes_object(share),
    }
    if tagger is not None:
        result["names"] = tagger_object(tagger)
    say_totals(output, totals)
    if tagger is not None:
        say_names(output, totals.possible_names, tagger)
    say_share(output, share, told)
    if target is not None:
        write_profiles(target, result)
    output.done("scan", result, exit_code=1 if totals.unreadable else 0)


def _scanned(
    output: Output, paths: Sequence[Path], share: Asked, *, memory: str, hashed: bool, tagger: Tagger | None
) -> tuple[Totals, list[dict[str, object]]]:
    """All files in their order, each told as it is done; what stands now is noted in the share."""
    told: list[dict[str, object]] = []

    def tell(profile: Profile) -> None:
        told.append(file_object(profile, share))
        share.now[path_of(profile)] = profile.sha256
        if not output.as_json:
            say_file(output, profile, past=share.is_past(profile))

    with Bars(output) as bars:
        totals = scan_files(
            paths,
            memory=memory,
            progress=bars,
            decisions=share.decisions,
            hashed=hashed,
            tagger=tagger,
            told=tell,
        )
    return totals, told
