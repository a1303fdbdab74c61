# SPDX-License-Identifier: Apache-2.0
"""What moved between two drafts of a form: the old value, its date, and on what basis it changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from tocsin.core.words import Words, _
from tocsin.declare.fill import Field
from tocsin.declare.inputs import inputs
from tocsin.declare.lines import Change
from tocsin.declare.said import KINDS, box_words, listed, origin_words, value_words
from tocsin.declare.texts import as_instant

FIGURES_NAMED = 3


class Kept(msgspec.Struct):
    """A draft as it was kept: `fields.json`."""

    form: str
    version: int
    kind: str
    made_at: str
    by: str
    journal: dict[str, Any]
    """Number and hash of the newest entry that it rests on."""
    fields: dict[str, Field]


def substance(fields: Mapping[str, Field]) -> dict[str, Any]:
    """What a draft says, without what it rests on: two drafts that say the same are one."""
    return {name: _said(field) for name, field in fields.items()}


def _said(field: Field) -> list[Any]:
    return [field.state, field.value, field.persons, field.at_most, field.is_boundless]


def moved(before: Kept, now: Mapping[str, Field]) -> list[str]:
    """Fields that say something else than they did; a field that a form newly asks did not move."""
    old, new = substance(before.fields), substance(now)
    return [name for name in new if name in old and old[name] != new[name]]


def changes_of(
    before: Kept | None, now: Mapping[str, Field], words: Words, zone: str
) -> dict[str, tuple[Change, ...]]:
    """Each field that moved, with its old value and the date of the draft that said it."""
    if before is None:
        return {}
    return {
        name: (_change(before, before.fields[name], now[name], words, zone),) for name in moved(before, now)
    }


def _change(kept: Kept, old: Field, new: Field, words: Words, zone: str) -> Change:
    return Change(
        version=kept.version,
        at=words.instant(as_instant(kept.made_at), zone),
        before=_words_of(old, words, zone),
        after=_words_of(new, words, zone),
        basis=_basis(new, words, zone),
    )


def _words_of(field: Field, words: Words, zone: str) -> str:
    if field.state != "filled":
        return listed(words, "states", field.state)
    value = value_words(words, zone, inputs()[field.id], field.value)
    note = box_words(words, field)
    return f"{value} ({note})" if note else value


def _basis(field: Field, words: Words, zone: str) -> str:
    """A person's answer with its reason, else the first figures that it rests on."""
    if field.origin == "answer":
        return words.text(_("{origin}. {why}"), origin=origin_words(words, zone, field), why=field.why)
    numbers = [one.path.partition(" ")[0] for one in field.evidence if one.kind == "journal"][:1]
    journal = [f"{words.text(KINDS['journal'])} {number}" for number in numbers]
    figures = [one.path for one in field.evidence if one.kind == "figure"][:FIGURES_NAMED]
    told = [*journal, *figures]
    return words.listing(told) if told else listed(words, "origins", field.origin)
