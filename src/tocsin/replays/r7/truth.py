# SPDX-License-Identifier: Apache-2.0
"""What the stranger of R7 obtained: for comparison only."""

from __future__ import annotations

import numpy as np

from tocsin.replays.days import Accounting, iso
from tocsin.replays.r7.acts import DEPARTED, DOCUMENT, FILE, LIST, PAGE, STRANGER, Acts, World
from tocsin.replays.r7.lines import login
from tocsin.replays.tally import FLOOR, Tally

CARD = ("identity.birth_date", "id.nir", "contact.phone", "health.record")
"""What a file shows beside the name; a page of the list shows names alone."""


def tally_of(world: World, acts: Acts) -> Tally:
    """Count what was shown: all of it is named in the trace, so the three counts are one."""
    tally = Tally(world.crowd.groups)
    stolen = acts[acts["who"] == STRANGER]
    files = stolen[stolen["kind"] == FILE]["row"]
    pages = stolen[stolen["kind"] == LIST]["row"]
    tally.show(("identity.name", *CARD), files, FLOOR)
    tally.show(("identity.name",), (pages[:, None] + np.arange(PAGE)).ravel(), FLOOR)
    tally.show(("health.document",), stolen[stolen["kind"] == DOCUMENT]["row"], FLOOR)
    return tally


def told(world: World, acts: Acts, tally: Tally, accounting: Accounting) -> dict[str, object]:
    """Give the figures of the truth."""
    scope = acts[(acts["who"] == STRANGER) & (acts["account"] == DEPARTED)]
    shown = np.isin(scope["kind"], (FILE, DOCUMENT, LIST))
    return {
        "scale": world.size.scale,
        **tally.figures(),
        "account": login(DEPARTED),
        "first_at": iso(int(scope["at"][shown].min())),
        "last_at": iso(int(scope["at"][shown].max())),
        "scope": {
            "events": len(scope),
            "disclosed": int(shown.sum()),
            "nothing_shown": len(scope) - int(shown.sum()),
            "unresolved": 0,
        },
        "accounting": {"trace": accounting.told()},
    }
