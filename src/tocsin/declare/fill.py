# SPDX-License-Identifier: Apache-2.0
"""Every input with its value and its evidence, or with who can answer. Nothing is guessed.

A person's answer stands over what the facts say, which is then kept beside it. A field whose fact lacks
anything is to be determined.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from tocsin.core.words import _
from tocsin.declare.evidence import Evidence
from tocsin.declare.facts import FACTS, Known
from tocsin.declare.ground import NO_ANSWER, Given, Ground, Missing
from tocsin.declare.inputs import Input, groups, inputs

NOT_ASKED = _("asked only where another field calls for it")
MAYBE_ASKED = _("asked only if another field, still to be answered, calls for it")

State = Literal["filled", "tbd", "not_applicable"]


class Field(msgspec.Struct, frozen=True, omit_defaults=True):
    """One input of a declaration, as it stands."""

    id: str
    state: State
    value: Any = None
    origin: str = ""
    """facts, answer, setting."""
    evidence: tuple[Evidence, ...] = ()
    who: tuple[str, ...] = ()
    """Roles that can answer, when it is to be determined."""
    why: str = ""
    """A msgid: why it is to be determined, or not asked. Of an answer: what the person said."""
    by: str = ""
    at: str = ""
    persons: int | None = None
    at_most: int | None = None
    is_boundless: bool = False
    facts_say: Any = None
    """What the facts say, where a person's answer says otherwise."""


def fill(ground: Ground, *, withdrawn: bool = False) -> dict[str, Field]:
    """Every input of every model, in the models' order."""
    ground.subtype = "withdrawn" if withdrawn else "incomplete"
    fields = _fill_all(ground)
    if not withdrawn and not open_edpb(fields):
        ground.subtype = "complete"
        fields = _fill_all(ground)
    return fields


def open_edpb(fields: Mapping[str, Field]) -> list[str]:
    """Inputs of the EDPB that are still to be determined; a list with a box ticked is answered."""
    found = []
    for group, ids in groups().items():
        held = [fields[name] for name in ids]
        is_ticked = any(field.value == "yes" for field in held) and len(held) > 1
        if inputs()[ids[0]].is_edpb and not is_ticked and any(map(is_waiting, held)):
            found.append(group)
    return found


def _fill_all(ground: Ground) -> dict[str, Field]:
    filled: dict[str, Field] = {}
    for one in inputs().values():
        _fill_one(ground, one, filled)
    return {name: filled[name] for name in inputs()}


def _fill_one(ground: Ground, one: Input, filled: dict[str, Field]) -> Field:
    if one.id not in filled:
        given = ground.answers.get(one.id) if one.answerable else None
        known = _known(ground, one)
        if given is not None:
            filled[one.id] = _answered(one, given, known)
        else:
            filled[one.id] = _if_asked(ground, one, known, filled)
    return filled[one.id]


def _if_asked(ground: Ground, one: Input, known: Field, filled: dict[str, Field]) -> Field:
    """Not applicable only when the other field is settled and does not call for this one."""
    if one.asked_if is None:
        return known
    other = _fill_one(ground, inputs()[one.asked_if.input], filled)
    if other.state == "tbd" and known.state == "tbd":
        return msgspec.structs.replace(known, why=MAYBE_ASKED)
    if other.state == "tbd" or (other.state == "filled" and other.value in one.asked_if.among):
        return known
    return Field(one.id, "not_applicable", why=NOT_ASKED)


def is_waiting(field: Field) -> bool:
    """Whether somebody must answer now: not what only another answer would call for."""
    return field.state == "tbd" and field.why != MAYBE_ASKED


def _known(ground: Ground, one: Input) -> Field:
    """What the facts say, with all that they asked for; or who can answer, and why nobody else can."""
    if one.fact is None:
        return Field(one.id, "tbd", who=one.who, why=NO_ANSWER)
    ground.noted = []
    try:
        known = FACTS[one.fact](ground, one)
    except Missing as missing:
        return Field(one.id, "tbd", who=one.who, why=missing.why)
    once = {msgspec.json.encode(evidence): evidence for evidence in ground.noted}
    return _filled(one, known, tuple(once.values()))


def _filled(one: Input, known: Known, evidence: tuple[Evidence, ...]) -> Field:
    return Field(
        one.id,
        "filled",
        value=known.value,
        origin="facts",
        evidence=evidence,
        persons=known.persons,
        at_most=known.at_most,
        is_boundless=known.is_boundless,
    )


def _answered(one: Input, given: Given, known: Field) -> Field:
    differs = known.state == "filled" and known.value != given.value
    return Field(
        one.id,
        "filled",
        value=given.value,
        origin=given.origin,
        evidence=(given.evidence,),
        why=given.why,
        by=given.by,
        at=given.at.isoformat() if given.at else "",
        facts_say=known.value if differs else None,
    )
