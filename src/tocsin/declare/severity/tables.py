# SPDX-License-Identifier: Apache-2.0
"""The shape of severity.toml, and its one reading: the tables of ENISA's method as data.

A table that forgets a category of `core.terms`, or names an option that is not there, is refused.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from tocsin.core.errors import MachineError
from tocsin.core.terms import Category
from tocsin.core.words import _

Outcome = Literal["unlikely", "risk", "high_risk", "more_needed"]


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """Base of all rows."""


class Both(Row, frozen=True, kw_only=True):
    """A text in French and in English."""

    fr: str
    en: str

    def said(self, lang: str) -> str:
        """In that language."""
        return self.fr if lang == "fr" else self.en


class Option(Row, frozen=True, kw_only=True):
    """One answer of an axis, and what it is worth."""

    id: str
    value: float
    title: Both


class Axis(Row, frozen=True, kw_only=True):
    """[[axes]]: one question of the method."""

    id: str
    part: Literal["class", "context", "identification", "circumstances"]
    neutral: str
    title: Both
    options: list[Option]

    def option(self, name: str) -> Option | None:
        """By its id."""
        return next((one for one in self.options if one.id == name), None)


class CategoryRow(Row, frozen=True, kw_only=True):
    """[[categories]]: the class of some categories of data."""

    ids: list[str]
    data: str
    says: str = "as_class"
    beside: list[str] = []
    reading: bool = False
    why: Both | None = None


class IdentificationRow(Row, frozen=True, kw_only=True):
    """[[identification]]: the first row that fits what was shown."""

    option: str
    why: Both
    all: list[str] = []
    any: list[str] = []
    reading: bool = False

    def fits(self, shown: Collection[str]) -> bool:
        """All of `all`, and one of `any` where it names some."""
        return all(name in shown for name in self.all) and (
            not self.any or any(name in shown for name in self.any)
        )


class Level(Row, frozen=True, kw_only=True):
    """[[levels]]: a band of the score, and the outcome that practice presumes."""

    id: Literal["low", "medium", "high", "very_high"]
    from_: float
    outcome: Outcome
    title: Both


class OutcomeRow(Row, frozen=True, kw_only=True):
    """[[outcomes]]: what follows from a level of risk (GDPR, articles 33 and 34)."""

    id: Outcome
    authority: bool
    persons: bool
    title: Both


class Tables(Row, frozen=True, kw_only=True):
    """severity.toml"""

    version: str
    axes: list[Axis]
    categories: list[CategoryRow]
    identification: list[IdentificationRow]
    levels: list[Level]
    outcomes: list[OutcomeRow]

    def axis(self, name: str) -> Axis:
        """By its id; raises KeyError."""
        return {one.id: one for one in self.axes}[name]

    def level_of(self, score: float) -> Level:
        """The band that a score falls in: each begins at its own bound."""
        return next(one for one in reversed(self.levels) if score >= one.from_)

    def outcome(self, name: str) -> OutcomeRow:
        """By its id; raises KeyError."""
        return {str(one.id): one for one in self.outcomes}[name]

    def value(self, axis: str, option: str) -> float:
        """What an option is worth; raises KeyError."""
        return {one.id: one.value for one in self.axis(axis).options}[option]


@cache
def load_tables() -> Tables:
    """The tables of the package."""
    return read_tables(files("tocsin.declare.severity").joinpath("severity.toml").read_bytes())


def read_tables(text: bytes) -> Tables:
    """Raises MachineError for tables that are not of this shape."""
    try:
        tables = msgspec.toml.decode(text, type=Tables)
    except msgspec.DecodeError as error:
        raise _broken(str(error)) from None
    known = {str(category) for category in Category}
    named = {name for row in tables.categories for name in row.ids if not row.beside}
    if known != named:
        raise _broken(f"categories {sorted(known ^ named)}")
    options = {(axis.id, option.id) for axis in tables.axes for option in axis.options}
    used = {
        *((axis.id, axis.neutral) for axis in tables.axes),
        *(("data", row.data) for row in tables.categories),
        *(("says", row.says) for row in tables.categories),
        *(("identification", row.option) for row in tables.identification),
    }
    if not used <= options:
        raise _broken(f"options {sorted(used - options)}")
    return tables


def _broken(problem: str) -> MachineError:
    return MachineError(_("The tables of severity are broken: {problem}."), problem=problem)
