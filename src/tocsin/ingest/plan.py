# SPDX-License-Identifier: Apache-2.0
"""What to do with each file of a source: nothing, read it, or go on where it was left."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from tocsin.core.errors import InputError, Sentence, SettingsError
from tocsin.core.settings import SourceSettings, load_mapping
from tocsin.core.settings.collected import spool_folder, spool_pattern
from tocsin.core.words import _
from tocsin.ingest.arrivals import year_limit
from tocsin.ingest.continuity import place_files
from tocsin.ingest.interface import LogFormat, ReadOptions, Sample
from tocsin.ingest.mapping_check import check_mapping
from tocsin.ingest.planned import KnownFile, PlannedFile, SourcePlan, digest_options
from tocsin.ingest.prefixes import Prefixes
from tocsin.ingest.read.csv_rows import CsvCutter
from tocsin.ingest.read.inputs import Following, Input, find_inputs
from tocsin.ingest.read.lines import LinesCutter
from tocsin.ingest.recognise import choose_format, known_formats, refuse_cr_lines, take_sample


def options_of(source: SourceSettings, folder: Path) -> ReadOptions:
    """Zone and mapping of a source.

    Raises SettingsError, for the mapping too; InputError when its own samples contradict it.
    """
    before = source.before or (source.period.until if source.period else None)
    if source.mapping is None:
        return ReadOptions(zone=source.zone, before=before)
    if source.format not in (None, "mapped"):
        raise SettingsError(
            _("The source '{name}' has a mapping, and the format '{format}'."),
            do=_('Write format = "mapped", or take the mapping out.'),
            name=source.name,
            format=source.format,
        )
    path = folder / source.mapping
    mapping = load_mapping(path)
    check_mapping(mapping, path, source.zone)
    return ReadOptions(zone=source.zone, mapping=mapping, before=before)


def plan_source(
    source: SourceSettings,
    folder: Path,
    known: list[KnownFile],
    leaning: Map[int, set[int]],
    following: Following | None = None,
    prefixes: Prefixes | None = None,
) -> SourcePlan:
    """What to read of a source, and what stays as it is.

    `leaning` gives, for a file number, the files whose records were dropped for the sake of its last record,
    which was not finished: when the one is read anew, so are the others.

    Raises InputError for files that are not there, cannot be read, or are of no known format.
    """
    if not source.paths:
        raise SettingsError(
            _("The source '{name}' has no paths."), do=_('Write paths = ["logs/…"].'), name=source.name
        )
    options = options_of(source, folder)
    if following is None:
        _refuse_uncollected(source, folder)
    streams = find_inputs(source.paths, folder, following)
    files = [_describe(source, stream, folder, options) for stream in streams]
    rows = [row for row in known if row.source == source.name and not row.duplicate]
    plan = place_files(files, rows, prefixes)
    _read_leaning(plan, leaning)
    _warn_of_stale(plan, source, rows, options)
    return plan


def _refuse_uncollected(source: SourceSettings, folder: Path) -> None:
    if source.paths == [spool_pattern(source.name)] and not (folder / spool_folder(source.name)).is_dir():
        raise InputError(
            _("Nothing was collected yet of the source '{name}'."),
            do=_("Collect it first: tocsin collect CASE."),
            code="not_collected",
            name=source.name,
        )


def _describe(source: SourceSettings, stream: Input, folder: Path, options: ReadOptions) -> PlannedFile:
    sample = take_sample(stream)
    asked = source.format or ("mapped" if source.mapping else None)
    # An empty file has no content to be recognised by; it has no record either, whatever reads it.
    form = _form(source, sample, asked) if sample.head or asked else known_formats()["web-access"]
    read = replace(options, header=form.header(sample, options), before=_before(source, stream, options))
    if isinstance(form.cutter(sample, read), LinesCutter | CsvCutter):
        refuse_cr_lines(sample)
    digest = digest_options(form.name, read)
    return PlannedFile(source.name, stream, _shown_path(stream, folder), form, read, sample, digest)


def _before(source: SourceSettings, stream: Input, options: ReadOptions) -> datetime | None:
    """What times without a year are before: as a person says, else as the receiver saw, else the period."""
    arrived = year_limit(stream.path) if source.listen is not None and source.before is None else None
    return arrived or options.before


def _form(source: SourceSettings, sample: Sample, asked: str | None) -> LogFormat:
    return choose_format(sample, asked, source.envelope, source.envelope_field)


def _read_leaning(plan: SourcePlan, leaning: Map[int, set[int]]) -> None:
    """Read anew the files that lean on one that is read anew, and those that lean on them."""
    anew = {file.known.file_number for file in plan.to_read if file.known is not None and file.from_start}
    while more := {number for one in anew for number in leaning.get(one, ())} - anew:
        anew |= more
    plan.to_read = [
        replace(file, from_start=True) if file.known is not None and file.known.file_number in anew else file
        for file in plan.to_read
    ]
    kept = []
    for file, row in plan.standing:
        if row.file_number in anew and not row.duplicate:
            plan.to_read.append(replace(file, known=row, from_start=True))
        else:
            kept.append((file, row))
    plan.standing = kept


def _warn_of_stale(
    plan: SourcePlan, source: SourceSettings, rows: list[KnownFile], options: ReadOptions
) -> None:
    there = {file.known.file_number for file in plan.to_read if file.known is not None}
    there |= {row.file_number for _, row in plan.standing}
    asked = source.format or ("mapped" if source.mapping else None)
    plan.warnings += [
        (
            "stale_options",
            Sentence(
                _("It is no longer there, so its events stand as they were read with other settings."), {}
            ),
            row.path,
        )
        for row in rows
        if row.file_number not in there and digest_options(_named(asked, row), options) != row.options
    ]


def _named(asked: str | None, row: KnownFile) -> str:
    """What a file's format would be called now: a format asked for may stand in an export."""
    return row.format if asked in (None, row.format.partition(" in ")[0]) else str(asked)


def _shown_path(stream: Input, folder: Path) -> str:
    try:
        shown = stream.path.relative_to(folder).as_posix()
    except ValueError:
        shown = str(stream.path)
    return shown if stream.member is None else f"{shown}!{stream.member}"
