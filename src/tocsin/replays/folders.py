# SPDX-License-Identifier: Apache-2.0
"""What replays that write a case from templates share: checks, copied settings, the truth read again.

Knows nothing of any incident: a replay gives its templates, its variants and its bounds.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from tocsin.core.errors import InputError
from tocsin.core.words import _
from tocsin.replays.interface import Expected, Replay


class FolderReplay(Replay):
    """A replay whose settings stand in the folder `case` of its package."""

    smallest: float = 0.001
    largest: float = 2.0
    """Bounds of the scale; 1 is life size."""

    @abstractmethod
    def fill(self, case: Path, truth: Path, scale: float, variant: str, seed: int) -> None:
        """Write lists, logs and truth; the folders are there, the settings too."""

    @abstractmethod
    def expect(self, truth: Mapping[str, object]) -> list[Expected]:
        """List the figures that the report must hold for this truth."""

    def settings(self, name: str, content: str, variant: str) -> str:
        """Give the content of a settings file for a variant: as it stands, unless a replay says otherwise."""
        del name, variant
        return content

    def write(self, folder: Path, scale: float, truth: Path, variant: str = "", seed: int = 5) -> None:
        """Write the case and the truth; see the interface."""
        variant = variant or self.variants[0]
        self._refuse_unknown(variant, scale)
        for place in (folder, truth):
            make_empty(place)
        self._copy(files(f"tocsin.replays.{self.name.lower()}") / "case", folder, variant)
        self.fill(folder, truth, scale, variant, seed)

    def expected(self, scale: float, truth: Path) -> list[Expected]:
        """List the figures to find; see the interface."""
        del scale  # the figures stand in the truth
        return self.expect(read_truth(truth))

    def scale_of(self, truth: Path) -> float:
        """Give the scale at which this truth was written."""
        return read_scale(truth)

    def _refuse_unknown(self, variant: str, scale: float) -> None:
        if variant not in self.variants:
            raise InputError(
                _("{replay} has no variant {variant}"),
                do=_("choose one of {names}"),
                replay=self.name,
                variant=variant,
                names=", ".join(self.variants),
            )
        if not self.smallest <= scale <= self.largest:
            raise InputError(
                _("a scale of {scale} is out of bounds for {replay}"),
                do=_("choose a scale between {smallest} and {largest}; 1 is life size"),
                replay=self.name,
                scale=str(scale),
                smallest=str(self.smallest),
                largest=str(self.largest),
            )

    def _copy(self, template: Traversable, folder: Path, variant: str) -> None:
        for file in sorted(template.iterdir(), key=lambda one: one.name):
            if file.is_dir():
                (folder / file.name).mkdir()
                self._copy(file, folder / file.name, variant)
            elif file.name.endswith(".toml"):
                content = self.settings(file.name, file.read_text("utf-8"), variant)
                (folder / file.name).write_text(content, encoding="utf-8")


def read_truth(truth: Path) -> dict[str, object]:
    """Read truth.json; raises InputError when it is not there or no JSON."""
    try:
        told: dict[str, object] = json.loads((truth / "truth.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            _("the truth cannot be read"), where=truth / "truth.json", do=_("write the replay again")
        ) from error
    return told


def read_scale(truth: Path) -> float:
    """Read the scale of truth.json; raises InputError when it says none."""
    scale = read_truth(truth).get("scale")
    if not isinstance(scale, (int, float)):
        raise InputError(
            _("the truth has no scale"), where=truth / "truth.json", do=_("write the replay again")
        )
    return float(scale)


def make_empty(folder: Path) -> None:
    """Make a folder that holds nothing; raises InputError when it holds something."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise InputError(
            _("the folder already holds something"), where=folder, do=_("choose an empty or new one")
        )
