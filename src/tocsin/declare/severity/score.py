# SPDX-License-Identifier: Apache-2.0
"""The score: SE = DPC × EI + CB, with the effect of each choice and what each other choice would give.

Values are quarters, so that the sums are exact in binary. Facts and decisions come in, nothing is read here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from tocsin.declare.severity.choices import Choice, Conclusion, Decisions
from tocsin.declare.severity.proposal import (
    NATIONAL_NUMBERS,
    Facts,
    Proposal,
    as_feared,
    concerned,
    propose,
)
from tocsin.declare.severity.tables import Axis, Tables

LEAST_WITH_NATIONAL_NUMBER = 0.75
MANY_PERSONS = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """One question of the method: what is proposed, what a person chose, and its effect on the score."""

    axis: Axis
    option: str | None
    """What holds: the person's choice, else the proposal; null while nobody knows."""

    value: float | None
    proposal: Proposal
    choice: Choice | None
    effect: float | None
    """Score, less the score with this axis neutral; null without a score."""


@dataclass(frozen=True, slots=True)
class Variant:
    """What the score would be with another answer to one question."""

    axis: str
    """An axis, or `possible`: all that only the ceiling holds was shown."""

    option: str
    score: float
    level: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Marks:
    """The parts of a score."""

    dpc: int
    excess: int
    """What the context would add beyond 4 (or below 1): aggravating, outside the formula."""

    ei: float
    cb: float

    @property
    def score(self) -> float:
        """SE = DPC × EI + CB."""
        return self.dpc * self.ei + self.cb


@dataclass(frozen=True, slots=True)
class Severity:
    """The severity of a case, and the bridge to articles 33 and 34."""

    answers: tuple[Answer, ...]
    marks: Marks | None
    """Null while the data concerned, or how they identify, are unknown."""

    level: str | None
    """low, medium, high, very_high."""

    proposed: str | None
    """The outcome that practice presumes: unlikely, risk, high_risk."""

    conclusion: Conclusion | None
    """A person's; null while nobody concluded."""

    flags: tuple[str, ...]
    """Outside the formula: more_than_100, unintelligible, aggravating, national_number."""

    sensitivity: tuple[Variant, ...]
    notify_authority: bool | None
    """By the person's conclusion, else by the proposal; null while neither is there."""

    tell_persons: bool | None
    facts: Facts

    @property
    def score(self) -> float | None:
        """SE; null while it cannot be computed."""
        return None if self.marks is None else self.marks.score

    @property
    def outcome(self) -> str | None:
        """The person's conclusion; null while there is none."""
        return None if self.conclusion is None else self.conclusion.outcome

    @property
    def departs(self) -> bool:
        """Whether the person's conclusion is not what is proposed now."""
        return self.conclusion is not None and self.conclusion.outcome != self.proposed

    @property
    def is_stale(self) -> bool:
        """Whether the score moved since the person concluded: it is to be concluded again."""
        return self.conclusion is not None and self.conclusion.score != self.score


def weigh(tables: Tables, facts: Facts, decisions: Decisions) -> Severity:
    """The severity that these facts and decisions give."""
    proposals = _proposals(tables, facts, decisions)
    held = {axis.id: _held(proposals, decisions, axis.id) for axis in tables.axes}
    marks = marks_of(tables, facts, held)
    level = None if marks is None else tables.level_of(marks.score)
    proposed = None if level is None else level.outcome
    conclusion = decisions.conclusion
    outcome = conclusion.outcome if conclusion is not None else proposed
    bridge = None if outcome is None else tables.outcome(outcome)
    return Severity(
        answers=tuple(_answer(tables, facts, held, proposals, decisions, axis) for axis in tables.axes),
        marks=marks,
        level=None if level is None else level.id,
        proposed=proposed,
        conclusion=conclusion,
        flags=_flags(facts, marks),
        sensitivity=_sensitivity(tables, facts, decisions, held),
        notify_authority=None if bridge is None else bridge.authority,
        tell_persons=None if bridge is None else bridge.persons,
        facts=facts,
    )


