# SPDX-License-Identifier: Apache-2.0
"""Replays set-based, beside SQLite one call at a time: the same persons on every page.

SQLite is the independent double: it reads the registry as of each event and cuts the page itself.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_case import rows_of
from tests.unit.scope.scenes import HEAD, KNOWN, REGISTRY, at, event, open_scene, person
from tocsin.scope.run import run

NAMES = ["Abe", "abe", "Éa", "Zoé", "d'O", "%", ""]
DAYS = ["1950-01-01", "1960-06-06", None]
HISTORY = st.lists(
    st.tuples(
        st.integers(1, 5),
        st.sampled_from(NAMES),
        st.sampled_from(DAYS),
        st.none() | st.integers(0, 6),
        st.integers(1, 6),
    ),
    max_size=12,
)
CALLS = st.lists(
    st.tuples(st.integers(0, 8), st.sampled_from(NAMES[:5]), st.integers(0, 2), st.integers(0, 3)),
    min_size=1,
    max_size=8,
)
SHAPES = st.sampled_from(
    [
        ("family_name = $name", "family_name, person"),
        ("family_name >= $name", "family_name desc, person desc"),
        ("family_name <> $name", "birth_date, person"),
        ("family_name <> $name and birth_date = '1950-01-01'", "person"),
        ("(family_name = $name or birth_date is null)", "birth_date nulls first, family_name, person"),
        ("family_name like $name || '%' and person in ('P1', 'P2', 'P3')", "person"),
        ("length(family_name) > 2 and $name = $name", "family_name, birth_date desc, person"),
    ]
)
PAGE = "limit cast($size as integer) offset cast($size as integer) * cast($page as integer)"
PARAMETERS = '{ name = "detail:$.name", page = "detail:$.page", size = "detail:$.size" }'


def registry_of(history: list[tuple[int, str, str | None, int | None, int]]) -> list[dict[str, object]]:
    """Rows whose periods do not overlap for one person."""
    rows: list[dict[str, object]] = []
    ends: dict[int, float] = {}
    for who, name, born, since, length in history:
        first = ends.get(who)
        start = since if first is None else first
        if first == float("inf"):
            continue
        end = float("inf") if length == 6 else (start or 0) + length
        ends[who] = end
        rows.append(
            person(
                f"P{who}",
                family_name=name,
                birth_date=None if born is None else date.fromisoformat(born),
                valid_from=None if start is None else at(start),
                valid_until=None if end == float("inf") else at(end),
            )
        )
    return rows


def pages_of(
    rows: list[dict[str, object]], condition: str, order: str, calls: list[tuple[int, str, int, int]]
) -> dict[int, set[str]]:
    """What SQLite finds for each call, one at a time."""
    base = sqlite3.connect(":memory:")
    base.execute("pragma case_sensitive_like = on")
    base.execute("create table stored (person, family_name, birth_date, valid_from, valid_until)")
    base.executemany(
        "insert into stored values (?, ?, ?, ?, ?)",
        [
            (
                row["person"],
                row["family_name"],
                None if row["birth_date"] is None else str(row["birth_date"]),
                None if row["valid_from"] is None else row["valid_from"].timestamp(),  # type: ignore[attr-defined]
                None if row["valid_until"] is None else row["valid_until"].timestamp(),  # type: ignore[attr-defined]
            )
            for row in rows
        ],
    )
    keys = ", ".join(key if "nulls" in key else f"{key} nulls last" for key in order.split(", "))
    found = {}
    for number, (minute, name, page, size) in enumerate(calls):
        sql = (
            "with patients as (select * from stored where (valid_from is null or valid_from <= $at)"
            " and (valid_until is null or $at < valid_until))"
            f" select person from patients where {condition} order by {keys} limit $size offset $size * $page"
        )
        values = {"at": at(minute).timestamp(), "name": name, "page": page, "size": size}
        found[number] = {row[0] for row in base.execute(sql, values)}
    base.close()
    return found


@settings(max_examples=12)
@given(history=HISTORY, calls=CALLS, shape=SHAPES)
def test_pages_are_those_that_sqlite_finds(
    history: list[tuple[int, str, str | None, int | None, int]],
    calls: list[tuple[int, str, int, int]],
    shape: tuple[str, str],
) -> None:
    condition, order = shape
    rows = registry_of(history)
    catalogue = (
        f'[[shows]]\naction = "search"\nparameters = {PARAMETERS}\ncollation = "binary"\n'
        f"replay = '''select person from patients where {condition} order by {order} {PAGE}'''\n"
        'categories = ["identity.name"]\n'
    )
    events = [
        event(n, action="search", occurred_at=at(minute), detail=_detail(name, page, size))
        for n, (minute, name, page, size) in enumerate(calls)
    ]
    with tempfile.TemporaryDirectory() as folder:
        scene = open_scene(
            Path(folder), settings=HEAD + REGISTRY + KNOWN, catalogue=catalogue, events=events, registry=rows
        )
        with scene as case:
            run(case)
            disclosed = rows_of(case, "disclosures")
            empty = {row["event_id"] for row in rows_of(case, "nothing_shown")}
    expected = pages_of(rows, condition, order, calls)
    for number, persons in expected.items():
        mine = [row for row in disclosed if row["event_id"] == number]
        assert {row["person"] for row in mine} == persons
        assert (number in empty) is (not persons)
        assert all(row["certainty"] == "reconstructed" and row["exact"] for row in mine)


def _detail(name: str, page: int, size: int) -> str:
    return json.dumps({"name": name, "page": page, "size": str(size)})
