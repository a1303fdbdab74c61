# SPDX-License-Identifier: Apache-2.0
"""What persons answered to notices, as the stages read it: which answers bind, and what they come to."""

from __future__ import annotations

from typing import Final

import msgspec

from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

TAKEN: Final = "notify:answers:taken"
CLOSED: Final = "notify:answer:closed"


def closed_answers(case: Case) -> list[int]:
    """Numbers of the answers that somebody has dealt with: they bind no more."""
    return sorted(
        msgspec.convert(entry.body["number"], int) for entry in case.journal.entries() if entry.kind == CLOSED
    )


def find_answered(case: Case, engine: Engine) -> None:
    """Make `answered` from `answers` and `persons`."""
    engine.create("answered", load_query("tocsin.notify", "answered"), closed=closed_answers(case))
