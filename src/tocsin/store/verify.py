# SPDX-License-Identifier: Apache-2.0
"""Whether what a case holds is what was written: its journal, CURRENT, and each committed part.

Opens nothing for writing, and needs no key: the bytes on the disk are what the journal vouches for.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tocsin.journal import Journal, check_journal
from tocsin.store.generation import Generations


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found whole."""

    entries: int
    parts: int | None
    """Of tables; null where a run writes them at this moment, or was stopped before its commit."""


def verify_case(folder: Path) -> Verified:
    """Read all of it again. Raises TamperedError at the first place that is not what was written."""
    entries = check_journal(folder / "journal")
    journal = Journal(folder / "journal", read_only=True)
    generations = Generations(folder / "tables", journal)
    with _nobody_writes(folder / "tables") as is_still:
        is_settled = generations.is_settled()
        if not (is_still and is_settled):
            return Verified(entries, None)
        generation = generations.current()
        generations.verify(generation)
        return Verified(entries, len(generation.parts()))


@contextmanager
def _nobody_writes(tables: Path) -> Iterator[bool]:
    path = tables / ".lock"
    if not path.exists():
        yield True
        return
    with path.open("r") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
