# SPDX-License-Identifier: Apache-2.0
"""What is said in one's own favour: it was unreadable, it never happened before, nobody made use of it.

Logs know such things by signs only: "never before" is told by addresses and devices, and is never proven;
"unused" is never better than not observed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tocsin.journal import Entry
from tocsin.scope.outside import MATCHED, WITHDRAWN
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

PACKAGE: Final = "tocsin.scope"

EARLIER: Final = "select e.event_id from earlier_signs as e"
NOBODY: Final = "select j.event_id from judged as j where false"


def find_earlier_signs(engine: Engine) -> None:
    """Make `earlier_signs`: events before the first one in scope, of the same address and device."""
    engine.create("earlier_signs", load_query(PACKAGE, "earlier_signs"))


def samples_seen(entries: Iterable[Entry]) -> int:
    """Samples found outside that match what was shown, and were not withdrawn."""
    last: dict[str, bool] = {}
    for entry in entries:
        if entry.kind in (MATCHED, WITHDRAWN):
            last[str(entry.body.get("sample"))] = entry.kind == MATCHED
    return sum(last.values())


def views_of(engine: Engine, category: str) -> list[dict[str, object]]:
    """Each view that showed the category: how protected, who holds its keys, in how many events."""
    rows = engine.rows(load_query(PACKAGE, "protected_views"), category=category)
    return [
        {
            "code": "view_protected" if keys else "view_protected_keys_unstated",
            "values": {"view": view, "protection": protection, "keys": keys, "events": events},
        }
        for view, protection, keys, events in rows
    ]
