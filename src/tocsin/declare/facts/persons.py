# SPDX-License-Identifier: Apache-2.0
"""Who is concerned and how many: the number that a person chose for the box, floor and ceiling beside it."""

from __future__ import annotations

from typing import Final

from tocsin.core.words import _
from tocsin.declare.facts.known import NOT_OBSERVED, YES, Known, count_of, hidden_at_most, shown_categories
from tocsin.declare.ground import NO_ANSWER, Ground, Missing
from tocsin.declare.inputs import Input
from tocsin.declare.texts import tell
from tocsin.report.declared import CHOSEN

SAID_BY_NAME: Final = ("patients", "patient")
"""Names of a registry that say who is in it."""

NOBODY_KNOWS: Final = _("nobody knows yet what the files that left hold")
CNIL_RANGES: Final = ((5, "r1"), (50, "r2"), (300, "r3"), (5000, "r4"))


def persons_category(ground: Ground, one: Input) -> Known:
    """Patients by the registry's name, minors by their dates of birth, professionals by their data."""
    if one.code == "patients":
        return _in_registry(ground)
    if one.code == "minors":
        return _minors(ground)
    shown = {name: c for name, c in shown_categories(ground).items() if name.startswith("professional.")}
    if not shown:
        raise Missing(NO_ANSWER)
    return Known(YES)


def _in_registry(ground: Ground) -> Known:
    best = count_of(ground, "persons").best
    for at in range(len(ground.settings.get("registries", ()))):
        name = str(ground.settings["registries"][at]["name"])
        if name.lower() in SAID_BY_NAME and best:
            ground.setting(f"registries.{at}.name")
            return Known(YES)
    raise Missing(NO_ANSWER)


def _minors(ground: Ground) -> Known:
    minors = ground.whole("declare.persons.minors")
    if minors:
        return Known(YES, persons=minors)
    return Known(NOT_OBSERVED, at_most=ground.whole("declare.persons.without_birth_date"))


def _chosen(ground: Ground, unit: str) -> str:
    """The basis of a declared number; the decision that chose it is noted."""
    ground.examined()
    basis = str(ground.part(f"declared.{unit}.basis"))
    decisions = [entry for entry in ground.entries(CHOSEN) if entry.body.get("unit") == unit]
    if decisions:
        ground.rest_on(decisions[-1])
    return basis


def persons_certainty(ground: Ground, _one: Input) -> Known:
    """Exact where floor, best and ceiling are one."""
    _chosen(ground, "persons")
    count_of(ground, "persons")
    return Known(str(ground.part("declared.persons.certainty")))


def persons_number(ground: Ground, _one: Input) -> Known:
    """The count that the data protection officer chose for the box."""
    _chosen(ground, "persons")
    return Known(ground.whole("declared.persons.value"))


def cnil_range(ground: Ground, one: Input) -> Known:
    """The CNIL's range that the declared number falls in."""
    number = int(persons_number(ground, one).value)
    return Known(next((code for most, code in CNIL_RANGES if number <= most), "r5"))


def range_told(ground: Ground, _one: Input) -> Known:
    """Floor, best and ceiling, which of them is in the box, and why there is no ceiling."""
    count = count_of(ground, "persons")
    basis = _chosen(ground, "persons")
    reason = ground.part("counts.persons.ceiling_reason")
    return Known(tell(ground, "range_told", persons=count, basis=basis, reason=reason))


def records_certainty(ground: Ground, _one: Input) -> Known:
    """Exact where floor, best and ceiling of every kind of record are one.

    Without kinds of records, those counted are the registries' files: a person may have several.
    """
    units = _record_units(ground)
    if not units:
        return _files_certainty(ground)
    counts = [count_of(ground, unit) for unit in units]
    if any(
        _basis(ground, unit) == "ceiling" and c.ceiling is None for unit, c in zip(units, counts, strict=True)
    ):
        return Known("cannot_be_determined")
    is_exact = all(count.floor == count.best == count.ceiling for count in counts)
    return Known("exact" if is_exact else "approximate")


def records_number(ground: Ground, _one: Input) -> Known:
    """Records of every kind, each on the basis chosen for it; else the registries' files, most likely."""
    if not _record_units(ground):
        return _files_number(ground)
    return Known(sum(ground.whole(f"counts.{unit}.{_basis(ground, unit)}") for unit in _record_units(ground)))


def _record_units(ground: Ground) -> list[str]:
    ground.examined()
    count_of(ground, "persons")
    return [unit for unit in ground.keys("counts") if unit.startswith("records:")]


def _files(ground: Ground) -> tuple[int, int, int]:
    floor, best, ceiling = (ground.whole(f"declare.records.{name}") for name in ("floor", "best", "ceiling"))
    return floor, best, ceiling


def _files_certainty(ground: Ground) -> Known:
    floor, best, ceiling = _files(ground)
    most, is_boundless = hidden_at_most(ground)
    if is_boundless and not best:
        return Known("cannot_be_determined")
    is_exact = floor == best == ceiling and most == 0
    return Known("exact" if is_exact else "approximate")


def _files_number(ground: Ground) -> Known:
    best = _files(ground)[1]
    if not best and hidden_at_most(ground)[1]:
        raise Missing(NOBODY_KNOWS)
    return Known(best)


def _basis(ground: Ground, unit: str) -> str:
    return _chosen(ground, unit) if unit in ground.keys("declared") else "best"
