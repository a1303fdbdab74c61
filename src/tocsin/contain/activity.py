# SPDX-License-Identifier: Apache-2.0
"""What the logs say of accounts that are to be contained: whether they still act, and where else they may."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from tocsin.store.case import Case
from tocsin.store.query import load_query

PACKAGE = "tocsin.contain"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Activity:
    """What one account did in one source."""

    source: str
    first_at: datetime
    last_at: datetime
    last_success_at: datetime | None
    events: int
    source_last_at: datetime


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another account of the same professional, or of the same person."""

    account: str = field(repr=False)
    professional_id: str | None = field(repr=False)
    role: str | None
    organisation: str | None
    active_until: datetime | None
    sources: tuple[str, ...]
    events: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Seen:
    """All that the tables say of the accounts asked about; empty before any run."""

    activity: dict[str, list[Activity]]
    siblings: dict[str, list[Sibling]]
    professional_ids: dict[str, tuple[str, ...]]
    known: frozenset[str] = field(repr=False)
    """Accounts that appear in the logs or in the directory."""

    log_end: datetime | None
    """Until when the case's logs go."""


def see(case: Case, accounts: Sequence[str]) -> Seen:
    """What is known of accounts."""
    if not accounts or not (case.has("events") or case.has("accounts")):
        return Seen({}, {}, {}, frozenset(), None)
    names = list(accounts)
    with case.engine("events", "accounts") as engine:

        def rows(name: str) -> list[tuple[object, ...]]:
            return engine.rows(load_query(PACKAGE, name), accounts=names)

        activity = _by_account(rows("account_activity"), lambda row: Activity(*row))  # type: ignore[arg-type]
        siblings = _by_account(rows("elsewhere"), _sibling)
        numbers = _by_account(rows("professionals"), lambda row: str(row[0]))
        known = frozenset(str(account) for (account,) in rows("known_accounts"))
        log_end = engine.value(load_query(PACKAGE, "log_end"))
    return Seen(
        activity,
        siblings,
        {account: tuple(found) for account, found in numbers.items()},
        known,
        log_end if isinstance(log_end, datetime) else None,
    )


def acts_since(case: Case, account: str, since: datetime) -> tuple[int, datetime | None]:
    """How many events an account still obtained from an instant on, and the last."""
    if not case.has("events"):
        return 0, None
    with case.engine("events") as engine:
        ((events, last_at),) = engine.rows(load_query(PACKAGE, "acts_since"), account=account, since=since)
    return int(str(events)), last_at if isinstance(last_at, datetime) else None


def nearest_accounts(case: Case, account: str) -> list[str]:
    """Names close to one that never appears."""
    with case.engine("events", "accounts") as engine:
        rows = engine.rows(load_query(PACKAGE, "nearest_accounts"), account=account)
    return [str(name) for (name,) in rows]


def _by_account(
    rows: list[tuple[object, ...]], made: Callable[[tuple[object, ...]], T]
) -> dict[str, list[T]]:
    """What the columns after the first one make, under the account of the first."""
    found: dict[str, list[T]] = {}
    for row in rows:
        found.setdefault(str(row[0]), []).append(made(row[1:]))
    return found


def _sibling(row: tuple[object, ...]) -> Sibling:
    account, number, role, organisation, until, sources, events, last_at = row
    return Sibling(
        str(account),
        None if number is None else str(number),
        None if role is None else str(role),
        None if organisation is None else str(organisation),
        until if isinstance(until, datetime) else None,
        tuple(str(source) for source in sources) if isinstance(sources, list) else (),
        int(str(events)),
        last_at if isinstance(last_at, datetime) else None,
    )
