# SPDX-License-Identifier: Apache-2.0
"""Who is held to be suspect at this hour: before any run as well as after the last one.

The same rows as the scope stage would write now (case.toml, the journal's decisions, what detection
proposes), and the accounts behind what a run judged by address, device or client. Nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tocsin.core.terms import Origin, Verdict
from tocsin.scope.suspects import Suspect, read_suspects
from tocsin.store.case import Case
from tocsin.store.query import load_query

_RANK = {origin: rank for rank, origin in enumerate(Origin)}


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One account under suspicion, and since when as far as people say."""

    account: str = field(repr=False)
    verdict: Verdict
    origin: Origin

    from_at: datetime | None = None
    """None: open, or not known."""

    until_at: datetime | None = None
    """None: open; not included."""


def suspect_accounts(case: Case) -> list[Suspicion]:
    """One row an account, in order of name; those that the strongest word clears are left out."""
    named = gather(case)
    by_account: dict[str, list[Suspect]] = {}
    for row in named:
        if "account" in row.selectors:
            by_account.setdefault(row.selectors["account"], []).append(row)
    found = {account: _together(account, rows) for account, rows in by_account.items()}
    for account in _judged_accounts(case):
        found.setdefault(account, Suspicion(account, Verdict.DOUBTFUL, Origin.KNOWN))
    return [row for _account, row in sorted(found.items()) if row.verdict is not Verdict.LEGITIMATE]


def gather(case: Case) -> list[Suspect]:
    """The rows of `suspects` as they would be written now."""
    with case.engine("findings", "split_sessions") as engine:
        return read_suspects(case, engine)


def _together(account: str, rows: list[Suspect]) -> Suspicion:
    """What the strongest origin says; of its whole-account rows the latest, of the others the gravest."""
    strongest = min(_RANK[row.origin] for row in rows)
    first = [row for row in rows if _RANK[row.origin] == strongest]
    whole = [row for row in first if row.narrowness == 1 and not row.is_weighed]
    kept = [*whole[-1:], *(row for row in first if row.narrowness > 1 or row.is_weighed)]
    grave = [row for row in kept if row.verdict is not Verdict.LEGITIMATE]
    if not grave:
        return Suspicion(account, Verdict.LEGITIMATE, first[-1].origin)
    verdict = min((row.verdict for row in grave), key=list(Verdict).index)
    begins = [row.from_at for row in grave]
    ends = [row.until_at for row in grave]
    return Suspicion(
        account,
        verdict,
        grave[0].origin,
        None if None in begins else min(at for at in begins if at is not None),
        None if None in ends else max(at for at in ends if at is not None),
    )


def _judged_accounts(case: Case) -> list[str]:
    if not case.has("judged"):
        return []
    with case.engine("judged", "events") as engine:
        rows = engine.rows(load_query("tocsin.report", "judged_account_names"))
    return [str(account) for (account,) in rows]
