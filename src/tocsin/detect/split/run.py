# SPDX-License-Identifier: Apache-2.0
"""Runs the split: from the evidence that detection kept, and the answers so far, to sessions and persons.

Light: no log is read, so it runs again at each answer. The same inputs give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tocsin.core.terms import LIKELY
from tocsin.detect.split.calibration import calibrate
from tocsin.detect.split.classes import POSSIBLE, Told, tell
from tocsin.detect.split.posterior import Posterior, split_sessions
from tocsin.detect.split.reasons import said_sessions_sql, usual_table
from tocsin.detect.split.sessions import Sessions, read_sessions
from tocsin.journal.answers import ANSWERED, CUT, HEARD, cut_decided, fold_answers, weigh
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

PACKAGE = "tocsin.detect.split"
READS = ("session_evidence", "session_people")
KINDS = (ANSWERED, HEARD, CUT)


@dataclass(frozen=True, slots=True)
class SplitReport:
    """What was split."""

    is_current: bool
    sessions: int
    persons: int


def run(case: Case) -> SplitReport:
    """Write `split_sessions` and `split_persons`; empty where nothing is to split."""
    said = [entry.hash for entry in case.journal.entries() if entry.kind in KINDS]
    inputs = case.digest_of(*READS, also="\n".join(said))
    is_current = case.stage_is_current("split", inputs)
    if not is_current:
        with case.stage("split", *READS) as stage:
            _split(case, stage.engine)
            stage.write("split_sessions", load_query(PACKAGE, "split_sessions"))
            cut = cut_decided(case.journal.entries())
            stage.write(
                "split_persons",
                load_query(PACKAGE, "split_persons"),
                least=POSSIBLE,
                likely=LIKELY,
                threshold=None if cut is None else float(str(cut.body.get("threshold"))),
                decision=None if cut is None else cut.number,
                why=None if cut is None else str(cut.body.get("why")),
            )
            stage.commit(inputs)
    with case.engine("split_sessions", "split_persons") as engine:
        sessions = engine.count("select count(*) from split_sessions")
        persons = engine.count("select count(*) from split_persons")
    return SplitReport(is_current, sessions, persons)


def _split(case: Case, engine: Engine) -> None:
    """Make `told_sessions` and `said_sessions`."""
    rows = engine.table("select * from session_evidence order by account, first_at, session_id")
    sessions = read_sessions(rows)
    heard = fold_answers(case.journal.entries())
    answers = np.array([weigh(heard.get(name, ())) for name in sessions.ids], np.float64)
    found = split_sessions(sessions, answers)
    p = calibrate(sessions, found, answers) * sessions.account_p
    told = tell(sessions, found, p, answers)
    engine.register("told_sessions", _told_table(sessions, found, told))
    engine.register("term_facts", usual_table(sessions, found))
    engine.create("said_sessions", said_sessions_sql())


def _told_table(sessions: Sessions, found: Posterior, told: list[Told]) -> pa.Table:
    own = np.flatnonzero(~sessions.is_clean)
    schema = pa.schema(
        [
            ("session_id", pa.string()),
            ("p", pa.float64()),
            ("label", pa.string()),
            ("hard_fact", pa.string()),
            ("owner_evidence", pa.string()),
            ("place", pa.string()),
            ("weight", pa.float64()),
        ]
    )
    rows = [
        {
            "session_id": sessions.ids[row],
            "p": told[row].p,
            "label": told[row].label,
            "hard_fact": told[row].hard_fact,
            "owner_evidence": told[row].owner_evidence,
            "place": told[row].place,
            "weight": round(float(found.content[row]), 6),
        }
        for row in own
    ]
    return pa.Table.from_pylist(rows, schema)
