# SPDX-License-Identifier: Apache-2.0
"""What people decided and did, folded from the journal: anchors, terms, capacities, what was met.

The first value of an awareness is `became_aware_at` of case.toml; a later entry supersedes an earlier one,
and every value is kept with its date and basis. Nothing is written here (`record.py` does), nor judged
(`conflicts.py` does).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tocsin.core.errors import InputError
from tocsin.core.settings import CaseSettings
from tocsin.core.words import _
from tocsin.declare.clocks.deadline import Holds, Reached
from tocsin.declare.clocks.rules import Anchor, Rules
from tocsin.journal import Entry

ANCHORED = "declare:clock:anchored"
WITHDRAWN = "declare:clock:withdrawn"
TERMED = "declare:clock:termed"
CAPACITY = "declare:clock:capacity"
MET = "declare:clock:met"
CONCLUDED = "declare:severity:concluded"
"""Of the severity: with outcome `high_risk` it is the act that article 34 starts with."""

KINDS = frozenset({ANCHORED, WITHDRAWN, TERMED, CAPACITY, MET, CONCLUDED})

_EVER = datetime.min.replace(tzinfo=UTC)

Place = tuple[str, str | None]
"""An anchor's or a clock's id, and the controller whose own it is; None: the organisation's."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value that an anchor had, or has."""

    reached: Reached
    even_so: bool = False
    """The person was told that it contradicts another act, and holds to it."""


@dataclass(frozen=True, slots=True)
class Done:
    """One statement that a clock's duty was done."""

    at: datetime
    receipt: str
    by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class TermSet:
    """Hours that a contract or a policy sets."""

    hours: int
    why: str
    by: str


@dataclass(frozen=True, slots=True)
class CapacitySaid:
    """A person's word on what the organisation is."""

    holds: Holds
    why: str
    by: str


@dataclass(slots=True)
class Acts:
    """All that the journal and case.toml hold on the clocks of one case."""

    values: dict[Place, list[Value]] = field(default_factory=dict)
    """Oldest first; the last one holds, unless its place is `withdrawn`."""

    withdrawn: set[Place] = field(default_factory=set)
    """Anchors that were taken back and not set again."""

    done: dict[Place, Done] = field(default_factory=dict)
    terms: dict[str, TermSet] = field(default_factory=dict)
    capacities: dict[str, CapacitySaid] = field(default_factory=dict)
    decisions: int = 0
    """Entries of the journal that were folded."""

    def current(self, which: str, controller: str | None = None) -> Value | None:
        """The value that holds: the controller's own where it has one, else what a person said for all.

        What case.toml says is of the organisation of the case, and no controller's own.
        """
        own = self.values.get((which, controller))
        if own and (which, controller) not in self.withdrawn:
            return own[-1]
        common = self.current(which) if controller else None
        return None if common is None or common.reached.recorded_at is None else common

    def reach(self, value: Value) -> None:
        """Give an anchor one more value, in the order in which they were recorded."""
        place = (value.reached.which, value.reached.controller)
        self.withdrawn.discard(place)
        held = [*self.values.get(place, []), value]
        self.values[place] = sorted(held, key=lambda each: each.reached.recorded_at or _EVER)

    def done_of(self, clock: str, controller: str | None = None) -> Done | None:
        """That the clock was met: by this controller, or by the organisation for all."""
        return self.done.get((clock, controller)) or (self.done_of(clock) if controller else None)

    def superseded(self) -> list[Value]:
        """Every value of the anchors that had more than one, oldest first."""
        return [value for _place, held in sorted(self.values.items(), key=str) if held[1:] for value in held]

    def controllers(self) -> list[str]:
        """Controllers that have an act of their own, in order."""
        return sorted({place[1] for place in (*self.values, *self.done) if place[1] is not None})


def holds_capacity(rules: Rules, acts: Acts, organisation: str | None, name: str) -> Holds:
    """Whether the organisation is in a capacity: a person's word, else the table's, else to be confirmed."""
    if name == "any":
        return Holds.YES
    if name in acts.capacities:
        return acts.capacities[name].holds
    known = rules.organisation(organisation)
    if known is None:
        return Holds.TO_BE_CONFIRMED
    return Holds.YES if name in known.yes else Holds.NO if name in known.no else Holds.TO_BE_CONFIRMED


def fold_acts(rules: Rules, settings: CaseSettings, entries: Iterable[Entry]) -> Acts:
    """The present. Raises InputError for an entry that is not of its kind's shape."""
    kept = [entry for entry in entries if entry.kind in KINDS]
    acts = Acts(decisions=len(kept))
    for entry in kept:
        if entry.kind == CAPACITY:
            _fold_one(acts, entry)
    _put_first_values(rules, settings, acts)
    for entry in kept:
        _fold_one(acts, entry)
    _put_presumed(rules, settings, acts)
    _put_derived(rules, acts)
    return acts


def _fold_one(acts: Acts, entry: Entry) -> None:
    try:
        _FOLDS[entry.kind](acts, entry)
    except (KeyError, TypeError, ValueError):
        raise InputError(
            _("Entry {number} of the journal, on a clock, cannot be read."), number=entry.number
        ) from None


