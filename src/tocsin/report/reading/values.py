# SPDX-License-Identifier: Apache-2.0
"""What the parts of a report are made of: sentences, counts, periods."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

Said = str | dict[str, Any]
"""A sentence: text, or `{"fr", "en"}`, or `{"code", "values"}` that the phrases know."""


class Count(msgspec.Struct, frozen=True):
    """Distinct things: floor ≤ best ≤ ceiling."""

    floor: int = 0
    best: int = 0
    ceiling: int | None = None
    """Null when something that could not be resolved has no bound."""
    ceiling_reason: Said | None = None
    ceiling_parts: dict[str, int] = {}
    """Beyond the contract: `named`, `unresolved`, `set_aside`, `gaps`; they add up to the ceiling."""
    untold: list[str] = []
    """Beyond the contract, of changes: what may hold others; the ceiling is of what was read alone."""


class Span(msgspec.Struct, frozen=True, rename={"since": "from"}):
    """A half-open period; a missing bound is open."""

    since: datetime | None = None
    until: datetime | None = None
