# SPDX-License-Identifier: Apache-2.0
"""A containment sheet as a JSON object, for programs."""

from __future__ import annotations

from datetime import datetime

from tocsin.contain.run import AccountSheet, Line
from tocsin.journal.containment import Act

Told = dict[str, object]


def sheet_object(sheet: AccountSheet) -> Told:
    """Everything that the sheet says of one account."""
    return {
        "account": sheet.account,
        "verdict": None if sheet.suspicion is None else sheet.suspicion.verdict.value,
        "known": sheet.is_known,
        "contained": not sheet.needs_person,
        "cut_at": _at(sheet.cut_at),
        "acts_since_cut": sheet.acts_since_cut,
        "last_since_cut": _at(sheet.last_since_cut),
        "log_end": _at(sheet.log_end),
        "steps": [_line_object(line) for line in sheet.lines],
        "open": [line.step.code for line in sheet.open_lines],
        "emergencies": [
            {
                "step": one.step,
                "at": _at(one.opened.at),
                "by": one.opened.by,
                "decided_by": one.decided_by,
                "until": _at(one.until),
                "why": one.opened.note,
                "open": one.step in sheet.open_emergencies,
            }
            for one in sheet.state.emergencies
        ],
        "activity": [
            {
                "source": one.source,
                "first_at": _at(one.first_at),
                "last_at": _at(one.last_at),
                "events": one.events,
            }
            for one in sheet.activity
        ],
        "elsewhere": [
            {
                "account": one.account,
                "sources": list(one.sources),
                "organisation": one.organisation,
                "events": one.events,
                "last_at": _at(one.last_at),
            }
            for one in sheet.siblings
        ],
    }


def _line_object(line: Line) -> Told:
    state = line.state
    return {
        "step": line.step.code,
        "phase": line.step.phase.value,
        "status": "lifted" if line.is_lifted else state.status.value,
        "connector": line.connector,
        "done": _act_object(state.done),
        "nothing_there": state.nothing_there,
        "checked": _act_object(state.checked),
        "undone": _act_object(state.undone),
    }


def _act_object(act: Act | None) -> Told | None:
    return None if act is None else {"by": act.by, "at": _at(act.at), "note": act.note or None}


def _at(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat().replace("+00:00", "Z")
