# SPDX-License-Identifier: Apache-2.0
"""What a detector offers: a query over events that gives findings, one row per account."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from tocsin.store.case import Case
from tocsin.store.engine import Engine


class Detector(ABC):
    """One reason to suspect an account."""

    name: ClassVar[str]
    """Stable, lower case; written in `findings`."""

    reads: ClassVar[tuple[str, ...]]
    """Tables that must be attached."""

    on_sessions: ClassVar[bool] = False
    """Whether it lives on what `prepare_sessions` makes: actors, their sessions, what explains a view."""

    @abstractmethod
    def can_see(self, case: Case) -> bool:
        """Whether the case holds what it lives on; what cannot be seen is said in the report."""

    @abstractmethod
    def find(self, case: Case, engine: Engine) -> str:
        """A SELECT with the columns of `findings` but `rank`; may make temporary tables of its own name."""

    def also(self, case: Case) -> str:
        """What it rests on beside tables and settings, as a text that changes with it."""
        del case
        return ""

    def sight_sql(self, case: Case, engine: Engine) -> str | None:
        """What it could and could not see: a SELECT with the columns of `sight`; asked after `find`."""
        del case, engine
        return None
