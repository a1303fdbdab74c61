# SPDX-License-Identifier: Apache-2.0
"""The verbs that look: everything on one person, from a figure to log lines, and a second count."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from tocsin.cli.frame.asked import asked_persons
from tocsin.cli.frame.options import CASE, answering, open_case, output_of, writing
from tocsin.core.errors import InputError
from tocsin.core.tables import TABLES
from tocsin.core.words import _, visible
from tocsin.ingest.lookup import texts_at
from tocsin.journal.chain import Json
from tocsin.pipeline import write_report
from tocsin.recount import CannotRecount, TooLargeToRecount, compare, pair_figures
from tocsin.recount import recount as count_again
from tocsin.recount import report as report_again
from tocsin.report.person import person as look_up_person
from tocsin.report.trace import trace as trace_figure
from tocsin.store.case import Case
from tocsin.store.query import quote


@click.command()
@CASE
@click.option("--local", help="REGISTRY:ID; with '-' as ID, the id is read from standard input.")
@click.option("--nir", help="'-': the NIR is read from standard input, never from arguments.")
@answering
@writing
@click.pass_context
def person(
    context: click.Context,
    case: Path,
    local: str | None,
    nir: str | None,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Tell everything on one person: shown or not, when, what, by which account. Each reading is journalled.

    \b
    Example:
      tocsin person my-case --local patients:P0001
    """
    output = output_of(context, as_json=as_json, lang=lang)
    with open_case(case, by) as opened:
        found = [_read_person(opened, *named) for named in asked_persons(opened, local, nir)]
    if not output.as_json:
        for one in found:
            for line in _person_lines(one):
                output.say(line)
    output.done("person", found[0] if nir is None else {"persons": found}, case=str(case))


def _read_person(case: Case, registry: str, local_id: str) -> dict[str, object]:
    """What is known of one person; the journal keeps who asked, and no identifier."""
    found = look_up_person(case, registry, local_id)
    body: dict[str, Json] = {"registry": registry, "person_id": int(str(found["person_id"]))}
    case.journal.append("report:person:read", body, by=case.by)
    return found


def _person_lines(found: dict[str, object]) -> list[str]:
    lines = [f"{name}: {visible(str(value))}" for name, value in found.items() if not isinstance(value, list)]
    for name, value in found.items():
        if isinstance(value, list):
            lines.append(f"{name}:")
            lines += [
                "  "
                + visible(
                    ", ".join(f"{k}={v}" for k, v in row.items()) if isinstance(row, dict) else str(row)
                )
                for row in value
            ]
    return lines


@click.command()
@CASE
@click.argument("figure")
@click.option("--limit", default=20, show_default=True, help="Lines to show.")
@answering
@writing
@click.pass_context
def trace(
    context: click.Context,
    case: Path,
    figure: str,
    limit: int,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Go from a figure of the report to the log lines behind it.

    \b
    Example:
      tocsin trace my-case counts.persons.floor --limit 5
    """
    output = output_of(context, as_json=as_json, lang=lang)
    with open_case(case, by) as opened:
        places = trace_figure(opened, figure, limit)
        texts = texts_at(opened, [(p.file_number, p.byte_offset, p.item) for p in places])
        opened.journal.append("report:figure:traced", {"figure": figure, "lines": len(places)}, by=opened.by)
    lines = [
        {
            "file": place.file,
            "line_number": place.line_number,
            "byte_offset": place.byte_offset,
            "text": texts.get((place.file_number, place.byte_offset, place.item)),
        }
        for place in places
    ]
    for line in lines:
        place_said = f"{visible(str(line['file']))}:{line['line_number']} ({line['byte_offset']})"
        output.say(f"{place_said}  {visible(str(line['text']))}")
    output.done("trace", {"lines": lines}, case=str(case))


@click.command()
@CASE
@click.option("--max-records", default=200_000, show_default=True, help="Larger cases are refused.")
@answering
@writing
@click.pass_context
def recount(
    context: click.Context, case: Path, max_records: int, as_json: bool, lang: str | None, by: str | None
) -> None:
    """Count again by an independent program, in plain Python, and compare with the report.

    \b
    Example:
      tocsin recount my-case
    """
    output = output_of(context, as_json=as_json, lang=lang)
    with open_case(case, by) as opened:
        reported = write_report(opened)
        suspects, sessions = (_rows_of(opened, name) for name in ("suspects", "sessions"))
    try:
        again = count_again(case, suspects or None, sessions, most_records=max_records)
    except (CannotRecount, TooLargeToRecount) as error:
        raise InputError(
            _("This case cannot be counted again: {problem}"),
            do=_("Count a smaller extract of the case."),
            code="cannot_recount",
            problem=str(error),
        ) from None
    found = report_again(again)
    pairs = pair_figures(found, reported)
    differing = compare(found, reported)
    for one in differing:
        output.say(f"≠ {one.path}: {one.recounted} / {one.reported}")
    output.say(
        output.words.text(
            _("{n} {n:figure|figures} counted again, {d} {d:differs|differ}."), n=len(pairs), d=len(differing)
        )
    )
    rows = [{"figure": path, "recounted": ours, "reported": theirs} for path, ours, theirs in pairs]
    result = {"figures": rows, "differ": [asdict(one) for one in differing]}
    output.done("recount", result, exit_code=1 if differing else 0, case=str(case))


def _rows_of(case: Case, name: str) -> list[dict[str, object]]:
    columns = TABLES[name].column_names
    with case.engine(name) as engine:
        rows = engine.rows(f"select {', '.join(map(quote, columns))} from {quote(name)}")
    return [dict(zip(columns, row, strict=True)) for row in rows]
