# SPDX-License-Identifier: Apache-2.0
"""The replay of R1 on one page: a care network's platform, three strangers, two logs, the truth apart.

Life size takes some minutes and writes some eight million lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from tocsin.replays.chance import Ints
from tocsin.replays.crowd import Crowd
from tocsin.replays.days import Days, write_days
from tocsin.replays.folders import FolderReplay
from tocsin.replays.interface import Expected
from tocsin.replays.r1.acts import CLOSED, Acts, World, all_acts
from tocsin.replays.r1.expected import expect
from tocsin.replays.r1.lines import IDS, PARIS, gateway_lines, trace_lines
from tocsin.replays.r1.lists import write_beneficiaries, write_opticians
from tocsin.replays.r1.size import ATTACK_SINCE, size_at
from tocsin.replays.r1.truth import tally_of, told
from tocsin.replays.tally import write_figures

EXCEPTION = "one-exception"
"""One postal address was opened after all, among all these pages."""


class R1(FolderReplay):
    """A care network's platform for optics (November 2025)."""

    name = "R1"
    variants = ("usurped-opticians", EXCEPTION)

    def fill(self, case: Path, truth: Path, scale: float, variant: str, seed: int) -> None:
        """Write lists, logs and truth; see the base."""
        world = World(size_at(scale), Crowd.of(seed), exceptions=int(variant == EXCEPTION))
        write_beneficiaries(case / "listes" / "beneficiaires.parquet", world)
        write_opticians(case / "listes" / "comptes.csv", world)
        acts = all_acts(world)
        traced = acts[acts["reply"] != CLOSED]
        cuts = _cuts(traced, world.size.cut_lines)
        accounting = {
            "application": write_days(
                Days(case / "journaux", "trace-{day}.ndjson.gz", cut=96),
                traced["at"],
                lambda index: trace_lines(world, traced, index),
                cuts,
            ),
            "passerelle": write_days(
                Days(case / "journaux", "passerelle-{day}.log.gz", PARIS),
                acts["at"] // 1_000 * 1_000,
                lambda index: gateway_lines(world, acts, index),
            ),
        }
        tally = tally_of(world, acts)
        tally.write(truth / "persons.parquet", IDS.ids)
        figures = told(world, acts, tally, accounting)
        write_figures(truth, {"replay": self.name, "variant": variant, "seed": seed, **figures})

    def expect(self, truth: Mapping[str, object]) -> list[Expected]:
        """List the figures to find; see the base."""
        return expect(truth)


def _cuts(acts: Acts, count: int) -> Ints:
    """Lines cut by a full disk on the first days, long before the attack."""
    before = int(np.searchsorted(acts["at"], ATTACK_SINCE)) // 2
    return np.linspace(10, before, count, dtype=np.int64)
