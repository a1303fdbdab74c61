# SPDX-License-Identifier: Apache-2.0
"""What happens on the platform: opticians at work, then three strangers who go through file after file.

An act is one request, told by two logs: the application's trace and the gateway in front of it. Numbers
only; words come when lines are written.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tocsin.replays.chance import Flags, Ints
from tocsin.replays.crowd import Crowd
from tocsin.replays.days import DAY
from tocsin.replays.r1.size import (
    ATTACK_SINCE,
    DAYS,
    HOUR,
    LOG_END,
    LOG_SINCE,
    LOG_UNTIL,
    REOPENED_AT,
    Size,
)

CARD, REFUNDS, CORRECTION, CONTACT, POSTAL, LIST, LOGIN = range(7)
"""Pages; CARD to POSTAL name a beneficiary."""

FOUND, ABSENT, REFUSED, LOST, MOVED, CLOSED = range(6)
"""Replies; of LOST nobody knows whether it reached anybody; CLOSED is the gateway's alone."""

SURE, LIKELY, PERHAPS = 0, 1, 2
"""The strangers."""

NO_ROW = -1
ACT = np.dtype(
    [
        ("at", np.int64),
        ("row", np.int64),  # of the beneficiary; NO_ROW for none; past the registry for one deleted since
        ("account", np.int64),
        ("address", np.int64),
        ("page", np.int8),
        ("reply", np.int8),
        ("stranger", np.int8),  # -1 for none
    ]
)
Acts = npt.NDArray[np.void]

_SHARES = ((REFUNDS, 0.62), (CORRECTION, 0.38), (CONTACT, 0.17))
"""Of the cards seen, how often each other page is opened after it."""

DELETED = 3
"""Beneficiaries shown and taken out of the registry since."""

_UNTIL = (LOG_UNTIL - 40 * 60_000, LOG_UNTIL - 6 * HOUR, LOG_UNTIL - 3 * HOUR)


@dataclass(frozen=True, slots=True)
class World:
    """One replay's people and size."""

    size: Size
    crowd: Crowd
    exceptions: int = 0
    """Postal addresses that the first stranger opened, against what is stated."""

    def address_of(self, account: Ints) -> Ints:
        """Give the address of an optician's shop: the accounts' own numbers."""
        return account

    def stranger_address(self, which: int) -> int:
        """Give the address that a stranger uses, which is nobody's shop."""
        return self.size.opticians + which

    def stranger_account(self, which: int) -> int:
        """Give the account that a stranger uses."""
        return 5 + which * 9


def all_acts(world: World) -> Acts:
    """Give everything, in order of time."""
    every = np.concatenate(
        [_usual(world), *(_stranger(world, which) for which in (SURE, LIKELY, PERHAPS)), _lists(world)]
    )
    return every[np.argsort(every["at"], kind="stable")]


def _made(at: Ints, page: int, stranger: int = -1) -> Acts:
    acts = np.zeros(len(at), dtype=ACT)
    acts["at"], acts["page"], acts["stranger"], acts["row"] = at, page, stranger, NO_ROW
    return acts


def _usual(world: World) -> Acts:
    """Opticians sign in each morning and open the files of those who stand before them."""
    size, chance = world.size, world.crowd.chance
    index = np.arange(size.usual, dtype=np.int64)
    day = LOG_SINCE + chance.below("usual day", index, DAYS) * DAY
    cards = _made(day + 9 * HOUR + chance.below("usual time", index, 10 * HOUR), CARD)
    cards["row"] = chance.below("usual row", index, size.held)
    cards["account"] = chance.below("usual account", index, size.opticians)
    cards["address"] = world.address_of(cards["account"])
    others = [*_SHARES, (POSTAL, 0.4)]
    after = [
        _after(cards, chance.happens(f"usual {page}", index, share), page, step)
        for step, (page, share) in enumerate(others, start=1)
    ]
    who = np.arange(size.opticians * DAYS, dtype=np.int64)
    at = LOG_SINCE + who // size.opticians * DAY + 8 * HOUR + chance.below("sign in", who, HOUR)
    # On the day of reopening nobody can sign in before it.
    at = np.where((at < REOPENED_AT) & (at >= REOPENED_AT - 6 * HOUR), at - 8 * HOUR + 14 * HOUR, at)
    signs = _made(at, LOGIN)
    signs["account"] = who % size.opticians
    signs["address"] = world.address_of(signs["account"])
    signs["reply"] = MOVED
    every = np.concatenate([cards, *after, signs])
    every["reply"][(every["at"] >= LOG_UNTIL) & (every["at"] < REOPENED_AT)] = CLOSED
    return every[every["at"] < LOG_END]


def _after(cards: Acts, which: Flags | slice, page: int, step: int) -> Acts:
    again = cards[which].copy()
    again["at"] += 900 * step
    again["page"] = page
    return again


def _stranger(world: World, which: int) -> Acts:
    """Tries to sign in, succeeds, then asks for numbers in a row; one in fourteen is nobody's."""
    size, chance = world.size, world.crowd.chance
    count = size.read[which]
    index = np.arange(count, dtype=np.int64)
    since = ATTACK_SINCE + which * 2 * HOUR
    step = (_UNTIL[which] - since) / count
    cards = _made(since + 60_000 + (index * step).astype(np.int64), CARD, which)
    # Neighbouring stretches overlap by a third, so that the three do not simply add up.
    start = (0, round(size.read[SURE] * 0.95), 0)[which]
    cards["row"] = (start + index) % size.held
    stream = f"stranger {which}"
    cards["reply"] = np.where(chance.happens(f"{stream} absent", index, 0.07), ABSENT, FOUND)
    seen = cards["reply"] == FOUND
    if which == SURE:
        cards["row"][-DELETED:] = size.held + np.arange(DELETED)
        cards["reply"][-DELETED:] = FOUND
        seen[-DELETED:] = False
    others = [
        _after(cards, seen & chance.happens(f"{stream} {page}", index, share), page, step_of)
        for step_of, (page, share) in enumerate(_SHARES, start=1)
    ]
    acts = np.concatenate([cards, *others, _tries(since, which)])
    if which == SURE:
        _lose_last(acts)
        letters = _after(cards[seen][7 : 7 + world.exceptions], slice(None), POSTAL, 4)
        acts = np.concatenate([acts, letters])
    acts["account"] = world.stranger_account(which)
    acts["address"] = world.stranger_address(which)
    return acts


def _tries(since: int, which: int) -> Acts:
    tries = _made(since + np.arange(4, dtype=np.int64) * 11_000, LOGIN, which)
    tries["reply"] = np.array([REFUSED, REFUSED, REFUSED, MOVED])
    return tries


def _lose_last(acts: Acts) -> None:
    """The pages under way when the account was shut: of these nobody knows."""
    pages = np.flatnonzero((acts["page"] == CONTACT) & (acts["reply"] == FOUND))
    acts["reply"][pages[-4:]] = LOST


def _lists(world: World) -> Acts:
    """The third stranger has a list made; the trace tells how many lines it had, not whose."""
    acts = _made(np.array([ATTACK_SINCE + 5 * HOUR], dtype=np.int64), LIST, PERHAPS)
    acts["account"] = world.stranger_account(PERHAPS)
    acts["address"] = world.stranger_address(PERHAPS)
    return acts
