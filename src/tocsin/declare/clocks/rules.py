# SPDX-License-Identifier: Apache-2.0
"""The shape of clocks.toml, and its one reading: rules of law as data, in both languages.

Nothing is decided here. A row that names an unknown anchor or capacity is refused when the file is read.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from tocsin.core.errors import MachineError
from tocsin.core.words import _


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all rows."""


class Both(Row, frozen=True, kw_only=True):
    """A text in French and in English."""

    fr: str
    en: str

    def said(self, lang: str) -> str:
        """In that language."""
        return self.fr if lang == "fr" else self.en


class Clock(Row, frozen=True, kw_only=True):
    """[[clocks]]: one duty, and the time that is left to do it."""

    id: str
    title: Both
    do: Both
    """What must be done."""

    to: Both
    """To whom."""

    capacities: list[str]
    """Any of them binds; `any` binds everybody."""

    anchor: str
    """The act it starts with."""

    hours: int | None = None
    """Hours that elapse, nights, Sundays and holidays included."""

    days: int | None = None
    """Calendar days, to the same hour in the case's zone."""

    working_days: int | None = None
    """Days other than Saturdays, Sundays and public holidays, to the same hour."""

    months: int | None = None
    """Calendar months, to the same day and hour; the month's last day where it has no such day."""

    contract: bool = False
    """The term, if there is one, is in a contract: a person enters it."""

    target: bool = False
    """The time is a wish (“if possible”), not a limit."""

    status: Literal["in_force", "to_be_confirmed", "proposed"]
    since: date | None = None
    """In force from this day on; null when the table does not know."""

    until: date | None = None
    """No longer in force from this day on."""

    law: Both
    article: str
    link: str
    version: str
    """Of the text, as known when the table was checked."""

    note: Both | None = None
    then: list[str] = []
    """Clocks that come next."""

    @property
    def has_term(self) -> bool:
        """Whether the rule itself sets a time."""
        return any((self.hours, self.days, self.working_days, self.months))


class Anchor(Row, frozen=True, kw_only=True):
    """[[anchors]]: an act that clocks start with, decided and journalled by a person."""

    id: str
    title: Both
    awareness_of: list[str] = []
    """Capacities whose awareness it is: `became_aware_at` of case.toml is its first value."""

    presumed: bool = False
    """The organisation's own awareness stands in for it until a person decides."""

    first_of: list[str] = []
    """It is the earliest of these."""

    set_by_met: str | None = None
    """The clock whose being met is this act."""

    set_by_high_risk: bool = False
    """A conclusion of high risk in the severity is this act."""


class Order(Row, frozen=True, kw_only=True):
    """[[orders]]: two acts of which one is not expected before the other."""

    first: str
    second: str
    say: Both


class Capacity(Row, frozen=True, kw_only=True):
    """[[capacities]]: what an organisation is, that a law may bind it."""

    id: str
    title: Both


class Organisation(Row, frozen=True, kw_only=True):
    """[[organisations]]: a value of `case.organisation`, and the capacities it surely has or has not."""

    id: str
    title: Both
    yes: list[str] = []
    no: list[str] = []
    """What is in neither list is to be confirmed by a person."""


class Rules(Row, frozen=True, kw_only=True):
    """clocks.toml"""

    version: str
    """When the table was last checked against its sources."""

    alarms: list[int]
    """Hours before the end; half of the length is always one."""

    capacities: list[Capacity]
    organisations: list[Organisation]
    anchors: list[Anchor]
    clocks: list[Clock]
    orders: list[Order]

    def clock(self, name: str) -> Clock | None:
        """By its id."""
        return next((one for one in self.clocks if one.id == name), None)

    def anchor(self, name: str) -> Anchor | None:
        """By its id."""
        return next((one for one in self.anchors if one.id == name), None)

    def capacity(self, name: str) -> Capacity | None:
        """By its id."""
        return next((one for one in self.capacities if one.id == name), None)

    def organisation(self, name: str | None) -> Organisation | None:
        """By its id; None for one that the table does not know."""
        return next((one for one in self.organisations if one.id == name), None)


@cache
def load_rules() -> Rules:
    """The table of the package. Raises MachineError for a row that refers to what is not there."""
    text = files("tocsin.declare.clocks").joinpath("clocks.toml").read_bytes()
    return read_rules(text)


def read_rules(text: bytes) -> Rules:
    """Raises MachineError for a table that is not of this shape."""
    try:
        rules = msgspec.toml.decode(text, type=Rules)
    except msgspec.DecodeError as error:
        raise MachineError(_("The table of clocks is broken: {problem}."), problem=str(error)) from None
    for kind, name, known in _references(rules):
        if name not in known:
            raise MachineError(
                _("The table of clocks is broken: {problem}."), problem=f"{kind} names {name!r}"
            )
    return rules


def _references(rules: Rules) -> list[tuple[str, str, set[str]]]:
    clocks = {one.id for one in rules.clocks}
    anchors = {one.id for one in rules.anchors}
    capacities = {one.id for one in rules.capacities}
    return [
        *((f"clock {c.id}", c.anchor, anchors) for c in rules.clocks),
        *((f"clock {c.id}", name, clocks) for c in rules.clocks for name in c.then),
        *((f"clock {c.id}", name, capacities | {"any"}) for c in rules.clocks for name in c.capacities),
        *((f"anchor {a.id}", name, anchors) for a in rules.anchors for name in a.first_of),
        *((f"anchor {a.id}", a.set_by_met, clocks) for a in rules.anchors if a.set_by_met),
        *((f"anchor {a.id}", name, capacities) for a in rules.anchors for name in a.awareness_of),
        *((f"organisation {o.id}", n, capacities) for o in rules.organisations for n in (*o.yes, *o.no)),
        *((f"order of {o.first}", name, anchors) for o in rules.orders for name in (o.first, o.second)),
    ]
