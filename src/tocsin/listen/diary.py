# SPDX-License-Identifier: Apache-2.0
"""What happened to the reception itself, a JSON line each: `reception.jsonl` beside the messages.

Starts and stops, connections, refusals, a full disk, datagrams that the kernel dropped, and the time during
which nobody listened. Ingestion makes gaps of what may be lost; people read the rest.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path

from tocsin.listen.streams import told_instant

NAME = "reception.jsonl"
ALIVE = ".alive"
"""Touched every second: when it was last is when somebody still listened."""


class Diary:
    """Of one source."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._alive = folder / ALIVE
        self._file = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        size = os.fstat(self._file).st_size
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            os.write(self._file, b"\n")

    def note(self, what: str, said: Mapping[str, object] | None = None, *, at: float | None = None) -> None:
        """Add a line; a disk that is full must not stop the reception."""
        line = {"at": told_instant(time.time() if at is None else at), "what": what, **(said or {})}
        with contextlib.suppress(OSError):
            os.write(self._file, json.dumps(line, ensure_ascii=True).encode() + b"\n")

    def touch(self) -> None:
        """Somebody listens."""
        with contextlib.suppress(OSError):
            self._alive.touch()

    def last_alive(self) -> float | None:
        """When somebody last listened, in seconds of the epoch; None when nobody ever did."""
        return self._alive.stat().st_mtime if self._alive.exists() else None

    def lines(self) -> list[dict[str, object]]:
        """All lines that can be read."""
        found = []
        for line in self._path.read_bytes().splitlines():
            with contextlib.suppress(ValueError):
                found.append(json.loads(line))
        return [line for line in found if isinstance(line, dict)]

    def close(self) -> None:
        """No more."""
        os.close(self._file)
