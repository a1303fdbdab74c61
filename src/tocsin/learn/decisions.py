# SPDX-License-Identifier: Apache-2.0
"""What people decided on proposed rules: entries of the journal, and the present as their fold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tocsin.journal import Entry

SIGNED: Final = "learn:rule:signed"
REJECTED: Final = "learn:rule:rejected"
PROPOSED: Final = "learn:rules:proposed"


def rejected_rules(entries: Iterable[Entry]) -> dict[str, str]:
    """Names of the rules that were last rejected, with the reason."""
    found: dict[str, str] = {}
    for entry in entries:
        name = str(entry.body.get("rule"))
        if entry.kind == REJECTED:
            found[name] = str(entry.body.get("why", ""))
        elif entry.kind == SIGNED:
            found.pop(name, None)
    return found
