# SPDX-License-Identifier: Apache-2.0
"""Accounts that a person holds legitimate: they raise no alarm, until something is new.

New is a device or an address that the account had never used when the person decided, or an act outside the
period of the verdict. What is withheld is written in the journal, with the decision that it rests on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from tocsin.core.terms import Origin, Verdict
from tocsin.scope.suspects import Suspect, known_suspects, read_decision
from tocsin.store.case import Case
from tocsin.store.query import load_query
from tocsin.watch.acts import PACKAGE, attach_near
from tocsin.watch.alarms import Found, told_instant
from tocsin.watch.ledger import Ledger, Place, is_new_episode

WITHHELD: Final = "watch:alarm:withheld"
"""A verdict kept it back: account, reason, first_at, last_at, decision (a number, or case.toml)."""

KNOWN: Final = "case.toml"
BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Clearing:
    """Why an account raises no alarm."""

    account: str = field(repr=False)
    decision: str
    """The journal's entry, or `case.toml`."""

    by: str
    decided_at: datetime | None


def clearing_of(case: Case, ledger: Ledger, found: Found, log_at: datetime) -> Clearing | None:
    """What keeps this back: a verdict over its whole time, and no place that is new since; None: nothing."""
    spoken = list(_verdicts(case, found.account))
    whole = [one for one in spoken if set(one[1].selectors) == {"account"}]
    if not whole:
        return None
    decision, last = whole[-1]
    doubts = [row for _of, row in spoken if row.origin is last.origin and not _is_clear(row)]
    if not _is_clear(last) or not _covers(last, found) or any(_meets(row, found) for row in doubts):
        return None
    clearing = Clearing(found.account, decision, last.decided_by or "", last.decided_at)
    return None if _is_elsewhere(case, ledger, clearing, found, log_at) else clearing


def keep_back(case: Case, ledger: Ledger, clearing: Clearing, found: Found) -> dict[str, object] | None:
    """Write it in the journal, once for as long as it goes on; returns what is new to tell.

    The ledger follows the journal: an entry that a kill left without its episode is found, not written again.
    """
    key = f"{found.reason} {WITHHELD} {clearing.decision}"
    before = ledger.episode(found.account, key)
    days = case.settings.watch.repeat_days
    is_new = is_new_episode(before, found.first_at, days)
    told = {
        "account": found.account,
        "reason": found.reason,
        "first_at": told_instant(found.first_at),
        "last_at": told_instant(found.last_at),
        "decision": clearing.decision,
    }
    if is_new and is_new_episode(_entered(case, told), found.first_at, days):
        case.journal.append(WITHHELD, dict(told), by=case.by)
    number = (before[0] if before else 0) + is_new
    last_at = found.last_at if before is None else max(before[1], found.last_at)
    ledger.settle({}, [], [(found.account, key, number, last_at.isoformat())], ())
    return {**told, "by": clearing.by} if is_new else None


def _entered(case: Case, told: Mapping[str, object]) -> tuple[int, datetime] | None:
    """The last entry of the same account, reason and decision: its number, and the last act that it tells."""
    same = ("account", "reason", "decision")
    for entry in case.journal.newest_first():
        if entry.kind == WITHHELD and all(entry.body.get(name) == told[name] for name in same):
            return entry.number, datetime.fromisoformat(str(entry.body["last_at"]))
    return None


def _verdicts(case: Case, account: str) -> Iterator[tuple[str, Suspect]]:
    """What people hold of the account, the strongest last: case.toml, then the journal in its order."""
    for known in case.settings.known:
        if known.account == account:
            yield from ((KNOWN, row) for row in known_suspects(known, []))
    for entry in case.journal.entries():
        row = read_decision(entry)
        if row is not None and row.origin is Origin.DECIDED and row.selectors.get("account") == account:
            yield str(entry.number), row


def _is_clear(row: Suspect) -> bool:
    return row.verdict is Verdict.LEGITIMATE


def _covers(row: Suspect, found: Found) -> bool:
    """Whether all that was found lies in the verdict's period."""
    begun = row.from_at is None or row.from_at <= found.first_at
    return begun and (row.until_at is None or found.last_at < row.until_at)


def _meets(row: Suspect, found: Found) -> bool:
    """Whether some of it does."""
    begun = row.from_at is None or row.from_at <= found.last_at
    return begun and (row.until_at is None or found.first_at < row.until_at)


def _is_elsewhere(case: Case, ledger: Ledger, clearing: Clearing, found: Found, log_at: datetime) -> bool:
    """Whether it was done from a device or an address that the account had not used when it was cleared."""
    key = (clearing.account, clearing.decision)
    places = ledger.places(*key)
    if places is None:
        decided_at = clearing.decided_at or log_at
        places = frozenset(_places(case, clearing.account, BEGINNING, decided_at))
        ledger.keep_places(*key, places)
    return not places.issuperset(_places(case, clearing.account, found.first_at, log_at))


def _places(case: Case, account: str, first_at: datetime, last_at: datetime) -> Iterator[Place]:
    """Devices and addresses of what an account did within a time."""
    with case.engine() as engine:
        attach_near(case, engine, first_at, last_at, [account])
        for kind, name in engine.rows(load_query(PACKAGE, "account_places")):
            yield Place(str(kind), str(name))
