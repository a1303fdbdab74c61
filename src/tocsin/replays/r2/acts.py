# SPDX-License-Identifier: Apache-2.0
"""What is asked of the identity server: professionals at work, and strangers under the names of four of them.

The strangers read slowly, for weeks, at the hours of work, while the owners go on working; some come from an
address that the owner uses too. Numbers only; words come when lines are written.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tocsin.replays.chance import Ints
from tocsin.replays.crowd import Crowd
from tocsin.replays.days import DAY
from tocsin.replays.r2.people import PAGE, Patients
from tocsin.replays.r2.size import LOG_DAYS, LOG_SINCE, READING_DAYS, READING_SINCE, Size

SEARCH, READ, LOGIN, LOGIN_FAILED, READ_FAILED = range(5)
OWNER, STRANGER = 0, 1
HOUR = 3_600_000

MIXED, QUIET, DEPARTED, HIDDEN = range(4)
"""The usurped accounts: one whose owner's practice is known, one whose owner was not asked yet, one that
nobody used any more, one whose owner and stranger both come through the region's proxy."""

USURPED = 4
HOST_A, HOST_B, PROXY, MOBILE = range(4)
"""Addresses that are no practice's: two hosts abroad, the region's proxy, a mobile network's."""

ACT = np.dtype(
    [
        ("at", np.int64),
        ("account", np.int64),
        ("address", np.int64),  # below 4 as above, else 4 + the account whose practice it is
        ("kind", np.int8),
        ("who", np.int8),
        ("key", np.int64),  # of a search: name and sex, as in Patients.keys
        ("page", np.int64),
        ("row", np.int64),  # of a reading: the patient
    ]
)
Acts = npt.NDArray[np.void]

_READ_AFTER = 0.15
"""Of a stranger's searches, after how many one patient is opened."""


@dataclass(frozen=True, slots=True)
class World:
    """One region's people and size."""

    size: Size
    crowd: Crowd
    patients: Patients


def all_acts(world: World) -> Acts:
    """Give everything, in order of time."""
    every = np.concatenate([_usual(world), _stolen(world), _attempts(world)])
    return every[np.argsort(every["at"], kind="stable")]


def _made(at: Ints, kind: int, who: int) -> Acts:
    acts = np.zeros(len(at), dtype=ACT)
    acts["at"], acts["kind"], acts["who"] = at, kind, who
    return acts


def _at_work(world: World, stream: str, index: Ints, since: int, days: int) -> Ints:
    chance = world.crowd.chance
    day = chance.below(f"{stream} day", index, days)
    return since + day * DAY + 8 * HOUR + chance.below(f"{stream} time", index, 10 * HOUR)


def _usual(world: World) -> Acts:
    """Each search of a professional finds a patient, whose identity is then opened; each day one signs in."""
    size, chance = world.size, world.crowd.chance
    index = np.arange(size.usual, dtype=np.int64)
    searches = _made(_at_work(world, "usual", index, LOG_SINCE, LOG_DAYS), SEARCH, OWNER)
    account = chance.below("usual account", index, size.accounts)
    # Who is usurped works no more than others, but enough to be told apart from the stranger.
    often = index % 40 < USURPED
    account = np.where(often, index % 40, account)
    searches["account"] = np.where(account == DEPARTED, USURPED, account)
    rows = size.first_row + chance.below("usual row", index, size.held)
    searches["key"] = world.patients.key_of(rows)
    readings = searches.copy()
    readings["kind"], readings["row"] = READ, rows
    readings["at"] += 4_000
    acts = np.concatenate([searches, readings])
    acts["address"] = _owner_address(world, acts)
    who = np.arange(size.accounts * LOG_DAYS, dtype=np.int64)
    at = LOG_SINCE + who // size.accounts * DAY + 7 * HOUR + chance.below("sign in", who, HOUR)
    signs = _made(at, LOGIN, OWNER)
    signs["account"] = who % size.accounts
    signs = signs[signs["account"] != DEPARTED]
    signs["address"] = _owner_address(world, signs)
    return np.concatenate([acts, signs])


def _owner_address(world: World, acts: Acts) -> Ints:
    """From the practice; one day in nine on the road; one of them always through the region's proxy."""
    day = acts["at"] // DAY * 4_099 + acts["account"]
    on_road = world.crowd.chance.happens("road", day, 1 / 9) & (acts["account"] < DEPARTED)
    practice = 4 + acts["account"]
    address = np.where(on_road, MOBILE, practice)
    return np.where(acts["account"] == HIDDEN, PROXY, address)


def _stolen(world: World) -> Acts:
    """Name after name, page after page, some sixty searches a day and account."""
    size, chance = world.size, world.crowd.chance
    each = size.stolen // USURPED
    lots = []
    for account in range(USURPED):
        index = np.arange(each, dtype=np.int64)
        at = np.sort(_at_work(world, f"stolen {account}", index, READING_SINCE, READING_DAYS))
        acts = _made(at, SEARCH, STRANGER)
        acts["account"] = account
        acts["key"], acts["page"] = world.patients.walk(account, each)
        acts["address"] = _stranger_address(world, account, at)
        opened = chance.happens(f"opened {account}", index, _READ_AFTER)
        readings = acts[opened].copy()
        place = readings["page"] * PAGE + chance.below(f"opened {account}", readings["at"], 5)
        readings["kind"], readings["row"] = READ, world.patients.nth_of(readings["key"], place)
        readings["at"] += 9_000
        refused = readings[::9].copy()
        refused["kind"] = READ_FAILED
        refused["at"] += 1_000
        lots += [acts, readings, refused, _signs(acts)]
    return np.concatenate(lots)


def _signs(acts: Acts) -> Acts:
    """A sign-in before the first search of each day and address."""
    _, first = np.unique(acts["at"] // DAY * 64 + acts["address"] % 64, return_index=True)
    signs = acts[first].copy()
    signs["kind"] = LOGIN
    signs["at"] -= 30_000
    return signs


def _stranger_address(world: World, account: int, at: Ints) -> Ints:
    if account == HIDDEN:
        return np.full(len(at), PROXY, dtype=np.int64)
    host = HOST_B if account == QUIET else HOST_A
    day = at // DAY * 4_099 + account
    on_road = world.crowd.chance.happens("stranger's road", day, 1 / 6) & (account < DEPARTED)
    return np.where(on_road, MOBILE, host)


def _attempts(world: World) -> Acts:
    """Passwords tried in vain over the whole period, on accounts of all kinds."""
    size, chance = world.size, world.crowd.chance
    index = np.arange(size.attempts, dtype=np.int64)
    at = LOG_SINCE + chance.below("attempt", index, LOG_DAYS * DAY)
    acts = _made(at, LOGIN_FAILED, STRANGER)
    acts["account"] = np.where(index % 5 == 0, index // 5 % USURPED, index % size.accounts)
    acts["address"] = HOST_A
    return acts
