# SPDX-License-Identifier: Apache-2.0
"""The other story: a connected software's client is stolen and used from an address that is not its own.

It reads the clear card of appointments, of the structures it serves and of others, while the genuine
software goes on working under the same account; some it reads in the encrypted view only.
"""

from __future__ import annotations

import numpy as np

from tocsin.replays.chance import Ints
from tocsin.replays.r5.actors import (
    FIRST_CONNECTED,
    SCRIPT_AGENT,
    SOFTWARE,
    SUSPECT_ADDRESSES,
    client_of,
    software_of,
    suspect_address,
)
from tocsin.replays.r5.acts import CARD, GET, MISSING, OK, REFUSED, SOFTWARE_VIEW, Acts, acts
from tocsin.replays.r5.appointments import PARTNER_SOFTWARE
from tocsin.replays.r5.attack import (
    Attack,
    Selector,
    Targets,
    could_be_confused,
    find_targets,
    pairs_of_kin,
    pairs_of_rows,
)
from tocsin.replays.r5.clock import instant
from tocsin.replays.r5.scene import Scene

_SINCE = instant("2020-07-20T22:40:00")
_UNTIL = instant("2020-07-21T13:30:00")
_STOLEN = 102
"""Number of the software's account."""

_DRAWS = 40


def attack(scene: Scene) -> Attack:
    """Write the attack and its truth."""
    targets = find_targets(scene)
    for draw in range(_DRAWS):
        shown, encrypted = _choose(scene, targets, draw)
        both = np.concatenate([shown, encrypted])
        if not could_be_confused(scene, scene.appointments.person(both)):
            break
    made, clear = _asked(scene, shown, encrypted)
    return Attack(
        acts=made,
        at=made["at"][clear],
        rank=scene.appointments.rank(made["number"][clear]),
        unreadable=encrypted,
        account=f"sw-{_STOLEN}",
        opened_at=None,
        known=Selector(client_of(_STOLEN), SUSPECT_ADDRESSES[0], _SINCE, _UNTIL),
        nothing_shown=int((made["reply"] != OK).sum()),
    )


def _choose(scene: Scene, targets: Targets, draw: int) -> tuple[Ints, Ints]:
    """Choose the appointments shown in clear, and others shown encrypted only."""
    wanted = scene.size.disclosed
    order = np.argsort(scene.chance.bits(f"stolen {draw}", targets.rank))
    software = software_of(scene.appointments.practice(targets.rank[order]), scene.size.software)
    served, others = targets.rank[order[software == _STOLEN]], targets.rank[order[software != _STOLEN]]
    few = max(1, wanted // 200) * 2
    planted = np.concatenate([pairs_of_rows(scene, targets)[:few], pairs_of_kin(scene, targets)[:few]])
    planted = np.unique(planted)[: wanted // 2]
    drawn = np.concatenate([planted, served[: wanted // 2], others[:wanted]])
    shown: Ints = drawn[np.sort(np.unique(drawn, return_index=True)[1])][:wanted]
    rest = np.setdiff1d(targets.rank[order[: wanted * 4 + 40]], drawn)
    return shown, rest[: max(1, round(wanted * 0.15))]


def _asked(scene: Scene, shown: Ints, encrypted: Ints) -> tuple[Acts, Ints]:
    """Give the acts in order, and which of them disclosed in clear."""
    of, chance = scene.appointments, scene.chance
    missed = _missed(scene, len(shown))
    number = np.concatenate([of.number(shown), of.number(encrypted), missed])
    path = np.repeat([CARD, SOFTWARE_VIEW, CARD], [len(shown), len(encrypted), len(missed)])
    again = np.flatnonzero(chance.fraction("stolen again", np.arange(len(shown), dtype=np.int64)) < 0.03)
    number, path = np.append(number, number[again]), np.append(path, path[again])
    mixed = np.argsort(chance.bits("stolen order", np.arange(len(number), dtype=np.int64)))
    number, path = number[mixed], path[mixed]
    slot = (np.arange(len(number)) + 0.5) / len(number)
    at = _SINCE + 60_000 + (slot * (_UNTIL - _SINCE - 120_000)).astype(np.int64)
    made = acts(chance, "stolen", at, np.arange(len(number), dtype=np.int64))
    made["operation"], made["path"], made["number"] = GET, path, number
    rank = of.rank(number)
    made["reply"] = np.select(
        [rank < 0, of.origin(np.maximum(rank, 0)) == PARTNER_SOFTWARE], [MISSING, OK], REFUSED
    )
    made["kind"], made["actor"] = SOFTWARE, _STOLEN
    made["app"], made["agent"] = FIRST_CONNECTED + _STOLEN - 101, SCRIPT_AGENT
    made["address"] = suspect_address(0)
    return made, np.flatnonzero((made["path"] == CARD) & (made["reply"] == OK))


def _missed(scene: Scene, count: int) -> Ints:
    """Give numbers not given, or of appointments that no connected software booked."""
    of = scene.appointments
    tried = np.arange(count * 3, dtype=np.int64)
    first = int(of.number(np.array([of.month[0]]))[0])
    number = first + scene.chance.below("stolen try", tried, scene.size.booked_in_month * 4 - 8)
    rank = of.rank(number)
    missed: Ints = number[(rank < 0) | (of.origin(np.maximum(rank, 0)) != PARTNER_SOFTWARE)]
    return missed
