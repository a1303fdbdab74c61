# SPDX-License-Identifier: Apache-2.0
"""What is asked of the practice software: professionals at work, a stranger by night, a monitor.

The stranger enters by the account of a doctor who had left, walks down the practice's list and opens file
after file. The doctor's own work before leaving is in the log too, and is nobody's fault. Numbers only; words
come when lines are written.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tocsin.replays.chance import Ints
from tocsin.replays.crowd import Crowd, Numbering
from tocsin.replays.days import DAY
from tocsin.replays.r7.size import (
    LEFT,
    LOG_DAYS,
    LOG_SINCE,
    LOG_UNTIL,
    PRACTICE,
    READING_SINCE,
    READING_UNTIL,
    REOPENED,
    SHUT,
    Size,
)
from tocsin.replays.sign_ins import sign_ins

LOGIN, LOGIN_FAILED, FILE, DOCUMENT, LIST, CHECK = range(6)
OWNER, STRANGER, MONITOR = range(3)
DEPARTED, RETIRED = 1, 2
"""Accounts of the large practice that the directory has ended: one that is used, one that is only tried."""

PAGE = 10
HOUR = 3_600_000
HOST = 0
"""The stranger's address; practices come after it."""

ACT = np.dtype(
    [
        ("at", np.int64),
        ("account", np.int64),
        ("address", np.int64),  # 0: the stranger's; else 1 + the practice
        ("kind", np.int8),
        ("who", np.int8),
        ("row", np.int64),  # the patient, or the first of a page
    ]
)
Acts = npt.NDArray[np.void]


@dataclass(frozen=True, slots=True)
class World:
    """The people and the size."""

    size: Size
    crowd: Crowd

    @property
    def numbering(self) -> Numbering:
        """Local ids of patients."""
        return Numbering(b"w", 10_000_000, 89_999_999, 35_742_289)

    def first_row(self, account: Ints) -> Ints:
        """Give where the base of an account's practice begins."""
        practice = account // PRACTICE
        return np.where(practice == 0, 0, self.size.large + (practice - 1) * self.size.each)

    def rows_of(self, account: Ints) -> Ints:
        """Give how many patients stand in that base."""
        return np.where(account < PRACTICE, self.size.large, self.size.each)


def all_acts(world: World) -> Acts:
    """Give everything, in order of time."""
    every = np.concatenate([_usual(world), _stolen(world), _tried(), _checks()])
    return every[np.argsort(every["at"], kind="stable")]


def _made(at: Ints, kind: int, who: int) -> Acts:
    acts = np.zeros(len(at), dtype=ACT)
    acts["at"], acts["kind"], acts["who"] = at, kind, who
    return acts


def _usual(world: World) -> Acts:
    """Consultations by day; each opens a file, and one in four a document. Nobody works while it is shut."""
    size, chance = world.size, world.crowd.chance
    index = np.arange(size.usual, dtype=np.int64)
    day = chance.below("day", index, LOG_DAYS)
    at = LOG_SINCE + day * DAY + 8 * HOUR + chance.below("time", index, 11 * HOUR)
    files = _made(at, FILE, OWNER)
    files["account"] = chance.below("account", index, size.accounts)
    place = chance.below("patient", index, 1 << 30) % world.rows_of(files["account"])
    files["row"] = world.first_row(files["account"]) + place
    documents = files[chance.happens("document", index, 0.25)].copy()
    documents["kind"] = DOCUMENT
    documents["at"] += 20_000
    acts = np.concatenate([files, documents, _signs(files)])
    acts["address"] = 1 + acts["account"] // PRACTICE
    left = (acts["account"] == DEPARTED) & (acts["at"] >= LEFT - 5 * HOUR) | (acts["account"] == RETIRED)
    shut = (acts["at"] >= SHUT) & (acts["at"] < REOPENED)
    kept: Acts = acts[~left & ~shut]
    return kept


def _signs(acts: Acts) -> Acts:
    """A sign-in before the first act of each account and day."""
    signs = sign_ins(acts, LOGIN, 40_000)
    signs["row"] = 0
    return signs


def _stolen(world: World) -> Acts:
    """Page after page of the list, and every eighth to sixteenth name opened, at night, for a week."""
    size, chance = world.size, world.crowd.chance
    index = np.arange(size.opened, dtype=np.int64)
    nights = (READING_UNTIL - READING_SINCE) // DAY + 1
    at = READING_SINCE + index * nights // size.opened * DAY + chance.below("night", index, 9 * HOUR)
    at = np.sort(np.minimum(at, READING_UNTIL))
    files = _made(at, FILE, STRANGER)
    files["row"] = index * (size.large // size.opened)
    documents = files[chance.happens("stolen document", index, 0.2)].copy()
    documents["kind"] = DOCUMENT
    documents["at"] += 6_000
    lists = files[::8].copy()
    lists["kind"] = LIST
    lists["at"] -= 9_000
    lists["row"] = np.minimum(lists["row"], size.large - PAGE)
    acts = np.concatenate([files, documents, lists])
    acts["account"] = DEPARTED
    signs = _signs(acts)
    return np.concatenate([acts, signs])


def _tried() -> Acts:
    """Passwords tried in vain on another account that had ended: it never let anybody in."""
    at = READING_SINCE - 2 * HOUR + np.arange(7, dtype=np.int64) * 21_000
    acts = _made(at, LOGIN_FAILED, STRANGER)
    acts["account"] = RETIRED
    return acts


def _checks() -> Acts:
    """A monitor asks every ten minutes whether the service is there, also while it is shut."""
    return _made(np.arange(LOG_SINCE, LOG_UNTIL, 600_000, dtype=np.int64), CHECK, MONITOR)
