# SPDX-License-Identifier: Apache-2.0
"""What a process that follows files has hashed of them: a file that grew is not read from its beginning.

A state of SHA-256 lives as long as its process: the first look of each is at all bytes. What nobody wrote to
(by its own times) is the same; of what grew, the end of what was known is read again, and the whole
once it has doubled or an hour has passed. Whoever rewrites the middle of a file as it grows is seen then,
whoever writes to one that does not grow at once.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from tocsin.ingest.read.inputs import Input
from tocsin.ingest.reading import Reading

WINDOW: Final = 1 << 16
"""Bytes before the end of what is known that are compared at each look."""

LEAST_GROWN: Final = 64 << 20
"""Until so many bytes have come, the whole is not read again for having doubled."""

RECHECK_S: Final = 3600.0
SETTLED_S: Final = 1.0
"""A file that was written to so shortly before may be written to again under the same time."""


@dataclass(slots=True)
class _Held:
    stat: tuple[int, int, int]
    is_settled: bool
    size: int
    digest: hashlib._Hash
    window: bytes
    checked: int
    """Bytes that were read in one go the last time that all were."""

    checked_at: float


class Prefixes:
    """Of plain files, by inode."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._held: dict[tuple[int, int], _Held] = {}
        self._trusted: set[tuple[int, int]] = set()

    def measure(self, stream: Input, sizes: Iterable[int]) -> tuple[dict[int, str], int]:
        """As `measure_content`, from memory where that is worth as much."""
        wanted = sorted(sizes)
        if not wanted or not stream.is_plain:
            return measure_content(stream, wanted)
        stat = stream.path.stat()
        key = (stat.st_dev, stat.st_ino)
        self._trusted.discard(key)
        held = self._held.get(key)
        size = stat.st_size if stream.until is None else min(stream.until, stat.st_size)
        if held is not None and held.size == wanted[-1] <= size and self._is_same(held, stream, stat):
            self._trusted.add(key)
            return {held.size: held.digest.hexdigest()}, size
        hasher = hashlib.sha256()
        found, read = measure_content(stream, wanted, hasher)
        if wanted[-1] in found:
            self._hold(stream, stat, wanted[-1], hasher, None)
            self._trusted.add(key)
        return found, read

    def resumed(self, stream: Input, size: int, sha256: str) -> hashlib._Hash | None:
        """The state behind so many bytes, where this look has found them unchanged; None: read all."""
        stat = stream.path.stat()
        key = (stat.st_dev, stat.st_ino)
        held = self._held.get(key)
        if held is None or key not in self._trusted or held.size != size:
            return None
        return held.digest.copy() if held.digest.hexdigest() == sha256 else None

    def keep(self, stream: Input, stat: os.stat_result, reading: Reading) -> None:
        """It was read to its end; `stat` is from before."""
        if stream.is_plain:
            before = self._held.get((stat.st_dev, stat.st_ino)) if reading.resumed is not None else None
            self._hold(stream, stat, reading.seen, reading.state(), before)

    def _is_same(self, held: _Held, stream: Input, stat: os.stat_result) -> bool:
        if stat.st_size <= held.stat[0]:
            return held.is_settled and held.stat == _times(stat)
        grown = stat.st_size - held.checked
        is_due = grown >= max(held.checked, LEAST_GROWN) or self._clock() - held.checked_at > RECHECK_S
        return not is_due and _window(stream, held.size) == held.window

    def _hold(
        self, stream: Input, stat: os.stat_result, size: int, digest: hashlib._Hash, before: _Held | None
    ) -> None:
        now = self._clock()
        self._held[stat.st_dev, stat.st_ino] = _Held(
            _times(stat),
            time.time() - stat.st_ctime > SETTLED_S,
            size,
            digest,
            _window(stream, size),
            size if before is None else before.checked,
            now if before is None else before.checked_at,
        )


def measure_content(
    stream: Input, sizes: Iterable[int], hasher: hashlib._Hash | None = None
) -> tuple[dict[int, str], int]:
    """SHA-256 of the first `size` bytes, for each size that the content reaches; and its own size.

    With sizes it stops at the first byte behind the largest: the size given is then only known to be more.
    A hasher given is left at the largest size that was reached.
    """
    left = sorted(sizes)
    stop = left[-1] if left else None
    found: dict[int, str] = {}
    digest = hashlib.sha256() if hasher is None else hasher
    read = 0
    while left and left[0] == 0:
        found[left.pop(0)] = digest.hexdigest()
    for block in stream.blocks():
        done = 0
        while left and left[0] <= read + len(block):
            place = left.pop(0) - read
            digest.update(block[done:place])
            done = place
            found[read + place] = digest.hexdigest()
        if left:
            digest.update(block[done:])
        read += len(block)
        if stop is not None and read > stop:
            break
    return found, read


def _times(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


def _window(stream: Input, size: int) -> bytes:
    begin = max(0, size - WINDOW)
    with stream.path.open("rb") as file:
        file.seek(begin)
        return hashlib.sha256(file.read(size - begin)).digest()
