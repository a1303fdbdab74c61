# SPDX-License-Identifier: Apache-2.0
"""Starts the gate, apart from the terminal and from whoever started us: it must outlive a killed writer.

It has no part in our standard output, which others wait for the end of.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tocsin.listen.handover import Channel, pair

ERRORS = ".gate-errors"
"""What a gate that failed had to say; it never holds a message's bytes."""


class Gates:
    """Of one source."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self) -> Channel:
        """A new gate, and our channel to it."""
        ours, its = pair()
        command = [sys.executable, "-m", "tocsin.listen.gate", str(its.fileno()), str(self._folder)]
        with its, (self._folder / ERRORS).open("wb") as errors:
            self._started.append(
                subprocess.Popen(  # noqa: S603  # our own module
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                    pass_fds=[its.fileno()],
                    start_new_session=True,
                )
            )
        return Channel(ours)

    def reap(self, limit_s: float = 5.0) -> None:
        """Wait for those that were told to end."""
        for gate in self._started:
            try:
                gate.wait(limit_s)
            except subprocess.TimeoutExpired:
                gate.kill()
                gate.wait()
