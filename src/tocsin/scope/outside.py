# SPDX-License-Identifier: Apache-2.0
"""What came from outside and says more than the logs: entries of the journal, and the present as their fold.

A sample that holds persons or kinds of data which no access explains shows that the logs are
incomplete: nothing is proven on them then, until a later match of the same sample says otherwise, or a
person withdraws it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tocsin.journal import Entry
from tocsin.journal.chain import Json

MATCHED: Final = "hunt:sample:matched"
WITHDRAWN: Final = "hunt:sample:withdrawn"
KINDS: Final = (MATCHED, WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Excess:
    """What samples hold beyond the logs."""

    samples: int = 0
    persons: int = 0
    """The most that one sample holds: samples may overlap."""

    categories: tuple[str, ...] = ()

    def doubt(self) -> dict[str, object] | None:
        """Its values under a claim; None when nothing exceeds."""
        if not self.samples:
            return None
        return {"samples": self.samples, "persons": self.persons, "categories": list(self.categories)}


def read_excess(entries: Iterable[Entry]) -> Excess:
    """The last word on each sample, together."""
    last: dict[str, Mapping[str, Json]] = {}
    for entry in entries:
        if entry.kind == MATCHED:
            last[str(entry.body.get("sample"))] = entry.body
        elif entry.kind == WITHDRAWN:
            last.pop(str(entry.body.get("sample")), None)
    beyond = [body for body in last.values() if body.get("leak_exceeds_logs") is True]
    listed = [body.get("beyond_categories") for body in beyond]
    categories = {str(category) for one in listed if isinstance(one, list) for category in one}
    persons = [number for body in beyond if isinstance(number := body.get("beyond_persons"), int)]
    return Excess(len(beyond), max(persons, default=0), tuple(sorted(categories)))
