# SPDX-License-Identifier: Apache-2.0
"""Cases for tests of declarations: run once each, copied to be written to."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from tests.conftest import GOLDEN
from tocsin.cli.main import run_command
from tocsin.declare.fill import Field, fill
from tocsin.declare.gather import Gathered, gather
from tocsin.declare.ground import Ground
from tocsin.store.case import Case

NOW = datetime(2024, 6, 12, 8, 0, tzinfo=UTC)
"""Eighteen hours after the golden case's awareness."""

EMPTY = '[case]\nid = "empty"\nzone = "Europe/Paris"\n'


@cache
def golden_folder() -> Path:
    """The golden case, run; for reading only."""
    folder = Path(mkdtemp(prefix="declare-golden-")) / "case"
    shutil.copytree(GOLDEN / "case", folder)
    assert run_command(["run", str(folder), "--by", "tests"]) in (0, 1)
    return folder


@cache
def demo_folder() -> Path:
    """The replay of R5 at its smallest, run; for reading only."""
    folder = Path(mkdtemp(prefix="declare-demo-"))
    assert run_command(["demo", "--scale", "0.002", "--to", str(folder)]) == 0
    return folder / "case"


@contextmanager
def copied(folder: Path, to: Path, *, by: str = "DPO") -> Iterator[Case]:
    """A copy of a case, open for writing."""
    target = Path(shutil.copytree(folder, to / "case"))
    with Case(target, by=by) as case:
        yield case


@contextmanager
def empty_case(to: Path, more: str = "") -> Iterator[Case]:
    """A case with nothing but its case.toml."""
    folder = to / "case"
    folder.mkdir(parents=True)
    (folder / "case.toml").write_text(EMPTY + more, "utf-8")
    with Case(folder, by="DPO") as case:
        case.journal.append("store:case:made", {}, by="DPO")
        yield case


def gathered_of(folder: Path, now: datetime = NOW) -> Gathered:
    with Case(folder, by="tests", read_only=True) as case:
        return gather(case, now)


def ground_of(report: Mapping[str, Any], base: Ground) -> Ground:
    """The same ground on another report."""
    own = {path: row for path, row in base.figures.items() if path.startswith("declare.")}
    return Ground(
        report=report,
        figures={**report.get("figures", {}), **own},
        settings=base.settings,
        journal=base.journal,
        files=base.files,
        now=base.now,
        answers=base.answers,
        clocks=base.clocks,
        severity=base.severity,
    )


def filled_of(folder: Path, now: datetime = NOW) -> dict[str, Field]:
    return fill(gathered_of(folder, now).ground)


def journal_kinds(case: Case) -> list[str]:
    return [entry.kind for entry in case.journal.entries()]


def report_of(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "report" / "report.json").read_text("utf-8"))
    return report
