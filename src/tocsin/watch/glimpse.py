# SPDX-License-Identifier: Apache-2.0
"""What lies in the sources' folders at this moment: sizes and times; nothing is read but the last bytes.

Tells whether anything has changed, how far a file that is being written holds whole lines, and which files
are to be left for now.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tocsin.core.settings import SourceSettings
from tocsin.ingest.read.inputs import Following, there_now

SETTLED_S: Final = 5.0
"""A file that nobody wrote to for so long is read to its end, whole line or not."""

TAIL: Final = 1 << 16
"""Bytes at the end among which the last line end is looked for; a longer line waits until it settles."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One file."""

    path: Path
    source: str
    device: int
    inode: int
    size: int
    changed_ns: int
    end: int
    """Bytes that are to be read."""

    @property
    def changed_at(self) -> float:
        """When it was last written to, in seconds of the epoch."""
        return self.changed_ns / 1e9


@dataclass(frozen=True, slots=True)
class Glimpse:
    """The files of all sources."""

    files: tuple[Seen, ...]

    @property
    def signature(self) -> frozenset[tuple[str, int, int, int, int]]:
        """What must differ for anything to be read."""
        return frozenset(
            (str(f.path), f.device, f.inode, f.end, f.changed_ns * (f.end == f.size)) for f in self.files
        )

    def following(self, left: Collection[Path]) -> Following:
        """How ingestion is to take them."""
        ends = {file.path: file.end for file in self.files if file.end < file.size}
        return Following(frozenset(left), ends)


def glimpse(sources: Sequence[SourceSettings], folder: Path, now: float) -> Glimpse:
    """Look at all files that the sources name; raises InputError for a pattern that cannot be looked for."""
    found: dict[Path, Seen] = {}
    for source in sources:
        for path in dict.fromkeys(one for pattern in source.paths for one in there_now(pattern, folder)):
            seen = _seen(path, source.name, now)
            if seen is not None:
                found.setdefault(path, seen)
    return Glimpse(tuple(found[path] for path in sorted(found)))


def _seen(path: Path, source: str, now: float) -> Seen | None:
    """None for a file that has just been renamed or removed."""
    try:
        stat = path.stat()
        is_settled = now - stat.st_mtime >= SETTLED_S
        end = stat.st_size if is_settled else _whole_lines(path, stat.st_size)
    except OSError:
        return None
    return Seen(path, source, stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, end)


def _whole_lines(path: Path, size: int) -> int:
    """Bytes up to the last line end; all of them where it is not near."""
    with path.open("rb") as file:
        begin = max(0, size - TAIL)
        file.seek(begin)
        place = file.read(size - begin).rfind(b"\n")
    return begin + place + 1 if place >= 0 else (0 if begin == 0 else size)
