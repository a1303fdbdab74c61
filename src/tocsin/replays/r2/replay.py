# SPDX-License-Identifier: Apache-2.0
"""The replay of R2 on one page: one region's identity server, its owners and its strangers.

Each variant is a region with the same rows of people behind its own local ids, so that a union over regions
has something to find; `unnamed` is the first of them before anybody suspects an account.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path

from tocsin.replays.crowd import Crowd
from tocsin.replays.days import Days, write_days
from tocsin.replays.folders import FolderReplay
from tocsin.replays.interface import Expected
from tocsin.replays.r2.acts import DEPARTED as LEFT
from tocsin.replays.r2.acts import HIDDEN, HOST_A, HOST_B, MIXED, QUIET, World, all_acts
from tocsin.replays.r2.expected import expect
from tocsin.replays.r2.lines import address, audit_lines, professional
from tocsin.replays.r2.lists import write_accounts, write_patients
from tocsin.replays.r2.people import Patients
from tocsin.replays.r2.size import REGIONS, UNNAMED, region_of, size_at
from tocsin.replays.r2.truth import in_scope, is_sure, tally_of, told
from tocsin.replays.tally import write_figures


class R2(FolderReplay):
    """A regional operator's identity server (autumn 2025)."""

    name = "R2"
    variants = (*REGIONS, UNNAMED)
    decides_from = math.inf  # their owners went on working: whole accounts are nobody's to decide

    def settings(self, name: str, content: str, variant: str) -> str:
        """Name the region and whom its officer already suspects: in one variant, nobody."""
        del name
        if variant == UNNAMED:
            content = re.sub(r"(?ms)^\[\[known\]\].*?(?=^\[limits\])", "", content)
        places = {
            "REGION": region_of(variant),
            "MIXED": professional(MIXED),
            "QUIET": professional(QUIET),
            "DEPARTED": professional(LEFT),
            "HIDDEN": professional(HIDDEN),
            "HOST_A": address(HOST_A),
            "HOST_B": address(HOST_B),
            "PRACTICE": address(4 + MIXED),
        }
        for place, said in places.items():
            content = content.replace(f"@{place}@", said)
        return content

    def fill(self, case: Path, truth: Path, scale: float, variant: str, seed: int) -> None:
        """Write lists, logs and truth; see the base."""
        size, crowd = size_at(scale, region_of(variant)), Crowd.of(seed)
        world = World(size, crowd, Patients(size, crowd))
        write_patients(case / "listes" / "patients.parquet", world)
        write_accounts(case / "listes" / "comptes.csv", world)
        acts = all_acts(world)
        accounting = write_days(
            Days(case / "journaux", "audit-{day}.ndjson.gz", each=7),
            acts["at"],
            lambda index: audit_lines(world, acts, index),
        )
        tally, found = tally_of(world, acts, in_scope(acts), is_sure(acts))
        tally.write(truth / "persons.parquet", world.patients.numbering.ids)
        figures = told(world, acts, tally, found, {"identite": accounting})
        write_figures(truth, {"replay": self.name, "variant": variant, "seed": seed, **figures})

    def expect(self, truth: Mapping[str, object]) -> list[Expected]:
        """List the figures to find; see the base."""
        return expect(truth)
