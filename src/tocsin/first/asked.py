# SPDX-License-Identifier: Apache-2.0
"""What a first look is asked: which accounts, which period, for eyes in which zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

COMMON = 10
"""What more accounts than that share is a common exit, or a browser of everybody: it names no sibling."""

ZONE = "Europe/Paris"
"""For people's eyes, when nobody says another; what a case takes too."""


@dataclass(frozen=True, slots=True)
class AskedLook:
    """Accounts as the logs write them; a half-open period, open where None."""

    accounts: tuple[str, ...]
    since: datetime | None = None
    until: datetime | None = None
    zone: str = ZONE
