# SPDX-License-Identifier: Apache-2.0
"""Forty doctors, each with their own patients, for some weeks: what a quiet platform looks like."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.made_case import HEAD, Rows, make_case
from tocsin.detect.run import DetectReport, run
from tocsin.store.case import Case

START = datetime(2024, 3, 4, 8, tzinfo=UTC)
SOURCES = '\n[[sources]]\nname = "portal"\npaths = ["none.log"]\n'
DIRECTORY = '\n[[accounts]]\npaths = ["none.csv"]\ncolumns = { account = "a", active_until = "u" }\n'

DOCTORS = 40


def doctor(number: int) -> str:
    return f"dr{number:02d}"


def patient(number: int, place: int) -> str:
    """A patient of that doctor; numbers of one doctor never follow one another."""
    return f"P{(number * 997 + place * 104_729) % 10_000_000}"


def read(number: int, day: int, minute: int, person: str | None, **columns: object) -> dict[str, object]:
    at = START + timedelta(days=day, minutes=minute)
    base: dict[str, object] = {
        "event_id": 0,
        "source": "portal",
        "account": doctor(number),
        "occurred_at": at,
        "action": "read",
        "outcome": "success",
        "device": f"pc{number}",
        "address": f"10.0.0.{number}",
        "person": person,
    }
    return base | columns


def quiet_days(days: int = 20, doctors: int = DOCTORS) -> list[dict[str, object]]:
    """Five or six new patients a day each, all their own."""
    return [
        read(number, day, place * 3, patient(number, day * 7 + place))
        for number in range(doctors)
        for day in range(days)
        for place in range(5 + (number + day) % 2)
    ]


def quiet_relations(days: int = 20, doctors: int = DOCTORS) -> list[dict[str, object]]:
    """All of their patients but one in forty."""
    return [
        {"relations": "agenda", "account": doctor(number), "person": patient(number, place)}
        for number in range(doctors)
        for place in range(days * 7)
        if (number + place) % 40
    ]


def stranger(place: int) -> str:
    return f"P{9_000_001 + place * 7919}"


def theft(number: int, days: range, persons: int = 12, **columns: object) -> list[dict[str, object]]:
    """In the afternoon, from another machine, strangers."""
    foreign = {"device": "elsewhere", "address": "192.0.2.9"} | columns
    return [
        read(number, day, 400 + place, stranger(day * persons + place), **foreign)
        for day in days
        for place in range(persons)
    ]


def numbered(rows: Rows) -> list[dict[str, object]]:
    return [{**row, "event_id": place} for place, row in enumerate(rows, start=1)]


@contextmanager
def detected(
    folder: Path, events: Rows, *, settings: str = "", **tables: Rows
) -> Iterator[tuple[Case, DetectReport]]:
    """The case after detection."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.toml").write_text(HEAD + SOURCES + settings, "utf-8")
    with make_case(folder, events=numbered(events), **tables) as case:
        yield case, run(case)
