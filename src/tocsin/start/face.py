# SPDX-License-Identifier: Apache-2.0
"""Whoever asks and tells: a terminal, or lines that come through a pipe."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from tocsin.core.progress import Progress


class NoMoreAnswersError(Exception):
    """The answers have come to an end before the questions; what was given is kept."""


class Face(Protocol):
    """The person's side of the conversation."""

    def say(self, line: str = "") -> None:
        """Tell one line."""

    def title(self, line: str) -> None:
        """Tell a line that stands out."""

    def ask(self, prompt: str) -> str:
        """Put a question and wait for one line. Raises NoMoreAnswersError at the end of the input."""

    def warn(self, line: str) -> None:
        """Tell what is wrong with an answer."""

    def progress(self) -> AbstractContextManager[Progress]:
        """Where long work tells how far it is, as long as it lasts."""
