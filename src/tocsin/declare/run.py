# SPDX-License-Identifier: Apache-2.0
"""Declarations of a case: drafts of every form, and the decisions that people record on them.

Nothing here sends anything. A person submits, and records the receipt, which ends the clock of that form.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tocsin.core.errors import InputError
from tocsin.core.suggest import suggest
from tocsin.core.words import _
from tocsin.declare.clocks import record_met
from tocsin.declare.draft import Drafted, draft, kind_of
from tocsin.declare.fill import Field, fill
from tocsin.declare.forms import FORMS, Form, find_form
from tocsin.declare.gather import REPORT, Gathered, gather, read_report_json
from tocsin.declare.records import RECEIPT, drafts_of, facts_of
from tocsin.journal import Entry
from tocsin.journal.chain import Json
from tocsin.report.declared import BASES, CHOSEN
from tocsin.store.case import Case

WITHDRAWN = "withdrawn"


def draft_forms(
    case: Case, now: datetime, names: Sequence[str] = (), kind: str | None = None
) -> tuple[list[Drafted], dict[str, Field], Gathered]:
    """Draft these forms, or all. Returns what became of each, and every input as it stands.

    Raises InputError for a form or a kind that does not exist.
    """
    forms = [find_form(name) for name in names or FORMS]
    gathered = gather(case, now)
    filled = fill(gathered.ground)
    drafted = []
    for form in forms:
        chosen = kind_of(form, gathered, kind)
        drafted.append(draft(case, form, gathered, _filled_for(gathered, filled, chosen), chosen))
    return drafted, filled, gathered


def _filled_for(gathered: Gathered, filled: dict[str, Field], kind: str) -> dict[str, Field]:
    return fill(gathered.ground, withdrawn=True) if kind == WITHDRAWN else filled


def choose_basis(case: Case, unit: str, basis: str, *, why: str) -> Entry:
    """Journal which count goes in the box. Raises InputError for an unknown unit or basis, or no reason."""
    units = ["persons", *(f"records:{record.name}" for record in case.settings.records)]
    _check_choice(unit, units, _("'{value}' is not a unit to declare."))
    _check_choice(basis, BASES, _("'{value}' is not one of the three counts."))
    if basis == "ceiling" and _has_no_ceiling(case, unit):
        raise InputError(
            _("There is no highest number to declare: nothing bounds it."),
            do=_("Use best, floor or ceiling."),
            code="no_ceiling",
        )
    if not why.strip():
        raise InputError(_("A choice needs its reason."), do=_("Say why with --why."), code="no_reason")
    return case.journal.append(CHOSEN, {"unit": unit, "basis": basis, "why": why.strip()}, by=case.by)


def _check_choice(value: str, known: Sequence[str], what: str) -> None:
    if value not in known:
        raise InputError(what, do=suggest(value, known), code="bad_choice", value=value)


def _has_no_ceiling(case: Case, unit: str) -> bool:
    """Whether the report says that nothing bounds the unit; before the first run nobody knows."""
    count = read_report_json(case.folder / REPORT).get("counts", {}).get(unit)
    return count is not None and count.get("ceiling") is None


def record_receipt(
    case: Case, form: Form, *, number: str, at: datetime, now: datetime, kind: str | None = None
) -> dict[str, Any]:
    """That a person submitted a form: its receipt, the version, and the clock that it ends.

    Raises InputError when nothing was drafted, the number is empty or the instant is to come.
    """
    if not number.strip():
        raise InputError(_("A receipt has a number."), do=_("Give it with --number."), code="no_number")
    if at > now:
        raise InputError(
            _("This receipt is of an instant that is still to come."), do=_("Check --at."), code="to_come"
        )
    drafts = drafts_of(facts_of(case.journal.entries()), form.id)
    if not drafts:
        raise InputError(
            _("No version of '{form}' was drafted."),
            do=_("Run: tocsin declare CASE --form {form}"),
            code="not_drafted",
            form=form.id,
        )
    version, chosen = int(drafts[-1].body["version"]), kind or str(drafts[-1].body["kind"])
    if chosen not in form.kinds:
        raise InputError(
            _("'{kind}' is not a kind of '{form}'."),
            do=suggest(chosen, form.kinds),
            code="no_such_kind",
            kind=chosen,
            form=form.id,
        )
    return _record(case, form, chosen, version, number.strip(), at, now)


def _record(
    case: Case, form: Form, kind: str, version: int, number: str, at: datetime, now: datetime
) -> dict[str, Any]:
    body: dict[str, Json] = {
        "form": form.id,
        "kind": kind,
        "version": version,
        "number": number,
        "at": at.isoformat(),
    }
    case.journal.append(RECEIPT, body, by=case.by)
    clock = form.clocks.get(kind)
    if clock is not None:
        record_met(case, clock, at=at, receipt=number, now=now)
    return {**body, "clock": clock}
