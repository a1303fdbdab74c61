# SPDX-License-Identifier: Apache-2.0
"""The public story: a patient's account opened that morning asks the patient view for random numbers.

Most numbers are not given (404); appointments of the platform's own are refused (403); those booked in
connected software are shown. It never asks for its own, so all that it obtains is others'.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tocsin.replays.chance import Flags, Floats, Ints
from tocsin.replays.r5.accounts import login
from tocsin.replays.r5.actors import PATIENT, SCRIPT_AGENT, suspect_address
from tocsin.replays.r5.acts import (
    ACCOUNTS,
    AVAILABILITIES,
    CREATED,
    DOWN,
    GET,
    LOGIN,
    LOGOUT,
    MISSING,
    OK,
    PATIENT_VIEW,
    REFUSED,
    SEARCH,
    SESSIONS,
    SIGNUP,
    Acts,
    acts,
)
from tocsin.replays.r5.appointments import PARTNER_SOFTWARE, practice_number
from tocsin.replays.r5.attack import (
    Attack,
    could_be_confused,
    find_targets,
    first_of_each,
    pairs_of_kin,
    pairs_of_rows,
    pairs_of_visits,
)
from tocsin.replays.r5.clock import instant
from tocsin.replays.r5.scene import Scene

_OPENED = instant("2020-07-21T06:48:12")
_SITTINGS = tuple(
    (instant(f"2020-07-21T{since}:00"), instant(f"2020-07-21T{until}:00"))
    for since, until in (("07:12", "08:41"), ("09:05", "11:28"), ("12:11", "13:46"))
)
_DRAWS = 40


@dataclass(frozen=True, slots=True)
class Requests:
    """What the account asks for, in order; one value per request."""

    number: Ints
    reply: Ints
    original: Ints
    """Position of the request of which this is a transport's retry, itself otherwise."""

    discloses: Flags


def attack(scene: Scene) -> Attack:
    """Write the attack and its truth."""
    targets = find_targets(scene)
    planted = _planted(
        scene,
        rows=(pairs_of_rows(scene, targets), 0.005, 5),
        visits=(pairs_of_visits(targets), 0.01, 5),
        kin=(pairs_of_kin(scene, targets), 0.003, 8),
    )
    for draw in range(_DRAWS):
        requests = _requests(scene, planted, draw)
        rank = scene.appointments.rank(requests.number[requests.discloses])
        if not could_be_confused(scene, scene.appointments.person(rank)):
            break
    asked = _asked(scene, requests)
    around = _around(scene)
    every = np.concatenate([around, asked])
    return Attack(
        acts=every[np.argsort(every["at"], kind="stable")],
        at=asked["at"][requests.discloses],
        rank=rank,
        unreadable=np.zeros(0, dtype=np.int64),
        account=f"u{login(np.array([scene.newcomer]))[0]}",
        opened_at=_OPENED,
        known=None,
        nothing_shown=len(every) - int(requests.discloses.sum()),
    )


