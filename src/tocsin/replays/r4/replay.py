# SPDX-License-Identifier: Apache-2.0
"""The replay of R4 on one page: three agencies' services in one case, ten accounts, the truth apart."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tocsin.replays.crowd import Crowd
from tocsin.replays.days import Accounting, Days, write_days
from tocsin.replays.folders import FolderReplay
from tocsin.replays.interface import Expected
from tocsin.replays.r4.acts import LIKELY, SPLIT, USURPED, Acts, World, acts_of
from tocsin.replays.r4.expected import expect
from tocsin.replays.r4.lines import AGENTS, SUMMER, login, service_lines
from tocsin.replays.r4.lists import write_accounts, write_persons
from tocsin.replays.r4.people import People
from tocsin.replays.r4.size import AGENCIES, size_at
from tocsin.replays.r4.truth import tally_of, told
from tocsin.replays.tally import write_figures


class R4(FolderReplay):
    """Places in care homes, three agencies (autumn 2025)."""

    name = "R4"
    variants = ("ten-accounts",)

    def settings(self, name: str, content: str, variant: str) -> str:
        """Add the ten accounts to the case."""
        del variant
        return content if name != "case.toml" else content + "".join(map(_known, range(USURPED)))

    def fill(self, case: Path, truth: Path, scale: float, variant: str, seed: int) -> None:
        """Write lists, logs and truth; see the base."""
        size = size_at(scale)
        world = World(size, People(size, Crowd.of(seed)))
        (case / "listes").mkdir()
        write_persons(case / "listes", world)
        write_accounts(case / "listes" / "comptes.csv", world)
        acts = [acts_of(world, agency) for agency in range(len(AGENCIES))]
        accounting = {
            name: _write(case / "journaux", name, world, acts[agency]) for agency, name in enumerate(AGENCIES)
        }
        tally = tally_of(world, acts)
        tally.write(truth / "persons.parquet", world.people.ids)
        figures = told(world, acts, tally, accounting)
        write_figures(truth, {"replay": self.name, "variant": variant, "seed": seed, **figures})

    def expect(self, truth: Mapping[str, object]) -> list[Expected]:
        """List the figures to find; see the base."""
        return expect(truth)


def _write(folder: Path, name: str, world: World, acts: Acts) -> Accounting:
    days = Days(folder, f"{name}-{{day}}.log.gz", SUMMER)
    return write_days(days, acts["at"] // 1_000 * 1_000, lambda index: service_lines(world, acts, index))


def _known(account: int) -> str:
    lines = ["", "[[known]]", f'account = "{login(account)}"', "from = 2025-08-25T00:00:00+02:00"]
    if account == SPLIT:
        lines += ["split = true"]
    else:
        lines += [f'user_agent = "{AGENTS[1]}"']
    if account == LIKELY:
        lines += ['verdict = "doubtful"', "p = 0.7"]
    return "\n".join([*lines, 'decided_by = "RSSI"', ""])
