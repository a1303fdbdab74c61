# SPDX-License-Identifier: Apache-2.0
"""What a report tells of accounts: how they are ranked, who holds them together, whose each session is."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tocsin.report.reading.values import Said, Span


class Account(msgspec.Struct, frozen=True):
    """An account, as ranked and judged."""

    account: str
    rank: int | None = None
    p: float | None = None
    verdict: str | None = None
    origin: str | None = None
    """Beyond the contract: decided, answer, known, proposed."""
    sessions: int | None = None
    events: int | None = None
    persons: int | None = None
    first_at: datetime | None = None
    last_at: datetime | None = None
    reasons: list[Said] = []


class Member(msgspec.Struct, frozen=True):
    """An account of a campaign."""

    account: str
    decided: bool = False
    sessions: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None


class Place(msgspec.Struct, frozen=True):
    """A device, address or client that joins accounts of a campaign."""

    kind: str
    name: str
    accounts: int = 0
    outsiders: int = 0
    rarity: float | None = None
    sessions: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None


class Campaign(Span, frozen=True, rename={"since": "from"}):
    """Beyond the contract: accounts that one thief holds."""

    campaign: int = 0
    accounts: int = 0
    places: int = 0
    undecided: int = 0
    members: list[Member] = []
    joined_by: list[Place] = []


class Hands(msgspec.Struct, frozen=True):
    """Sessions or persons by class."""

    confirmed: int = 0
    likely: int = 0
    possible: int = 0
    excluded: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.confirmed + self.likely + self.possible + self.excluded


class SplitAccount(msgspec.Struct, frozen=True):
    """One account that owner and thief may have shared."""

    account: str
    sessions: Hands = Hands()
    hard_facts: int = 0
    persons: int = 0
    """Seen in sessions that are not excluded."""
    first_at: datetime | None = None
    last_at: datetime | None = None


class Answers(msgspec.Struct, frozen=True):
    """Sessions whose owners were asked "was this you?"."""

    sessions: int = 0
    open: int = 0
    settled: int = 0
    heard: int = 0
    contradicted: int = 0


class Cut(msgspec.Struct, frozen=True):
    """A decision to keep persons under a probability off the notices."""

    threshold: float
    why: str = ""
    entry: int = 0
    """Of the journal."""
    persons: int = 0


class Split(msgspec.Struct, frozen=True):
    """Beyond the contract: whose each session is."""

    accounts_total: int = 0
    sessions: Hands = Hands()
    persons: Hands = Hands()
    cut: Cut | None = None
    answers: Answers = Answers()
    accounts: list[SplitAccount] = []
