# SPDX-License-Identifier: Apache-2.0
"""What is asked of the service: agents and partners at work; by night a stranger who turns its pages.

The stranger enters by a partner's access whose agreement is over and that nobody closed, takes page after
page of fifty insured, and opens a few files. The partner's own work before is in the log too, and is nobody's
fault.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tocsin.replays.chance import Ints
from tocsin.replays.days import DAY
from tocsin.replays.r9.people import People
from tocsin.replays.r9.size import ENDED, LOG_DAYS, LOG_SINCE, READING_SINCE, READING_UNTIL, Size
from tocsin.replays.sign_ins import sign_ins

LOGIN, FILE, LIST = range(3)
OWNER, STRANGER = range(2)
PARTNER = 1
"""The account whose agreement is over."""

PAGE = 50
OPENED_EACH = 40
HOUR = 3_600_000

ACT = np.dtype(
    [
        ("at", np.int64),
        ("account", np.int64),
        ("kind", np.int8),
        ("who", np.int8),
        ("place", np.int64),  # in the files that can be shown; of a page, its first
    ]
)
Acts = npt.NDArray[np.void]


@dataclass(frozen=True)
class World:
    """The people and the size."""

    size: Size
    people: People
    pages: Ints
    """Rows in the order of the service's pages: those taken, gone ones at their end, then the rest."""

    taken: int
    """How many of them were taken."""


def world_of(size: Size, people: People) -> World:
    """Lay the pages out."""
    taken = np.concatenate([people.shown, people.gone_rows()])
    spared = np.setdiff1d(people.insured, people.shown, assume_unique=True)
    return World(size, people, np.concatenate([taken, spared]), len(taken))


def all_acts(world: World) -> Acts:
    """Give everything, in order of time."""
    every = np.concatenate([_usual(world), _stolen(world)])
    return every[np.argsort(every["at"], kind="stable")]


def _made(at: Ints, kind: int, who: int) -> Acts:
    acts = np.zeros(len(at), dtype=ACT)
    acts["at"], acts["kind"], acts["who"] = at, kind, who
    return acts


def _usual(world: World) -> Acts:
    """One file after another, by day; the partner's ends with its agreement."""
    size, chance = world.size, world.people.crowd.chance
    index = np.arange(size.usual, dtype=np.int64)
    day = chance.below("day", index, LOG_DAYS)
    acts = _made(LOG_SINCE + day * DAY + 8 * HOUR + chance.below("time", index, 10 * HOUR), FILE, OWNER)
    acts["account"] = chance.below("account", index, size.accounts)
    acts["place"] = chance.below("file", index, len(world.pages))
    acts = np.concatenate([acts, _signs(acts)])
    kept: Acts = acts[(acts["account"] != PARTNER) | (acts["at"] < ENDED - 5 * HOUR)]
    return kept


def _stolen(world: World) -> Acts:
    """Every page once over three nights, and one file in forty."""
    first = np.arange(0, world.taken, PAGE, dtype=np.int64)
    pages = _made(_nights(len(first)), LIST, STRANGER)
    pages["place"] = first
    opened = np.arange(0, world.taken, OPENED_EACH, dtype=np.int64)
    files = _made(_nights(len(opened)) + 700, FILE, STRANGER)
    files["place"] = opened
    acts = np.concatenate([pages, files])
    acts["account"] = PARTNER
    return np.concatenate([acts, _signs(acts)])


def _nights(count: int) -> Ints:
    """Spread acts over the nights, eight hours each."""
    nights = (READING_UNTIL - READING_SINCE) // DAY + 1
    night, within = np.divmod(np.arange(count, dtype=np.int64) * nights * 8 * HOUR // count, 8 * HOUR)
    return READING_SINCE + night * DAY + within


def _signs(acts: Acts) -> Acts:
    """A sign-in before the first act of each account and day."""
    signs = sign_ins(acts, LOGIN, 30_000)
    signs["place"] = 0
    return signs
