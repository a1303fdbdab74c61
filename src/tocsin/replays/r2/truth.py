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
RIGHTLY = 0.95
"""Of those held to be most likely concerned, the part that must be."""


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


def is_stranger(acts: Acts) -> Flags:
    """What strangers did, whoever can tell."""
    strangers: Flags = acts["who"] == STRANGER
    return strangers


def tally_of(world: World, acts: Acts, scope: Flags, sure: Flags) -> tuple[Tally, Ints]:
    """Count what was shown; and, of each search in scope, how many it found."""
    tally = Tally(world.crowd.groups)
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
    stolen = acts[is_stranger(acts) & np.isin(acts["kind"], (READ, SEARCH))]
    strangers, _ = tally_of(world, acts, is_stranger(acts), is_stranger(acts))
    return {
        "scale": world.size.scale,
        "held": world.size.held,
        **_weighed(tally.figures(), strangers.figures()),
        "scope": {
            "events": int(scope.sum()),
            "disclosed": disclosed,
            "nothing_shown": int(scope.sum()) - disclosed,
            "unresolved": 0,
        },
        "strangers": {
            "events": len(stolen),
            "first_at": iso(int(stolen["at"].min())),
            "persons": _level(strangers.figures()["persons"], "best"),
        },
        "accounts": {professional(DEPARTED): "illegitimate"},
        "usurped": {professional(account): "doubtful" for account in range(USURPED)},
        "accounting": {name: one.told() for name, one in accounting.items()},
    }


def _weighed(counts: dict[str, object], strangers: dict[str, object]) -> dict[str, object]:
    """At least and most likely, as sessions are weighed: from what is sure to what strangers obtained.

    Of the most likely, one in twenty may be wrong; of those at least concerned, nobody.
    """
    if "best" not in counts:
        parts = {name: one for name, one in counts.items() if isinstance(one, dict)}
        return {name: _weighed(one, _part(strangers, name)) for name, one in parts.items()}
    least, likely = _level(counts, "floor"), _level(counts, "best")
    return counts | {
        "floor": [least, max(least, _level(strangers, "floor"))],
        "best": [likely, max(likely, round(_level(strangers, "best") / RIGHTLY))],
    }


def _part(counts: dict[str, object], name: str) -> dict[str, object]:
    found = counts.get(name, {})
    return found if isinstance(found, dict) else {}


def _level(counts: object, name: str) -> int:
    return int(counts.get(name, 0)) if isinstance(counts, dict) else 0
