# SPDX-License-Identifier: Apache-2.0
"""Which answers to notices somebody has dealt with, as the journal has it; what was answered is a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from tocsin.journal.chain import Entry

TAKEN: Final = "notify:answers:taken"
CLOSED: Final = "notify:answer:closed"


def closed_numbers(entries: Iterable[Entry]) -> list[int]:
    """Numbers of the answers that bind no more, in their order."""
    return sorted(msgspec.convert(entry.body["number"], int) for entry in entries if entry.kind == CLOSED)
