# SPDX-License-Identifier: Apache-2.0
"""Files that went while they were being written to: what came behind the last read byte is nowhere any more.

A file that was renamed, copied or compressed is still there, by its content. One that was removed, or emptied
without a copy, is not; when it had been growing until the last look, its end may be missing: that is stated.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from tocsin.store.case import Case
from tocsin.store.query import load_query
from tocsin.watch.acts import PACKAGE
from tocsin.watch.glimpse import Glimpse
from tocsin.watch.ledger import Blind, Ledger, Tail

GROWING_S: Final = 60.0
"""A file that nobody wrote to for so long before it was last read had come to its end."""

GONE: Final = "gone"


def present_files(case: Case, seen: Glimpse) -> dict[int, str]:
    """Number of each file whose content is there now: its path, as a glimpse has it."""
    shown = {_shown(file.path, case.folder): str(file.path) for file in seen.files}
    with case.engine("files") as engine:
        rows = engine.rows(load_query(PACKAGE, "present_files"))
    return {int(str(number)): shown[str(path)] for number, path in rows if str(path) in shown}


def follow_tails(
    ledger: Ledger, seen: Glimpse, present: Mapping[int, str], left: Collection[Path], now: float
) -> list[Blind]:
    """Compare with the batch before; what may be missing is kept in the ledger and returned."""
    before, unread = ledger.tails(), {str(path) for path in left}
    lost = [
        Blind(GONE, tail.path, tail.read_at, now, None)
        for number, tail in before.items()
        if number not in present and tail.path not in unread and tail.read_at - tail.changed_at < GROWING_S
    ]
    changed = {str(file.path): file.changed_at for file in seen.files}
    tails = {number: Tail(path, changed[path], now) for number, path in present.items() if path not in unread}
    kept = {number: tail for number, tail in before.items() if tail.path in unread}
    ledger.follow(kept | tails, lost)
    return lost


def _shown(path: Path, folder: Path) -> str:
    """As `files` has it; members of archives stand under names of their own and do not grow."""
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
