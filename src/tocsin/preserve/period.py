# SPDX-License-Identifier: Apache-2.0
"""Which period of every log the case needs: what is suspect, and a margin before and after.

Where nobody knows since when, nothing is made up: the period is then open, and letters ask for all there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tocsin.core.terms import Verdict
from tocsin.report.suspicions import gather, suspect_accounts
from tocsin.store.case import Case
from tocsin.store.query import load_query


@dataclass(frozen=True, slots=True)
class Needed:
    """The period that logs must cover, margins included; half-open."""

    from_at: datetime | None
    """None: nobody knows since when."""

    until_at: datetime | None
    """None: up to the day of the answer."""

    accounts: tuple[str, ...] = field(repr=False)
    """Suspect accounts, in order of name."""

    margin_days: int


def needed_period(case: Case, now: datetime, accounts: Sequence[str] = ()) -> Needed:
    """From what people hold suspect, what detection proposes, and the accounts that are asked about."""
    rows = [row for row in gather(case) if row.verdict is not Verdict.LEGITIMATE]
    suspects = suspect_accounts(case)
    names = tuple(sorted({*accounts, *(row.account for row in suspects)}))
    open_ended = [*accounts, *(row.account for row in suspects if row.from_at is None)]
    begins = [at for at in (_first_act(case, open_ended), *(row.from_at for row in rows)) if at is not None]
    ends = [row.until_at for row in rows]
    is_open = bool(accounts) or not ends or None in ends
    margin = timedelta(days=case.settings.preserve.margin_days)
    until = None if is_open else max(at for at in ends if at is not None) + margin
    return Needed(
        min(begins) - margin if begins else None,
        None if until is None or until >= now else until,
        names,
        case.settings.preserve.margin_days,
    )


def _first_act(case: Case, accounts: Sequence[str]) -> datetime | None:
    if not accounts or not case.has("events"):
        return None
    with case.engine("events") as engine:
        found = engine.value(load_query("tocsin.preserve", "account_begins"), accounts=list(accounts))
    return found if isinstance(found, datetime) else None
