# SPDX-License-Identifier: Apache-2.0
"""The first look itself: from events without a case to the facts of each account asked for."""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin.core.errors import InputError, Sentence
from tocsin.core.progress import Progress, silent
from tocsin.core.words import _, visible
from tocsin.first.asked import COMMON, AskedLook
from tocsin.first.facts import (
    AccountLook,
    Alone,
    CounterGap,
    Covered,
    Distinct,
    HourOfDay,
    Log,
    Look,
    NamedDistinct,
    Outcome,
    Pace,
    Place,
    PlaceCount,
    Request,
    Session,
    Sibling,
    Silence,
    Standing,
    Told,
    Totals,
)
from tocsin.first.nearest import nearest_names
from tocsin.first.prepare import prepare_accounts, prepare_logs
from tocsin.first.rows import fact_of, facts_of
from tocsin.first.unsaid import unsaid_of
from tocsin.store.case import Case
from tocsin.store.engine import Engine

TABLES = ("events", "files", "gaps", "set_aside")
STILL = timedelta(hours=1)
"""An account whose last act is no further than that from the end of a log may still be acting."""

KEPT = 200
"""Rows of a list; `total` tells how many there are."""

SESSIONS_KEPT = 1000
RARE_SHARE = 100
"""Rare is what no more than one in so many of the other accounts does."""

STEPS = tuple(
    timedelta(**unit)
    for unit in (
        {"minutes": 5}, {"minutes": 15}, {"hours": 1}, {"hours": 3}, {"hours": 6}, {"days": 1}, {"days": 7},
        {"days": 28},
    )
)  # fmt: skip
COLUMNS = 170
"""Of the picture, at most."""


def take_look(case: Case, asked: AskedLook, progress: Progress = silent) -> Look:
    """Look at the accounts of `asked` in the events of a case, or of logs read without one.

    Raises InputError when none of them acts in the period: with the nearest names, or what the logs cover.
    """
    with case.engine(*TABLES) as engine:
        prepare_logs(engine)
        span = _span(engine)
        _refuse_other_times(asked, span)
        found = [name for name in asked.accounts if _acts(engine, asked, name)]
        missing = {name: nearest_names(engine, name) for name in asked.accounts if name not in found}
        if not found:
            raise _absent(engine, asked, missing)
        prepare_accounts(engine, asked, found, progress)
        return Look(
            zone=asked.zone,
            since=asked.since,
            until=asked.until,
            covered=fact_of(engine, Covered, "covered"),
            accounts=[_account(engine, asked, name) for name in found],
            silences=facts_of(engine, Silence, "silences", zone=asked.zone, most=KEPT),
            gaps=facts_of(engine, CounterGap, "gaps_found", most=KEPT),
            missing=missing,
        )


def first_act(case: Case, account: str) -> datetime | None:
    """When an account of a case first acts; None when it never does."""
    with case.engine("events") as engine:
        found = engine.value("select min(occurred_at) from events where account = $name", name=account)
    return found if isinstance(found, datetime) else None


def _span(engine: Engine) -> tuple[datetime, datetime]:
    """The first and the last record of all."""
    [(first, last)] = engine.rows("select min(first_at), max(last_at) from event_pace")
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        raise InputError(
            _("These logs hold no event at all."),
            do=_("See what became of each record: tocsin read FILE…"),
            code="no_events",
        )
    return first, last


def _refuse_other_times(asked: AskedLook, span: tuple[datetime, datetime]) -> None:
    """Logs of another month."""
    first, last = span
    is_after = asked.since is not None and asked.since > last
    is_before = asked.until is not None and asked.until <= first
    if is_after or is_before:
        raise InputError(
            _("These logs have nothing of the period asked for: they go from {first} to {last}."),
            do=_("Give the logs of that period, or other --from and --until."),
            code="other_period",
            first=_written(first),
            last=_written(last),
        )


