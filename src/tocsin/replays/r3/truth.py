# SPDX-License-Identifier: Apache-2.0
"""What left the sharing service of R3: what its logs tell, and apart from it what the files hold."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tocsin.replays.days import Accounting, iso
from tocsin.replays.r3.acts import LIST, STRANGER, Acts, World, taken
from tocsin.replays.r3.contents import CATEGORIES

SOURCES = 2


def told(
    world: World, acts: Acts, accounting: Mapping[str, Accounting], *, lines_told: bool
) -> dict[str, object]:
    """Give the figures of the truth.

    `in_files` is what reading the files will establish; until then the persons have a limit only where the
    log tells how many lines each file had, once for each time that it was fetched.
    """
    fetched = taken(acts)
    lengths = world.contents.lengths()
    limit = {"ceiling": int(lengths[fetched["file"]].sum())} if lines_told else {}
    of_stranger = acts[acts["user"] == STRANGER]
    unresolved = len(fetched) * (1 if lines_told else SOURCES)
    counts = {"floor": 0, "best": 0, **limit}
    return {
        "scale": world.size.scale,
        "persons": counts,
        "categories": dict.fromkeys(CATEGORIES, counts),
        "files": len(np.unique(fetched["file"])),
        "ceiling_reason": "" if lines_told else "unresolved",
        "scope": {
            "events": len(of_stranger) * SOURCES,
            "disclosed": 0,
            "nothing_shown": len(of_stranger) * SOURCES - unresolved,
            "unresolved": unresolved,
        },
        "folders_listed": int((of_stranger["kind"] == LIST).sum()),
        "first_at": iso(int(of_stranger["at"].min())),
        "last_at": iso(int(fetched["at"].max())),
        "in_files": {
            "persons": world.size.persons,
            "lines": world.size.lines,
            "categories": dict.fromkeys(CATEGORIES, world.size.persons),
        },
        "accounting": {name: one.told() for name, one in accounting.items()},
    }
