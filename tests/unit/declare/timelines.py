# SPDX-License-Identifier: Apache-2.0
"""Makes the journal entries of a timeline, and the deadlines that they give, without a case folder."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from tocsin.core.settings import CaseSettings
from tocsin.core.settings.case import CaseHead
from tocsin.declare.clocks.acts import ANCHORED, CAPACITY, CONCLUDED, MET, TERMED, WITHDRAWN, fold_acts
from tocsin.declare.clocks.conflicts import Contradiction, find_contradictions
from tocsin.declare.clocks.deadline import Deadline
from tocsin.declare.clocks.deadlines import Scene, all_deadlines
from tocsin.declare.clocks.rules import load_rules
from tocsin.journal import Entry
from tocsin.journal.chain import Json

PARIS = "Europe/Paris"
FIRST = datetime(2020, 1, 1, tzinfo=UTC)

Act = tuple[str, dict[str, Json]]


def anchored(which: str, at: str, why: str = "call", **more: Json) -> Act:
    """A person decided when an act happened."""
    return ANCHORED, {"which": which, "at": at, "why": why, "controller": None, "even_so": False, **more}


def met(clock: str, at: str, receipt: str = "No 1", controller: str | None = None) -> Act:
    """A duty was done."""
    return MET, {"clock": clock, "at": at, "receipt": receipt, "controller": controller}


def withdrawn(what: str, which: str) -> Act:
    """Something was taken back."""
    return WITHDRAWN, {"what": what, "which": which, "controller": None, "why": "a mistake"}


def termed(clock: str, hours: int) -> Act:
    """A contract sets hours."""
    return TERMED, {"clock": clock, "hours": hours, "why": "contract, article 12"}


def capacity(which: str, holds: str) -> Act:
    """What the organisation is."""
    return CAPACITY, {"which": which, "holds": holds, "why": "letter"}


def concluded(outcome: str, at: str) -> Act:
    """The severity was concluded."""
    return CONCLUDED, {"outcome": outcome, "at": at, "why": "", "score": 3.0, "proposed": outcome}


def entries_of(acts: Iterable[Act]) -> list[Entry]:
    """As the journal holds them, a minute apart."""
    return [
        Entry(number, (FIRST + timedelta(minutes=number)).isoformat(), "DPO", kind, body, "", "")
        for number, (kind, body) in enumerate(acts, start=1)
    ]


def scene(
    now: str,
    *acts: Act,
    organisation: str | None = "hospital",
    aware: str | None = None,
    zone: str = PARIS,
    controller: str | None = None,
) -> Scene:
    """What the deadlines are computed from."""
    head = CaseHead(
        id="t",
        zone=zone,
        organisation=organisation,
        became_aware_at=None if aware is None else datetime.fromisoformat(aware),
        became_aware_by="CISO",
    )
    rules = load_rules()
    folded = fold_acts(rules, CaseSettings(case=head), entries_of(acts))
    return Scene(rules, folded, organisation, zone, utc(now), controller)


def deadlines(made: Scene) -> dict[str, Deadline]:
    """By the clock's id."""
    return {one.clock.id: one for one in all_deadlines(made)}


def contradictions(made: Scene) -> list[Contradiction]:
    """Acts out of order."""
    return find_contradictions(made)


def utc(text: str) -> datetime:
    """An instant, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)
