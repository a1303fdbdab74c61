# SPDX-License-Identifier: Apache-2.0
"""The containment of a case as it stands: which accounts, which steps, what the logs say against it.

Reads case.toml, the journal and, once there are any, the tables; writes nothing. A case without a single log
has its sheet as soon as somebody names an account.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tocsin.contain.activity import Activity, Seen, Sibling, acts_since, see
from tocsin.contain.connectors.by_hand import ByHand
from tocsin.contain.interface import Connector, Phase, Step, Target
from tocsin.core.plugins import load_plugins
from tocsin.journal.containment import AccountState, Status, StepState, fold
from tocsin.report.suspicions import Suspicion, suspect_accounts
from tocsin.store.case import Case

GROUP = "tocsin.connectors"


@dataclass(frozen=True, slots=True)
class Line:
    """One step of one account, and who answers for it."""

    step: Step
    state: StepState
    connector: str
    is_lifted: bool
    """Undone on the way back to work, which is complete: it is not to be done again."""

    @property
    def is_open(self) -> bool:
        """Whether somebody has still to act or to check."""
        return self.state.status is not Status.CHECKED and not self.is_lifted


@dataclass(frozen=True, slots=True)
class AccountSheet:
    """All that there is to do and to know about one account."""

    account: str = field(repr=False)
    suspicion: Suspicion | None
    """None when somebody put it on the sheet by name alone."""

    state: AccountState
    lines: tuple[Line, ...]
    professional_ids: tuple[str, ...] = field(repr=False)
    activity: tuple[Activity, ...]
    siblings: tuple[Sibling, ...]
    is_known: bool
    """It appears in the logs or in the directory."""

    log_end: datetime | None
    cut_at: datetime | None
    """When new sign-ins and sessions were said to be cut; None while one of them is not."""

    acts_since_cut: int
    last_since_cut: datetime | None

    def phase(self, phase: Phase) -> list[Line]:
        """The lines of one phase."""
        return [line for line in self.lines if line.step.phase is phase]

    @property
    def is_back(self) -> bool:
        """Whether its owner has it back, every step of the way checked by a second person."""
        back = self.phase(Phase.BACK)
        return bool(back) and all(line.state.status is Status.CHECKED for line in back)

    @property
    def open_lines(self) -> list[Line]:
        """Steps that wait for somebody: those that cut, and those of a way back that has begun."""
        begun = any(line.state.status is not Status.OPEN for line in self.phase(Phase.BACK))
        return [line for line in self.lines if line.is_open and (line.step.phase is Phase.CUT or begun)]

    @property
    def open_emergencies(self) -> list[str]:
        """Steps that close an emergency and are not checked."""
        return [
            one.step
            for one in self.state.emergencies
            if self.state.step(one.step).status is not Status.CHECKED
        ]

    @property
    def needs_person(self) -> bool:
        """Whether this account is not contained, or not for sure."""
        return bool(self.open_lines or self.open_emergencies or self.acts_since_cut)


def look(case: Case, accounts: Sequence[str] = ()) -> list[AccountSheet]:
    """The sheets of a case: of suspects, of accounts put there by name, and of those asked for now."""
    states, suspicions = fold(case.journal.entries()), _suspicions(case)
    names = sorted({*states, *suspicions, *accounts})
    seen = see(case, names)
    connectors = load_connectors(case)
    return [
        _sheet(case, name, suspicions.get(name), states.get(name, AccountState()), seen, connectors)
        for name in names
    ]


def names_on_sheet(case: Case) -> set[str]:
    """The accounts that `look` gives sheets for, without looking at what they did."""
    return {*fold(case.journal.entries()), *_suspicions(case)}


def _suspicions(case: Case) -> dict[str, Suspicion]:
    return {row.account: row for row in suspect_accounts(case)}


def load_connectors(case: Case) -> list[Connector]:
    """Those that the case allows, what people do by hand last: it answers for what no other does."""
    allowed = case.settings.plugins.get("connectors")
    kinds = load_plugins(GROUP, Connector, allowed=allowed)  # type: ignore[type-abstract]
    made = [kind() for name, kind in kinds.items() if name != ByHand.name]
    return [*made, ByHand()]


def _sheet(
    case: Case,
    account: str,
    suspicion: Suspicion | None,
    state: AccountState,
    seen: Seen,
    connectors: Sequence[Connector],
) -> AccountSheet:
    siblings = tuple(seen.siblings.get(account, []))
    numbers = seen.professional_ids.get(account, ())
    target = Target(account, numbers, tuple(one.account for one in siblings))
    cut_at = _cut_at(state)
    events, last_at = (0, None) if cut_at is None else acts_since(case, account, cut_at)
    return AccountSheet(
        account,
        suspicion,
        state,
        _lines(state, target, connectors),
        numbers,
        tuple(seen.activity.get(account, [])),
        siblings,
        account in seen.known,
        seen.log_end,
        cut_at,
        events,
        last_at,
    )


def _lines(state: AccountState, target: Target, connectors: Sequence[Connector]) -> tuple[Line, ...]:
    """Each step once, in the order of what people do by hand; the first connector to plan it answers."""
    owners: dict[str, str] = {}
    steps: dict[str, Step] = {}
    for connector in connectors:
        for step in connector.plan(target):
            owners.setdefault(step.code, connector.name)
            steps.setdefault(step.code, step)
    order = [step.code for step in ByHand().plan(target)]
    codes = sorted(steps, key=lambda code: (order.index(code) if code in order else len(order), code))
    back = [state.step(code).status is Status.CHECKED for code in codes if steps[code].phase is Phase.BACK]
    is_back = bool(back) and all(back)
    return tuple(
        Line(
            steps[code],
            state.step(code),
            owners[code],
            is_back and steps[code].phase is Phase.CUT and _is_undone(state.step(code)),
        )
        for code in codes
    )


def _is_undone(state: StepState) -> bool:
    return state.status is Status.OPEN and state.undone is not None and not state.held_not


def _cut_at(state: AccountState) -> datetime | None:
    """When the later of the two was done that end what the account can obtain."""
    acts = [state.step(code).done for code in ("sign_in", "sessions")]
    done = [act.at for act in acts if act is not None]
    return max(done) if len(done) == len(acts) else None
