# SPDX-License-Identifier: Apache-2.0
"""What the strangers of R1 obtained, and what is only possible: for comparison only."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tocsin.replays.days import Accounting, iso
from tocsin.replays.r1.acts import (
    CARD,
    CONTACT,
    CORRECTION,
    FOUND,
    LIKELY,
    LOST,
    PERHAPS,
    REFUNDS,
    SURE,
    Acts,
    World,
)
from tocsin.replays.r1.lines import login
from tocsin.replays.tally import BEST, CEILING, FLOOR, Tally

LEVEL_OF = {SURE: FLOOR, LIKELY: BEST, PERHAPS: CEILING}
PAGES = {
    CARD: ("identity.name", "identity.birth_date", "id.nir"),
    REFUNDS: ("reimbursement.optical",),
    CORRECTION: ("health.visual_correction",),
    CONTACT: ("contact.phone",),
}
LISTED = ("identity.name", "identity.birth_date", "id.nir", "contact.phone")
"""What a line of the monthly list holds."""


def tally_of(world: World, acts: Acts) -> Tally:
    """Count what was shown."""
    tally = Tally(world.crowd.groups)
    for stranger, level in LEVEL_OF.items():
        for page, categories in PAGES.items():
            mine = acts[(acts["stranger"] == stranger) & (acts["page"] == page)]
            tally.show(categories, mine["row"][mine["reply"] == FOUND], level)
            # The application does not know whether a reply arrived; the gateway sent it.
            tally.show(categories, mine["row"][mine["reply"] == LOST], level)
    tally.hide(LISTED, world.size.exported)
    return tally


def told(world: World, acts: Acts, tally: Tally, accounting: Mapping[str, Accounting]) -> dict[str, object]:
    """Give the figures of the truth."""
    sure = acts[(acts["stranger"] == SURE) & (acts["page"] == CARD) & (acts["reply"] == FOUND)]
    rows = np.unique(sure["row"])
    return {
        "scale": world.size.scale,
        **tally.figures(),
        "not_in_registry": int((rows >= world.size.held).sum()),
        "first_at": iso(int(sure["at"].min()) // 1_000 * 1_000),
        "accounts": {
            login(world.stranger_account(SURE)): "illegitimate",
            login(world.stranger_account(LIKELY)): "doubtful",
            login(world.stranger_account(PERHAPS)): "doubtful",
        },
        "accounting": {name: one.told() for name, one in accounting.items()},
    }
