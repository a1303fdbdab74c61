# SPDX-License-Identifier: Apache-2.0
"""The replay of R8 on one page: people, days, a night; the case written, the truth kept apart.

Life size takes a few seconds. The case is what somebody who follows `tocsin start` ends with.
"""

from __future__ import annotations

from importlib.resources import files as resources
from pathlib import Path

from tocsin.core.errors import InputError
from tocsin.core.words import _
from tocsin.replays.folders import make_empty, read_scale, read_truth
from tocsin.replays.interface import Expected, Replay
from tocsin.replays.r8.acts import the_night, usual_days
from tocsin.replays.r8.expected import expect
from tocsin.replays.r8.lists import write_accounts, write_patients
from tocsin.replays.r8.logs import write_logs
from tocsin.replays.r8.people import the_files, the_team
from tocsin.replays.r8.size import size_at
from tocsin.replays.r8.truth import write_truth

_TEMPLATES = resources("tocsin.replays.r8") / "case"


class R8(Replay):
    """The software of a health centre of twelve people (November 2025)."""

    name = "R8"
    variants = ("departed-doctor",)

    def write(self, folder: Path, scale: float, truth: Path, variant: str = "", seed: int = 5) -> None:
        """Write the case and the truth; see the interface."""
        if variant not in ("", *self.variants):
            raise InputError(
                _("R8 has no variant {variant}"),
                do=_("choose one of {names}"),
                variant=variant,
                names=", ".join(self.variants),
            )
        size = size_at(scale)
        for place in (folder, truth):
            make_empty(place)
        for name in ("case.toml", "catalogue.toml"):
            (folder / name).write_text((_TEMPLATES / name).read_text("utf-8"), encoding="utf-8")
        team, files = the_team(), the_files(size, seed)
        write_patients(folder / "listes" / "patients.csv", files)
        write_accounts(folder / "listes" / "comptes.csv", team)
        night = the_night(size, files, seed)
        accounting = write_logs(folder / "journaux", [*usual_days(size, team, files, seed), *night.acts])
        write_truth(truth, size, files, night, accounting, seed)

    def expected(self, scale: float, truth: Path) -> list[Expected]:
        """List the figures to find; see the interface."""
        del scale  # the figures stand in the truth
        return expect(read_truth(truth))

    def scale_of(self, truth: Path) -> float:
        """Give the scale at which this truth was written."""
        return read_scale(truth)
