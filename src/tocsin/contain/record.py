# SPDX-License-Identifier: Apache-2.0
"""Records what somebody did, checked, undid or decided: one entry of the journal, or a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin.contain.run import AccountSheet
from tocsin.core.errors import InputError
from tocsin.core.suggest import suggest
from tocsin.core.words import _
from tocsin.journal import Entry
from tocsin.journal.chain import Json
from tocsin.journal.containment import (
    ADDED,
    CHECKED,
    DONE,
    EMERGENCY,
    UNDONE,
    AccountState,
    Status,
    fold,
)
from tocsin.journal.names import plain_name
from tocsin.store.case import Case


def record_added(case: Case, account: str) -> Entry:
    """An account is put on the sheet by name, before any log says anything of it."""
    if not account.strip():
        raise InputError(_("{option} is empty."), do=_("Write a name, or a reason."), option="--account")
    return case.journal.append(ADDED, {"account": account}, by=case.by)


def choose_account(sheets: Sequence[AccountSheet], account: str | None) -> AccountSheet:
    """The sheet meant; the only one when none is named. Raises InputError otherwise."""
    if account is None:
        if len(sheets) == 1:
            return sheets[0]
        raise InputError(
            _("Which account? There are {n} on the sheet."),
            do=_("Give --account."),
            code="usage",
            n=len(sheets),
        )
    for sheet in sheets:
        if sheet.account == account:
            return sheet
    raise InputError(
        _("'{account}' is not on the containment sheet."),
        do=suggest(account, [sheet.account for sheet in sheets])
        if sheets
        else _("Put it there with tocsin contain CASE --account."),
        code="unknown_account",
        account=account,
    )


def record_done(
    case: Case, sheet: AccountSheet, step: str, *, at: datetime, note: str, nothing_there: bool
) -> Entry:
    """Somebody did a step, or looked and found nothing to cut."""
    _check_name(case.by)
    _check_step(sheet, step)
    body: dict[str, Json] = {
        "account": sheet.account,
        "step": step,
        "at": at.isoformat(),
        "note": note,
        "nothing_there": nothing_there,
    }
    return case.journal.append(DONE, body, by=case.by)


def record_check(
    case: Case, sheet: AccountSheet, step: str, *, at: datetime, note: str, holds: bool
) -> Entry:
    """A second person looked. Raises InputError when it is one who did the step, or when nobody has."""
    _check_name(case.by)
    _check_step(sheet, step)
    state = _now(case, sheet.account).step(step)
    if state.status is Status.OPEN or state.done is None:
        raise InputError(
            _("'{step}' is not done yet: there is nothing to check."),
            do=_("Record it first with tocsin contain CASE done."),
            code="not_done",
            step=step,
        )
    if plain_name(case.by) in state.doers:
        raise InputError(
            _("'{step}' was done by {by}: another person has to check it."),
            do=_("Have somebody else look, under their own name in --by."),
            code="same_person",
            step=step,
            by=case.by,
        )
    if at < state.done.at:
        raise InputError(
            _("This check is older than what it checks."), do=_("Check --at."), code="check_before_done"
        )
    body: dict[str, Json] = {
        "account": sheet.account,
        "step": step,
        "at": at.isoformat(),
        "note": note,
        "holds": holds,
    }
    return case.journal.append(CHECKED, body, by=case.by)


def record_undo(case: Case, sheet: AccountSheet, step: str, *, at: datetime, why: str) -> Entry:
    """A step was taken back; it is open again."""
    _check_name(case.by)
    _check_step(sheet, step)
    if _now(case, sheet.account).step(step).status is Status.OPEN:
        raise InputError(
            _("'{step}' is not done: there is nothing to undo."),
            do=_("Check the step."),
            code="not_done",
            step=step,
        )
    body: dict[str, Json] = {"account": sheet.account, "step": step, "at": at.isoformat(), "why": _said(why)}
    return case.journal.append(UNDONE, body, by=case.by)


def record_emergency(
    case: Case, sheet: AccountSheet, *, at: datetime, decided_by: str, why: str, until: datetime | None
) -> Entry:
    """An account is given back at once because care would stop; it is to be closed again by two persons."""
    _check_name(decided_by)
    if until is not None and until <= at:
        raise InputError(
            _("This period ends before it begins."), do=_("Check --at and --until."), code="empty_period"
        )
    body: dict[str, Json] = {
        "account": sheet.account,
        "at": at.isoformat(),
        "decided_by": decided_by,
        "why": _said(why),
        "until": None if until is None else until.isoformat(),
    }
    return case.journal.append(EMERGENCY, body, by=case.by)


def _now(case: Case, account: str) -> AccountState:
    return fold(case.journal.entries()).get(account, AccountState())


def _check_step(sheet: AccountSheet, step: str) -> None:
    known = [line.step.code for line in sheet.lines] + [one.step for one in sheet.state.emergencies]
    if step not in known:
        raise InputError(
            _("'{step}' is not a step of the sheet."), do=suggest(step, known), code="unknown_step", step=step
        )


def _check_name(name: str) -> None:
    if not plain_name(name):
        raise InputError(
            _("Who does this is not told."), do=_("Give --by with a person's name."), code="no_name"
        )


def _said(why: str) -> str:
    if not why.strip():
        raise InputError(
            _("{option} is empty."), do=_("Write a name, or a reason."), code="usage", option="--why"
        )
    return why.strip()
