# SPDX-License-Identifier: Apache-2.0
"""The replay of R9 on one page: agents at work, an access left open, three nights, a million notices.

The case names no suspect: that the agreement was over stands in the directory alone. It ends with the
notices, each way and reason known beforehand, rehearsed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tocsin.core.progress import Progress, silent
from tocsin.replays.crowd import Crowd
from tocsin.replays.days import Days, write_days
from tocsin.replays.folders import FolderReplay
from tocsin.replays.interface import Expected
from tocsin.replays.r9.acts import all_acts, world_of
from tocsin.replays.r9.expected import expect
from tocsin.replays.r9.lines import trace_lines
from tocsin.replays.r9.lists import write_accounts, write_insured, write_listed
from tocsin.replays.r9.notices import rehearse_notices
from tocsin.replays.r9.people import People
from tocsin.replays.r9.size import size_at
from tocsin.replays.r9.told import write_told
from tocsin.replays.r9.truth import tally_of, told
from tocsin.replays.tally import write_figures
from tocsin.store.case import Case


class R9(FolderReplay):
    """A social-security service for people employed at home (November 2025)."""

    name = "R9"
    variants = ("ended-agreement",)
    smallest = 0.0003
    decides_from = 0.9
    decision = "Demonstration: the access was used although its agreement was over."

    def fill(self, case: Path, truth: Path, scale: float, variant: str, seed: int) -> None:
        """Write lists, logs and truth; see the base."""
        size = size_at(scale)
        people = People(size, Crowd.of(seed))
        world = world_of(size, people)
        write_insured(case / "listes" / "assures.parquet", people)
        write_accounts(case / "listes" / "acces.csv", size)
        write_listed(case / "listes", people)
        acts = all_acts(world)
        accounting = write_days(
            Days(case / "journaux", "trace-{day}.ndjson.gz", each=7),
            acts["at"],
            lambda index: trace_lines(world, acts, index),
        )
        tally = tally_of(world, acts)
        tally.write(truth / "persons.parquet", people.numbering.ids)
        write_told(truth / "told.parquet", people)
        figures = told(world, acts, tally, accounting)
        write_figures(truth, {"replay": self.name, "variant": variant, "seed": seed, **figures})

    def expect(self, truth: Mapping[str, object]) -> list[Expected]:
        """List the figures to find; see the base."""
        return expect(truth)

    def go_on(self, case: Case, progress: Progress = silent) -> dict[str, object]:
        """Release the notices and rehearse them to the end."""
        return rehearse_notices(case, progress).told()
