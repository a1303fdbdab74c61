# SPDX-License-Identifier: Apache-2.0
"""What a report tells of negative claims, and how each came by its grade."""

from __future__ import annotations

from typing import Any

import msgspec

from tocsin.report.reading.values import Said, Span


class GradedPeriod(Span, frozen=True, rename={"since": "from"}):
    """Beyond the contract: a claim's grade over a part of the window."""

    grade: str = ""


class Step(msgspec.Struct, frozen=True):
    """Beyond the contract: one premise of a claim."""

    premise: str
    holds: bool | None = None
    """Null: told, and grades nothing."""
    evidence: list[Said] = []


class Claim(msgspec.Struct, frozen=True):
    """A negative statement and what it is worth."""

    id: str
    grade: str = ""
    text: Said | None = None
    """Beyond the contract; else composed from the id."""
    hypotheses: list[Said] = []
    basis: list[Said] = []
    exceptions: list[Any] | int = []
    """The exceptions, or how many."""
    exceptions_count: int | None = None
    """Beyond the contract: how many, when only some are listed."""
    periods: list[GradedPeriod] = []
    derivation: list[Step] = []
    """Beyond the contract: how the grade was reached."""

    @property
    def exception_count(self) -> int:
        """How many accesses or changes contradict it."""
        if self.exceptions_count is not None:
            return self.exceptions_count
        return self.exceptions if isinstance(self.exceptions, int) else len(self.exceptions)
