# SPDX-License-Identifier: Apache-2.0
"""What a report tells of the logs: their accounting, their clocks, their holes, what several of them saw."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tocsin.report.reading.values import Said, Span


class Gap(Span, frozen=True, rename={"since": "from"}):
    """A hole in a source."""

    bound: int | None = None


class Source(msgspec.Struct, frozen=True):
    """The accounting of one source."""

    source: str
    files: int = 0
    records: int = 0
    events: int = 0
    set_aside: int = 0
    non_events: int = 0
    reasons: dict[str, int] = {}
    """Of the non-events."""
    set_aside_reasons: dict[str, int] = {}
    """Beyond the contract."""
    custody: str | None = None
    """Beyond the contract: outside, same-host, attacker-reachable."""
    first_at: datetime | None = None
    last_at: datetime | None = None
    gaps: list[Gap] = []

    @property
    def adds_up(self) -> bool:
        """Records = events + set aside + non-events, and the reasons add up to the last."""
        reasons = not self.reasons or sum(self.reasons.values()) == self.non_events
        return self.records == self.events + self.set_aside + self.non_events and reasons


class WitnessPair(msgspec.Struct, frozen=True):
    """Two sources and the acts that both tell of."""

    source: str
    other: str
    acts: int = 0
    by_request: int = 0
    by_time: int = 0
    contradicted: int = 0


class UnjoinedEvents(msgspec.Struct, frozen=True):
    """Events in scope that another source may tell of too, joined to nothing."""

    reason: str
    source: str
    events: int = 0


class Witnesses(msgspec.Struct, frozen=True):
    """Beyond the contract: acts in scope that several logs tell of."""

    acts: int = 0
    settled: int = 0
    contradicted: int = 0
    out_of_scope: int = 0
    pairs: list[WitnessPair] = []
    unjoined: list[UnjoinedEvents] = []


class Skew(msgspec.Struct, frozen=True):
    """How far the other source's times are later than the one's, in microseconds."""

    source: str
    other: str
    way: str = "request"
    pairs: int = 0
    median_us: int = 0
    p05_us: int = 0
    p95_us: int = 0
    days: int = 0
    least_day_us: int = 0
    most_day_us: int = 0


class FileTimes(msgspec.Struct, frozen=True):
    """Whether a file's times go on as its lines do."""

    source: str
    file: str | None = None
    steps_back: int = 0
    largest_us: int | None = None
    largest_line: int | None = None
    late: int = 0
    told_apart: int = 0
    hour_twice: int = 0
    no_such_time: int = 0


class Clocks(msgspec.Struct, frozen=True):
    """Beyond the contract: what the logs tell of one another's clocks."""

    skews: list[Skew] = []
    files: list[FileTimes] = []


class Finding(Span, frozen=True, rename={"since": "from"}):
    """Beyond the contract: what a test of completeness found in a source."""

    source: str = ""
    node: str | None = None
    test: str = ""
    is_hole: bool = False
    in_all: int = 1
    text: Said = ""


class Outage(Span, frozen=True, rename={"since": "from"}):
    """Beyond the contract: a stretch in which those who usually work with a source could not."""

    source: str = ""
    hours: float | None = None
    hours_lost: int = 0
    refused: int = 0
    accounts: int = 0
    addresses: int = 0


class Availability(msgspec.Struct, frozen=True):
    """Beyond the contract: who could not work, and how long."""

    outages: list[Outage] = []
