# SPDX-License-Identifier: Apache-2.0
"""What the strangers of R2 obtained as far as anybody can tell, and what is only possible: for comparison."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tocsin.replays.chance import Flags, Ints
from tocsin.replays.days import Accounting, iso
from tocsin.replays.r2.acts import (
    DEPARTED,
    HOST_A,
    HOST_B,
    MIXED,
    READ,
    SEARCH,
    STRANGER,
    USURPED,
    Acts,
    World,
)
from tocsin.replays.r2.lines import professional
from tocsin.replays.r2.size import READING_SINCE
from tocsin.replays.tally import BEST, CEILING, FLOOR, Tally

TRAITS = ("identity.name", "identity.age")


def in_scope(acts: Acts) -> Flags:
    """What the [[known]] of the case select, but what the owner's practice did."""
    known = (acts["account"] < USURPED) & (acts["at"] >= READING_SINCE)
    practice = (acts["account"] == MIXED) & (acts["address"] == 4 + MIXED)
    scope: Flags = known & ~practice
    return scope


def is_sure(acts: Acts) -> Flags:
    """From a host abroad, or under the account of somebody who had left."""
    abroad = (acts["address"] == HOST_A) | (acts["address"] == HOST_B)
    sure: Flags = in_scope(acts) & (abroad | (acts["account"] == DEPARTED))
    return sure


def tally_of(world: World, acts: Acts) -> tuple[Tally, Ints]:
    """Count what was shown; and, of each search in scope, how many it found."""
    tally = Tally(world.crowd.groups)
    scope, sure = in_scope(acts), is_sure(acts)
    read = scope & (acts["kind"] == READ)
    rows = acts["row"][read]
    tally.show(TRAITS, rows, np.where(sure[read], FLOOR, CEILING))
    for category, held in (
        ("contact.phone", world.crowd.has_phone),
        ("contact.email", world.crowd.has_email),
    ):
        # Who has a phone is told by the registry as it stood: reconstructed, never in the floor.
        has = held(rows) & (world.patients.since(rows) <= acts["at"][read])
        tally.show([category], rows[has], np.where(sure[read], BEST, CEILING)[has])
    searches = acts[scope & (acts["kind"] == SEARCH)]
    position, found = world.patients.found(searches["key"], searches["page"], searches["at"])
    level = np.where(sure[scope & (acts["kind"] == SEARCH)], BEST, CEILING)
    tally.show(TRAITS, found, level[position])
    return tally, np.bincount(position, minlength=len(searches))


def told(
    world: World, acts: Acts, tally: Tally, found: Ints, accounting: Mapping[str, Accounting]
) -> dict[str, object]:
    """Give the figures of the truth."""
    scope = in_scope(acts)
    disclosed = int((scope & (acts["kind"] == READ)).sum()) + int((found > 0).sum())
    stolen = acts[(acts["who"] == STRANGER) & np.isin(acts["kind"], (READ, SEARCH))]
    return {
        "scale": world.size.scale,
        **tally.figures(),
        "scope": {
            "events": int(scope.sum()),
            "disclosed": disclosed,
            "nothing_shown": int(scope.sum()) - disclosed,
            "unresolved": 0,
        },
        "strangers": {"events": len(stolen), "first_at": iso(int(stolen["at"].min()))},
        "accounts": {professional(DEPARTED): "illegitimate"},
        "accounting": {name: one.told() for name, one in accounting.items()},
    }
