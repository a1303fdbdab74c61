# SPDX-License-Identifier: Apache-2.0
"""Events for Sigma rules: what each rule of the pack finds, and beside it what it must leave alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from tests.made_case import make_case
from tocsin.store.case import Case

NOON = datetime(2024, 6, 11, 10, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
Row = dict[str, object]

SETTINGS = """
[[sources]]
name = "portal"
paths = ["portal.log"]

[[sources]]
name = "gateway"
paths = ["gateway.log"]
kind = "gateway"
"""


def act(account: str | None, at: datetime, action: str = "read", **more: object) -> Row:
    """One event; a success of the portal unless said otherwise."""
    return {
        "source": "portal",
        "occurred_at": at,
        "account": account,
        "action": action,
        "outcome": "success",
        "address": "192.0.2.1",
        **more,
    }


def reads(account: str, patients: int, every: timedelta, **more: str) -> Iterator[Row]:
    """Reads of that many distinct patients, one every so often."""
    for n in range(patients):
        yield act(account, NOON + n * every, person=f"{account}-{n}", object=f"/patients/{n}", **more)


def case_of(folder: Path, rows: list[Row], settings: str = "", **tables: list[Row]) -> Case:
    """A case with these events, in order of time."""
    numbers = count(1)
    ordered = sorted(rows, key=lambda row: str(row["occurred_at"]))
    events = [{"event_id": next(numbers), "file_number": 1, **row} for row in ordered]
    return make_case(folder, settings=SETTINGS + settings, events=events, **tables)


def pack_scenes() -> list[Row]:
    """For each rule an account `<rule>` that it finds, and `calm …` that it does not."""
    second = timedelta(seconds=1)
    rows = [*reads("mass_reading", 100, 30 * second), *reads("calm mass_reading", 100, MINUTE)]
    rows += [
        act(f"tried {n}", NOON + n * MINUTE, "login_failed", address="198.51.100.7", outcome="failure")
        for n in range(10)
    ]
    rows += [act("spray_then_entry", NOON + 20 * MINUTE, "login", address="198.51.100.7")]
    rows += [act("calm spray_then_entry", NOON + 20 * MINUTE, "login", address="198.51.100.8")]
    rows += [act("late spray_then_entry", NOON + 9 * HOUR, "login", address="198.51.100.7")]
    for name, times in (("forced_entry", 10), ("calm forced_entry", 9)):
        rows += [act(name, NOON + n * MINUTE, "login", outcome="failure", address=None) for n in range(times)]
        rows += [act(name, NOON + 20 * MINUTE, "login", address=None)]
    for name, shift in (("factor_reset_then_reading", -HOUR), ("calm factor_reset_then_reading", 5 * HOUR)):
        rows += [act(name, NOON + shift, "admin", object_type="TOTP credential"), *reads(name, 20, MINUTE)]
    for name, times in (("break_glass", 5), ("calm break_glass", 4)):
        rows += reads(name, times, HOUR, query="reason=Bris-de-glace")
    rows += [act("export_outside_hours", datetime(2024, 6, 11, 20, 30, tzinfo=UTC), "export")]
    rows += [act("calm export_outside_hours", datetime(2024, 6, 11, 19, 30, tzinfo=UTC), "export")]
    for name, step in (("number_sweep", 1), ("calm number_sweep", 2)):
        rows += [
            act(name, NOON + n * MINUTE, outcome="failure", status="404", object=f"/patients/{n // step}")
            for n in range(55)
        ]
    rows += [act(f"watched_record {n}", NOON + n * MINUTE, person="VIP") for n in range(15)]
    rows += [act(f"calm watched_record {n}", NOON + n * MINUTE, person="SOMEBODY") for n in range(14)]
    rows += [act("search_harvest", NOON + n * 15 * second, "search", query=f"q={n}") for n in range(200)]
    rows += [act("calm search_harvest", NOON + n * 19 * second, "search", query=f"q={n}") for n in range(200)]
    rows += reads("script_client", 10, MINUTE, user_agent="Python-Requests/2.32")
    rows += reads("calm script_client", 10, MINUTE, user_agent="Mozilla/5.0 python-requests")
    for name, addresses in (("many_addresses", 6), ("calm many_addresses", 5)):
        rows += [
            act(name, NOON + n * MINUTE, "list", address=f"203.0.113.{n % addresses}") for n in range(12)
        ]
    return rows
