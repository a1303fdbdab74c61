# SPDX-License-Identifier: Apache-2.0
"""What a replay offers: a case folder at any scale, the truth beside it, and the comparison of both.

A replay knows what it hid in the logs; it never tells the case folder. Third parties add one by the
entry point group `tocsin.replays`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

from tocsin.core.progress import Progress, silent
from tocsin.replays.figures import Between, agree, find_figure
from tocsin.store.case import Case

Value = int | float | str | Between
"""A figure of report.json: a count or its bounds, a share, an instant (ISO 8601) or a word."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One figure that the product must find by itself."""

    figure: str
    """Dotted path in report.json; in a list, the object of that source, unit, id, account or rank."""

    value: Value | tuple[Value, ...]
    """What it must be; a tuple where any one of several words is right (the grade of a claim)."""

    en: str
    """What the figure says, in English."""

    fr: str
    """The same in French."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """An expected figure beside the one found."""

    expected: Expected
    found: object
    """The value in the report; None when the report has no such figure."""

    agrees: bool


class Replay(ABC):
    """An incident that can be written again, at life size or smaller."""

    name: str
    """The incident's row: R1 to R9."""

    variants: tuple[str, ...]
    """The ways it can have happened; the first is the usual one."""

    decides_from: float = 1.0
    """Probability from which the demonstration's officer holds a proposed account for illegitimate: where it
    is below one, since the first act that was found; above one, the officer holds none."""

    decision: str = "Demonstration: the account obtained persons whom it may not see."
    """The officer's reason, as the journal keeps it."""

    @abstractmethod
    def write(self, folder: Path, scale: float, truth: Path, variant: str = "", seed: int = 5) -> None:
        """Write the case in `folder` and the truth in `truth`; both must be absent or empty.

        The same scale, variant and seed give the same bytes. Raises TocsinError (exit 2) on a wrong
        scale, an unknown variant or a folder that already holds something.
        """

    @abstractmethod
    def expected(self, scale: float, truth: Path) -> list[Expected]:
        """List the figures to find, in the order in which the account of the incident tells them."""

    @abstractmethod
    def scale_of(self, truth: Path) -> float:
        """Give the scale at which this truth was written."""

    def go_on(self, case: Case, progress: Progress = silent) -> dict[str, object]:
        """Do what comes after the report; gives further figures for `compare`. Most replays do nothing."""
        del case, progress
        return {}

    def compare(self, report: dict[str, object], truth: Path) -> list[Outcome]:
        """Pair each expected figure with the one in `report` (report.json, parsed)."""
        outcomes = []
        for expected in self.expected(self.scale_of(truth), truth):
            found = find_figure(report, expected.figure)
            outcomes.append(Outcome(expected, found, agree(expected.value, found)))
        return outcomes
