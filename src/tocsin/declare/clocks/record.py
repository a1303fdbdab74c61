# SPDX-License-Identifier: Apache-2.0
"""Puts a person's decisions on the clocks into the journal, each with its reason and what it supersedes.

Nothing is written when an input cannot be taken: an unknown name, an instant still to come, an empty reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from tocsin.core.errors import InputError
from tocsin.core.suggest import suggest
from tocsin.core.words import _
from tocsin.declare.clocks import acts as kinds
from tocsin.declare.clocks.acts import Value, fold_acts
from tocsin.declare.clocks.deadline import Holds
from tocsin.declare.clocks.rules import Clock, Rules, load_rules
from tocsin.journal import Entry
from tocsin.journal.chain import Json
from tocsin.store.case import Case

MOST_HOURS = 24 * 366


def record_anchor(
    case: Case,
    which: str,
    *,
    at: datetime,
    why: str,
    now: datetime,
    controller: str | None = None,
    even_so: bool = False,
) -> Entry:
    """That an act happened at an instant. The value it supersedes stays in the entry and in the journal.

    The sending of a notification is recorded as its clock being met, with `why` as the receipt.
    Raises InputError for an act that is unknown or follows from others, an instant to come, no reason.
    """
    rules = load_rules()
    anchor = rules.anchor(which)
    if anchor is None:
        raise _unknown(which, (one.id for one in rules.anchors if not one.first_of))
    if anchor.first_of:
        raise InputError(
            _("'{which}' follows from other acts and is not set by hand."),
            do=_("Set one of these: {known}."),
            code="derived_anchor",
            which=which,
            known=", ".join(anchor.first_of),
        )
    if anchor.set_by_met is not None:
        return record_met(case, anchor.set_by_met, at=at, receipt=why, now=now, controller=controller)
    _check(case, at, why, now, controller)
    before = _current(case, rules, which, controller)
    body: dict[str, Json] = {
        "which": which,
        "at": _text(at),
        "why": why.strip(),
        "controller": controller,
        "even_so": even_so,
        "supersedes": before,
    }
    return case.journal.append(kinds.ANCHORED, body, by=case.by)


def record_met(
    case: Case, clock: str, *, at: datetime, receipt: str, now: datetime, controller: str | None = None
) -> Entry:
    """That a clock's duty was done, with its receipt: a number, a file, a name. Raises InputError."""
    _known_clock(load_rules(), clock)
    _check(case, at, receipt, now, controller)
    body: dict[str, Json] = {
        "clock": clock,
        "at": _text(at),
        "receipt": receipt.strip(),
        "controller": controller,
    }
    return case.journal.append(kinds.MET, body, by=case.by)


def record_withdrawal(case: Case, which: str, *, why: str, controller: str | None = None) -> Entry:
    """That an anchor, or a clock said to be met, is taken back. Raises InputError when there is none."""
    rules = load_rules()
    folded = fold_acts(rules, case.settings, case.journal.entries())
    _check_reason(why)
    anchor = rules.anchor(which)
    met = anchor.set_by_met if anchor is not None and anchor.set_by_met else which
    if (met, controller) in folded.done:
        what, name = "met", met
    elif folded.values.get((which, controller)) and (which, controller) not in folded.withdrawn:
        what, name = "anchor", which
    else:
        raise InputError(
            _("Nothing to take back: '{which}' is neither set nor met."),
            do=_("See them: tocsin clocks CASE"),
            code="nothing_there",
            which=which,
        )
    body: dict[str, Json] = {"what": what, "which": name, "controller": controller, "why": why.strip()}
    return case.journal.append(kinds.WITHDRAWN, body, by=case.by)


def record_term(case: Case, clock: str, *, hours: int, why: str) -> Entry:
    """The hours that a contract or a policy sets. Raises InputError for a clock whose term is in the law."""
    rules = load_rules()
    found = _known_clock(rules, clock)
    if not found.contract:
        raise InputError(
            _("The term of '{clock}' is not a matter of contract."),
            do=_("Those that are: {known}."),
            code="not_a_contract",
            clock=clock,
            known=", ".join(one.id for one in rules.clocks if one.contract),
        )
    if not 0 < hours <= MOST_HOURS:
        raise InputError(_("A term lies between 1 and {most} hours."), code="bad_term", most=MOST_HOURS)
    _check_reason(why)
    return case.journal.append(kinds.TERMED, {"clock": clock, "hours": hours, "why": why.strip()}, by=case.by)


def record_capacity(case: Case, which: str, *, holds: Holds, why: str) -> Entry:
    """What the organisation is, or is not, in the eyes of a law. Raises InputError."""
    rules = load_rules()
    if rules.capacity(which) is None:
        raise _unknown(which, (one.id for one in rules.capacities))
    _check_reason(why)
    body: dict[str, Json] = {"which": which, "holds": holds.value, "why": why.strip()}
    return case.journal.append(kinds.CAPACITY, body, by=case.by)


def _known_clock(rules: Rules, name: str) -> Clock:
    found = rules.clock(name)
    if found is None:
        raise _unknown(name, (one.id for one in rules.clocks))
    return found


def _unknown(name: str, known: Iterable[str]) -> InputError:
    return InputError(
        _("There is no '{name}' here."), do=suggest(name, known), code="unknown_name", name=name
    )


def _check(case: Case, at: datetime, why: str, now: datetime, controller: str | None) -> None:
    _check_reason(why)
    if at > now:
        raise InputError(
            _("{at} is still to come."),
            do=_("Give the instant at which it happened, with its zone."),
            code="to_come",
            at=_text(at),
        )
    check_controller(case, controller)


def check_controller(case: Case, controller: str | None) -> None:
    """Raises InputError for a controller that case.toml does not name; where it lists a table, any may be."""
    named = [one.id for one in case.settings.controllers if one.id is not None]
    if controller is None or controller in named or any(one.paths for one in case.settings.controllers):
        return
    raise InputError(
        _("There is no controller '{name}' in case.toml."),
        do=suggest(controller, named),
        code="no_controller",
        name=controller,
    )


def _check_reason(why: str) -> None:
    if not why.strip():
        raise InputError(
            _("A decision on a clock needs its reason."), do=_("Say why, in words."), code="no_reason"
        )


def _current(case: Case, rules: Rules, which: str, controller: str | None) -> Json:
    folded = fold_acts(rules, case.settings, case.journal.entries())
    held = folded.values.get((which, controller))
    if not held or (which, controller) in folded.withdrawn:
        return None
    return _old(held[-1])


def _old(value: Value) -> dict[str, Json]:
    """A value that is superseded: case.toml may change, the entry does not."""
    reached = value.reached
    return {
        "at": _text(reached.at),
        "why": reached.why,
        "by": reached.by,
        "recorded_at": None if reached.recorded_at is None else _text(reached.recorded_at),
    }


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
