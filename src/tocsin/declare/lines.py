# SPDX-License-Identifier: Apache-2.0
"""The fields of a form as lines of one language: a value to copy, boxes to tick, or who can answer.

What did not change its words between two drafts gives the same lines. Nothing is cut: a text longer than its
box says both lengths.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from tocsin.core.words import Words, _
from tocsin.declare.fill import Field
from tocsin.declare.forms import Form, FormField
from tocsin.declare.ground import NO_ANSWER
from tocsin.declare.inputs import groups, inputs, titles
from tocsin.declare.said import (
    box_words,
    evidence_words,
    origin_words,
    value_words,
    who_words,
)

EVIDENCE_SHOWN = 12


class Box(msgspec.Struct, frozen=True):
    """One box of a list."""

    label: str
    note: str = ""


class Change(msgspec.Struct, frozen=True):
    """What a field said before: in which version, of which date."""

    version: int
    at: str
    before: str
    after: str
    basis: str


class Line(msgspec.Struct, frozen=True):
    """One field of a form."""

    id: str
    label: str
    state: str
    text: str = ""
    ticked: tuple[Box, ...] = ()
    refused: tuple[Box, ...] = ()
    """Proven not to be concerned."""
    unseen: tuple[tuple[str, str], ...] = ()
    """Not observed: a note, and the boxes that it holds for."""
    undetermined: tuple[str, ...] = ()
    who: str = ""
    why: str = ""
    origin: str = ""
    reason: str = ""
    """Why a person answered so."""
    facts_say: str = ""
    evidence: tuple[str, ...] = ()
    more_evidence: int = 0
    length: int | None = None
    box: int | None = None
    changes: tuple[Change, ...] = ()

    @property
    def over(self) -> int:
        """By how many characters the text is longer than its box."""
        return max(0, (self.length or 0) - self.box) if self.box else 0


class Lines(msgspec.Struct, frozen=True):
    """A section of a sheet."""

    title: str
    lines: tuple[Line, ...]


class Setting(msgspec.Struct, frozen=True):
    """What lines are made with."""

    words: Words
    zone: str
    boxes: Mapping[str, int] = {}
    """`[declare.boxes]`: sizes of the authority's boxes, by `form.field`."""
    changes: Mapping[str, tuple[Change, ...]] = {}
    """By field."""


def sheet_lines(form: Form, fields: Mapping[str, Field], made: Setting) -> list[Lines]:
    """The sections of a sheet; what the form does not ask now is left out."""
    sections = []
    for section in form.section:
        lines = [line_of(form, one, fields, made) for one in section.fields]
        asked = tuple(line for line in lines if line.state != "not_applicable")
        if asked:
            sections.append(Lines(section.title[made.words.lang], asked))
    return sections


def line_of(form: Form, one: FormField, fields: Mapping[str, Field], made: Setting) -> Line:
    """One field of a sheet."""
    label = (one.label or titles()[one.input])[made.words.lang]
    held = [fields[name] for name in groups()[one.input]]
    size = made.boxes.get(f"{form.id}.{one.input}", one.box)
    changes = tuple(change for field in held for change in made.changes.get(field.id, ()))
    if inputs()[held[0].id].kind == "box":
        return _boxes(one.input, label, held, made, changes)
    return _value(held[0], label, size, made, changes)


def _value(field: Field, label: str, size: int | None, made: Setting, changes: tuple[Change, ...]) -> Line:
    words, one = made.words, inputs()[field.id]
    if field.state != "filled":
        return Line(
            field.id,
            label,
            field.state,
            who=who_words(words, field),
            why="" if field.why == NO_ANSWER else words.text(field.why),
            changes=changes,
        )
    text = value_words(words, made.zone, one, field.value)
    says = field.facts_say
    return Line(
        field.id,
        label,
        "filled",
        text=text,
        origin=origin_words(words, made.zone, field),
        reason=field.why,
        facts_say="" if says is None else value_words(words, made.zone, one, says),
        length=len(text) if one.kind in ("text", "line") else None,
        box=size,
        changes=changes,
        **_evidence([field], words),
    )


def _boxes(name: str, label: str, held: list[Field], made: Setting, changes: tuple[Change, ...]) -> Line:
    words = made.words
    asked = [field for field in held if field.state != "not_applicable"]
    if not asked:
        return Line(name, label, "not_applicable")
    filled = [field for field in asked if field.state == "filled"]
    waiting = [field for field in asked if field.state == "tbd"]
    people = [field for field in filled if field.origin != "facts"]
    return Line(
        name,
        label,
        "filled" if filled else "tbd",
        ticked=_labels(words, (f for f in filled if f.value == "yes")),
        refused=_labels(words, (f for f in filled if f.value == "no")),
        unseen=_unseen(words, [f for f in filled if f.value == "not_observed"]),
        undetermined=tuple(inputs()[f.id].title[words.lang] for f in waiting),
        who=who_words(words, waiting[0]) if waiting else "",
        origin=origin_words(words, made.zone, (people or filled)[0]) if filled else "",
        reason=people[0].why if people else "",
        changes=changes,
        **_evidence(filled, words),
    )


def _labels(words: Words, fields: Iterable[Field]) -> tuple[Box, ...]:
    return tuple(Box(inputs()[field.id].title[words.lang], box_words(words, field)) for field in fields)


def _unseen(words: Words, fields: list[Field]) -> tuple[tuple[str, str], ...]:
    """Boxes not observed, together where the same must be said of them."""
    notes: dict[str, list[str]] = {}
    for field in fields:
        notes.setdefault(box_words(words, field), []).append(inputs()[field.id].title[words.lang])
    return tuple((note, words.text(_("; ")).join(labels)) for note, labels in notes.items())


def _evidence(fields: list[Field], words: Words) -> dict[str, Any]:
    told = dict.fromkeys(evidence_words(words, one) for field in fields for one in field.evidence)
    shown = tuple(told)[:EVIDENCE_SHOWN]
    return {"evidence": shown, "more_evidence": len(told) - len(shown)}
