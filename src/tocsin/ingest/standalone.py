# SPDX-License-Identifier: Apache-2.0
"""Logs read without a case: to events, with the accounting; nothing is kept.

What names persons is encrypted even in the temporary folder, under a key that lives in this process alone:
a run that is killed leaves nothing that anybody can read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tocsin.core.progress import Progress, silent
from tocsin.core.settings import CaseSettings, SourceSettings
from tocsin.core.settings.case import CaseHead, LimitSettings
from tocsin.ingest.run import run
from tocsin.store.case import Case
from tocsin.store.seal import CaseKey

SOURCE = "log"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user said of the files."""

    format: str | None = None
    zone: str | None = None
    mapping: Path | None = None
    memory: str = "4GiB"
    tables: tuple[str, ...] = field(default=())


@contextmanager
def read_files(paths: list[Path], asked: Asked, *, by: str, progress: Progress = silent) -> Iterator[Case]:
    """A case in a temporary folder beside nothing of the user's, its events read; it goes when this ends.

    Raises InputError as ingestion does.
    """
    with TemporaryDirectory(prefix="tocsin-") as folder:
        settings = _settings(paths, asked)
        with Case(Path(folder), by=by, settings=settings, key=CaseKey.made()) as case:
            run(case, progress)
            yield case


def _settings(paths: list[Path], asked: Asked) -> CaseSettings:
    mapping = None if asked.mapping is None else str(asked.mapping.absolute())
    source = SourceSettings(
        name=SOURCE,
        paths=[str(path.absolute()) for path in paths],
        format=asked.format,
        zone=asked.zone,
        mapping=mapping,
    )
    return CaseSettings(case=CaseHead(id="read"), sources=[source], limits=LimitSettings(memory=asked.memory))
