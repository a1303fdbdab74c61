# SPDX-License-Identifier: Apache-2.0
"""What to do with each file of a source: nothing, read it, or go on where it was left.

A file whose content begins with a known file's continues it (it grew, or was rotated under another
name); the same content under another path is a duplicate, listed and not read. File numbers are
append-only: new files are numbered in order of source, first event and path.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from tocsin import __version__
from tocsin.core.settings import SourceSettings, load_mapping
from tocsin.ingest.interface import LogFormat, ReadOptions, Sample
from tocsin.ingest.read.inputs import Input, find_inputs
from tocsin.ingest.reading import HEAD_BYTES, head_digest, prefix_digest
from tocsin.ingest.recognise import choose_format, known_formats, take_sample

LAST = datetime.max.replace(tzinfo=UTC)
BUCKET_BYTES = 64


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A row of `files`."""

    file_number: int
    source: str
    path: str
    sha256: str
    bytes: int
    complete_bytes: int
    complete_lines: int
    head_sha256: str
    format: str
    options: str
    duplicate: bool


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file of a source, and how it will be read."""

    source: str
    stream: Input
    path: str
    """As it is written in `files`."""

    form: LogFormat
    options: ReadOptions
    sample: Sample
    options_digest: str
    first_at: datetime = LAST
    known: KnownFile | None = None
    """The file that this one is, or continues."""

    from_start: bool = True
    """False: go on at the known file's `complete_bytes`."""


@dataclass(frozen=True, slots=True)
class Covered:
    """A file whose whole content another file of this run begins with: listed, not read."""

    file: PlannedFile
    by: PlannedFile


@dataclass(frozen=True, slots=True)
class SourcePlan:
    """What becomes of each file of a source."""

    to_read: list[PlannedFile]
    covered: list[Covered]
    unchanged: list[KnownFile]
    """Rows of `files` that stay, under the name that each file has now."""


def options_of(source: SourceSettings, folder: Path) -> ReadOptions:
    """Zone and mapping of a source."""
    mapping = None if source.mapping is None else load_mapping(folder / source.mapping)
    return ReadOptions(zone=source.zone, mapping=mapping)


def plan_source(source: SourceSettings, folder: Path, known: list[KnownFile]) -> SourcePlan:
    """What to read of a source, and what stays as it is.

    Raises InputError for files that are not there, cannot be read, or are of no known format.
    """
    options = options_of(source, folder)
    files = [_describe(source, stream, folder, options) for stream in find_inputs(source.paths, folder)]
    present = {file.path for file in files}
    rows = [row for row in known if row.source == source.name and not row.duplicate]
    to_read: list[PlannedFile] = []
    unchanged: list[tuple[PlannedFile, KnownFile]] = []
    for file in files:
        compared = _compare(file, rows, present)
        if isinstance(compared, KnownFile):
            unchanged.append((file, compared))
        else:
            to_read.append(compared)
    standing = [row for _, row in unchanged]
    for file in [file for file in to_read if file.known is None and file.sample.head]:
        by = next((row for other, row in unchanged if not row.duplicate and _covers(other, file)), None)
        if by is not None:
            to_read.remove(file)
            standing.append(replace_row(by, path=file.path, duplicate=True))
    kept, covered = _drop_covered(to_read)
    return SourcePlan(kept, covered, standing)


def _describe(source: SourceSettings, stream: Input, folder: Path, options: ReadOptions) -> PlannedFile:
    sample = take_sample(stream)
    asked = source.format or ("mapped" if source.mapping else None)
    # An empty file has no content to be recognised by; it has no record either, whatever reads it.
    form = choose_format(sample, asked) if sample.head or asked else known_formats()["web-access"]
    read = replace(options, header=form.header(sample, options))
    return PlannedFile(
        source.name, stream, _shown_path(stream, folder), form, read, sample, _digest(form, read)
    )


def _compare(file: PlannedFile, rows: list[KnownFile], present: set[str]) -> PlannedFile | KnownFile:
    """The row that the file is, or the file as it is to be read."""
    row = next((row for row in rows if _begins_with(file, row)), None)
    if row is None:
        return file
    if file.options_digest != row.options:
        return replace(file, known=row)
    if _is_longer(file.stream, row.bytes):
        is_continued = (
            row.complete_bytes == row.bytes and file.form.cutter(file.sample, file.options).continues
        )
        return replace(file, known=row, from_start=not is_continued)
    if row.path != file.path and row.path in present:
        return replace_row(row, path=file.path, duplicate=True)
    return replace_row(row, path=file.path)


def replace_row(row: KnownFile, **changes: str | int | bool) -> KnownFile:
    """A row with some columns changed."""
    return replace(row, **changes)  # type: ignore[arg-type]


def _begins_with(file: PlannedFile, row: KnownFile) -> bool:
    if not row.bytes or len(file.sample.head) < min(row.bytes, HEAD_BYTES):
        return False
    if head_digest(file.sample, row.bytes) != row.head_sha256:
        return False
    return prefix_digest(file.stream, row.bytes) == row.sha256


def _is_longer(stream: Input, size: int) -> bool:
    return _size_and_digest(stream, stop=size)[0] > size


def _drop_covered(files: list[PlannedFile]) -> tuple[list[PlannedFile], list[Covered]]:
    """Of files that begin alike, those that another one contains from its beginning are not read twice."""
    kept: list[PlannedFile] = []
    covered: list[Covered] = []
    buckets: dict[bytes, list[PlannedFile]] = {}
    for file in files:
        buckets.setdefault(file.sample.head[:BUCKET_BYTES], []).append(file)
    for head, alike in buckets.items():
        if not head or len(alike) == 1:
            kept.extend(alike)
            continue
        longest_first = sorted(alike, key=lambda f: (-_size_and_digest(f.stream)[0], f.path))
        standing: list[PlannedFile] = []
        for file in longest_first:
            by = next((other for other in standing if _covers(other, file)), None)
            if by is None:
                standing.append(file)
            else:
                covered.append(Covered(file, by))
        kept.extend(standing)
    return sorted(kept, key=lambda f: f.path), sorted(covered, key=lambda c: c.file.path)


def _covers(longer: PlannedFile, file: PlannedFile) -> bool:
    if not longer.sample.head.startswith(file.sample.head):
        return False
    if file.sample.whole:
        return True
    size, digest = _size_and_digest(file.stream)
    return prefix_digest(longer.stream, size) == digest


def _size_and_digest(stream: Input, stop: int | None = None) -> tuple[int, str]:
    """Of the decompressed content; with `stop`, no further than needed to know that it is longer."""
    digest = hashlib.sha256()
    size = 0
    for block in stream.blocks():
        digest.update(block)
        size += len(block)
        if stop is not None and size > stop:
            break
    return size, digest.hexdigest()


def _digest(form: LogFormat, options: ReadOptions) -> str:
    """What the reading rests on beside the content: another digest is read anew."""
    text = msgspec.json.encode([form.name, __version__, options.zone, options.mapping, list(options.header)])
    return hashlib.sha256(text).hexdigest()


def _shown_path(stream: Input, folder: Path) -> str:
    try:
        shown = stream.path.relative_to(folder).as_posix()
    except ValueError:
        shown = str(stream.path)
    return shown if stream.member is None else f"{shown}!{stream.member}"
