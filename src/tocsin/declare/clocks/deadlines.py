# SPDX-License-Identifier: Apache-2.0
"""The deadlines of a case at an instant: each clock of the table, on what people decided.

A clock that may bind runs as if it did, and says that this is to be confirmed: what was missed cannot be had
back. Nothing is written here, and no clock of the machine is read: `now` is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from tocsin.core.errors import InputError
from tocsin.core.words import _
from tocsin.declare.clocks.acts import Acts, Done, fold_acts, holds_capacity
from tocsin.declare.clocks.deadline import Alarm, Deadline, Holds, Met, Reached, State
from tocsin.declare.clocks.rules import Clock, Rules, load_rules
from tocsin.declare.clocks.spans import count_working_days, end_of
from tocsin.store.case import Case

_ORDER: Final = (State.PASSED, State.RUNNING, State.NOT_STARTED, State.MET, State.NOT_APPLICABLE)
_WORKING_DAYS_FROM: Final = timedelta(days=2)
_STRONGEST: Final = (Holds.YES, Holds.TO_BE_CONFIRMED, Holds.NO)


@dataclass(frozen=True, slots=True)
class Scene:
    """What the deadlines are computed from."""

    rules: Rules
    acts: Acts
    organisation: str | None
    zone: str
    now: datetime
    controller: str | None = None


def deadlines_of(case: Case, now: datetime, controller: str | None = None) -> list[Deadline]:
    """Every clock of the table: those past first, then running, waiting, met, and those that do not bind.

    `controller` is the id of one controller of the case, for its own duties; null is the organisation.
    Raises InputError for an entry of the journal that cannot be read.
    """
    return all_deadlines(scene_of(case, now, controller))


def scene_of(case: Case, now: datetime, controller: str | None = None) -> Scene:
    """The scene of an open case."""
    rules = load_rules()
    acts = fold_acts(rules, case.settings, case.journal.entries())
    head = case.settings.case
    return Scene(rules, acts, head.organisation, head.zone, now.astimezone(UTC), controller)


def all_deadlines(scene: Scene) -> list[Deadline]:
    """As `deadlines_of`, without a case."""
    clocks = [one for one in scene.rules.clocks if scene.controller is None or "controller" in one.capacities]
    found = [_deadline_of(scene, clock) for clock in clocks]
    return sorted(found, key=_urgency)


def _urgency(deadline: Deadline) -> tuple[int, int, bool, datetime]:
    """What surely binds first; within a state what has an end before what has none, the nearest first."""
    at = deadline.end or deadline.start or deadline.now
    state = _ORDER.index(deadline.state)
    return (1 if deadline.is_unsure else 0 if state < 2 else state), state, deadline.end is None, at


def _deadline_of(scene: Scene, clock: Clock) -> Deadline:
    capacity, binds = _binding(scene, clock)
    value = scene.acts.current(clock.anchor, scene.controller)
    anchor = None if value is None else value.reached
    refused = _refusal(scene, clock, anchor, binds)
    if refused is not None:
        return Deadline(
            clock, State.NOT_APPLICABLE, binds, refused, capacity, scene.now, controller=scene.controller
        )
    if anchor is None:
        return _waiting(scene, clock, capacity, binds)
    return _started(scene, clock, capacity, binds, anchor)


def _binding(scene: Scene, clock: Clock) -> tuple[str, Holds]:
    """The strongest of the clock's capacities that the organisation has."""
    if scene.controller is not None:
        return "controller", Holds.YES
    held = [
        (name, holds_capacity(scene.rules, scene.acts, scene.organisation, name)) for name in clock.capacities
    ]
    return min(held, key=lambda each: _STRONGEST.index(each[1]))


def _refusal(scene: Scene, clock: Clock, anchor: Reached | None, binds: Holds) -> str | None:
    """Why a clock does not apply, or None when it does or may."""
    if clock.status == "proposed":
        return "proposed"
    if binds is Holds.NO:
        return "not_bound"
    day = (anchor.at if anchor else scene.now).astimezone(ZoneInfo(scene.zone)).date()
    if clock.since is not None and day < clock.since:
        return "before_force"
    if clock.until is not None and day >= clock.until:
        return "after_force"
    return None


def _waiting(scene: Scene, clock: Clock, capacity: str, binds: Holds) -> Deadline:
    """What was done is met, even where nobody said when it began."""
    done = scene.acts.done_of(clock.id, scene.controller)
    return Deadline(
        clock,
        State.NOT_STARTED if done is None else State.MET,
        binds,
        "waits",
        capacity,
        scene.now,
        met=None if done is None else _met(done, None),
        controller=scene.controller,
    )


def _started(scene: Scene, clock: Clock, capacity: str, binds: Holds, anchor: Reached) -> Deadline:
    end, basis = _end(scene, clock, anchor.at)
    done = scene.acts.done_of(clock.id, scene.controller)
    is_long = end is not None and end - anchor.at >= _WORKING_DAYS_FROM
    return Deadline(
        clock,
        _state(scene.now, anchor.at, end, done),
        binds,
        "later" if scene.now < anchor.at else "bound" if binds is Holds.YES else "maybe_bound",
        capacity,
        scene.now,
        start=anchor.at,
        end=end,
        anchor=anchor,
        met=None if done is None else _met(done, end),
        alarms=() if done or end is None else _alarms(scene, anchor.at, end),
        controller=scene.controller,
        term_basis=basis,
        working_days=count_working_days(anchor.at, end, scene.zone) if is_long and end else None,
    )


def _end(scene: Scene, clock: Clock, start: datetime) -> tuple[datetime | None, str | None]:
    """The end, and on what basis where a contract sets it."""
    term = scene.acts.terms.get(clock.id)
    agreed = term is not None and clock.contract
    rule = msgspec.structs.replace(clock, hours=term.hours) if term is not None and agreed else clock
    try:
        return end_of(start, rule, scene.zone), term.why if term is not None and agreed else None
    except (OverflowError, ValueError):
        raise InputError(
            _("The instant {instant} is out of range."),
            do=_("Correct it with `tocsin clocks CASE anchor`, or in case.toml."),
            code="out_of_range",
            instant=start.isoformat(),
        ) from None


def _state(now: datetime, start: datetime, end: datetime | None, done: Done | None) -> State:
    if done is not None:
        return State.MET
    if now < start:
        return State.NOT_STARTED
    return State.PASSED if end is not None and now >= end else State.RUNNING


def _met(done: Done, end: datetime | None) -> Met:
    return Met(done.at, done.receipt, done.by, done.recorded_at, late=end is not None and done.at > end)


def _alarms(scene: Scene, start: datetime, end: datetime) -> tuple[Alarm, ...]:
    """Half of the length, and the table's hours before the end that fall within it; the earliest first."""
    befores = {(end - start) / 2, *(timedelta(hours=hours) for hours in scene.rules.alarms)}
    return tuple(
        Alarm(end - before, before, due=scene.now >= end - before)
        for before in sorted(befores, reverse=True)
        if before < end - start
    )
