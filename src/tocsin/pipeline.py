# SPDX-License-Identifier: Apache-2.0
"""The product on one page.

    native logs ─ ingest ─► events ─ detect ─► findings ─ a person decides ─► suspects
                              │                                                  │
                              └──────────────► scope ◄──────────────────────────┘
                                                 │ disclosures · nothing shown · unresolved · claims
                                               link ─► persons · exposure
                                                 │
                                              report ─► report.json · report.html

What lies in a database or behind an interface is first brought into files of the case (`collect`), which are
then native logs as any. Each stage reads tables that earlier ones committed and commits its own; one that was
run on the same inputs by the same code is not run again. So a run that was stopped resumes where it was, and
a second run changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tocsin.collect.run import run as collect
from tocsin.core.errors import Sentence
from tocsin.core.progress import Progress, silent
from tocsin.core.words import _
from tocsin.detect.run import run as detect
from tocsin.detect.split.run import run as split
from tocsin.ingest.emptiness import empty_warnings
from tocsin.ingest.history.warnings import history_warnings
from tocsin.ingest.relation_warnings import relation_warnings
from tocsin.ingest.run import run as ingest
from tocsin.ingest.whereabouts import range_warnings
from tocsin.link.run import run as link
from tocsin.report.assemble import assemble
from tocsin.report.html import render_html
from tocsin.scope.copies.run import read_copies
from tocsin.scope.coverage.run import run as cover
from tocsin.scope.run import run as scope
from tocsin.store.case import Case

Warning = tuple[str, Sentence, str]  # noqa: A001  # (code, text, where): the word of the contract


@dataclass(slots=True)
class Outcome:
    """What a run of stages gave."""

    ran: list[str] = field(default_factory=list)
    warnings: list[Warning] = field(default_factory=list)


def _ingest(case: Case, progress: Progress, outcome: Outcome) -> None:
    outcome.warnings.extend(ingest(case, progress).warnings)
    read_copies(case, progress)
    outcome.warnings.extend(empty_warnings(case))
    outcome.warnings.extend(relation_warnings(case))
    outcome.warnings.extend(range_warnings(case))
    outcome.warnings.extend(history_warnings(case))


def _detect(case: Case, progress: Progress, outcome: Outcome) -> None:
    del progress
    found = detect(case)
    split(case)
    blind = found.blind if case.settings.detect.enabled else ()
    outcome.warnings.extend(
        ("blind_detector", Sentence(_("This case holds nothing that this detector could work on."), {}), b)
        for b in blind
    )


def _scope(case: Case, progress: Progress, outcome: Outcome) -> None:
    del progress, outcome
    cover(case)
    scope(case)


def _link(case: Case, progress: Progress, outcome: Outcome) -> None:
    del progress, outcome
    link(case)


STAGES: dict[str, Callable[[Case, Progress, Outcome], None]] = {
    "ingest": _ingest,
    "detect": _detect,
    "scope": _scope,
    "link": _link,
}


def run_stages(case: Case, names: list[str], progress: Progress = silent) -> Outcome:
    """Run the stages named, in the pipeline's order."""
    outcome = Outcome()
    chosen = [name for name in STAGES if name in names]
    for number, name in enumerate(chosen):
        progress(name, number, len(chosen))
        STAGES[name](case, progress, outcome)
        outcome.ran.append(name)
    return outcome


def run_case(
    case: Case, progress: Progress = silent, *, collects: bool = True
) -> tuple[dict[str, object], Outcome]:
    """Collect, then all stages in order, then the report in both its forms. Returns report.json.

    A place that cannot be reached is a warning and an open question, as long as something of it stands.
    """
    warnings: list[Warning] = []
    if collects:
        brought = collect(case, progress)
        brought.raise_when_lacking()
        warnings += brought.warnings()
    outcome = run_stages(case, list(STAGES), progress)
    outcome.warnings[:0] = warnings
    progress("report", 0, 1)
    report = write_report(case)
    progress("report", 1, 1)
    return report, outcome


def write_report(case: Case) -> dict[str, object]:
    """Write `report/report.json` and `report/report.html` from the committed tables, and return the first."""
    report = assemble(case)
    folder = case.folder / "report"
    folder.mkdir(exist_ok=True)
    _replace(folder, "report.json", json.dumps(report, indent=1, ensure_ascii=False, sort_keys=False) + "\n")
    _replace(folder, "report.html", render_html(report))
    return report


def _replace(folder: Path, name: str, text: str) -> None:
    """Readers see the old file or the new one, never half of it."""
    path = folder / name
    temporary = path.with_name(f".{name}.tmp")
    temporary.write_text(text, "utf-8")
    temporary.replace(path)
