# SPDX-License-Identifier: Apache-2.0
"""Who is concerned and how many: the number that a person chose for the box, floor and ceiling beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tocsin.core.words import _
from tocsin.declare.facts.known import NOT_OBSERVED, YES, Known, count_of, hidden_at_most, shown_categories
from tocsin.declare.ground import NO_ANSWER, Ground, Missing
from tocsin.declare.inputs import Input
from tocsin.declare.texts import tell
from tocsin.report.declared import CHOSEN
from tocsin.report.reading import Count

SAID_BY_NAME: Final = ("patients", "patient")
"""Names of a registry that say who is in it."""

NOBODY_KNOWS: Final = _("nobody knows yet what the files that left hold")
NOUGHT_IS_NO_NUMBER: Final = _("the number chosen is nought, but the highest is not")
UNBOUND: Final = "cannot_be_determined"
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
    """Exact where floor, best and ceiling are one; open where the number is."""
    _chosen(ground, "persons")
    count = count_of(ground, "persons")
    certainty = str(ground.part("declared.persons.certainty"))
    if certainty != UNBOUND:
        _check_nought(ground.whole("declared.persons.value"), count.ceiling)
    return Known(certainty)


def persons_number(ground: Ground, _one: Input) -> Known:
    """The count that the data protection officer chose for the box."""
    _chosen(ground, "persons")
    count = count_of(ground, "persons")
    number = ground.whole("declared.persons.value")
    _check_nought(number, count.ceiling)
    return Known(number)


def _check_nought(number: int, ceiling: int | None, why: str = NOUGHT_IS_NO_NUMBER) -> None:
    """Nought in a box tells an authority that nobody is concerned: only a ceiling of nought says that."""
    if number == 0 and ceiling != 0:
        raise Missing(why)


def cnil_range(ground: Ground, one: Input) -> Known:
    """The CNIL's range that the declared number falls in."""
    return Known(range_of(int(persons_number(ground, one).value)))


def range_of(number: int) -> str:
    """The CNIL's range of a number."""
    return next((code for most, code in CNIL_RANGES if number <= most), "r5")


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
        return Known(UNBOUND)
    _check_nought(_records(ground), _most(counts))
    is_exact = all(count.floor == count.best == count.ceiling for count in counts)
    return Known("exact" if is_exact else "approximate")


def records_number(ground: Ground, _one: Input) -> Known:
    """Records of every kind, each on the basis chosen for it; else the registries' files, most likely."""
    if not _record_units(ground):
        return _files_number(ground)
    number = _records(ground)
    _check_nought(number, _most([count_of(ground, unit) for unit in _record_units(ground)]))
    return Known(number)


def _records(ground: Ground) -> int:
    return sum(ground.whole(f"counts.{unit}.{_basis(ground, unit)}") for unit in _record_units(ground))


def _most(counts: Iterable[Count]) -> int | None:
    """Their ceilings together; None where one has none."""
    ceilings = [count.ceiling for count in counts]
    return None if None in ceilings else sum(ceiling or 0 for ceiling in ceilings)


def _record_units(ground: Ground) -> list[str]:
    ground.examined()
    count_of(ground, "persons")
    return [unit for unit in ground.keys("counts") if unit.startswith("records:")]


def _files(ground: Ground) -> tuple[int, int, int]:
    floor, best, ceiling = (ground.whole(f"declare.records.{name}") for name in ("floor", "best", "ceiling"))
    return floor, best, ceiling


def _files_certainty(ground: Ground) -> Known:
    floor, best, ceiling = _files(ground)
    hidden, is_boundless = hidden_at_most(ground)
    if is_boundless and not best:
        return Known(UNBOUND)
    _check_nought(best, ceiling + (hidden or 0))
    is_exact = floor == best == ceiling and hidden == 0
    return Known("exact" if is_exact else "approximate")


def _files_number(ground: Ground) -> Known:
    _floor, best, ceiling = _files(ground)
    hidden, is_boundless = hidden_at_most(ground)
    if is_boundless and not best:
        raise Missing(NOBODY_KNOWS)
    _check_nought(best, None if is_boundless else ceiling + (hidden or 0))
    return Known(best)


def _basis(ground: Ground, unit: str) -> str:
    return _chosen(ground, unit) if unit in ground.keys("declared") else "best"
