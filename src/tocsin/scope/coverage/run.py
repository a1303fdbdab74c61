# SPDX-License-Identifier: Apache-2.0
"""Runs the tests of completeness and finds the outages, from what ingestion committed.

It knows no suspect: what a finding means for the counts is settled in the scope stage. The same inputs
give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from typing import Final

import msgspec
import pyarrow as pa

from tocsin.core.settings import CaseSettings
from tocsin.core.tables import TABLES
from tocsin.core.terms import Custody
from tocsin.scope.coverage.meanings import meaning_of
from tocsin.store.case import Case, Stage
from tocsin.store.engine import Engine
from tocsin.store.parts import arrow_schema
from tocsin.store.query import Query, load_query

PACKAGE: Final = "tocsin.scope.coverage"
STAGE: Final = "coverage"
READS: Final = ("events", "set_aside", "gaps", "sequences", "files")
CUSTODY_RANKS: Final = {Custody.OUTSIDE: 1, Custody.SAME_HOST: 2, Custody.ATTACKER_REACHABLE: 3}

STEPS: Final = (
    "busy",
    "usual",
    "silences",
    "node_shares",
    "session_nodes",
    "balance_fit",
    "request_hours",
)
FOUND: Final = (
    "counter_rows",
    "period_rows",
    "silence_rows",
    "edge_rows",
    "cut_rows",
    "login_rows",
    "balance_rows",
    "unmatched_rows",
    "ratio_rows",
    "capture_rows",
    "chain_rows",
)
OUTAGE_STEPS: Final = ("workers", "worker_hours", "outage_spans", "outage_accounts")
MOST_LISTED: Final = 500
"""Findings of one source and test that are written; holes always are."""

_FACTS: Final = pa.schema(
    [
        pa.field("source", pa.string()),
        pa.field("custody", pa.string()),
        pa.field("custody_rank", pa.int64()),
        pa.field("period_from", pa.timestamp("us", tz="UTC")),
        pa.field("period_until", pa.timestamp("us", tz="UTC")),
        pa.field("chain_own", pa.string()),
        pa.field("chain_before", pa.string()),
    ]
)


def run(case: Case) -> None:
    """Write `coverage`, `outages` and `outage_accounts`, unless they stand for the same inputs already."""
    told = msgspec.json.encode(case.settings.sources)
    inputs = case.digest_of(*READS, also=hashlib.sha256(told).hexdigest())
    if case.stage_is_current(STAGE, inputs):
        return
    with case.stage(STAGE, *READS) as stage:
        register_facts(stage.engine, case.settings)
        for step in STEPS:
            stage.engine.create(step, query(step))
        _write_found(stage)
        for step in OUTAGE_STEPS:
            stage.engine.create(step, query(step))
        stage.write("outages", query("outages"))
        stage.write("outage_accounts", "select * from outage_accounts where is_account")
        stage.commit(inputs)


def query(name: str) -> Query:
    """One of this package's steps."""
    return load_query(PACKAGE, name)


def register_facts(engine: Engine, settings: CaseSettings) -> None:
    """Make `source_facts`: what case.toml says of each source."""
    rows = [
        {
            "source": source.name,
            "custody": source.custody,
            "custody_rank": CUSTODY_RANKS[Custody(source.custody)],
            "period_from": source.period.from_ if source.period else None,
            "period_until": source.period.until if source.period else None,
            "chain_own": source.chain_own,
            "chain_before": source.chain_before,
        }
        for source in settings.sources
    ]
    engine.register("source_facts", pa.Table.from_pylist(rows, _FACTS))


def _write_found(stage: Stage) -> None:
    """Each finding with what it means, in both languages."""
    for name in FOUND:
        stage.engine.create(name, query(name))
    every = " union all by name ".join(f"select * from {name}" for name in FOUND)  # names of our own
    stage.engine.create("found", every)
    rows = []
    for batch in stage.engine.stream(query("listed"), 10_000, most=MOST_LISTED):
        for row in batch.to_pylist():
            figures = json.loads(row["figures"])
            rows.append(row | {lang: meaning_of(lang, row, figures) for lang in ("fr", "en")})
    stage.engine.register("told_findings", pa.Table.from_pylist(rows, arrow_schema(TABLES["coverage"])))
    stage.write("coverage", "select * from told_findings")
