# SPDX-License-Identifier: Apache-2.0
"""How long work tells how far it is; the faces draw it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told from time to time; never asked."""

    def __call__(self, label: str, done: int, total: int) -> None:
        """`done` of `total` units of the step `label`, an English msgid."""


def silent(label: str, done: int, total: int) -> None:
    """Nobody looks."""
    del label, done, total