def _fold_anchored(acts: Acts, entry: Entry) -> None:
    which, controller = str(entry.body["which"]), _text(entry.body.get("controller"))
    reached = Reached(
        which, _instant(entry.body["at"]), str(entry.body["why"]), entry.by, _instant(entry.at),
        controller=controller,
    )  # fmt: skip
    acts.reach(Value(reached, even_so=entry.body.get("even_so") is True))


def _fold_withdrawn(acts: Acts, entry: Entry) -> None:
    place = str(entry.body["which"]), _text(entry.body.get("controller"))
    if entry.body["what"] == "met":
        acts.done.pop(place, None)
    else:
        acts.withdrawn.add(place)


def _fold_met(acts: Acts, entry: Entry) -> None:
    place = str(entry.body["clock"]), _text(entry.body.get("controller"))
    acts.done[place] = Done(
        _instant(entry.body["at"]), str(entry.body["receipt"]), entry.by, _instant(entry.at)
    )


def _fold_termed(acts: Acts, entry: Entry) -> None:
    hours = entry.body["hours"]
    if not isinstance(hours, int) or isinstance(hours, bool):
        raise TypeError
    acts.terms[str(entry.body["clock"])] = TermSet(hours, str(entry.body["why"]), entry.by)


def _fold_capacity(acts: Acts, entry: Entry) -> None:
    acts.capacities[str(entry.body["which"])] = CapacitySaid(
        Holds(str(entry.body["holds"])), str(entry.body["why"]), entry.by
    )


def _fold_concluded(acts: Acts, entry: Entry) -> None:
    """A later conclusion of a lower risk takes the anchor back."""
    place: Place = ("high_risk_concluded", None)
    if entry.body["outcome"] == "high_risk":
        at = _instant(entry.body.get("at") or entry.at)
        why = str(entry.body.get("why") or "")
        acts.reach(Value(Reached(place[0], at, why, entry.by, _instant(entry.at))))
    else:
        acts.withdrawn.add(place)


_FOLDS = {
    ANCHORED: _fold_anchored,
    WITHDRAWN: _fold_withdrawn,
    TERMED: _fold_termed,
    CAPACITY: _fold_capacity,
    MET: _fold_met,
    CONCLUDED: _fold_concluded,
}


def _put_first_values(rules: Rules, settings: CaseSettings, acts: Acts) -> None:
    """`became_aware_at` of case.toml, for the awareness that is surely the organisation's own."""
    at = settings.case.became_aware_at
    for anchor in rules.anchors:
        if at is not None and _is_own_awareness(rules, settings, acts, anchor) is Holds.YES:
            acts.reach(Value(_first_value(settings, anchor.id, at)))


def _put_presumed(rules: Rules, settings: CaseSettings, acts: Acts) -> None:
    """Where nobody decided: the organisation's own awareness stands in, and is to be confirmed."""
    known = [
        value.reached
        for anchor in rules.anchors
        if anchor.awareness_of and (value := acts.current(anchor.id)) is not None
    ]
    own = min(known, key=lambda reached: reached.at, default=None)
    at = settings.case.became_aware_at
    if own is None and at is None:
        return
    for anchor in rules.anchors:
        place: Place = (anchor.id, None)
        unsure = _is_own_awareness(rules, settings, acts, anchor) is Holds.TO_BE_CONFIRMED
        if place in acts.values or place in acts.withdrawn or not unsure:
            continue
        stood_in = own if own is not None or at is None else _first_value(settings, anchor.id, at)
        if stood_in is not None:
            acts.reach(Value(replace(stood_in, which=anchor.id, presumed=True)))


def _first_value(settings: CaseSettings, which: str, at: datetime) -> Reached:
    by = settings.case.became_aware_by
    return Reached(which, at.astimezone(UTC), "case.toml: became_aware_at", by, None)


def _is_own_awareness(rules: Rules, settings: CaseSettings, acts: Acts, anchor: Anchor) -> Holds:
    """Whether what the organisation became aware of is this anchor; `presumed` ones are never sure."""
    if anchor.presumed:
        return Holds.TO_BE_CONFIRMED
    held = {holds_capacity(rules, acts, settings.case.organisation, name) for name in anchor.awareness_of}
    return next((one for one in (Holds.YES, Holds.TO_BE_CONFIRMED) if one in held), Holds.NO)


def _put_derived(rules: Rules, acts: Acts) -> None:
    """Anchors that follow from others: the sending of a notification, the first of two awarenesses."""
    for anchor in rules.anchors:
        if anchor.set_by_met is not None:
            _put_met_anchors(acts, anchor.id, anchor.set_by_met)
    for anchor in rules.anchors:
        if anchor.first_of:
            _put_first_of(acts, anchor)


def _put_met_anchors(acts: Acts, which: str, clock: str) -> None:
    for (name, controller), done in list(acts.done.items()):
        if name == clock:
            reached = Reached(which, done.at, done.receipt, done.by, done.recorded_at, controller=controller)
            acts.reach(Value(reached))


def _put_first_of(acts: Acts, anchor: Anchor) -> None:
    """What was decided, before what is presumed."""
    found = [value for name in anchor.first_of if (value := acts.current(name)) is not None]
    if found:
        first = min(found, key=lambda value: (value.reached.presumed, value.reached.at))
        acts.reach(replace(first, reached=replace(first.reached, which=anchor.id)))


def _instant(value: object) -> datetime:
    at = datetime.fromisoformat(str(value))
    if at.tzinfo is None:
        raise ValueError
    return at.astimezone(UTC)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