def _planted(scene: Scene, **kinds: tuple[Ints, float, int]) -> Ints:
    """Choose appointments that chance would hardly bring together: of one person, or of kin.

    A kind comes with its pairs of appointments, its share of the whole, and the least whole for one.
    """
    wanted = scene.size.disclosed
    chosen = []
    for name, (pairs, share, least) in kinds.items():
        most = min(max(1, round(wanted * share)), (wanted - 1) // least, len(pairs) // 2)
        order = np.argsort(scene.chance.bits(f"plant {name}", np.arange(len(pairs) // 2, dtype=np.int64)))
        chosen.append(pairs.reshape(-1, 2)[order[:most]].ravel())
    planted: Ints = np.unique(np.concatenate(chosen))
    return planted


def _requests(scene: Scene, planted: Ints, draw: int) -> Requests:
    """Draw numbers until exactly the wanted appointments have been shown."""
    chance, of, wanted = scene.chance, scene.appointments, scene.size.disclosed
    length = wanted * 70 + 2_000
    position = np.arange(length, dtype=np.int64) + (draw << 40)
    low, high = (int(of.number(np.array([rank]))[0]) for rank in (of.month[0], of.month[1] - 1))
    spread = chance.fraction("number asked", position)
    number = low + np.floor(spread * (high - low) * 1.04).astype(np.int64)
    # The last 4 % lie beyond every number given yet.
    last = int(of.number(np.array([of.size.appointments - 1]))[0])
    number[number > high] += last - high
    slots = np.argsort(chance.bits("slot", position[: wanted * 12]))[: len(planted)]
    number[slots] = of.number(planted)
    number = _with_neighbours(scene, number, position, high)
    fate = chance.fraction("fate", position[0] + np.arange(len(number), dtype=np.int64))
    shown = _is_shown(scene, number) & ((fate >= 0.01) | np.isin(number, of.number(planted)))
    new = np.zeros(len(number), dtype=bool)
    new[np.flatnonzero(shown)[first_of_each(number[shown])]] = True
    end = int(np.flatnonzero(np.cumsum(new) == wanted)[0]) + 1
    return _with_retries(scene, number[:end], shown[:end], fate[:end])


def _with_neighbours(scene: Scene, number: Ints, position: Ints, high: int) -> Ints:
    """After some hits, try the numbers that follow, up to the month's last."""
    shown = np.flatnonzero(_is_shown(scene, number))
    curious = shown[scene.chance.fraction("curious", position[shown]) < 0.08]
    near = np.minimum(number[curious][:, None] + np.arange(1, 11), high)
    with_near: Ints = np.insert(number, np.repeat(curious + 1, 10), near.ravel())
    return with_near


def _is_shown(scene: Scene, number: Ints) -> Flags:
    rank = scene.appointments.rank(number)
    first, until = scene.appointments.month
    known = (rank >= first) & (rank < until)
    known[known] = scene.appointments.origin(rank[known]) == PARTNER_SOFTWARE
    return known


def _with_retries(scene: Scene, number: Ints, shown: Flags, fate: Floats) -> Requests:
    """Send some requests twice: after a failure, after a lost reply, or because the answer was liked."""
    rank = scene.appointments.rank(number)
    reply = np.select([shown, fate < 0.01, rank < 0], [OK, DOWN, MISSING], REFUSED)
    failing, twice, again = (shown & (fate >= low) & (fate < low + 0.015) for low in (0.02, 0.04, 0.06))
    extra = failing | twice | again
    order = np.repeat(np.arange(len(number)), 1 + extra)
    second = np.concatenate([[False], order[1:] == order[:-1]])
    first_position = np.flatnonzero(~second)
    is_retry = second & ~again[order]
    replies = reply[order]
    replies[first_position[failing]] = DOWN
    shows = shown[order] & (replies == OK) & ~(second & twice[order])
    original = np.where(is_retry, np.arange(len(order)) - 1, np.arange(len(order)))
    return Requests(number[order], replies, original, shows)


def _asked(scene: Scene, requests: Requests) -> Acts:
    """Give each request its instant, its session and its place in the log."""
    at = _instants(scene, len(requests.number))
    made = acts(scene.chance, "suspect", at, np.arange(len(at), dtype=np.int64))
    made["request"] = made["request"][requests.original]
    made["operation"], made["path"] = GET, PATIENT_VIEW
    made["number"], made["reply"] = requests.number, requests.reply
    return _by_newcomer(scene, made)


def _instants(scene: Scene, count: int) -> Ints:
    """Spread requests evenly over the sittings, each within its own slot."""
    spans = np.array([until - since for since, until in _SITTINGS], dtype=np.float64)
    slot = np.arange(count) + 0.8 * scene.chance.fraction("suspect at", np.arange(count, dtype=np.int64))
    done = np.cumsum([0.0, *spans])
    inside = slot / count * done[-1]
    sitting = np.searchsorted(done, inside, side="right") - 1
    instants: Ints = np.array([since for since, _ in _SITTINGS])[sitting] + (inside - done[sitting]).astype(
        np.int64
    )
    return instants


def _around(scene: Scene) -> Acts:
    """Open the account, look round, log in before each sitting and out after it."""
    plan = [(_OPENED, SIGNUP, ACCOUNTS, CREATED)]
    plan += [(_OPENED + after * 1_000, SEARCH, AVAILABILITIES, OK) for after in (95, 140, 188)]
    plan += [(since - 4_000, LOGIN, SESSIONS, OK) for since, _ in _SITTINGS]
    plan += [(until + 9_000, LOGOUT, SESSIONS, OK) for _, until in _SITTINGS]
    made = acts(
        scene.chance,
        "suspect around",
        np.array([at for at, *_ in plan]),
        np.arange(len(plan), dtype=np.int64),
    )
    made["operation"], made["path"], made["reply"] = np.array([rest for _, *rest in plan]).T
    search = made["operation"] == SEARCH
    made["items"][search] = 7
    made["number"][search] = practice_number(np.array([1, 5, 9]))
    return _by_newcomer(scene, made)


def _by_newcomer(scene: Scene, made: Acts) -> Acts:
    sitting = np.searchsorted([since - 5_000 for since, _ in _SITTINGS], made["at"], side="right")
    made["kind"], made["actor"] = PATIENT, login(np.array([scene.newcomer]))[0]
    made["session"] = scene.chance.bits("suspect session", sitting) | np.uint64(1 << 63)
    made["address"] = np.where(sitting == 2, suspect_address(1), suspect_address(0))
    made["agent"] = np.where(made["operation"] == GET, SCRIPT_AGENT, 1)
    return made
