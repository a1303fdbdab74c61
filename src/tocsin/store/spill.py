# SPDX-License-Identifier: Apache-2.0
"""Where queries spill what does not fit in memory: beside the tables, or in memory-backed files when sealed.

Each folder is locked while it is used, so that the next run can tell the leavings of a run that was killed
from the work of one that goes on.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tocsin.core.errors import MachineError
from tocsin.core.words import _

MEMORY_BACKED = Path("/dev/shm")  # noqa: S108  # on purpose: a sealed case spills no identity to a disk


@contextmanager
def spill_folder(beside: Path, *, sealed: bool) -> Iterator[Path]:
    """A folder that goes when this ends. Raises MachineError when a sealed case has no place to spill to."""
    parent = MEMORY_BACKED if sealed else beside
    if sealed and not os.access(parent, os.W_OK):
        raise MachineError(
            _("The case is sealed and this machine has no memory-backed folder for temporary files."),
            do=_("Give it a /dev/shm that can be written."),
            where=parent,
        )
    parent.mkdir(parents=True, exist_ok=True)
    folder, held = _make_locked(parent)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def clear_left(beside: Path) -> None:
    """Remove what killed runs left, of this case and in the memory-backed folder."""
    for parent in (beside, MEMORY_BACKED):
        for folder in parent.glob(f"{_prefix(parent)}*"):
            _remove_if_left(folder)


def _make_locked(parent: Path) -> tuple[Path, int]:
    """A folder and the descriptor that holds its lock; made again when another run cleared it in between."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_prefix(parent), dir=parent))
        try:
            held = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:
            continue
        fcntl.flock(held, fcntl.LOCK_EX)
        if folder.exists():
            return folder, held
        os.close(held)


def _prefix(parent: Path) -> str:
    return f"tocsin-{os.getuid()}-" if parent == MEMORY_BACKED else ".spill-"


def _remove_if_left(folder: Path) -> None:
    try:
        held = os.open(folder, os.O_RDONLY)
    except OSError:
        return  # another process removed it
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        pass  # somebody's work
    finally:
        os.close(held)
