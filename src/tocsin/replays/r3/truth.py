# SPDX-License-Identifier: Apache-2.0
"""What left the sharing service of R3: what its logs tell, and apart from it what the files hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tocsin.replays.days import Accounting, iso
from tocsin.replays.r3.acts import LIST, STRANGER, Acts, World, taken
from tocsin.replays.r3.contents import CATEGORIES
from tocsin.replays.tally import LEVELS

SOURCES = 2


@dataclass(frozen=True, slots=True)
class Known:
    """What the case lets one know, by variant."""

    lines_told: bool
    """The service logged how many lines each file had."""

    are_read: bool
    """The case holds the files."""

    logs: int
    """How many logs tell each act."""


def told(world: World, acts: Acts, accounting: Mapping[str, Accounting], known: Known) -> dict[str, object]:
    """Give the figures of the truth; `in_files` is what the files hold, whether they are read or not."""
    fetched, of_stranger = taken(acts), acts[acts["user"] == STRANGER]
    telling = len(fetched) * (1 if known.lines_told or known.are_read else known.logs)
    held = world.contents.held()
    return {
        "scale": world.size.scale,
        **(_counts_of_files(held) if known.are_read else _counts_of_logs(world, fetched, known)),
        "files": len(np.unique(fetched["file"])),
        "scope": {
            "events": len(of_stranger) * known.logs,
            "disclosed": telling if known.are_read else 0,
            "nothing_shown": len(of_stranger) * known.logs - telling,
            "unresolved": 0 if known.are_read else telling,
        },
        "grades": ("proxy_only" if known.logs < SOURCES else "read") if known.are_read else "not_read",
        "folders_listed": int((of_stranger["kind"] == LIST).sum()),
        "first_at": iso(int(of_stranger["at"].min())),
        "last_at": iso(int(fetched["at"].max())),
        "in_files": {"persons": world.size.persons, "lines": world.size.lines, "categories": held},
        "accounting": {name: one.told() for name, one in accounting.items()},
    }


def _counts_of_files(held: Mapping[str, int]) -> dict[str, object]:
    """Every figure is exact: the whole files left."""
    counts = {name: dict.fromkeys(LEVELS, number) for name, number in held.items()}
    return {"persons": counts["identity.name"], "categories": counts, "ceiling_reason": ""}


def _counts_of_logs(world: World, fetched: Acts, known: Known) -> dict[str, object]:
    """The persons have a limit only where the log tells lines, once for each time that a file was fetched."""
    lengths = world.contents.lengths()
    limit = {"ceiling": int(lengths[fetched["file"]].sum())} if known.lines_told else {}
    counts = {"floor": 0, "best": 0, **limit}
    return {
        "persons": counts,
        "categories": dict.fromkeys(CATEGORIES, counts),
        "ceiling_reason": "" if known.lines_told else "unresolved",
    }
