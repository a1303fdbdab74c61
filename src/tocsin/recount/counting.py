# SPDX-License-Identifier: Apache-2.0
"""Floor, best and ceiling, counted by walking the disclosures.

L = taken, shown; R = L and reconstructed. Floor: illegitimate in L. Best: illegitimate in R, and
doubtful with p of at least one half in R. Ceiling: illegitimate or doubtful, all but excluded,
and the bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from tocsin.recount.events import Place, SetAside
from tocsin.recount.judging import Judged, Suspect
from tocsin.recount.persons import Key, PersonRow
from tocsin.recount.scoping import Disclosure, Unresolved
from tocsin.recount.sequences import Gap

CERTAINTIES = ("taken", "shown", "reconstructed", "reachable", "unassessable", "excluded")
LOGGED = ("taken", "shown")
REPLAYED = (*LOGGED, "reconstructed")
Level = Literal["floor", "best", "ceiling"]
LEVELS: tuple[Level, ...] = ("floor", "best", "ceiling")


@dataclass(frozen=True, slots=True)
class Counted:
    """A disclosure that counts, for whom, and the narrowest count that it enters."""

    disclosure: Disclosure
    person_id: str
    for_person: Level
    for_record: Level
    in_registry: bool


@dataclass(frozen=True, slots=True)
class Bounds:
    """What may be added to a ceiling, by where it comes from; None where something has no bound."""

    unresolved: tuple[tuple[Unresolved, int | None], ...]
    set_aside: tuple[tuple[SetAside, int | None], ...]
    gaps: tuple[tuple[Gap, int | None], ...]


@dataclass(frozen=True, slots=True)
class Figures:
    floor: int
    best: int
    ceiling: int | None
    ceiling_reason: str | None = None


def count_levels(levels: Iterable[tuple[object, Level]]) -> tuple[int, int, int]:
    """Distinct units in floor, best and ceiling, from units and the narrowest count of each of their rows."""
    narrowest: dict[object, int] = {}
    for unit, level in levels:
        narrowest[unit] = min(narrowest.get(unit, 2), LEVELS.index(level))
    counts = [sum(place <= limit for place in narrowest.values()) for limit in range(3)]
    return counts[0], counts[1], counts[2]


def level_of(
    certainty: str, verdict: str, p: float | None, *, known_outcome: bool, covered: bool
) -> Level | None:
    """The narrowest count that one disclosure enters, or none."""
    if verdict not in ("illegitimate", "doubtful") or certainty == "excluded":
        return None
    if not known_outcome:
        return "ceiling"
    if verdict == "illegitimate" and certainty in LOGGED and covered:
        return "floor"
    likely = verdict == "illegitimate" or (p is not None and p >= 0.5)
    return "best" if likely and certainty in REPLAYED else "ceiling"


def widen(level: Level, limit: Level) -> Level:
    return LEVELS[max(LEVELS.index(level), LEVELS.index(limit))]


def find_counted(
    disclosures: Iterable[Disclosure],
    judged: dict[Place, Judged],
    unknown_outcomes: set[Place],
    persons: dict[Key, PersonRow],
    registries: int,
) -> list[Counted]:
    """The disclosures that count: not of test identities, not encrypted, not legitimate."""
    counted = []
    for one in disclosures:
        person = persons[(one.registry, one.person or "")]
        level = level_of(
            one.certainty,
            judged[one.event].verdict,
            judged[one.event].p,
            known_outcome=one.event not in unknown_outcomes,
            covered=one.category != "undetermined",
        )
        if level is None or person.is_test or one.protection == "encrypted":
            continue
        limit: Level = "floor" if person.in_registry or registries == 1 else "best"
        counted.append(Counted(one, person.person_id, widen(level, limit), level, person.in_registry))
    return counted


def find_bounds(
    *,
    unresolved: Iterable[Unresolved],
    set_aside: Iterable[SetAside],
    gaps: Iterable[Gap],
    suspects: list[Suspect],
    judged: dict[Place, Judged],
    largest: dict[str, int],
    named: Callable[[SetAside], int | None],
) -> Bounds:
    """Of what may be in scope; `largest`: the most persons that one event of a source disclosed."""
    graver = [one for one in suspects if one.verdict != "legitimate"]
    in_scope = [one for one in set_aside if any(suspect.may_hold(one) for suspect in graver)]
    return Bounds(
        tuple((one, one.bound) for one in unresolved if judged[one.event].verdict != "legitimate"),
        tuple((one, 1 if named(one) == 1 else largest.get(one.place.source)) for one in in_scope),
        tuple(
            (one, one.limit(largest.get(one.source)))
            for one in gaps
            if any(_concerns(suspect, one) for suspect in graver)
        ),
    )


def _concerns(suspect: Suspect, gap: Gap) -> bool:
    source = dict(suspect.selectors).get("source")
    return source in (None, gap.source) and suspect.widest.meets(gap.start, gap.until)


def find_largest(disclosures: Iterable[Disclosure], linked: dict[Key, PersonRow]) -> dict[str, int]:
    """For each source, the largest number of persons that one of its events disclosed."""
    persons: dict[Place, set[str]] = {}
    for one in disclosures:
        if one.certainty != "excluded":
            persons.setdefault(one.event, set()).add(linked[(one.registry, one.person or "")].person_id)
    largest: dict[str, int] = {}
    for event, named in persons.items():
        largest[event.source] = max(largest.get(event.source, 0), len(named))
    return largest


def add_bounds(
    named: int, bounds: Bounds, concerns: Callable[[Unresolved], bool]
) -> tuple[int | None, str | None]:
    """A ceiling and, when it has none, why."""
    parts = {
        "unresolved": [bound for one, bound in bounds.unresolved if concerns(one)],
        "set_aside": [bound for _, bound in bounds.set_aside],
        "gap": [bound for _, bound in bounds.gaps],
    }
    for reason, found in parts.items():
        if None in found:
            return None, reason
    return named + sum(bound for found in parts.values() for bound in found if bound is not None), None


def count_persons(counted: list[Counted], bounds: Bounds) -> Figures:
    floor, best, named = count_levels((one.person_id, one.for_person) for one in counted)
    return Figures(floor, best, *add_bounds(named, bounds, lambda _: True))


def count_category(counted: list[Counted], bounds: Bounds, category: str) -> Figures:
    rows = [one for one in counted if one.disclosure.category == category]
    floor, best, named = count_levels((one.person_id, one.for_person) for one in rows)
    concerns = lambda one: one.categories is None or category in one.categories  # noqa: E731
    return Figures(floor, best, *add_bounds(named, bounds, concerns))


def count_records(counted: list[Counted], bounds: Bounds, record_type: str) -> Figures:
    floor, best, named = count_levels(
        (one.disclosure.record, one.for_record)
        for one in counted
        if one.disclosure.record_type == record_type
    )
    concerns = lambda one: one.categories is None or record_type in one.record_types  # noqa: E731
    return Figures(floor, best, *add_bounds(named, bounds, concerns))


def records_up_to(counted: list[Counted], record_type: str, limit: Level) -> set[str]:
    """The records of a type that are in a count."""
    return {
        one.disclosure.record
        for one in counted
        if one.disclosure.record is not None
        and one.disclosure.record_type == record_type
        and LEVELS.index(one.for_record) <= LEVELS.index(limit)
    }


@dataclass(frozen=True, slots=True)
class ExposureRow:
    person_id: str
    category: str
    certainty: str
    count_in: Level
    first_at: object
    last_at: object
    events: int


def find_exposure(counted: list[Counted]) -> list[ExposureRow]:
    """One row for each person and category, with the strongest certainty and the narrowest count."""
    groups: dict[tuple[str, str], list[Counted]] = {}
    for one in counted:
        groups.setdefault((one.person_id, one.disclosure.category), []).append(one)
    rows = []
    for (person_id, category), group in sorted(groups.items()):
        times = [one.disclosure.occurred_at for one in group]
        rows.append(
            ExposureRow(
                person_id,
                category,
                min((one.disclosure.certainty for one in group), key=CERTAINTIES.index),
                min((one.for_person for one in group), key=LEVELS.index),
                min(times),
                max(times),
                len({one.disclosure.event for one in group}),
            )
        )
    return rows
