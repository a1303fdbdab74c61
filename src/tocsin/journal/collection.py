# SPDX-License-Identifier: Apache-2.0
"""What the journal holds of collections, and which sources were last asked in vain.

Each asking of a source or register is one entry: from where (never a user or a secret), how many records, the
hash of the list of pages. The words for it are said elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tocsin.journal.chain import Entry

COLLECTED: Final = "collect:source:collected"
FAILED: Final = "collect:source:failed"


def asked_in_vain(entries: Iterable[Entry]) -> dict[str, str]:
    """Source or register: the code of the error, for those whose last asking failed."""
    failed: dict[str, str] = {}
    for entry in entries:
        name = str(entry.body.get("name"))
        if entry.kind == FAILED:
            failed[name] = str(entry.body.get("error"))
        elif entry.kind == COLLECTED:
            failed.pop(name, None)
    return failed
