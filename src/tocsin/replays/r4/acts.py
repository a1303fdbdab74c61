# SPDX-License-Identifier: Apache-2.0
"""What happens in the three agencies' services: professionals at work, and a script under ten of their names.

Numbers only; words come when lines are written.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tocsin.replays.chance import Ints
from tocsin.replays.days import DAY
from tocsin.replays.r4.people import People
from tocsin.replays.r4.size import AGENCIES, LOG_DAYS, LOG_SINCE, READING_DAYS, READING_SINCE, Size

CARD, CONTACT, RIGHTS, SIGN, SIGN_FAILED, ABSENT, HELP = range(7)
"""Pages; CARD to RIGHTS name a person's file, as does ABSENT, which is no longer there."""

PERSON, SCRIPT = 0, 1
HOUR = 3_600_000

USURPED = 10
IN_AGENCIES = ((0, 1, 2, 3, 4), (3, 4, 5, 6), (6, 7, 8, 9))
"""Accounts usurped in each agency: professionals 3, 4 and 6 work in two."""

LIKELY, SPLIT = 8, 9
"""One account of which it is only likely, one whose owner's acts nobody has told apart yet."""

ACT = np.dtype(
    [
        ("at", np.int64),
        ("row", np.int64),
        ("account", np.int64),
        ("page", np.int8),
        ("who", np.int8),
        ("agency", np.int8),
    ]
)
Acts = npt.NDArray[np.void]
_START = (0.9, 0.0, 0.0)
"""Where in each agency's files the script begins: at those that the first shares with the second."""

_SHARES = ((CONTACT, 0.44), (RIGHTS, 0.13))


@dataclass(frozen=True, slots=True)
class World:
    """One replay's people and size."""

    size: Size
    people: People


def acts_of(world: World, agency: int) -> Acts:
    """Give all that happens in one agency, in order of time."""
    every = np.concatenate(
        [_usual(world, agency), *(_script(world, agency, account) for account in IN_AGENCIES[agency])]
    )
    return every[np.argsort(every["at"], kind="stable")]


def _cards(agency: int, at: Ints, rows: Ints, who: int) -> Acts:
    acts = np.zeros(len(at), dtype=ACT)
    acts["at"], acts["row"], acts["agency"], acts["who"] = at, rows, agency, who
    return acts


def _with_pages(world: World, cards: Acts, stream: str) -> list[Acts]:
    """The card, and after some of them another page."""
    index = np.arange(len(cards), dtype=np.int64)
    lots = [cards]
    for step, (page, share) in enumerate(_SHARES, start=1):
        after = cards[world.people.crowd.chance.happens(f"{stream} {page}", index, share)].copy()
        after["page"] = page
        after["at"] += 2_000 * step
        lots.append(after)
    return lots


def _usual(world: World, agency: int) -> Acts:
    size, chance, stream = world.size, world.people.crowd.chance, f"usual {AGENCIES[agency]}"
    index = np.arange(size.usual, dtype=np.int64)
    held = world.people.rows[agency]
    day = LOG_SINCE + chance.below(f"{stream} day", index, LOG_DAYS) * DAY
    at = day + 8 * HOUR + chance.below(f"{stream} time", index, 10 * HOUR)
    cards = _cards(agency, at, held[chance.below(f"{stream} row", index, len(held))], PERSON)
    account = chance.below(f"{stream} account", index, size.accounts)
    # Owners of usurped accounts work, but only where they are known.
    elsewhere = (account < USURPED) & ~np.isin(account, IN_AGENCIES[agency])
    cards["account"] = np.where(elsewhere, USURPED + account, account)
    signs = cards[::15].copy()
    signs["page"], signs["at"] = SIGN, signs["at"] - 60_000
    helps = cards[::31].copy()
    helps["page"] = HELP
    return np.concatenate([*_with_pages(world, cards, stream), signs, helps])


def _script(world: World, agency: int, account: int) -> Acts:
    """Signs in each day after some failures, then opens files one after the other."""
    chance, stream = world.people.crowd.chance, f"script {AGENCIES[agency]} {account}"
    index = np.arange(world.size.stolen, dtype=np.int64)
    held = world.people.rows[agency]
    start = round(len(held) * _START[agency]) + IN_AGENCIES[agency].index(account) * round(
        world.size.stolen * 0.7
    )
    rows = held[(start + index) % len(held)]
    day = READING_SINCE + index * READING_DAYS // len(index) * DAY
    at = np.sort(day + 9 * HOUR + chance.below(f"{stream} time", index, 8 * HOUR))
    cards = _cards(agency, at, rows, SCRIPT)
    absent = cards[::12].copy()
    absent["page"] = ABSENT
    lots = _with_pages(world, cards, stream)
    if account == 0:
        lost = cards[-2:].copy()
        lost["row"] = world.people.beyond(agency)
        lots.append(lost)
    signs = _cards(
        agency, READING_SINCE + np.arange(READING_DAYS) * DAY + 8 * HOUR, rows[:READING_DAYS], SCRIPT
    )
    signs["page"] = SIGN
    tries = np.repeat(signs, 3)
    tries["page"] = SIGN_FAILED
    tries["at"] -= 60_000 * np.tile(np.arange(1, 4), READING_DAYS)
    made = np.concatenate([*lots, absent, signs, tries])
    made["account"] = account
    return made
