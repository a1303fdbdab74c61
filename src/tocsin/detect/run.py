# SPDX-License-Identifier: Apache-2.0
"""The stage: run the detectors that can see something, rank accounts by what was found."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import msgspec

from tocsin.core.plugins import load_plugins
from tocsin.core.tables import TABLES
from tocsin.detect.blindness import silent_sql
from tocsin.detect.interface import Detector
from tocsin.detect.prepare import prepare_sessions
from tocsin.detect.score.campaigns import campaigns_sql
from tocsin.detect.split.evidence import keep_evidence, names_to_split
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query, quote


@dataclass(frozen=True, slots=True)
class DetectReport:
    """What was looked for, and found."""

    is_current: bool
    ran: tuple[str, ...]
    blind: tuple[str, ...]
    """Detectors for which the case holds nothing to work on."""

    accounts: int
    """Accounts with a finding."""


def run(case: Case) -> DetectReport:
    """Write `findings`; with `[detect] enabled = false`, none: known and decided suspects stand alone."""
    detectors = [kind() for kind in load_plugins("tocsin.detectors", Detector).values()]  # type: ignore[type-abstract]
    ran = [d for d in detectors if case.settings.detect.enabled and d.can_see(case)]
    blind = tuple(d.name for d in detectors if d not in ran)
    names = tuple(d.name for d in ran)
    inputs = _digest(case, ran)
    is_current = case.stage_is_current("detect", inputs)
    if not is_current:
        _detect(case, ran, inputs)
    with case.engine("findings") as engine:
        accounts = engine.count("select count(distinct account) from findings where detector = 'all'")
    return DetectReport(is_current, names, blind, accounts)


def read_sight(case: Case) -> list[dict[str, object]]:
    """What detection could see and could not: code, about, value, fr, en; in order."""
    names = TABLES["sight"].column_names
    with case.engine("sight") as engine:
        rows = engine.rows(f"select {', '.join(names)} from sight order by code, about")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _detect(case: Case, detectors: list[Detector], inputs: str) -> None:
    tables = dict.fromkeys(name for detector in detectors for name in detector.reads)
    with case.stage("detect", *tables) as stage:
        if any(detector.on_sessions for detector in detectors):
            prepare_sessions(case, stage.engine)
        if detectors:
            stage.engine.create("silent_days", load_query("tocsin.detect", "silent_days"))
        create_empty(stage.engine, "findings", "rank")
        found = ["from findings", *(f"select * from ({d.find(case, stage.engine)})" for d in detectors)]
        stage.engine.create("found", "\nunion all by name\n".join(found))
        stage.write("findings", load_query("tocsin.detect", "ranked_findings"))
        stage.write("campaigns", campaigns_sql(stage.engine))
        create_empty(stage.engine, "no_sight")
        seen = ["from no_sight", *(sql for d in detectors if (sql := d.sight_sql(case, stage.engine)))]
        if detectors:
            seen.append(silent_sql(case.settings.case.zone))
        stage.write("sight", "\nunion all by name\n".join(seen))
        keep_evidence(case, stage)
        stage.commit(inputs)


def create_empty(engine: Engine, name: str, *without: str) -> None:
    """A table of that name without rows."""
    table = TABLES["findings" if name == "findings" else "sight"]
    columns = (f"null::{c.type} as {quote(c.name)}" for c in table.columns if c.name not in without)
    engine.create(name, f"select {', '.join(columns)} where false")


def _digest(case: Case, detectors: list[Detector]) -> str:
    tables = sorted({name for detector in detectors for name in detector.reads})
    settings = msgspec.json.encode(
        [
            case.settings.detect,
            case.settings.operations,
            case.settings.limits.alarms_per_week,
            case.settings.case.zone,
            names_to_split(case),
            case.catalogue,
        ]
    )
    names = ",".join(detector.name + detector.also(case) for detector in detectors)
    return case.digest_of(*tables, also=names + hashlib.sha256(settings).hexdigest())
