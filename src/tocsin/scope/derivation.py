# SPDX-License-Identifier: Apache-2.0
"""How a claim was graded, step by step: each premise, whether it holds, and what it rests on.

A proof needs every premise; the first that fails gives the grade. What a disclosure reveals indirectly is
told apart and grades nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from tocsin.core.terms import Grade
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

Step = dict[str, object]
"""`premise` (a code), `holds` (null: told, not judged), `evidence` (coded sentences)."""

UNTOLD: Final = (
    "unresolved",
    "uncovered",
    "reachable",
    "unknown_origin",
    "unknown_outcome",
    "unnamed_change",
)
UNREAD: Final = ("set_aside",)
LACKING: Final = ("gap", "leak_exceeds_logs")
BY_CODE: Final = {
    "rules_unsigned": "catalogue",
    "custody_weak": "custody",
    "coverage_doubtful": "coverage",
    "signature_only": "recognised",
    "use_unseen": "seen",
}
"""Weakness to the premise that it weakens."""

INDIRECT: Final = {
    "health.": (
        "health.specialty",
        "health.membership",
        "health.visual_correction",
        "health.prescription",
        "professional.specialty",
        "reimbursement.optical",
        "reimbursement.dental",
        "reimbursement.other",
    ),
    "finance.": ("insurance.insurer", "insurance.contract", "insurance.rights"),
    "contact.address": ("location.position",),
    "identity.birth_date": ("identity.age", "id.nir", "id.ins"),
    "identity.birth_place": ("id.nir", "id.ins"),
    "identity.sex": ("id.nir", "id.ins"),
}
"""From which categories another, by the beginning of its name, may be guessed: from the specialty or the ward
the illness, from an appliance the impairment, from being in the base the care, from a NIR sex and birth."""


def derive(
    grade: Grade,
    in_scope: int,
    exceptions: int,
    doubts: Sequence[Mapping[str, object]],
    weak: Sequence[Mapping[str, object]],
    told: Sequence[Step] = (),
) -> list[Step]:
    """The steps of one claim, in the order in which they are tried."""
    found = {str(doubt["code"]): doubt for doubt in doubts}
    steps = [
        _step("nothing_contradicts", not exceptions, [_said("exceptions", count=exceptions)]),
        _step("scope_not_empty", in_scope > 0, [_said("events_in_scope", events=in_scope)]),
        _premise("all_told", found, UNTOLD),
        _premise("all_read", found, UNREAD),
        _premise("logs_whole", found, LACKING),
    ]
    for premise in dict.fromkeys(("catalogue", "custody", "coverage", *BY_CODE.values())):
        against = [dict(one) for one in weak if BY_CODE.get(str(one["code"])) == premise]
        if against or premise in ("catalogue", "custody", "coverage"):
            steps.append(_step(premise, not against, against))
    steps += told
    return [*steps, _step("therefore", None, [_said(f"grade_{grade.value}")])]


def indirect_step(engine: Engine, category: str) -> list[Step]:
    """Categories in R from which this one may be guessed, with how many events showed them."""
    near = [name for start, names in INDIRECT.items() if category.startswith(start) for name in names]
    rows = engine.rows(load_query("tocsin.scope", "indirect"), categories=near, category=category)
    evidence = [_said("guessed_from", categories=name, events=events) for name, events in rows]
    return [_step("indirect", None, evidence)] if evidence else []


def _premise(name: str, found: Mapping[str, Mapping[str, object]], codes: Sequence[str]) -> Step:
    against = [dict(found[code]) for code in codes if code in found]
    return _step(name, not against, against)


def _step(premise: str, holds: bool | None, evidence: Sequence[object]) -> Step:
    return {"premise": premise, "holds": holds, "evidence": list(evidence)}


def _said(code: str, **values: object) -> dict[str, object]:
    return {"code": code, "values": values}
