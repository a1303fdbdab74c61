# SPDX-License-Identifier: Apache-2.0
"""The verb `scan`: personal and health data at rest, file by file. It counts persons and never names one."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from tocsin.cli.options import answering, output_of
from tocsin.cli.output import Bars, Output
from tocsin.cli.scan_names import names_object, say_mentions, say_names, tagger_object
from tocsin.cli.scan_share import Asked, asked, changes_object, flow_object, path_of, say_share
from tocsin.core.errors import InputError
from tocsin.core.words import Words, _, visible
from tocsin.scope.profiles.hygiene import Decision, asked_paths
from tocsin.scope.profiles.possible import load_tagger
from tocsin.scope.profiles.profile import ColumnProfile, Profile
from tocsin.scope.profiles.scan import Totals
from tocsin.scope.profiles.scan import scan as scan_files

REASON_WORDS = {
    "encrypted": _("encrypted"),
    "damaged": _("damaged"),
    "no_text": _("a picture of a text: no text in it"),
    "unknown_kind": _("of a kind that is not read"),
    "too_large": _("too large to be held in memory"),
    "bomb": _("swells as only a bomb does"),
    "entities": _("declares entities, which are never expanded"),
    "ragged": _("rows that have not the same number of cells"),
    "not_permitted": _("not permitted to this user"),
    "no_extra": _("needs a package that is not installed (tocsin[scan])"),
}
PEOPLE = ("persons", "guardians", "professionals")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


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
    _refuse_target(target)
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
    told: list[dict[str, object]] = []

    def tell(profile: Profile) -> None:
        told.append(_object_of(profile, share))
        share.now[path_of(profile)] = profile.sha256
        if not as_json:
            _say(output, profile, past=share.is_past(profile))

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
    result: dict[str, object] = {
        "scanned_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "paths": asked_paths(paths),
        "files": told,
        "totals": _totals_of(totals, told),
        "since": changes_object(share),
    }
    if tagger is not None:
        result["names"] = tagger_object(tagger)
    _say_totals(output, totals)
    if tagger is not None:
        say_names(output, totals.possible_names, tagger)
    say_share(output, share, told)
    if target is not None:
        _write(target, result)
    output.done("scan", result, exit_code=1 if totals.unreadable else 0)


def _object_of(profile: Profile, share: Asked) -> dict[str, object]:
    return {
        "file": profile.label,
        "path": path_of(profile),
        "sha256": profile.sha256,
        "kind": profile.kind,
        "bytes": profile.bytes,
        "changed_at": _at(profile.changed_at),
        "used_at": _at(profile.used_at),
        "rows": profile.rows,
        **_people_of(profile.distinct),
        "categories": {
            name: {"values": count, "confidence": sure} for name, (count, sure) in profile.categories.items()
        },
        "columns": [_column_of(one, share.decision(profile, one.column.name)) for one in profile.columns],
        "false_keys": profile.false_keys,
        "contradictory_ins": profile.contradictory_ins,
        "possible_names": names_object(profile.possible_names),
        "past_purpose": share.is_past(profile) if share.is_about_age else None,
        "flow": flow_object(share, profile),
        "unreadable": profile.unreadable,
    }


def _at(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat(timespec="seconds")


def _column_of(one: ColumnProfile, decision: Decision | None) -> dict[str, object]:
    return {
        "part": one.part,
        "column": one.column.name,
        "category": one.column.category,
        "confidence": one.column.confidence,
        "basis": one.column.basis,
        "confirmed_by": None if decision is None else decision.by,
        "confirmed_on": None if decision is None else decision.on.isoformat(),
        "whose": one.column.role,
        "filled": one.filled,
        "fitting": one.fitting,
        "false_keys": one.false_keys,
    }


def _people_of(distinct: Mapping[str, int]) -> dict[str, object]:
    """Persons by what they are to the rows, and the identifiers."""
    return {
        **{name: distinct.get(name, 0) for name in PEOPLE},
        "identifiers": {name: n for name, n in distinct.items() if name not in PEOPLE},
    }


def _totals_of(totals: Totals, told: list[dict[str, object]]) -> dict[str, object]:
    return {
        "files": totals.files,
        "bytes": totals.bytes,
        "rows": totals.rows,
        **_people_of(totals.distinct),
        "categories": totals.categories,
        "false_keys": totals.false_keys,
        "contradictory_ins": totals.contradictory_ins,
        "possible_names": names_object(totals.possible_names),
        "past_purpose": sum(bool(one["past_purpose"]) for one in told),
        "unreadable": totals.unreadable,
    }


def _say(output: Output, profile: Profile, *, past: bool) -> None:
    words = output.words
    label = visible(profile.label)
    if profile.unreadable is not None:
        reason = words.text(REASON_WORDS[profile.unreadable])
        output.say(words.text(_("{file}: unreadable ({reason})"), file=label, reason=reason))
    if not profile.categories and not profile.distinct:
        if profile.unreadable is None:
            output.say(words.text(_("{file}: nothing found of a person"), file=label))
        say_mentions(output, profile.possible_names)
        return
    persons, rows = profile.distinct.get("persons", 0), profile.rows
    output.say(
        words.text(
            _("{file} ({kind}): {persons} persons, {rows} rows"),
            file=label,
            kind=profile.kind or "?",
            persons=persons,
            rows=rows,
        )
    )
    for name, (count, sure) in profile.categories.items():
        said = words.text(
            _("  {category}: {values} values, confidence {sure}"), **_values(words, name, count, sure)
        )
        output.say(said)
    say_mentions(output, profile.possible_names)
    if past:
        output.say(words.text(_("  past its purpose: last changed on {day}"), day=_day(words, profile)))


def _values(words: Words, name: str, count: int, sure: float) -> dict[str, str | int]:
    return {"category": name, "values": count, "sure": words.share(sure)}


def _day(words: Words, profile: Profile) -> str:
    return "" if profile.changed_at is None else words.day(profile.changed_at, "UTC")


def _say_totals(output: Output, totals: Totals) -> None:
    words = output.words
    output.say()
    output.say(
        words.text(
            _("{files} files, {rows} rows: {persons} persons, told apart by what the files hold."),
            files=totals.files,
            rows=totals.rows,
            persons=totals.distinct.get("persons", 0),
        )
    )
    if totals.distinct.get("guardians", 0) or totals.distinct.get("professionals", 0):
        output.say(
            words.text(
                _("  beside them, {guardians} guardians and {professionals} professionals"),
                guardians=totals.distinct.get("guardians", 0),
                professionals=totals.distinct.get("professionals", 0),
            )
        )
    for name, count in totals.distinct.items():
        if name not in PEOPLE:
            output.say(words.text(_("  distinct {identifier}: {n}"), identifier=name, n=count))
    if totals.false_keys:
        output.say(words.text(_("  numbers with a wrong key: {n}, kept and marked"), n=totals.false_keys))
    if totals.contradictory_ins:
        output.say(
            words.text(_("  INS that stand with contradictory traits: {n}"), n=totals.contradictory_ins)
        )
    if totals.unreadable:
        output.say(words.text(_("  unreadable: {n}; what they hold is not known"), n=totals.unreadable))


def _refuse_target(target: Path | None) -> None:
    if target is not None and target.suffix.lower() not in (".json", ".csv"):
        raise InputError(
            _("The profiles are not written to a file of this kind ({kind})."),
            do=_("Use .json or .csv."),
            where=target,
            code="unknown_kind",
            kind=target.suffix,
        )


def _write(target: Path, result: dict[str, object]) -> None:
    """As an object, or one row a file and category; a file's name may not become a formula."""
    temporary = target.with_name(f".{target.name}.tmp")
    if target.suffix.lower() == ".json":
        text = json.dumps(result, ensure_ascii=False, indent=1)
        temporary.write_bytes(text.encode("utf-8", "backslashreplace"))
    else:
        with temporary.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_CSV_COLUMNS)
            for one in _files(result):
                writer.writerows([_cell(value) for value in row] for row in _csv_rows(one))
    temporary.replace(target)


_CSV_COLUMNS = (
    "file",
    "kind",
    "bytes",
    "changed_at",
    "rows",
    "persons",
    "past_purpose",
    "unreadable",
    "category",
    "values",
    "confidence",
)


def _files(result: dict[str, object]) -> list[dict[str, object]]:
    listed = result["files"]
    return listed if isinstance(listed, list) else []


def _csv_rows(one: dict[str, object]) -> list[list[object]]:
    head = [one[name] for name in _CSV_COLUMNS[:8]]
    found = one["categories"]
    told = found if isinstance(found, dict) and found else {"": {"values": "", "confidence": ""}}
    return [[*head, name, held["values"], held["confidence"]] for name, held in told.items()]


def _cell(value: object) -> object:
    text = "" if value is None else str(value)
    return f"'{visible(text)}" if text.startswith(_FORMULA) else visible(text)
