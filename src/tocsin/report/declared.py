# SPDX-License-Identifier: Apache-2.0
"""Which of the three counts is the number to declare: a person's journalled decision, else the best.

Floor and ceiling stand beside it wherever it is said. The decision is written by `tocsin declare … choose`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from tocsin.journal import Entry

CHOSEN: Final = "declare:count:chosen"
"""Kind of the journal entry: `unit`, `basis`, `why`."""

BASES: Final = ("best", "floor", "ceiling")
DEFAULT: Final = "best"
PERSONS: Final = "persons"


def chosen_bases(entries: Iterable[Entry]) -> dict[str, str]:
    """Unit to basis, the latest decision of each; `persons` is always there."""
    chosen = {PERSONS: DEFAULT}
    for entry in entries:
        if entry.kind == CHOSEN and entry.body.get("basis") in BASES:
            chosen[str(entry.body.get("unit"))] = str(entry.body["basis"])
    return chosen


def declare(count: dict[str, Any], basis: str = DEFAULT, *, examined: int = 1) -> dict[str, Any]:
    """The number to declare, and whether it is exact; null where the ceiling that was chosen has no bound.

    `examined` are the events in scope: as long as there is none, nobody was counted, and nought is no number.
    """
    if not examined:
        return {"value": None, "certainty": "to_be_determined", "basis": basis}
    floor, best, ceiling = count["floor"], count["best"], count["ceiling"]
    if floor == best == ceiling:
        certainty = "exact"
    elif ceiling is None and (basis == "ceiling" or best == 0):
        certainty = "cannot_be_determined"
    else:
        certainty = "approximate"
    return {"value": count[basis], "certainty": certainty, "basis": basis}
