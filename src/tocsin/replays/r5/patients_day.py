# SPDX-License-Identifier: Apache-2.0
"""What patients and passers-by do in a day: visits to one's own appointments, searches, new accounts.

A visit never obtains anybody whom the account may not see; a wrong number is refused or missing.
"""

from __future__ import annotations

import numpy as np

from tocsin.replays.chance import Flags, Ints
from tocsin.replays.households import NOBODY
from tocsin.replays.r5.accounts import NEW_ACCOUNT_EVERY, login, opened_at
from tocsin.replays.r5.actors import PATIENT, agent_of, app_of, home_of
from tocsin.replays.r5.acts import (
    ACCOUNTS,
    AVAILABILITIES,
    CREATED,
    DOWN,
    GET,
    LIST,
    LOGIN,
    LOGIN_KO,
    LOGOUT,
    MISSING,
    OWN_LIST,
    PATIENT_VIEW,
    PUT,
    REFUSED,
    SEARCH,
    SESSIONS,
    SIGNUP,
    UNKNOWN_USER,
    Acts,
    acts,
)
from tocsin.replays.r5.appointments import practice_number
from tocsin.replays.r5.clock import LOG_DAYS
from tocsin.replays.r5.days import Day

_MINUTE = 60_000
_GIVE_UP = 12 * _MINUTE
"""No visit begins so late in the day that it would end in the next."""


def visits(day: Day, wanted: int) -> tuple[Acts, Ints, Ints]:
    """Give the visits of a day, and instants and ranks of the appointments of people without an account."""
    scene = day.scene
    index = day.indices(wanted)
    at = np.minimum(day.instants("visit", index), day.until - _GIVE_UP)
    rank = day.recent("visit", index, at)
    holder = scene.households.holder(scene.appointments.person(rank))
    welcome = (holder != NOBODY) & (opened_at(scene.households, np.maximum(holder, 0)) < at - 2 * _MINUTE)
    made = _visit(day, index[welcome], at[welcome], rank[welcome], holder[welcome])
    return made, at[~welcome], rank[~welcome]


def searches(day: Day, wanted: int) -> Acts:
    """Give the anonymous searches for availability."""
    index = day.indices(wanted)
    chance = day.scene.chance
    made = acts(chance, "search", day.instants("search", index), index)
    made["operation"], made["path"] = SEARCH, AVAILABILITIES
    made["number"] = practice_number(chance.below("searched", index, day.scene.size.practices))
    made["items"] = chance.below("free", index, 30)
    made["address"] = chance.below("passer-by", index, 1 << 17)
    made["app"] = chance.below("search app", index, 3)
    made["agent"] = agent_of(chance, index, made["app"])
    return made


def new_accounts(day: Day) -> Acts:
    """Give the accounts that are opened this day."""
    households = day.scene.households
    homes = np.arange(
        day.number, day.scene.size.persons // 8 // NEW_ACCOUNT_EVERY + 1, LOG_DAYS, dtype=np.int64
    )
    holder = (homes * NEW_ACCOUNT_EVERY + 7) * 8 + 3
    holder = holder[holder < day.scene.size.persons]
    made = _by(day, "sign-up", opened_at(households, holder), holder, holder)
    made["operation"], made["path"], made["reply"] = SIGNUP, ACCOUNTS, CREATED
    return made


def _visit(day: Day, index: Ints, at: Ints, rank: Ints, holder: Ints) -> Acts:
    """Login, list, one's appointment, now and then once more, a change, a wrong number, logout."""
    chance = day.scene.chance
    luck = chance.fraction("visit luck", index)
    pace = 1_200 + chance.below("pace", index, 14_000)
    session = chance.bits("session", index) | np.uint64(1 << 63)
    steps = []

    def step(name: str, after: int, where: Flags, operation: int, path: int) -> Acts:
        made = _by(day, name, at[where] + pace[where] * after, index[where], holder[where])
        made["session"] = session[where]
        made["operation"], made["path"] = operation, path
        steps.append(made)
        return made

    every = np.ones(len(index), dtype=bool)
    failed = step("mistyped", 0, luck < 0.04, LOGIN_KO, SESSIONS)
    failed["reply"], failed["session"] = UNKNOWN_USER, 0
    step("login", 1, every, LOGIN, SESSIONS)
    listed = step("list", 2, every, LIST, OWN_LIST)
    listed["listed"] = holder
    listed["items"] = 1 + chance.below("listed", index, 6)
    own = step("own", 3, every, GET, PATIENT_VIEW)
    own["number"] = day.scene.appointments.number(rank)
    own["reply"] = np.where(luck > 0.998, DOWN, own["reply"])
    again = (luck >= 0.1) & (luck < 0.4)
    step("again", 5, again, GET, PATIENT_VIEW)["number"] = own["number"][again]
    moved = (luck >= 0.35) & (luck < 0.47)
    step("move", 7, moved, PUT, PATIENT_VIEW)["number"] = own["number"][moved]
    _stray(day, step("stray", 9, (luck >= 0.5) & (luck < 0.504), GET, PATIENT_VIEW))
    step("logout", 11, luck >= 0.6, LOGOUT, SESSIONS)
    return np.concatenate(steps)


def _stray(day: Day, made: Acts) -> None:
    """Ask for somebody else's number, as after a forwarded link: always refused, or missing."""
    of = day.scene.appointments
    asked = of.number(np.zeros(1, dtype=np.int64)) + day.scene.chance.below(
        "stray number", made["request"].astype(np.int64) >> 1, of.size.appointments * 4
    )
    made["number"] = asked
    made["reply"] = np.where(of.rank(asked) < 0, MISSING, REFUSED)


def _by(day: Day, name: str, at: Ints, index: Ints, holder: Ints) -> Acts:
    chance = day.scene.chance
    made = acts(chance, name, at, index)
    made["kind"], made["actor"] = PATIENT, login(holder)
    made["app"] = app_of(chance, holder)
    made["agent"] = agent_of(chance, holder, made["app"])
    away = chance.below("away", (holder << 5) + day.number, 3) == 0
    made["address"] = home_of(chance, np.where(away, (holder << 5) + day.number, holder))
    return made
