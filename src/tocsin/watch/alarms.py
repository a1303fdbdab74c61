# SPDX-License-Identifier: Apache-2.0
"""An alarm: an account, a reason, figures, and the events to look at. Nothing in it tells of a person."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import cast

MOST_EVENTS = 20
"""Events that an alarm names: enough to begin with."""


@dataclass(frozen=True, slots=True)
class Found:
    """What speaks against an account, in the events read by now."""

    account: str
    reason: str
    """The detector's name."""

    p: float | None
    words: dict[str, str]
    """By language."""

    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Alarm:
    """As it is kept, shown and sent; instants are ISO 8601 in UTC."""

    alarm: str
    """Its id: the same whenever and wherever it is sent, so that it is taken for one."""

    case: str
    account: str
    reason: str
    p: float | None
    words: dict[str, str]
    first_at: str
    """The first act that speaks against the account."""

    last_at: str
    log_at: str
    """The latest record read when the alarm was raised."""

    raised_at: str
    delay_s: float
    """Log time from the first act to the alarm."""

    events: int
    """Acts of the account within that time."""

    persons: int
    """Distinct persons whom the account obtained within that time: before the alarm."""

    event_ids: list[int]
    """The first of those acts."""

    def text(self) -> str:
        """As JSON, the same each time."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> Alarm:
        """The inverse of `text`."""
        return cls(**cast("dict[str, object]", json.loads(text)))  # type: ignore[arg-type]


def alarm_id(case: str, account: str, reason: str, episode: int) -> str:
    """The same for the same account, reason and time of it, whoever computes it."""
    said = json.dumps([case, account, reason, episode], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def told_instant(at: datetime | float) -> str:
    """ISO 8601 in UTC, with microseconds."""
    moment = at if isinstance(at, datetime) else datetime.fromtimestamp(at, UTC)
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
