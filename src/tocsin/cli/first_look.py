# SPDX-License-Identifier: Apache-2.0
"""What one account did, from the events alone: sessions, addresses, devices, siblings, what it asked for."""

from __future__ import annotations

from datetime import datetime

from tocsin.core.words import Words, _, visible
from tocsin.store.case import Case
from tocsin.store.query import load_query

_TOTALS = (
    "events",
    "first_at",
    "last_at",
    "log_until",
    "logins",
    "failed_logins",
    "failures",
    "persons",
    "records",
    "objects",
)


def first_look(case: Case, account: str) -> dict[str, object]:
    """The facts, as plain values; `siblings` are other accounts of the same address, device or client."""
    with case.engine("events") as engine:
        [totals] = engine.rows(load_query("tocsin.cli", "first_totals"), account=account)
        sessions = engine.rows(load_query("tocsin.cli", "first_sessions"), account=account)
        places = engine.rows(load_query("tocsin.cli", "first_places"), account=account)
        siblings = engine.rows(load_query("tocsin.cli", "first_siblings"), account=account)
        actions = engine.rows(load_query("tocsin.cli", "first_actions"), account=account)
    found: dict[str, object] = dict(zip(_TOTALS, map(_plain, totals), strict=True))
    found["still_acts"] = _still_acts(totals)
    found["sessions"] = _dicts(("session", "first_at", "last_at", "address", "events", "persons"), sessions)
    found["places"] = _dicts(("kind", "value", "first_at", "last_at", "events"), places)
    found["siblings"] = _dicts(("account", "shared", "value", "events"), siblings)
    found["actions"] = _dicts(("action", "outcome", "events"), actions)
    return found


def _still_acts(totals: tuple[object, ...]) -> bool:
    """It acted within the last hour that the log holds."""
    last, until = totals[2], totals[3]
    return (
        isinstance(last, datetime) and isinstance(until, datetime) and (until - last).total_seconds() < 3600
    )


def _dicts(names: tuple[str, ...], rows: list[tuple[object, ...]]) -> list[dict[str, object]]:
    return [dict(zip(names, map(_plain, row), strict=True)) for row in rows]


def _plain(value: object) -> object:
    return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if isinstance(value, datetime) else value


def first_lines(words: Words, account: str, found: dict[str, object]) -> list[str]:
    """One page in words."""
    name = visible(account)
    if not found["events"]:
        return [words.text(_("Nothing in these logs is by the account {account}."), account=name)]
    lines = [
        words.text(
            _("{account}: {events} events from {first} to {last} (UTC)."),
            account=name,
            events=_int(found["events"]),
            first=str(found["first_at"]),
            last=str(found["last_at"]),
        ),
        words.text(
            _("Sign-ins: {logins}; failed: {failed}. Other failures: {failures}."),
            logins=_int(found["logins"]),
            failed=_int(found["failed_logins"]),
            failures=_int(found["failures"]),
        ),
        words.text(
            _("Distinct local ids named: {persons}; records: {records}; objects asked for: {objects}."),
            persons=_int(found["persons"]),
            records=_int(found["records"]),
            objects=_int(found["objects"]),
        ),
        words.text(
            _("It still acts: it did in the last hour of these logs.")
            if found["still_acts"]
            else _("It does not act in the last hour of these logs.")
        ),
    ]
    lines += _listed(
        words, _("Sessions:"), found["sessions"], ("session", "first_at", "last_at", "address", "events")
    )
    lines += _listed(
        words, _("Addresses, devices, clients:"), found["places"], ("kind", "value", "first_at", "events")
    )
    lines += _listed(
        words, _("Accounts that share one of them:"), found["siblings"], ("account", "shared", "value")
    )
    return lines


def _int(value: object) -> int:
    return int(str(value))


def _listed(words: Words, head: str, rows: object, names: tuple[str, ...]) -> list[str]:
    if not isinstance(rows, list) or not rows:
        return []
    shown = [
        "  " + "  ".join(visible(str(row[name])) for name in names if row[name] is not None)
        for row in rows[:20]
    ]
    more = [words.text(_("  … and {n} more"), n=len(rows) - 20)] if len(rows) > 20 else []
    return ["", words.text(head), *shown, *more]
