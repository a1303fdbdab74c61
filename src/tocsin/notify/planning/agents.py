# SPDX-License-Identifier: Apache-2.0
"""How many must answer so that a share of calls waits no longer than that: Erlang C.

A. K. Erlang, 1917; the recursion for Erlang B is that of ITU-T, Teletraffic Engineering Handbook, section 4.
It supposes calls that come independently, nobody who hangs up, and calls of any length with the same mean:
people who hang up and call again make it too low in the worst hours.
"""

from __future__ import annotations

import math
from typing import Final

MOST: Final = 20_000


def agents_needed(calls: float, *, minutes: float, seconds: float, share: float) -> int:
    """Agents for so many calls an hour, of that many minutes each, `share` of them within so many seconds.

    Nought for no calls. Raises ValueError when more than MOST would be needed.
    """
    load = calls * minutes / 60
    if load <= 0:
        return 0
    blocked = 1.0
    for agents in range(1, MOST + 1):
        blocked = load * blocked / (agents + load * blocked)
        if agents > load and answered_in_time(load, agents, blocked, seconds / (minutes * 60)) >= share:
            return agents
    raise ValueError("more agents than anybody has")


def answered_in_time(load: float, agents: int, blocked: float, wait: float) -> float:
    """Share of calls answered within `wait` (in mean lengths of a call); `blocked` is Erlang B."""
    queued = blocked / (1 - load / agents * (1 - blocked))
    return 1 - queued * math.exp(-(agents - load) * wait)
