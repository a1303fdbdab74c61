# SPDX-License-Identifier: Apache-2.0
"""What happens on the sharing service: people fetch files; a stranger finds a flaw and fetches the old ones.

Each act is told by the service's own log, on a host that the stranger may command, and by the proxy in front.
Numbers only; words come when lines are written.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tocsin.replays.chance import Ints
from tocsin.replays.days import DAY
from tocsin.replays.r3.contents import Contents
from tocsin.replays.r3.size import LOG_DAYS, LOG_SINCE, THEFT_AT, Size

FETCH, LIST, PROBE = range(3)
STRANGER = -1
"""As a user: no account, only an address."""

USERS = 400
OTHER_FILES = 30_000
"""Files of everyday work, which hold no line of these laboratories."""

HOUR = 3_600_000
ACT = np.dtype(
    [
        ("at", np.int64),
        ("user", np.int64),
        ("file", np.int64),  # of the laboratories' files; -1 - n for the n-th other file
        ("kind", np.int8),
        ("bytes", np.int64),
    ]
)
Acts = npt.NDArray[np.void]


@dataclass(frozen=True, slots=True)
class World:
    """One replay's files and size."""

    size: Size
    contents: Contents
    bytes_of: Ints
    """Of each of the laboratories' files."""


def all_acts(world: World) -> Acts:
    """Give everything, in order of time."""
    every = np.concatenate([_usual(world), _theft(world)])
    return every[np.argsort(every["at"], kind="stable")]


def taken(acts: Acts) -> Acts:
    """Give the fetches of the stranger."""
    fetched: Acts = acts[(acts["user"] == STRANGER) & (acts["kind"] == FETCH)]
    return fetched


def _usual(world: World) -> Acts:
    chance = world.contents.crowd.chance
    index = np.arange(world.size.usual, dtype=np.int64)
    acts = np.zeros(len(index), dtype=ACT)
    day = LOG_SINCE + chance.below("usual day", index, LOG_DAYS) * DAY
    acts["at"] = day + 7 * HOUR + chance.below("usual time", index, 12 * HOUR)
    acts["user"] = chance.below("user", index, USERS)
    acts["kind"] = np.where(index % 9 == 0, LIST, FETCH)
    acts["file"] = -1 - chance.below("other file", index, OTHER_FILES)
    acts["bytes"] = 2_000 + chance.below("other bytes", index, 4_000_000)
    return acts


def _theft(world: World) -> Acts:
    """Probes, a list of the old folder, then every file of it within the night; three of them twice."""
    size = world.size
    order = np.concatenate([np.arange(size.files), np.arange(min(3, size.files))])
    acts = np.zeros(size.probes + 1 + len(order), dtype=ACT)
    acts["user"] = STRANGER
    acts["at"][: size.probes] = THEFT_AT - (np.arange(size.probes, 0, -1) * (9 * HOUR // size.probes))
    acts["kind"][: size.probes] = PROBE
    acts["file"] = -1
    acts["bytes"] = 153
    acts["at"][size.probes] = THEFT_AT
    acts["kind"][size.probes] = LIST
    fetched = acts[size.probes + 1 :]
    fetched["at"] = THEFT_AT + 5_000 + np.arange(len(order)) * (3 * HOUR // len(order))
    fetched["kind"] = FETCH
    fetched["file"] = order
    fetched["bytes"] = world.bytes_of[order]
    return acts
