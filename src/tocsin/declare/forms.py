# SPDX-License-Identifier: Apache-2.0
"""Forms as data: `forms/<id>/form.toml`, and for a document one template a language.

A sheet lists fields to copy one by one; a document is a text with fields in it. A form says which clock its
receipt ends; nothing here sends anything.
"""

from __future__ import annotations

from functools import cache
from typing import Final, Literal

import msgspec

from tocsin.core.errors import InputError
from tocsin.core.suggest import suggest
from tocsin.core.words import _
from tocsin.declare.inputs import groups, read_toml

FORMS: Final = (
    "cnil",
    "edpb",
    "cert-sante",
    "anssi",
    "complaint",
    "processor-notice",
    "register",
    "professionals",
    "partners",
    "press",
)
"""In the order in which they are due."""

Words = dict[str, str]


class FormField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One field of a sheet: an input, or a list of boxes."""

    input: str
    label: Words | None = None
    box: int | None = None
    """The size of the authority's own box, in characters, where somebody measured it."""


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Fields under one title; `all` takes every input whose id begins so."""

    title: Words
    field: tuple[FormField, ...] = ()
    all: str | None = None

    @property
    def fields(self) -> tuple[FormField, ...]:
        """In their order."""
        if self.all is None:
            return self.field
        return tuple(FormField(group) for group in groups() if group.startswith(self.all))


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One declaration."""

    id: str
    layout: Literal["sheet", "document"]
    title: Words
    recipient: Words
    law: Words
    where: Words
    note: Words
    kinds: tuple[str, ...]
    clocks: dict[str, str] = {}
    """Kind of submission to the clock that it ends."""
    section: tuple[Section, ...] = ()
    needs: tuple[str, ...] = ()
    """Of a document: the inputs that its templates speak of."""
    json: bool = False

    @property
    def groups(self) -> tuple[str, ...]:
        """Every `[[input]]` that the form shows, in its order."""
        if self.layout == "document":
            return self.needs
        return tuple(field.input for section in self.section for field in section.fields)


@cache
def load_forms() -> dict[str, Form]:
    """Every form by its id."""
    return {name: msgspec.convert(read_toml("forms", name, "form.toml"), Form) for name in FORMS}


def find_form(name: str) -> Form:
    """Raises InputError for a form that does not exist."""
    forms = load_forms()
    if name not in forms:
        raise InputError(
            _("There is no form '{name}'."), do=suggest(name, forms), code="no_such_form", name=name
        )
    return forms[name]
