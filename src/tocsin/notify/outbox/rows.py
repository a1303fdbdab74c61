# SPDX-License-Identifier: Apache-2.0
"""Where a notice stands, a row that is claimed, what became of it, and what limits a channel."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple, Protocol

RETRY_S: Final = (60.0, 300.0, 900.0, 1800.0, 3600.0)
"""Waits after a notice was not taken; the last one holds from then on."""


class State(StrEnum):
    """Where a notice stands. The first four are under way."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    UNCERTAIN = "uncertain"
    DELIVERED = "delivered"
    FAILED = "failed"
    NO_ROUTE = "no_route"
    PUBLIC = "public"
    SUPPRESSED = "suppressed"


UNDER_WAY: Final = (State.QUEUED, State.SENDING, State.ACCEPTED, State.UNCERTAIN)


class Claimed(NamedTuple):
    """A row that this process may send, until its lease ends."""

    id: int
    person_id: int
    wave: int
    message_id: str
    fence: int
    attempts: int
    lane: str = ""
    """The domain of its mailbox, where that takes so many an hour."""


class Settled(NamedTuple):
    """What became of a claimed row."""

    row: Claimed
    state: State
    reason: str = ""
    not_before: float = 0.0
    is_offered: bool = False
    """Whether the channel was, or may have been, offered it: that is what limits count."""


class Room(NamedTuple):
    """How many may be claimed now: in each lane that has a limit, and in all; None is without limit."""

    lanes: Mapping[str, int]
    whole: int | None


class Limits(Protocol):
    """What limits a channel, asked and told within the outbox's transactions."""

    def room(self, db: sqlite3.Connection, now: float) -> Room:
        """How many may be claimed."""

    def note(self, db: sqlite3.Connection, settled: Sequence[Settled], now: float) -> None:
        """Count what was offered."""
