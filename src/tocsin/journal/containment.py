# SPDX-License-Identifier: Apache-2.0
"""The checklist as it stands: the fold of the journal's entries, each of which is one person's word.

A step is open, then done by one person, then checked by another. Undoing it, or finding that it does not
hold, opens it again. An entry that breaks the rule of two names, however it came there, checks nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from tocsin.journal.names import plain_name

ADDED = "contain:account:added"
DONE = "contain:step:done"
CHECKED = "contain:step:checked"
UNDONE = "contain:step:undone"
EMERGENCY = "contain:emergency:opened"

EMERGENCY_STEP = "emergency"
"""Code of the step that an emergency opens, with its number: `emergency-1`."""


class Said(Protocol):
    """An entry of the journal, or what stands for one."""

    @property
    def kind(self) -> str:
        """stage:subject:action."""

    @property
    def by(self) -> str:
        """Who."""

    @property
    def at(self) -> object:
        """When: an instant, or its ISO 8601 text."""

    @property
    def body(self) -> Mapping[str, object]:
        """The rest."""


class Status(StrEnum):
    """Where a step stands."""

    OPEN = "open"
    DONE = "done"
    CHECKED = "checked"


@dataclass(frozen=True, slots=True)
class Act:
    """What one person said that they did or saw."""

    by: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class StepState:
    """One step of one account."""

    status: Status = Status.OPEN
    done: Act | None = None
    nothing_there: bool = False
    """Somebody looked, and there was nothing to cut."""

    checked: Act | None = None
    undone: Act | None = None
    """Why it is open again: it was undone, or did not hold."""

    held_not: bool = False
    doers: frozenset[str] = frozenset()
    """Plain names of all who did it since it was last undone: none of them may check it."""


@dataclass(frozen=True, slots=True)
class Emergency:
    """An account given back at once because care would have stopped."""

    number: int
    opened: Act
    decided_by: str
    until: datetime | None

    @property
    def step(self) -> str:
        """The step that closes it."""
        return f"{EMERGENCY_STEP}-{self.number}"


@dataclass(slots=True)
class AccountState:
    """One account on the sheet."""

    added: Act | None = None
    steps: dict[str, StepState] = field(default_factory=dict)
    emergencies: list[Emergency] = field(default_factory=list)

    def step(self, code: str) -> StepState:
        """Open when nobody has said anything of it."""
        return self.steps.get(code, StepState())


def fold(entries: Iterable[Said]) -> dict[str, AccountState]:
    """Accounts by name, from all entries in the order of the journal."""
    accounts: dict[str, AccountState] = {}
    for entry in entries:
        if entry.kind in _FOLDED:
            account = accounts.setdefault(str(entry.body.get("account")), AccountState())
            _FOLDED[entry.kind](account, entry)
    return accounts


def _added(account: AccountState, entry: Said) -> None:
    account.added = account.added or _act(entry)


def _emergency(account: AccountState, entry: Said) -> None:
    until = entry.body.get("until")
    account.emergencies.append(
        Emergency(
            len(account.emergencies) + 1,
            _act(entry, "why"),
            str(entry.body.get("decided_by", "")),
            None if until is None else datetime.fromisoformat(str(until)).astimezone(UTC),
        )
    )


def _done(account: AccountState, entry: Said) -> None:
    code = str(entry.body.get("step"))
    before = account.step(code)
    account.steps[code] = StepState(
        Status.DONE,
        _act(entry),
        nothing_there=entry.body.get("nothing_there") is True,
        doers=before.doers | {plain_name(entry.by)},
    )


def _checked(account: AccountState, entry: Said) -> None:
    code = str(entry.body.get("step"))
    before = account.step(code)
    if before.status is Status.OPEN or plain_name(entry.by) in before.doers:
        return
    if entry.body.get("holds") is False:
        account.steps[code] = StepState(undone=_act(entry), held_not=True)
    else:
        account.steps[code] = replace(before, status=Status.CHECKED, checked=_act(entry))


def _undone(account: AccountState, entry: Said) -> None:
    account.steps[str(entry.body.get("step"))] = StepState(undone=_act(entry, "why"))


_FOLDED = {ADDED: _added, EMERGENCY: _emergency, DONE: _done, CHECKED: _checked, UNDONE: _undone}


def _act(entry: Said, words: str = "note") -> Act:
    at = datetime.fromisoformat(str(entry.body.get("at") or entry.at)).astimezone(UTC)
    return Act(entry.by, at, str(entry.body.get(words) or ""))
