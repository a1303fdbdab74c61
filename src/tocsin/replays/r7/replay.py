# SPDX-License-Identifier: Apache-2.0
"""The replay of R7 on one page: practices at work, a doctor who left, a stranger, a week without service.

The case names no suspect: that the account had ended stands in the directory alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tocsin.replays.crowd import Crowd
from tocsin.replays.days import Days, write_days
from tocsin.replays.folders import FolderReplay
from tocsin.replays.interface import Expected
from tocsin.replays.r7.acts import World, all_acts
from tocsin.replays.r7.expected import expect
from tocsin.replays.r7.lines import trace_lines
from tocsin.replays.r7.lists import write_accounts, write_patients
from tocsin.replays.r7.size import size_at
from tocsin.replays.r7.truth import tally_of, told
from tocsin.replays.tally import write_figures


class R7(FolderReplay):
    """Practice software of 23,000 professionals (November 2025)."""

    name = "R7"
    variants = ("departed-account",)
    decides_from = 0.9
    decision = "Demonstration: the account acted although the directory had ended it."

    def fill(self, case: Path, truth: Path, scale: float, variant: str, seed: int) -> None:
        """Write lists, logs and truth; see the base."""
        world = World(size_at(scale), Crowd.of(seed))
        write_patients(case / "listes" / "patients.parquet", world)
        write_accounts(case / "listes" / "comptes.csv", world)
        acts = all_acts(world)
        accounting = write_days(
            Days(case / "journaux", "trace-{day}.ndjson.gz", each=7),
            acts["at"],
            lambda index: trace_lines(world, acts, index),
        )
        tally = tally_of(world, acts)
        tally.write(truth / "persons.parquet", world.numbering.ids)
        figures = told(world, acts, tally, accounting)
        write_figures(truth, {"replay": self.name, "variant": variant, "seed": seed, **figures})

    def expect(self, truth: Mapping[str, object]) -> list[Expected]:
        """List the figures to find; see the base."""
        return expect(truth)
