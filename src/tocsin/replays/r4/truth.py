# SPDX-License-Identifier: Apache-2.0
"""What the ten accounts of R4 obtained, agency by agency: for comparison only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tocsin.replays.chance import Flags, Ints
from tocsin.replays.days import Accounting
from tocsin.replays.r4.acts import CARD, CONTACT, LIKELY, RIGHTS, SCRIPT, SPLIT, Acts, World
from tocsin.replays.r4.lines import login
from tocsin.replays.r4.people import place_of
from tocsin.replays.r4.size import AGENCIES, READING_SINCE
from tocsin.replays.tally import BEST, CEILING, FLOOR, Tally

PAGES = {
    CARD: ("identity.name", "identity.age", "health.membership"),
    CONTACT: ("contact.phone", "contact.email"),
    RIGHTS: ("id.nir",),
}


def tally_of(world: World, acts: Sequence[Acts]) -> Tally:
    """Count what was shown, over the three agencies."""
    tally = Tally(world.people.groups)
    for agency, all_of in enumerate(acts):
        for page, categories in PAGES.items():
            mine = all_of[in_scope(all_of) & (all_of["page"] == page)]
            tally.show(categories, place_of(agency, mine["row"]), _levels(world, agency, mine))
    return tally


def in_scope(acts: Acts) -> Flags:
    """The script's acts; of the account that nobody has told apart, its owner's too."""
    split = (acts["account"] == SPLIT) & (acts["at"] >= READING_SINCE)
    scope: Flags = (acts["who"] == SCRIPT) | split
    return scope


def _levels(world: World, agency: int, acts: Acts) -> Ints:
    """A file that no registry has may be another agency's: it never stands in the floor."""
    unknown = np.isin(acts["row"], world.people.beyond(agency))
    level = np.where(unknown, BEST, FLOOR)
    level = np.where(acts["account"] == LIKELY, BEST, level)
    return np.where(acts["account"] == SPLIT, CEILING, level)


def told(
    world: World, acts: Sequence[Acts], tally: Tally, accounting: Mapping[str, Accounting]
) -> dict[str, object]:
    """Give the figures of the truth."""
    return {
        "scale": world.size.scale,
        **tally.figures(),
        "accounts_used": {"floor": 8, "best": 9, "ceiling": 10},
        "controllers": {
            name: _of_agency(world, agency, acts[agency]) for agency, name in enumerate(AGENCIES)
        },
        "not_in_registry": len(world.people.beyond(0)),
        "accounts": {
            **{login(account): "illegitimate" for account in range(8)},
            login(LIKELY): "doubtful",
            login(SPLIT): "doubtful",
        },
        "accounting": {name: one.told() for name, one in accounting.items()},
    }


def _of_agency(world: World, agency: int, acts: Acts) -> dict[str, int]:
    own = Tally(world.people.groups)
    mine = acts[in_scope(acts) & np.isin(acts["page"], list(PAGES))]
    own.show(["any"], place_of(agency, mine["row"]), _levels(world, agency, mine))
    counts = own.figures()["persons"]
    if not isinstance(counts, dict):
        raise TypeError("counts are a table")
    return {name: int(counts[name]) for name in ("floor", "best")}
