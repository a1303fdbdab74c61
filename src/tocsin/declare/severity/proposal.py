# SPDX-License-Identifier: Apache-2.0
"""What the facts of a report propose for each question of the method, and on what basis.

A proposal is never a decision: a person may choose otherwise, with a reason. What no report tells (how much
of each person, who is vulnerable) is proposed neutral; without a report, circumstances as they are feared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from tocsin.core.words import _
from tocsin.declare.severity.tables import Both, CategoryRow, Tables
from tocsin.report.reading import Report

NATIONAL_NUMBERS = frozenset({"id.nir", "id.ins"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What a report says that severity rests on."""

    shown: frozenset[str] = frozenset()
    """Categories of which somebody's data were shown, as best known."""

    possible: frozenset[str] = frozenset()
    """Categories that only the ceiling holds."""

    persons: int | None = None
    """Best count; null without a report."""

    unreadable: bool = False
    """All that was shown was encrypted."""

    pseudonymised: bool = False
    """All that was shown was pseudonymised."""

    changed: bool = False
    illegitimate: bool = False
    has_report: bool = False
    files_left: bool = False
    """Files left, and what they hold may concern persons that nobody has counted."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An option, or None where the facts say nothing; and its basis in words."""

    option: str | None
    basis: str | Both
    """A msgid, or both languages."""

    detail: tuple[str, ...] = ()
    """Categories that it rests on."""


def facts_of(report: Report | None) -> Facts:
    """From report.json; without one, nothing is known."""
    if report is None:
        return Facts()
    shown = {name for name, row in report.categories.items() if row.persons.best > 0}
    possible = {name for name, row in report.categories.items() if row.persons.ceiling != 0} - shown
    persons, files = report.counts.get("persons"), report.counts.get("files")
    best = persons.best if persons else 0
    protections = {form for name in shown for form in report.categories[name].protection}
    changes = report.modifications.get("records")
    contradicted = any(c.id.startswith("no_change:") and c.grade == "contradicted" for c in report.claims)
    return Facts(
        shown=frozenset(shown),
        possible=frozenset(possible),
        persons=best,
        unreadable=best == 0 and bool(report.unreadable and report.unreadable.persons),
        pseudonymised=protections == {"pseudonymised"},
        changed=contradicted or bool(changes and changes.best),
        illegitimate=any(account.verdict == "illegitimate" for account in report.accounts)
        or any(count.floor for count in report.counts.values()),
        has_report=True,
        files_left=bool(files and files.best and possible),
    )


def as_feared(facts: Facts) -> Facts:
    """The facts if all that only the ceiling holds had been shown."""
    return replace(facts, shown=facts.shown | facts.possible, possible=frozenset())


def propose(tables: Tables, facts: Facts) -> dict[str, Proposal]:
    """A proposal for every axis."""
    data, says = _propose_data(tables, facts)
    found = {axis.id: Proposal(axis.neutral, _("nothing in the report tells")) for axis in tables.axes}
    return found | {
        "data": data,
        "says": says,
        "identification": _propose_identification(tables, facts),
        "confidentiality": _propose_confidentiality(facts),
        "integrity": _propose_integrity(facts),
        "intent": _propose_intent(facts),
    }


def concerned(facts: Facts) -> frozenset[str]:
    """The categories to weigh: those shown, else those that may have been."""
    return facts.shown or facts.possible


def _propose_data(tables: Tables, facts: Facts) -> tuple[Proposal, Proposal]:
    """The highest class that what was shown comes to, and the category that brings it there."""
    weighed = sorted(_weigh(tables, concerned(facts)), key=lambda each: each[0])
    if not weighed:
        nothing = _("the data concerned are not known yet")
        return Proposal(None, nothing), Proposal("as_class", nothing)
    top = weighed[-1][0]
    heaviest = [(row, name) for weight, row, name in weighed if weight == top]
    row = heaviest[-1][0]
    names = tuple(sorted(name for other, name in heaviest if other is row))
    basis = row.why or _("the most serious category shown")
    if not facts.shown:
        basis = _("the most serious category that may have been shown")
    return Proposal(row.data, basis, names), Proposal(row.says, basis, names)


def _weigh(tables: Tables, names: Collection[str]) -> Iterable[tuple[tuple[float, float], CategoryRow, str]]:
    """Each category's weight and class; a row that needs company counts only in it."""
    for row in tables.categories:
        if row.beside and not set(row.beside) & set(names):
            continue
        base = tables.value("data", row.data)
        for name in row.ids:
            if name in names:
                yield (base + tables.value("says", row.says), base), row, name


def _propose_identification(tables: Tables, facts: Facts) -> Proposal:
    if facts.unreadable:
        return Proposal("negligible", _("all that was shown was encrypted; the key must be safe"))
    if facts.pseudonymised:
        return Proposal("negligible", _("all that was shown was pseudonymised"))
    names = concerned(facts)
    if not names:
        return Proposal(None, _("the data concerned are not known yet"))
    row = next(row for row in tables.identification if row.fits(names))
    used = tuple(sorted({*row.all, *row.any} & names))
    return Proposal(row.option, row.why, used)


def _propose_confidentiality(facts: Facts) -> Proposal:
    if not facts.has_report:
        return Proposal("unknown_recipients", _("as a precaution: there is no report yet"))
    if facts.persons:
        return Proposal(
            "unknown_recipients", _("the report holds accesses; nobody knows whom the data reached")
        )
    if facts.files_left:
        return Proposal("unknown_recipients", _("files left, and nobody has read yet what they hold"))
    return Proposal("no_evidence", _("the report holds no access that shows a person's data"))


def _propose_integrity(facts: Facts) -> Proposal:
    if facts.changed:
        return Proposal(
            "recoverable", _("the report holds changes; whether they can be undone is to be confirmed")
        )
    return Proposal("none", _("the report holds no change") if facts.has_report else _NO_REPORT)


def _propose_intent(facts: Facts) -> Proposal:
    if not facts.has_report:
        return Proposal("malicious", _("as a precaution: there is no report yet"))
    if facts.illegitimate:
        return Proposal("malicious", _("accesses are held illegitimate"))
    return Proposal("none", _("no access is held illegitimate"))


_NO_REPORT = _("there is no report yet")
