# SPDX-License-Identifier: Apache-2.0
"""Gathers from a case all that declarations stand on: report, settings, journal, files, clocks, severity."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from tocsin.core.errors import InputError
from tocsin.core.words import LANGUAGES, _, words
from tocsin.declare.answers import given_answers
from tocsin.declare.clocks import Deadline, deadlines_of
from tocsin.declare.ground import Ground
from tocsin.declare.own_figures import own_figures
from tocsin.declare.records import facts_of
from tocsin.declare.severity import Severity, bridge_paragraph, severity_of
from tocsin.store.case import Case
from tocsin.store.parts import sha256_of

REPORT: Final = Path("report") / "report.json"
FILES: Final = ("report/report.json", "report/report.html", "evidence/inputs.json")
AWARENESS: Final = {"gdpr-33-initial": "controller_aware_at", "processor-notice": "processor_aware_at"}
"""A clock whose anchor says who became aware when."""


class Gathered(msgspec.Struct):
    """The ground, and the deadlines that forms show."""

    ground: Ground
    deadlines: list[Deadline]
    is_stale: bool
    """Whether the tables are newer than the report."""


def gather(case: Case, now: datetime) -> Gathered:
    """What is known of an open case at an instant. Raises InputError for a report that cannot be read."""
    report = read_report_json(case.folder / REPORT)
    settings = msgspec.to_builtins(case.settings)
    journal = facts_of(case.journal.entries())
    deadlines = deadlines_of(case, now)
    period = report.get("period") or {}
    ground = Ground(
        report=report,
        figures={**report.get("figures", {}), **own_figures(case, period.get("until"))},
        settings=settings,
        journal=journal,
        files={name: sha256_of(case.folder / name) for name in FILES if (case.folder / name).is_file()},
        now=now,
        answers=given_answers(journal, settings),
        clocks=_clock_facts(deadlines),
        severity=_severity_facts(severity_of(case)),
    )
    generation = report.get("run", {}).get("generation")
    return Gathered(ground, deadlines, bool(report) and generation != case.generation.number)


def read_report_json(path: Path) -> dict[str, Any]:
    """report.json, or nothing before the first run. Raises InputError when it is not JSON."""
    if not path.is_file():
        return {}
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except msgspec.DecodeError:
        raise InputError(
            _("report.json cannot be read."), do=_("Write it again with tocsin run."), where=path
        ) from None


def _clock_facts(deadlines: list[Deadline]) -> Mapping[str, Any]:
    """Awareness as a person decided it; what only follows from case.toml is a setting, not a decision."""
    return {
        AWARENESS[one.clock.id]: one.anchor.at.isoformat()
        for one in deadlines
        if one.clock.id in AWARENESS and one.anchor is not None and one.anchor.recorded_at is not None
    }


def _severity_facts(severity: Severity) -> Mapping[str, Any]:
    if severity.score is None:
        return {}
    return {
        "score": str(severity.score),
        "outcome": severity.outcome,
        "method": {lang: bridge_paragraph(words(lang), severity) for lang in LANGUAGES},
    }
