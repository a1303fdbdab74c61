# SPDX-License-Identifier: Apache-2.0
"""The files of a source as they are known from before, and as they will be read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import msgspec

from tocsin import __version__
from tocsin.core.errors import Sentence
from tocsin.core.tables import TABLES
from tocsin.ingest.interface import LogFormat, ReadOptions, Sample
from tocsin.ingest.read.inputs import Input

LAST = datetime.max.replace(tzinfo=UTC)

Warned = tuple[str, Sentence, str]
"""(code, text, path): what a person should know, English."""


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


@dataclass(slots=True)
class SourcePlan:
    """What becomes of each file of a source."""

    to_read: list[PlannedFile] = field(default_factory=list)
    covered: list[Covered] = field(default_factory=list)
    standing: list[tuple[PlannedFile, KnownFile]] = field(default_factory=list)
    """Files with nothing new, and their rows of `files`, under the path that each has now."""

    warnings: list[Warned] = field(default_factory=list)


PARTED: Final = ("events", "set_aside", "sequences")
"""Tables with parts for each file: where an earlier state of the code wrote others, the file is read anew."""


def digest_options(format_name: str, options: ReadOptions) -> str:
    """What the reading of a file rests on beside its content: under another digest it is read anew."""
    shapes = [TABLES[name].column_names for name in PARTED]
    said = [format_name, __version__, shapes, options.zone, options.mapping, options.before]
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()
