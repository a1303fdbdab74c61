# SPDX-License-Identifier: Apache-2.0
"""Searches on a rebuilt past: whom they show for certain was there, and who was there is shown or bounded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from random import Random

import pytest

from tests.made_case import put, rows_of
from tests.unit.ingest.past_worlds import (
    ADT,
    AUDIT,
    COPIES,
    DAYS,
    EVERY,
    NAMES,
    SETTINGS,
    World,
    day,
    make_world,
    past_scene,
)
from tocsin.scope.run import run
from tocsin.store.case import Case

CATALOGUE = """
[[shows]]
action = "search"
parameters = { name = "query:name", page = "query:page" }
replay = '''select person from patients where family_name = $name
    order by person limit 3 offset 3 * cast($page as integer)'''
collation = "binary"
categories = ["identity.name"]

[[shows]]
action = "list"
parameters = { region = "query:region" }
replay = "select person from patients where region = $region"
collation = "binary"
categories = ["identity.name"]
"""
SOURCES = """
[[sources]]
name = "app"
custody = "outside"

[[known]]
account = "thief"
"""
DATABASE = """
[[databases]]
name = "base"
dialect = "postgres"
collation = "binary"
[databases.tables]
patients = "registry:patients"
[databases.columns]
"patients.ipp" = { categories = ["id.local"], held_as = "person" }
"patients.nom" = { categories = ["identity.name"], held_as = "family_name" }
"patients.tel" = { categories = ["contact.phone"], held_as = "phone" }

[[shows]]
action = "read"
database = "base"
categories = []
"""
RULES = '[catalogue]\npath = "catalogue.toml"\n'
PAGE = 3


def search(number: int, at: datetime, query: str, action: str = "search") -> dict[str, object]:
    return {
        "event_id": number,
        "occurred_at": at,
        "source": "app",
        "file_number": 0,
        "line_number": number,
        "byte_offset": number,
        "account": "thief",
        "action": action,
        "outcome": "success",
        "query": query,
    }


def searches(seed: int, count: int, until: float = DAYS - 0.5) -> list[tuple[datetime, str, int]]:
    random = Random(seed)
    return [
        (day(random.random() * until), random.choice(NAMES), random.choice([0, 0, 1])) for _ in range(count)
    ]


def truly_shown(world: World, at: datetime, name: str, page: int | None) -> set[str]:
    found = sorted(person for person, state in world.at(at).items() if state["nom"] == name)
    return set(found if page is None else found[PAGE * page : PAGE * (page + 1)])


def scoped(
    folder: Path,
    world: World,
    *histories: str,
    events: Sequence[dict[str, object]],
    copies: Sequence[float] = (),
) -> Case:
    """The case with the past rebuilt and these searches in scope."""
    scene = past_scene(folder, world, *histories, RULES, copies=copies)
    scene.write("catalogue.toml", DATABASE + CATALOGUE)
    scene.ingest()
    scene.settings(SETTINGS + RULES + "".join(histories) + SOURCES)
    with Case(scene.folder, by="tests") as case:
        put(case, events=events)
        run(case)
    return case


def statement(name: str, page: int | None) -> str:
    cut = "" if page is None else f" order by ipp limit {PAGE} offset {PAGE * page}"
    return f"select ipp, nom from patients where nom = '{name.replace(chr(39), chr(39) * 2)}'{cut}"


def told(case: Case) -> tuple[dict[int, dict[str, tuple[str, bool]]], dict[int, int | None]]:
    """Per event: persons with certainty and exact; bounds of what is unresolved."""
    found: dict[int, dict[str, tuple[str, bool]]] = defaultdict(dict)
    for row in rows_of(case, "disclosures"):
        found[int(str(row["event_id"]))][str(row["person"])] = (str(row["certainty"]), bool(row["exact"]))
    bounds = {
        int(str(row["event_id"])): None if row["bound"] is None else int(str(row["bound"]))
        for row in rows_of(case, "unresolved")
    }
    for row in rows_of(case, "doubts"):
        if row["kind"] == "past":
            bounds[int(str(row["byte_offset"]))] = None if row["names"] is None else int(str(row["names"]))
    return found, bounds


LEAST = {"messages": 0.25, "audit rows and one copy": 0.5, "copies": 0.5, "messages and copies": 0.75}
"""Of the persons truly shown, the share that must be certain."""

WAYS: dict[str, tuple[list[str], Sequence[float]]] = {
    "messages": ([ADT], ()),
    "audit rows and one copy": ([AUDIT, COPIES], (0,)),
    "copies": ([COPIES], range(0, DAYS, EVERY)),
    "messages and copies": ([ADT, COPIES], (0, 50)),
}


@pytest.mark.parametrize(
    "way",
    [
        "messages",
        "copies",
        "messages and copies",
        pytest.param("audit rows and one copy", marks=pytest.mark.slow),
    ],
)
def test_what_is_replayed_on_a_rebuilt_past_is_never_wrong_and_never_short(tmp_path: Path, way: str) -> None:
    """Certain persons were there; who was there is shown or bounded; what is exact is the truth."""
    world = make_world(seed=len(way), persons=30)
    events, truths = asked_of(world, searches(seed=7, count=60), searches(seed=8, count=40))
    histories, copies = WAYS[way]
    found, bounds = told(scoped(tmp_path, world, *histories, events=events, copies=copies))
    certain = 0
    for number, truth in enumerate(truths):
        shown = found[number]
        sure = {person for person, (certainty, _) in shown.items() if certainty == "reconstructed"}
        assert sure <= truth
        short = truth - set(shown)
        assert not short or len(short) <= (bounds.get(number) or 0)
        if any(is_exact for _, is_exact in shown.values()):
            assert sure == set(shown) == truth
        certain += len(sure)
    assert certain > sum(map(len, truths)) * LEAST[way]


Asked = list[tuple[datetime, str, int]]


def asked_of(world: World, forms: Asked, statements: Asked) -> tuple[list[dict[str, object]], list[set[str]]]:
    """Searches of a form, and statements of a database, every other of them a page."""
    events: list[dict[str, object]] = []
    truths: list[set[str]] = []
    for at, name, page in forms:
        query = f"name={name}&page={page}".replace("|", "%7C")
        events.append(search(len(events), at, query))
        truths.append(truly_shown(world, at, name, page))
    for number, (at, name, some_page) in enumerate(statements):
        cut = some_page if number % 2 else None
        events.append(search(len(events), at, statement(name, cut), "read"))
        truths.append(truly_shown(world, at, name, cut))
    return events, truths
