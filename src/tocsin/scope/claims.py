# SPDX-License-Identifier: Apache-2.0
"""What is said not to have happened, and what saying so is worth.

In order: a disclosure in R (or a change) contradicts; anything in scope that could hold one, and was not
told, leaves the claim unassessable, as does a sample from outside that the logs do not explain; a weak
hypothesis leaves it not observed; else it is proven, under its hypotheses. Stage `link` has no part in it:
claims are about accesses, not persons.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from tocsin.core.settings import CaseSettings
from tocsin.core.terms import Custody, Grade
from tocsin.scope.claim_questions import Question, questions
from tocsin.scope.derivation import Step, derive, indirect_step
from tocsin.scope.outside import Excess
from tocsin.scope.positive import find_earlier_signs, views_of
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

PACKAGE = "tocsin.scope"
LISTED_EXCEPTIONS = 100
ISO = "'%Y-%m-%dT%H:%M:%S.%fZ'"
REACHED = Custody.ATTACKER_REACHABLE.value


@dataclass(frozen=True, slots=True)
class Hypotheses:
    """What every proof rests on, and where that is weak."""

    said: list[dict[str, object]]
    weak: list[dict[str, object]]


def grade_claims(
    engine: Engine,
    settings: CaseSettings,
    version: str,
    signer: str | None,
    excess: Excess,
    samples: int = 0,
) -> None:
    """Make `claims_now` from the disclosures and all that was not told, by the logs or beyond them.

    `samples`: those found outside that match what was shown.
    """
    if settings.claims.never_before:
        find_earlier_signs(engine)
    hypotheses = _hypotheses(engine, settings, version, signer)
    in_scope = engine.count("select count(*) from scoped")
    outside = excess.doubt()
    beyond: list[dict[str, object]] = []
    if outside is not None:
        beyond.append({"code": "leak_exceeds_logs", "values": outside})
    rows = [_row(engine, question, hypotheses, in_scope, beyond) for question in questions(settings, samples)]
    schema = pa.schema(
        [
            pa.field("claim", pa.string()),
            pa.field("grade", pa.string()),
            pa.field("hypotheses", pa.string()),
            pa.field("basis", pa.string()),
            pa.field("exceptions", pa.int64()),
            pa.field("exception_events", pa.list_(pa.int64())),
            pa.field("derivation", pa.string()),
        ]
    )
    engine.register("claims_now", pa.Table.from_pylist(rows, schema))


def grade_of(exceptions: int, doubts: int, weak: int) -> Grade:
    """The one rule of grading."""
    if exceptions:
        return Grade.CONTRADICTED
    if doubts:
        return Grade.UNASSESSABLE
    return Grade.NOT_OBSERVED if weak else Grade.PROVEN


def _row(
    engine: Engine,
    question: Question,
    hypotheses: Hypotheses,
    in_scope: int,
    beyond: Sequence[dict[str, object]],
) -> dict[str, object]:
    found = _bound_rows(
        engine, f"select distinct event_id from ({question.exceptions}) order by event_id", question
    )
    exceptions = [int(str(row[0])) for row in found]
    doubts = [
        {"code": code, "values": values}
        for code, sql in question.doubts.items()
        if (values := _doubt(engine, question, code, sql)) is not None
    ] + list(beyond)
    weak = [*hypotheses.weak, *question.weak]
    against = len(exceptions) + question.seen_outside
    grade = grade_of(against, len(doubts), len(weak) + (in_scope == 0))
    basis = [{"code": "events_in_scope", "values": {"events": in_scope}}, *doubts, *weak]
    if question.seen_outside:
        basis.append({"code": "samples_seen", "values": {"samples": question.seen_outside}})
    return {
        "claim": question.claim,
        "grade": grade.value,
        "hypotheses": json.dumps(hypotheses.said, ensure_ascii=False, sort_keys=True),
        "basis": json.dumps(basis, ensure_ascii=False, sort_keys=True),
        "exceptions": len(exceptions),
        "exception_events": exceptions[:LISTED_EXCEPTIONS],
        "derivation": json.dumps(
            derive(grade, in_scope, against, doubts, weak, _told(engine, question)),
            ensure_ascii=False,
            sort_keys=True,
        ),
    }


def _told(engine: Engine, question: Question) -> list[Step]:
    """What a category may be guessed from; of a protected one, its views."""
    kind, _colon, category = question.claim.partition(":")
    if kind == "no":
        return indirect_step(engine, category)
    views = views_of(engine, category) if kind == "protected" else []
    return [{"premise": "views", "holds": None, "evidence": views}] if views else []


def _doubt(engine: Engine, question: Question, code: str, sql: str) -> dict[str, object] | None:
    """How many there are and over which stretch of time; None when there is none."""
    if code in ("set_aside", "gap"):
        count = _bound_rows(engine, f"select count(*) from ({sql})", question)[0][0]
        return {"count": count} if count else None
    timed = (
        f"select distinct x.event_id, e.occurred_at from ({sql}) as x"
        " inner join scoped as e on e.event_id = x.event_id"
    )
    first_and_last = f"strftime(min(occurred_at), {ISO}), strftime(max(occurred_at), {ISO})"
    count, first, last = _bound_rows(engine, f"select count(*), {first_and_last} from ({timed})", question)[0]
    return {"count": count, "from": first, "until": last} if count else None


def _bound_rows(engine: Engine, sql: str, question: Question) -> list[tuple[object, ...]]:
    """A statement binds exactly the values that it names."""
    return engine.rows(sql, **{name: value for name, value in question.binds.items() if f"${name}" in sql})


def _hypotheses(engine: Engine, settings: CaseSettings, version: str, signer: str | None) -> Hypotheses:
    custody = {source.name: source.custody for source in settings.sources}
    window = engine.rows(load_query(PACKAGE, "suspect_window"))[0]
    unsigned = engine.count(load_query(PACKAGE, "unsigned_rules"))
    suspected = engine.rows("select distinct source from suspect_rows where verdict <> 'legitimate'")
    said: list[dict[str, object]] = [
        {"code": "catalogue_true", "values": {"version": version, "signer": signer}},
        {"code": "custody_kept", "values": {"custody": custody}},
        {"code": "window_whole", "values": {"from": window[0], "until": window[1]}},
    ]
    weak: list[dict[str, object]] = []
    if unsigned:
        weak.append({"code": "rules_unsigned", "values": {"count": unsigned}})
    reachable = reachable_sources(custody, [None if row[0] is None else str(row[0]) for row in suspected])
    if reachable:
        weak.append({"code": "custody_weak", "values": {"sources": reachable}})
    for source, test, findings in engine.rows(load_query(PACKAGE, "coverage_weak")):
        values = {"source": source, "test": test, "findings": findings}
        weak.append({"code": "coverage_doubtful", "values": values})
    return Hypotheses(said, weak)


def reachable_sources(custody: Mapping[str, str], suspected: Sequence[str | None]) -> list[str]:
    """Sources within the attacker's reach that could hold acts of a suspect, whether they do or not.

    `suspected`: the sources to which each suspect is held, null for any; all, where nobody is suspect. A log
    in which nothing of theirs stands proves nothing, if it is one from which they could take it.
    """
    is_any = not suspected or None in suspected
    return [name for name, kept in custody.items() if kept == REACHED and (is_any or name in suspected)]
