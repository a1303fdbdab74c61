# SPDX-License-Identifier: Apache-2.0
"""The replay of R5 on one page: set the scene, let the attack happen, write the case, keep the truth apart.

Life size takes some minutes and less than 4 GiB; 1/100 takes seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from tocsin.core.errors import InputError
from tocsin.core.words import _
from tocsin.replays.folders import make_empty, read_scale, read_truth
from tocsin.replays.interface import Expected, Replay
from tocsin.replays.r5 import patient_account, stolen_client
from tocsin.replays.r5.attack import Attack, Selector
from tocsin.replays.r5.directory import write_directory
from tocsin.replays.r5.expected import expect
from tocsin.replays.r5.gateway import write_logs
from tocsin.replays.r5.registry import write_registry
from tocsin.replays.r5.scene import Scene, set_scene
from tocsin.replays.r5.truth import write_truth

_ATTACKS: dict[str, Callable[[Scene], Attack]] = {
    "patient-account": patient_account.attack,
    "stolen-client": stolen_client.attack,
}
_TEMPLATES = files("tocsin.replays.r5") / "case"


class R5(Replay):
    """Appointments read through the patient view (July 2020)."""

    name = "R5"
    variants = tuple(_ATTACKS)

    def write(self, folder: Path, scale: float, truth: Path, variant: str = "", seed: int = 5) -> None:
        """Write the case and the truth; see the interface."""
        variant = variant or self.variants[0]
        if variant not in _ATTACKS:
            raise InputError(
                _("R5 has no variant {variant}"),
                do=_("choose one of {names}"),
                variant=variant,
                names=", ".join(_ATTACKS),
            )
        for place in (folder, truth):
            make_empty(place)
        scene = set_scene(scale, seed)
        attack = _ATTACKS[variant](scene)
        _write_settings(folder, attack.known)
        write_registry(folder / "registry", scene, with_newcomer=attack.opened_at is not None)
        write_directory(folder / "directory", scene, attack.opened_at)
        accounting = write_logs(folder / "logs", scene, attack)
        write_truth(truth, scene, variant=variant, seed=seed, attack=attack, accounting=accounting)

    def expected(self, scale: float, truth: Path) -> list[Expected]:
        """List the figures to find; see the interface."""
        return expect(scale, read_truth(truth))

    def scale_of(self, truth: Path) -> float:
        """Give the scale at which this truth was written."""
        return read_scale(truth)


def _write_settings(folder: Path, known: Selector | None) -> None:
    case = (_TEMPLATES / "case.toml").read_text(encoding="utf-8")
    (folder / "case.toml").write_text(case + _known(known), encoding="utf-8")
    (folder / "catalogue.toml").write_text(
        (_TEMPLATES / "catalogue.toml").read_text("utf-8"), encoding="utf-8"
    )
    (folder / "mappings").mkdir()
    mapping = (_TEMPLATES / "gateway.toml").read_text(encoding="utf-8")
    (folder / "mappings" / "gateway.toml").write_text(mapping, encoding="utf-8")


def _known(known: Selector | None) -> str:
    if known is None:
        return ""
    since, until = (
        f"{datetime.fromtimestamp(at // 1_000, UTC):%Y-%m-%dT%H:%M:%SZ}" for at in (known.since, known.until)
    )
    return f"""
[[known]]                                    # the publisher did not act from this address
client = "{known.client}"
address = "{known.address}"
from = {since}
until = {until}
split = false
decided_by = "RSSI"
"""
