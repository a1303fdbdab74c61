# SPDX-License-Identifier: Apache-2.0
"""Severity for programs: the object of `tocsin severity --json`."""

from __future__ import annotations

from tocsin.declare.severity.choices import Choice, Conclusion
from tocsin.declare.severity.score import Answer, Severity, Variant
from tocsin.declare.severity.tables import Both

Told = dict[str, object]


def severity_object(severity: Severity) -> Told:
    """All of it; null is what nobody knows yet."""
    marks = severity.marks
    return {
        "score": severity.score,
        "level": severity.level,
        "dpc": None if marks is None else marks.dpc,
        "ei": None if marks is None else marks.ei,
        "cb": None if marks is None else marks.cb,
        "proposed": severity.proposed,
        "conclusion": None if severity.conclusion is None else _conclusion(severity.conclusion),
        "departs": severity.departs,
        "stale": severity.is_stale,
        "notify_authority": severity.notify_authority,
        "tell_persons": severity.tell_persons,
        "flags": list(severity.flags),
        "answers": [_answer(one) for one in severity.answers],
        "sensitivity": [_variant(one) for one in severity.sensitivity],
    }


def _answer(answer: Answer) -> Told:
    basis = answer.proposal.basis
    return {
        "axis": answer.axis.id,
        "part": answer.axis.part,
        "option": answer.option,
        "value": answer.value,
        "effect": answer.effect,
        "proposed": {
            "option": answer.proposal.option,
            "basis": basis.en if isinstance(basis, Both) else basis,
            "categories": list(answer.proposal.detail),
        },
        "choice": None if answer.choice is None else _choice(answer.choice),
    }


def _choice(choice: Choice) -> Told:
    return {"option": choice.option, "why": choice.why, "by": choice.by, "at": choice.at.isoformat()}


def _conclusion(held: Conclusion) -> Told:
    return {
        "outcome": held.outcome,
        "why": held.why,
        "by": held.by,
        "at": held.at.isoformat(),
        "score": held.score,
        "proposed": held.proposed,
    }


def _variant(one: Variant) -> Told:
    return {
        "axis": one.axis,
        "option": one.option,
        "score": one.score,
        "level": one.level,
        "outcome": one.outcome,
    }
