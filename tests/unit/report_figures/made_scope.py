# SPDX-License-Identifier: Apache-2.0
"""Tables as ingestion and scope would leave them, for the tests of the report's figures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from tests.made_case import NOON, Rows, make_case
from tocsin.link.run import run
from tocsin.report.assemble import assemble
from tocsin.report.figures import Row
from tocsin.store.case import Case

SETTINGS = """
[[sources]]
name = "gateway"
paths = ["gateway.log"]
custody = "outside"
[[sources]]
name = "web"
paths = ["web.log"]
[[registries]]
name = "a"
paths = ["a.csv"]
[registries.columns]
person = "id"
[[records]]
name = "appointment"
paths = ["appointments.csv"]
[records.columns]
record = "id"
[catalogue]
path = "catalogue.toml"
signed_by = "CISO"
"""

CATALOGUE = '[[shows]]\nsource = "gateway"\ncategories = ["identity.name", "contact.phone"]\n'

FILES: Rows = [
    {"file_number": 1, "source": "gateway", "path": "gateway.log", "duplicate": False},
    {"file_number": 2, "source": "web", "path": "web.log", "duplicate": False},
]

LEVEL_OF = {"shown": "floor", "taken": "floor", "reconstructed": "best", "reachable": "ceiling"}


def event(number: int, source: str = "gateway", **more: object) -> Row:
    """An event in scope: its id leads to its line."""
    file_number = 1 if source == "gateway" else 2
    return {
        "event_id": file_number << 40 | number * 100,
        "occurred_at": NOON + timedelta(minutes=number),
        "source": source,
        "file_number": file_number,
        "line_number": number,
        "byte_offset": number * 100,
        "account": "dr.a",
        "action": "read",
        "outcome": "success",
    } | more


def shown(
    of: Row, person: str | None, category: str = "identity.name", certainty: str = "shown", **more: object
) -> Row:
    """A disclosure by an event; illegitimate, unless its count is said."""
    return {
        "event_id": of["event_id"],
        "registry": "a",
        "person": person,
        "category": category,
        "certainty": certainty,
        "protection": "clear",
        "exact": True,
        "occurred_at": of["occurred_at"],
        "action": of["action"],
        "count_in": LEVEL_OF[certainty],
    } | more


def unresolved(of: Row, bound: int | None, reason: str = "missing_parameter", **more: object) -> Row:
    """An event that names nobody yet."""
    return {"event_id": of["event_id"], "reason": reason, "bound": bound} | more


def set_aside(offset: int, names: int | None, source: str = "gateway") -> Row:
    """A record set aside that may be in scope."""
    number = 1 if source == "gateway" else 2
    return {
        "kind": "set_aside",
        "source": source,
        "file_number": number,
        "byte_offset": offset,
        "item": 0,
        "names": names,
    }


def gap(missing: int | None, source: str = "gateway", **more: object) -> Row:
    """A hole within a suspect's period."""
    return {
        "kind": "gap",
        "source": source,
        "node": "a",
        "from_at": NOON,
        "until_at": NOON + timedelta(hours=1),
        "missing": missing,
    } | more


@contextmanager
def linked(
    folder: Path, *, settings: str = "", catalogue: str = CATALOGUE, base: str = SETTINGS, **tables: Rows
) -> Iterator[Case]:
    """An open case that linkage has run on; events not judged by the caller are judged illegitimate."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "catalogue.toml").write_text(catalogue, "utf-8")
    events = tables.get("events", [])
    judged = [
        {"event_id": one["event_id"], "suspect_id": 1, "verdict": "illegitimate", "p": 1.0} for one in events
    ]
    suspects = [{"suspect_id": 1, "account": "dr.a", "verdict": "illegitimate", "p": 1.0, "origin": "known"}]
    people = sorted({str(one["person"]) for one in tables.get("disclosures", []) if one["person"]})
    made: dict[str, Rows] = {
        "files": FILES,
        "judged": judged,
        "suspects": suspects,
        "registry": [{"registry": "a", "person": one} for one in people],
        "disclosures": [],
    }
    with make_case(folder, settings=base + settings, **(made | tables)) as case:
        run(case)
        yield case


def report_of(
    folder: Path, *, settings: str = "", catalogue: str = CATALOGUE, base: str = SETTINGS, **tables: Rows
) -> Row:
    """The report of such a case."""
    with linked(folder, settings=settings, catalogue=catalogue, base=base, **tables) as case:
        return assemble(case)


def persons_of(report: Row) -> tuple[int, int, int | None]:
    """Floor, best, ceiling of persons."""
    count = report["counts"]["persons"]
    return count["floor"], count["best"], count["ceiling"]
