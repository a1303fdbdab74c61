# SPDX-License-Identifier: Apache-2.0
"""Demonstrations of R1 to R4 at their smallest, each run once for all tests; for reading only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from tocsin.cli.main import run_command
from tocsin.replays.folders import FolderReplay
from tocsin.replays.r1.replay import R1
from tocsin.replays.r2.replay import R2
from tocsin.replays.r3.replay import LINES_TOLD, PLAIN, PROXY_ONLY, R3
from tocsin.replays.r4.replay import R4

SCALE = 0.001
REPLAYS: dict[str, type[FolderReplay]] = {"R1": R1, "R2": R2, "R3": R3, "R4": R4}
DEMOS = (
    ("R1", ""),
    ("R2", ""),
    ("R3", ""),
    ("R3", PROXY_ONLY),
    ("R3", PLAIN),
    ("R3", LINES_TOLD),
    ("R4", ""),
)


@dataclass(frozen=True)
class Demo:
    """A demonstration that was run."""

    replay: FolderReplay
    home: Path
    code: int

    @property
    def case(self) -> Path:
        return self.home / "case"

    @property
    def truth(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads((self.home / "truth" / "truth.json").read_text("utf-8"))
        return told

    @property
    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads((self.case / "report" / "report.json").read_text("utf-8"))
        return report


@cache
def demo_of(name: str, variant: str = "") -> Demo:
    """Write and run a replay."""
    home = Path(mkdtemp(prefix=f"demo-{name.lower()}-")) / "demo"
    chosen = ["--variant", variant] if variant else []
    code = run_command(["demo", name, "--scale", str(SCALE), "--to", str(home), *chosen])
    return Demo(REPLAYS[name](), home, code)
