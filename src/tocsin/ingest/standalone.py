# SPDX-License-Identifier: Apache-2.0
"""Logs read without a case: to events, with the accounting; nothing is kept.

What names persons is encrypted even in the temporary folder, under a key that lives in this process alone:
a run that is killed leaves nothing that anybody can read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tocsin.core.progress import Progress, silent
from tocsin.core.settings import CaseSettings, SourceSettings
from tocsin.core.settings.case import CaseHead, LimitSettings
from tocsin.ingest.planned import Warned
from tocsin.ingest.read.inputs import Input, find_inputs
from tocsin.ingest.recognise import choose_format, take_sample
from tocsin.ingest.run import run
from tocsin.store.case import Case
from tocsin.store.seal import CaseKey

SOURCE = "log"
EMPTY = "web-access"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user said of the files."""

    format: str | None = None
    zone: str | None = None
    mapping: Path | None = None
    memory: str = "4GiB"
    tables: tuple[str, ...] = field(default=())
    before: datetime | None = None
    """Times without a year are the latest such ones before this."""

    apart: bool = False
    """One source for each format recognised, named after it, in place of one for all."""


@contextmanager
def read_files(
    paths: list[Path], asked: Asked, *, by: str, progress: Progress = silent
) -> Iterator[tuple[Case, tuple[Warned, ...]]]:
    """A case in a temporary folder beside nothing of the user's, its events read; it goes when this ends.

    With what a person should know of the files.

    Raises InputError as ingestion does.
    """
    with TemporaryDirectory(prefix="tocsin-") as folder:
        settings = _settings(paths, asked)
        with Case(Path(folder), by=by, settings=settings, key=CaseKey.made()) as case:
            yield case, run(case, progress).warnings


def _settings(paths: list[Path], asked: Asked) -> CaseSettings:
    mapping = None if asked.mapping is None else str(asked.mapping.absolute())
    sources = [
        SourceSettings(
            name=name, paths=found, format=form, zone=asked.zone, before=asked.before, mapping=mapping
        )
        for name, form, found in _sources([str(path.absolute()) for path in paths], asked)
    ]
    return CaseSettings(case=CaseHead(id="read"), sources=sources, limits=LimitSettings(memory=asked.memory))


def _sources(paths: list[str], asked: Asked) -> list[tuple[str, str | None, list[str]]]:
    """(name, format, paths). Copies of a file share its format: they stay in one source, which knows them."""
    if not asked.apart or asked.mapping is not None:
        return [(SOURCE, asked.format, paths)]
    if asked.format is not None:
        return [(asked.format, asked.format, paths)]
    by_format: dict[str, list[str]] = {}
    for path in paths:
        for stream in find_inputs([path], Path("/"))[:1]:
            by_format.setdefault(_format_of(stream), []).append(path)
    return [(name, None, found) for name, found in sorted(by_format.items())]


def _format_of(stream: Input) -> str:
    """An empty file is of any format: it has no record."""
    sample = take_sample(stream)
    return choose_format(sample, None).name if sample.head else EMPTY
