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
    LOGIN,
    LOST,
    PERHAPS,
    POSTAL,
    REFUNDS,
    SURE,
    Acts,
    World,
)
from tocsin.replays.r1.lines import login
from tocsin.replays.r1.size import LOG_UNTIL, REOPENED_AT
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
    pages = PAGES | ({POSTAL: ("contact.email", "contact.address")} if world.exceptions else {})
    for stranger, level in LEVEL_OF.items():
        for page, categories in pages.items():
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
    served = acts["at"][(acts["reply"] == FOUND) & (acts["page"] != LOGIN)]
    return {
        "scale": world.size.scale,
        **tally.figures(),
        "not_in_registry": int((rows >= world.size.held).sum()),
        "first_at": iso(int(sure["at"].min()) // 1_000 * 1_000),
        "exceptions": world.exceptions,
        "outage": {
            "from": iso(int(served[served < LOG_UNTIL].max())),
            "until": iso(int(served[served >= REOPENED_AT].min())),
        },
        "accounts": {
            login(world.stranger_account(SURE)): "illegitimate",
            login(world.stranger_account(LIKELY)): "doubtful",
            login(world.stranger_account(PERHAPS)): "doubtful",
        },
        "accounting": {name: one.told() for name, one in accounting.items()},
    }
