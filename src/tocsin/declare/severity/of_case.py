# SPDX-License-Identifier: Apache-2.0
"""The severity of a case folder: facts from report/report.json, decisions from the journal, recorded here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from tocsin.core.errors import InputError
from tocsin.core.suggest import suggest
from tocsin.core.words import _
from tocsin.declare.severity.choices import (
    CHOSEN,
    CONCLUDED,
    check_choices,
    chosen_body,
    fold_decisions,
)
from tocsin.declare.severity.proposal import facts_of
from tocsin.declare.severity.score import Severity, weigh
from tocsin.declare.severity.tables import load_tables
from tocsin.journal import Entry
from tocsin.journal.chain import Json
from tocsin.report.reading import Report, read_report
from tocsin.store.case import Case


def severity_of(case: Case) -> Severity:
    """As things stand. Without a report, only what people chose is known.

    Raises InputError for a report that cannot be read, or an entry of the journal that is not of its shape.
    """
    tables = load_tables()
    return weigh(tables, facts_of(_report_of(case)), fold_decisions(tables, case.journal.entries()))


def record_choices(case: Case, chosen: Mapping[str, str], why: str) -> Entry:
    """A person's answers: axis to option, or `proposed` to go back. Raises InputError."""
    check_choices(load_tables(), chosen, why)
    return case.journal.append(CHOSEN, chosen_body(chosen, why), by=case.by)


def record_conclusion(
    case: Case, outcome: str, *, why: str, now: datetime, at: datetime | None = None
) -> Entry:
    """A person's conclusion: unlikely, risk, high_risk or more_needed.

    Raises InputError when it is none of these, still to come, or departs from the proposal without a reason.
    """
    tables = load_tables()
    known = [one.id for one in tables.outcomes]
    if outcome not in known:
        raise InputError(
            _("There is no '{name}' here."), do=suggest(outcome, known), code="unknown_name", name=outcome
        )
    if at is not None and at > now:
        raise InputError(
            _("{at} is still to come."),
            do=_("Give the instant at which it happened, with its zone."),
            code="to_come",
            at=at.astimezone(UTC).isoformat(),
        )
    severity = severity_of(case)
    if outcome != severity.proposed and not why.strip():
        raise InputError(
            _("This conclusion departs from the one proposed ({proposed})."),
            do=_("Say why, with --why."),
            code="no_reason",
            proposed=severity.proposed or "–",
        )
    body: dict[str, Json] = {
        "outcome": outcome,
        "why": why.strip(),
        "score": severity.score,
        "level": severity.level,
        "proposed": severity.proposed,
        "at": None if at is None else at.astimezone(UTC).isoformat(),
    }
    return case.journal.append(CONCLUDED, body, by=case.by)


def _report_of(case: Case) -> Report | None:
    path = case.folder / "report" / "report.json"
    raw: object = None
    try:
        raw = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError):
        pass
    if not isinstance(raw, dict):
        raise InputError(
            _("This report cannot be read."),
            do=_("Write it again with tocsin run."),
            where=path,
            code="bad_report",
        )
    return read_report(raw)