def marks_of(tables: Tables, facts: Facts, held: Mapping[str, str | None]) -> Marks | None:
    """DPC, EI and CB of these answers; null while a class or an identification is missing."""
    values = {
        axis.id: tables.value(axis.id, option)
        for axis in tables.axes
        if (option := held[axis.id]) is not None
    }
    if "data" not in values or "identification" not in values:
        return None
    parts = {part: _sum(tables, values, part) for part in ("class", "context", "circumstances")}
    wanted = int(parts["class"] + parts["context"])
    dpc = min(4, max(1, wanted))
    return Marks(dpc, wanted - dpc, _identification(facts, values["identification"]), parts["circumstances"])


def _sum(tables: Tables, values: Mapping[str, float], part: str) -> float:
    return sum(values.get(axis.id, 0) for axis in tables.axes if axis.part == part)


def _identification(facts: Facts, value: float) -> float:
    """A French national number tells birth date and sex: never below 0.75 where one can be read."""
    readable = not (facts.unreadable or facts.pseudonymised)
    if readable and concerned(facts) & NATIONAL_NUMBERS:
        return max(value, LEAST_WITH_NATIONAL_NUMBER)
    return value


def _proposals(tables: Tables, facts: Facts, decisions: Decisions) -> dict[str, Proposal]:
    """A class that a person chose is not moved by what another class was proposed with."""
    proposals = propose(tables, facts)
    chosen = decisions.choices.get("data")
    if chosen is not None and chosen.option != proposals["data"].option:
        proposals["says"] = Proposal(tables.axis("says").neutral, proposals["says"].basis)
    return proposals


def _held(proposals: Mapping[str, Proposal], decisions: Decisions, axis: str) -> str | None:
    choice = decisions.choices.get(axis)
    return choice.option if choice is not None else proposals[axis].option


def _answer(
    tables: Tables,
    facts: Facts,
    held: Mapping[str, str | None],
    proposals: Mapping[str, Proposal],
    decisions: Decisions,
    axis: Axis,
) -> Answer:
    option = held[axis.id]
    here = marks_of(tables, facts, held)
    neutral = marks_of(tables, facts, {**held, axis.id: axis.neutral})
    return Answer(
        axis,
        option,
        None if option is None else tables.value(axis.id, option),
        proposals[axis.id],
        decisions.choices.get(axis.id),
        None if here is None or neutral is None else here.score - neutral.score,
    )


def _sensitivity(
    tables: Tables, facts: Facts, decisions: Decisions, held: Mapping[str, str | None]
) -> tuple[Variant, ...]:
    """Each other option of each axis; and all that is only possible held to be shown."""
    found = []
    for axis in tables.axes:
        for option in axis.options:
            marks = marks_of(tables, facts, _otherwise(tables, facts, decisions, axis.id, option.id))
            if marks is not None and option.id != held[axis.id]:
                found.append(_variant(tables, axis.id, option.id, marks))
    if facts.possible and facts.shown:
        feared = as_feared(facts)
        proposals = _proposals(tables, feared, decisions)
        marks = marks_of(tables, feared, {axis: _held(proposals, decisions, axis) for axis in held})
        if marks is not None:
            found.append(_variant(tables, "possible", "shown", marks))
    return tuple(found)


def _otherwise(
    tables: Tables, facts: Facts, decisions: Decisions, axis: str, option: str
) -> dict[str, str | None]:
    """The answers if a person chose that option."""
    choice = Choice(option, "", "", datetime.min.replace(tzinfo=UTC))
    chosen = Decisions({**decisions.choices, axis: choice})
    proposals = _proposals(tables, facts, chosen)
    return {each.id: _held(proposals, chosen, each.id) for each in tables.axes}


def _variant(tables: Tables, axis: str, option: str, marks: Marks) -> Variant:
    level = tables.level_of(marks.score)
    return Variant(axis, option, marks.score, level.id, level.outcome)


def _flags(facts: Facts, marks: Marks | None) -> tuple[str, ...]:
    found = {
        "more_than_100": (facts.persons or 0) > MANY_PERSONS,
        "unintelligible": facts.unreadable,
        "aggravating": marks is not None and marks.excess > 0,
        "national_number": bool(concerned(facts) & NATIONAL_NUMBERS),
    }
    return tuple(name for name, holds in found.items() if holds)
