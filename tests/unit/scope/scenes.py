# SPDX-License-Identifier: Apache-2.0
"""Small scenes for the scope stage: events, registries and a catalogue written in a few lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from tests.made_case import NOON, make_case, rows_of
from tocsin.scope.run import ScopeReport, run
from tocsin.store.case import Case

HEAD = """
[[sources]]
name = "app"
custody = "outside"

[[sources]]
name = "web"
custody = "outside"

[catalogue]
path = "catalogue.toml"
"""
REGISTRY = """
[[registries]]
name = "patients"
paths = ["patients.csv"]
sources = ["app", "web"]
[registries.columns]
person = "id"
controller = "practice"
family_name = "name"
birth_date = "born"
valid_from = "since"
valid_until = "until"
"""
RECORDS = """
[[records]]
name = "appointment"
paths = ["appointments.csv"]
[records.columns]
record = "id"
person = "patient"
"""
KNOWN = """
[[known]]
account = "thief"
"""
CARD = """
[[shows]]
action = "read"
object = "/card/{person}"
categories = ["identity.name", "contact.phone"]
"""


def at(minutes: float) -> datetime:
    """An instant so many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def event(number: int, **columns: object) -> dict[str, object]:
    """An event of the account `thief` on the source `app`, a minute after the one before."""
    return {
        "event_id": number,
        "occurred_at": at(number),
        "source": "app",
        "file_number": 0,
        "line_number": number,
        "byte_offset": number,
        "account": "thief",
        "action": "read",
        "outcome": "success",
        **columns,
    }


def person(name: str, **columns: object) -> dict[str, object]:
    """A row of the registry `patients`."""
    return {"registry": "patients", "person": name, **columns}


def appointment(name: str, whose: str | None, **columns: object) -> dict[str, object]:
    """A row of the records `appointment`."""
    return {
        "record_type": "appointment",
        "record": name,
        "registry": "patients",
        "person": whose,
        **columns,
    }


def open_scene(
    folder: Path,
    *,
    catalogue: str = CARD,
    settings: str = HEAD + REGISTRY + RECORDS + KNOWN,
    decisions: Sequence[Mapping[str, object]] = (),
    **tables: Sequence[Mapping[str, object]],
) -> Case:
    """A case with these committed tables, rules and decisions, on which scope has not run."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "catalogue.toml").write_text(catalogue, "utf-8")
    case = make_case(folder, settings=settings, **tables)
    for decision in decisions:
        case.journal.append("detect:suspect:decided", dict(decision), by="dpo")  # type: ignore[arg-type]
    return case


def run_scene(folder: Path, **given: object) -> tuple[ScopeReport, Case]:
    """The same, with scope run and the case's lock let go; its tables can still be read."""
    with open_scene(folder, **given) as case:  # type: ignore[arg-type]
        return run(case), case


def shown(case: Case) -> set[tuple[object, ...]]:
    """(event, person, record, category, certainty) of every disclosure."""
    return {
        (r["event_id"], r["person"], r["record"], r["category"], r["certainty"])
        for r in rows_of(case, "disclosures")
    }


def persons(case: Case) -> dict[object, set[object]]:
    """The persons that each event disclosed."""
    found: dict[object, set[object]] = {}
    for row in rows_of(case, "disclosures"):
        found.setdefault(row["event_id"], set()).add(row["person"])
    return found


def reasons(case: Case, table: str) -> dict[object, object]:
    """The reason of each event of `nothing_shown` or `unresolved`."""
    return {row["event_id"]: row["reason"] for row in rows_of(case, table)}


def values(case: Case, table: str, *columns: str) -> list[tuple[object, ...]]:
    """Some columns of a table, in its order."""
    return [tuple(row[name] for name in columns) for row in rows_of(case, table)]
