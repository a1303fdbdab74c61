# SPDX-License-Identifier: Apache-2.0
"""What a tagger of names offers: the names that it believes to see in texts, and how often it is right.

What it gives is possible and no more: it never enters the count of persons.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar


class Tagger(ABC):
    """Finds names of persons in texts."""

    name: ClassVar[str]
    """As registered in the group `tocsin.names`."""

    recall: ClassVar[float]
    """Of the names that stand in the sentences of `benchmarks/names_made.py`, the share that it finds."""

    precision: ClassVar[float]
    """Of what it gives there, the share that is a name."""

    order: ClassVar[int] = 50
    """Of those that are installed, the one with the smallest is asked."""

    @abstractmethod
    def open(self) -> None:
        """Load what it needs; nothing is fetched. Raises InputError naming the extra that is missing."""

    @abstractmethod
    def names_in(self, texts: Sequence[str]) -> list[list[str]]:
        """The names in each text, in order, as they stand there."""
