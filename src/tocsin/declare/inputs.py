# SPDX-License-Identifier: Apache-2.0
"""What declarations ask: inputs and closed lists, as data, read once.

The inputs follow the EDPB's draft Template [2026] (`model/edpb.toml`) and what French forms ask beside it
(`model/french.toml`); how each is known is said there. An input of kind `boxes` is here one input a box.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

import msgspec

from tocsin.core.errors import InputError
from tocsin.core.suggest import suggest
from tocsin.core.words import _

Kind = Literal["choice", "box", "yes_no", "number", "instant", "line", "text", "names"]

MODELS: Final = ("edpb", "french")
EDPB_SECTIONS: Final = tuple("1234567")
BOX: Final = "box"
LONGEST_LINE: Final = 300
LONGEST_TEXT: Final = 20_000
"""Characters of an answer: what a journal entry and a person can hold, not a box of an authority."""


class AskedIf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Asked only when another input has one of these values."""

    input: str
    among: tuple[str, ...]


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[input]]` of a model file."""

    id: str
    fr: str
    en: str
    kind: str
    list: str | None = None
    fact: str | None = None
    facts: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    asked_if: AskedIf | None = None
    who: tuple[str, ...] = ()
    max: int | None = None
    answerable: bool = True


class Input(msgspec.Struct, frozen=True):
    """One thing that a form asks; of a list of boxes, one box."""

    id: str
    title: dict[str, str]
    kind: Kind
    list: str | None
    fact: str | None
    code: str | None
    """Of a box: its code in `list`."""
    group: str
    """The `[[input]]` it comes from."""
    reads: tuple[str, ...]
    asked_if: AskedIf | None
    who: tuple[str, ...]
    longest: int
    answerable: bool

    @property
    def is_edpb(self) -> bool:
        """Whether it is one of the EDPB's template."""
        return self.id.startswith(EDPB_SECTIONS)


def read_toml(*place: str) -> dict[str, Any]:
    """A TOML file of this package."""
    return tomllib.loads(files("tocsin.declare").joinpath(*place).read_text("utf-8"))


@cache
def asked() -> tuple[Asked, ...]:
    """The inputs as the model files have them, in the forms' order."""
    return tuple(
        msgspec.convert(row, Asked) for name in MODELS for row in read_toml("model", f"{name}.toml")["input"]
    )


@cache
def inputs() -> dict[str, Input]:
    """Every input by its id, in the forms' order; a list of boxes gives one input a box."""
    return {one.id: one for row in asked() for one in _inputs_of(row)}


@cache
def groups() -> dict[str, tuple[str, ...]]:
    """The ids that stand under an `[[input]]`: itself, or its boxes."""
    return {row.id: tuple(one.id for one in _inputs_of(row)) for row in asked()}


@cache
def titles() -> dict[str, dict[str, str]]:
    """What each `[[input]]` is called, in both languages."""
    return {row.id: {"fr": row.fr, "en": row.en} for row in asked()}


@cache
def lists() -> dict[str, dict[str, dict[str, str]]]:
    """Closed lists: name, code, language to words."""
    return {
        name: {code: {"fr": words[0], "en": words[1]} for code, words in codes.items()}
        for name, codes in read_toml("model", "lists.toml").items()
    }


def list_of(one: Input) -> dict[str, dict[str, str]] | None:
    """The values that an input may have, when they are closed."""
    name = {"box": BOX, "yes_no": "yes_no"}.get(one.kind, one.list)
    return lists()[name] if name else None


@cache
def category_lists() -> dict[str, dict[str, tuple[str, ...]]]:
    """Category of data to its codes in `types`, `cnil_data`, `cnil_sensitive`, and `health_with`."""
    return {
        category: {name: tuple(codes) for name, codes in row.items()}
        for category, row in read_toml("model", "categories.toml").items()
    }


def find_input(name: str) -> Input:
    """Raises InputError for an id that no form asks."""
    found = inputs().get(name)
    if found is None:
        boxes = groups().get(name, ())
        known = boxes or tuple(inputs())
        raise InputError(
            _("No form asks for '{name}'."), do=suggest(name, known), code="no_such_field", name=name
        )
    return found


def _inputs_of(row: Asked) -> Iterator[Input]:
    if row.kind != "boxes":
        yield _input(row, row.id, {"fr": row.fr, "en": row.en}, row.fact, None)
        return
    for code, words in lists()[str(row.list)].items():
        known = row.fact if row.facts == ("*",) or code in row.facts else None
        yield _input(row, f"{row.id}.{code}", words, known, code)


def _input(row: Asked, name: str, title: dict[str, str], fact: str | None, code: str | None) -> Input:
    longest = row.max or (LONGEST_TEXT if row.kind in ("text", "names") else LONGEST_LINE)
    return Input(
        id=name,
        title=title,
        kind=msgspec.convert("box" if code else row.kind, Kind),
        list=row.list,
        fact=fact,
        code=code,
        group=row.id,
        reads=row.reads if fact else (),
        asked_if=row.asked_if,
        who=row.who,
        longest=longest,
        answerable=row.answerable,
    )
