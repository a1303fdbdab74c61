# SPDX-License-Identifier: Apache-2.0
"""A deadline as it stands at one instant: when it began, when it ends, what is left, and how sure that is.

A value of its own, without the case: what forms, pages and calendars show. Instants are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.declare.clocks.rules import Clock


class State(StrEnum):
    """Where a deadline stands."""

    RUNNING = "running"
    MET = "met"
    PASSED = "passed"
    NOT_STARTED = "not_started"
    NOT_APPLICABLE = "not_applicable"


class Holds(StrEnum):
    """Whether the organisation is in a capacity, and so whether a clock binds it."""

    YES = "yes"
    NO = "no"
    TO_BE_CONFIRMED = "to_be_confirmed"


@dataclass(frozen=True, slots=True)
class Reached:
    """An instant that an act was said to have happened at, on what basis, and by whom."""

    which: str
    """The anchor's id."""

    at: datetime
    why: str
    by: str | None
    recorded_at: datetime | None
    """When the journal took it; null for what case.toml holds."""

    presumed: bool = False
    """True while the organisation's own awareness stands in for it, and no person decided it."""

    controller: str | None = None


@dataclass(frozen=True, slots=True)
class Met:
    """That what a clock demands was done, and the receipt of it."""

    at: datetime
    receipt: str
    by: str
    recorded_at: datetime
    late: bool
    """After the end. Without an end, nobody but a person can say."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A moment before the end at which to be woken."""

    at: datetime
    before: timedelta
    due: bool
    """Whether that moment has come."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """One clock of clocks.toml in this case, at `now`."""

    clock: Clock
    state: State
    binds: Holds
    """`to_be_confirmed`: the clock is shown as if it did, until a person says."""

    why: str
    """A code of `phrases.REASONS`: why it binds, may bind or does not, or has not started."""

    capacity: str
    """The capacity that decides whether it binds: an id of clocks.toml, or `any`."""

    now: datetime
    start: datetime | None = None
    end: datetime | None = None
    """Null for a clock that has no term but `without undue delay`, and for one that has not started."""

    anchor: Reached | None = None
    met: Met | None = None
    alarms: tuple[Alarm, ...] = ()
    controller: str | None = None
    term_basis: str | None = None
    """For a term that a contract sets: on what basis."""

    working_days: int | None = None
    """Working days in the period, as information; see Regulation 1182/71, article 3(5)."""

    @property
    def left(self) -> timedelta | None:
        """Until the end; negative once it is past; null without an end."""
        return None if self.end is None else self.end - self.now

    @property
    def elapsed(self) -> timedelta | None:
        """Since the start; null when it has not started."""
        return None if self.start is None else self.now - self.start

    @property
    def length(self) -> timedelta | None:
        """From start to end, as hours that really elapse: a summer-time change is in it."""
        return None if self.start is None or self.end is None else self.end - self.start

    @property
    def is_unsure(self) -> bool:
        """Whether it runs, or is past, only if the organisation turns out to be bound."""
        return self.binds is Holds.TO_BE_CONFIRMED and self.state in (State.RUNNING, State.PASSED)

    @property
    def to_be_confirmed(self) -> bool:
        """Whether the rule, its binding this organisation or its start still needs a person's word."""
        unsure = self.binds is Holds.TO_BE_CONFIRMED or self.clock.status != "in_force"
        return unsure or bool(self.anchor and self.anchor.presumed)
