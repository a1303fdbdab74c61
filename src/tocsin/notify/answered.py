# SPDX-License-Identifier: Apache-2.0
"""What persons answered to notices, as the stages read it: which answers bind, and what they come to."""

from __future__ import annotations

from tocsin.journal.notice_answers import closed_numbers
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query


def closed_answers(case: Case) -> list[int]:
    """Numbers of the answers that somebody has dealt with: they bind no more."""
    return closed_numbers(case.journal.entries())


def find_answered(case: Case, engine: Engine) -> None:
    """Make `answered` from `answers` and `persons`."""
    engine.create("answered", load_query("tocsin.notify", "answered"), closed=closed_answers(case))