def _acts(engine: Engine, asked: AskedLook, account: str) -> bool:
    """Whether the account acts within the period; the events themselves say so only when it is bounded."""
    rows = engine.rows("select first_at, last_at from account_names where account = $name", name=account)
    if not rows:
        return False
    [(first, last)] = rows
    since, until = asked.since, asked.until
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return False
    if (since is None or since <= first) and (until is None or last < until):
        return True
    held = engine.count(
        "select count(*) from events where account = $name "
        "and ($since is null or occurred_at >= cast($since as timestamptz)) "
        "and ($until is null or occurred_at < cast($until as timestamptz))",
        name=account, since=since, until=until,
    )  # fmt: skip
    return held > 0


def _absent(engine: Engine, asked: AskedLook, missing: dict[str, list[str]]) -> InputError:
    """Why there is nothing to look at, for the first account asked for."""
    account = asked.accounts[0]
    rows = engine.rows("select first_at, last_at from account_names where account = $name", name=account)
    if rows:
        return InputError(
            _("{account} does nothing within the period asked for: it acts from {first} to {last}."),
            do=_("Give other --from and --until."),
            code="other_period",
            account=visible(account),
            first=_written(rows[0][0]),
            last=_written(rows[0][1]),
        )
    first, last = _span(engine)
    return InputError(
        _("No account {account} acts in these logs, which go from {first} to {last}."),
        do=_advice(missing[account]),
        code="no_account",
        account=visible(account),
        first=_written(first),
        last=_written(last),
    )


def _advice(nearest: list[str]) -> str | Sentence:
    if nearest:
        names = ", ".join(map(visible, nearest))
        return Sentence(_("Names that come near: {names}."), {"names": names})
    return _("No name comes near. Check how these logs write accounts: tocsin read FILE… --to events.csv")


def _written(at: object) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _account(engine: Engine, asked: AskedLook, account: str) -> AccountLook:
    logs = facts_of(engine, Log, "series_ends", account=account)
    others = engine.count("select count(*) - 1 from account_habits")
    told = fact_of(engine, Told, "told", account=account)
    totals = fact_of(engine, Totals, "totals", account=account)
    step = _step(totals)
    return AccountLook(
        account=account,
        totals=totals,
        may_still_act=any(log.last_act_at and log.last_at - log.last_act_at <= STILL for log in logs),
        logs=logs[:KEPT],
        persons=fact_of(engine, Distinct, "persons_named", account=account),
        records=facts_of(engine, NamedDistinct, "records_named", account=account, most=KEPT),
        path_ids=facts_of(engine, NamedDistinct, "path_ids", account=account, most=KEPT),
        requests=facts_of(engine, Request, "templates", account=account, most=KEPT),
        outcomes=facts_of(engine, Outcome, "outcomes", account=account, most=KEPT),
        sessions=facts_of(engine, Session, "sessions", account=account, most=SESSIONS_KEPT),
        place_counts=facts_of(engine, PlaceCount, "place_counts", account=account),
        places=_places(engine, account),
        siblings=facts_of(engine, Sibling, "siblings", account=account, common=COMMON, most=KEPT),
        standings=facts_of(engine, Standing, "account_standings", account=account),
        alone=facts_of(
            engine, Alone, "alone", account=account, rare=others // RARE_SHARE, most=KEPT
        ) if others else [],
        hours=facts_of(engine, HourOfDay, "hours", account=account),
        pace_step=int(step.total_seconds()),
        pace=facts_of(
            engine, Pace, "pace", account=account, step=int(step.total_seconds()), zone=asked.zone
        ),
        unsaid=unsaid_of(told),
    )  # fmt: skip


def _places(engine: Engine, account: str) -> list[Place]:
    kinds = ("address", "device", "client", "user_agent")
    return [
        place
        for kind in kinds
        for place in facts_of(engine, Place, "places", account=account, kind=kind, most=KEPT)
    ]


def _step(totals: Totals) -> timedelta:
    """The shortest column that keeps the picture legible."""
    if totals.first_at is None or totals.last_at is None:
        return STEPS[0]
    span = totals.last_at - totals.first_at
    return next((step for step in STEPS if span / step <= COLUMNS), max(STEPS[-1], span / COLUMNS))
