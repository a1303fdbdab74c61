# SPDX-License-Identifier: Apache-2.0
"""The accounts that detection ranks, in words: why, with figures, and the lines of the logs to look at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from tocsin.core.words import Words, _, visible
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

PACKAGE = "tocsin.detect"

RANKED = 100
"""Accounts that are told; the table `findings` has them all."""

LINES = 3
"""Lines of the logs for each account in alarm."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """One account that something speaks against."""

    rank: int
    account: str = field(repr=False)
    p: float
    is_proposed: bool
    """Whether p reaches `[detect] threshold`."""

    reasons: list[dict[str, object]]
    """{code, values, fr, en}, the surest first."""

    first_at: datetime
    last_at: datetime
    events: int
    persons: int
    lines: list[str]
    """`file:line`, of accounts that are proposed."""


def read_ranked(case: Case) -> list[Ranked]:
    """The first accounts by rank, with lines of the logs for those that are proposed."""
    with case.engine("findings", "session_evidence", "events", "files") as engine:
        rows = engine.rows(load_query(PACKAGE, "ranked_accounts"), most=RANKED)
        threshold = case.settings.detect.threshold
        lines = _lines(engine, [str(row[1]) for row in rows if float(str(row[2])) >= threshold])
    return [_ranked(row, threshold, lines.get(str(row[1]), [])) for row in rows]


def count_accesses(case: Case) -> int:
    """Events of accounts: where there are none, nothing speaks for anybody either."""
    with case.engine("events") as engine:
        return engine.count("select count(*) from events where account is not null")


def _lines(engine: Engine, accounts: list[str]) -> dict[str, list[str]]:
    if not accounts:
        return {}
    found: dict[str, list[str]] = {}
    for account, line in engine.rows(load_query(PACKAGE, "finding_lines"), accounts=accounts, most=LINES):
        found.setdefault(str(account), []).append(str(line))
    return found


def _ranked(row: tuple[object, ...], threshold: float, lines: list[str]) -> Ranked:
    rank, account, p, reasons, first_at, last_at, events, persons = row
    return Ranked(
        int(str(rank)),
        str(account),
        float(str(p)),
        float(str(p)) >= threshold,
        json.loads(str(reasons or "[]")),
        first_at,  # type: ignore[arg-type]
        last_at,  # type: ignore[arg-type]
        int(str(events)),
        int(str(persons)),
        lines,
    )


def ranked_lines(words: Words, ranked: list[Ranked], zone: str, accesses: int) -> Iterator[str]:
    """Each account that is proposed with its reasons and lines; how many others were told with less."""
    proposed = [one for one in ranked if one.is_proposed]
    if not accesses:
        yield words.text(_("No access of an account was read: this says nothing of any account."))
    elif not proposed:
        yield words.text(_("No account is in alarm."))
    for one in proposed:
        yield words.text(
            _("{rank}. {account}: p = {p}; {persons} patients, {events} accesses, from {first} to {last}"),
            rank=one.rank,
            account=visible(one.account),
            p=words.number(round(one.p, 3)),
            persons=one.persons,
            events=one.events,
            first=words.instant(one.first_at, zone),
            last=words.instant(one.last_at, zone),
        )
        yield from (f"   – {visible(str(reason[words.lang]))}" for reason in one.reasons)
        if one.lines:
            yield "   " + words.text(
                _("Lines to look at: {lines}"), lines=", ".join(visible(line) for line in one.lines)
            )
    rest = len(ranked) - len(proposed)
    if rest:
        yield words.plural(
            "One account more is told with less than the threshold: table findings.",
            "{n} accounts more are told with less than the threshold: table findings.",
            rest,
        )


def ranked_object(one: Ranked) -> dict[str, object]:
    """One account for `--json`."""
    return {
        "rank": one.rank,
        "account": one.account,
        "p": one.p,
        "proposed": one.is_proposed,
        "reasons": one.reasons,
        "first_at": one.first_at.isoformat(),
        "last_at": one.last_at.isoformat(),
        "events": one.events,
        "persons": one.persons,
        "lines": one.lines,
    }
