# SPDX-License-Identifier: Apache-2.0
"""When a log that is kept for a time loses what the case needs. Pure arithmetic on instants.

A holder who keeps a log for R has, now, what is younger than now - R, and loses a day each day. What the case
has read already is not lost with it, as long as the case's own files are there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.core.settings.spans import Span

DAY = timedelta(days=1)


class Urgency(StrEnum):
    """What a source calls for, the most pressing first."""

    LOSING = "losing"
    """What is needed is being erased now, or is already."""

    UNKNOWN = "unknown"
    """Nobody has said how long it is kept."""

    EXPIRES = "expires"
    """It will be erased on a known date."""

    SAFE = "safe"
    """What is held is copied and verified, and nothing is known to be lacking."""


ORDER = tuple(Urgency)


@dataclass(frozen=True, slots=True)
class Expiry:
    """One source against the clock. Periods are half-open; None is not known."""

    urgency: Urgency

    expires_at: datetime | None = None
    """From then on the holder erases records that the case needs."""

    days_left: int | None = None
    """Whole days until then; 0 once it has begun."""

    kept_from: datetime | None = None
    """What is older is erased at the holder's."""

    lacks_from: datetime | None = None
    """Needed, and not among the case's files: from …"""

    lacks_until: datetime | None = None
    """… until the case's first record; None when the case has none, that is until now."""

    lost_until: datetime | None = None
    """Of what is lacking, the part before is gone at the holder's."""

    lacks: bool = False
    """Whether the case lacks records that it needs."""

    @property
    def is_urgent(self) -> bool:
        """Whether somebody has to act."""
        return self.urgency is not Urgency.SAFE


def weigh(
    retention: Span | None,
    *,
    now: datetime,
    needed_from: datetime | None,
    first_at: datetime | None,
    is_copied: bool,
) -> Expiry:
    """When a source loses what is needed.

    `first_at` is the oldest record that the case has read, None when it has none; `needed_from` is None when
    nobody knows since when the case needs the log: then its oldest record stands for it.
    """
    lacks = first_at is None or (needed_from is not None and first_at >= needed_from + DAY)
    lacking = {"lacks": lacks, "lacks_from": needed_from, "lacks_until": first_at} if lacks else {}
    if is_copied and not lacks:
        return Expiry(Urgency.SAFE)
    if retention is None:
        return Expiry(Urgency.UNKNOWN, **lacking)  # type: ignore[arg-type]
    kept_from = retention.before(now)
    needed = needed_from or first_at
    expires_at = now if needed is None else retention.after(needed)
    if expires_at > now:
        left = (expires_at - now) // DAY
        return Expiry(Urgency.EXPIRES, expires_at, left, kept_from, **lacking)  # type: ignore[arg-type]
    lost_until = min(kept_from, first_at or kept_from) if lacks else None
    return Expiry(
        Urgency.LOSING,
        expires_at,
        0,
        kept_from,
        lost_until=lost_until,
        **lacking,  # type: ignore[arg-type]
    )


def by_urgency(expiry: Expiry) -> tuple[int, float]:
    """A key that sorts the most pressing first."""
    date = expiry.expires_at.timestamp() if expiry.expires_at else float("inf")
    return ORDER.index(expiry.urgency), date
