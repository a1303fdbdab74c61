# SPDX-License-Identifier: Apache-2.0
"""What the stranger of R9 obtained, and how each person must be told: for comparison only.

Whom each person is told through stands in `told.py`.
"""

from __future__ import annotations

import numpy as np

from tocsin.replays.days import Accounting, iso
from tocsin.replays.r9.acts import FILE, LIST, LOGIN, PARTNER, STRANGER, Acts, World
from tocsin.replays.r9.lines import login
from tocsin.replays.r9.told import notices_of
from tocsin.replays.tally import FLOOR, Tally

PAGE_SHOWS = ("identity.name", "identity.birth_date", "id.nir", "contact.address")
FILE_SHOWS = (*PAGE_SHOWS, "identity.birth_place")


def tally_of(world: World, acts: Acts) -> Tally:
    """Count what was shown: all of it is named in the trace, so the three counts are one."""
    tally = Tally(world.people.crowd.groups)
    tally.show(PAGE_SHOWS, world.pages[: world.taken], FLOOR)
    stolen = acts[acts["who"] == STRANGER]
    tally.show(FILE_SHOWS, world.pages[stolen[stolen["kind"] == FILE]["place"]], FLOOR)
    return tally


def told(world: World, acts: Acts, tally: Tally, accounting: Accounting) -> dict[str, object]:
    """Give the figures of the truth."""
    scope = acts[acts["who"] == STRANGER]
    shown = np.isin(scope["kind"], (FILE, LIST))
    return {
        "scale": world.size.scale,
        **tally.figures(),
        "account": login(PARTNER),
        "first_at": iso(int(scope["at"][shown].min())),
        "last_at": iso(int(scope["at"][shown].max())),
        "not_in_registry": world.size.gone,
        "scope": {
            "events": len(scope),
            "disclosed": int(shown.sum()),
            "nothing_shown": int((scope["kind"] == LOGIN).sum()),
            "unresolved": 0,
        },
        "notices": notices_of(world.people),
        "accounting": {"trace": accounting.told()},
    }
