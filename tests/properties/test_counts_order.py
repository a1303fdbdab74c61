# SPDX-License-Identifier: Apache-2.0
"""On random disclosures, floor ≤ best ≤ ceiling, and every count is that of a naive loop."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_case import rows_of, with_key
from tests.unit.report_figures.made_scope import CATALOGUE, event, gap, linked, set_aside, shown, unresolved
from tocsin.report.assemble import assemble

EVENTS = [event(at, source) for at in range(1, 7) for source in ("gateway", "web")]
CATEGORIES = ["identity.name", "contact.phone", "undetermined"]
NUMBER = with_key("2870714994007")
BORN = EVENTS[0]["occurred_at"].date()
PEOPLE: list[dict[str, object]] = [
    {"registry": "a", "person": "p0", "ins": NUMBER},
    {"registry": "a", "person": "p1", "ins": NUMBER},
    {"registry": "a", "person": "p2", "nir": NUMBER, "birth_date": BORN, "given_names": "Jean"},
    {"registry": "a", "person": "p3", "nir": NUMBER, "birth_date": BORN, "given_names": "Jean Luc"},
    {"registry": "a", "person": "p4", "ins": NUMBER, "ins_oid": "1.2.250.1.213.1.4.11"},
    {"registry": "a", "person": "p5"},
]
LEVELS = ("floor", "best", "ceiling")

Table = list[dict[str, Any]]

disclosures = st.lists(
    st.builds(
        lambda of, person, category, level, record: shown(
            of, person, category, count_in=level, protection="clear" if level else "encrypted", **record
        ),
        st.sampled_from(EVENTS),
        st.sampled_from(["p0", "p1", "p2", "p3", "p4", "p5", "p9"]),
        st.sampled_from(CATEGORIES),
        st.sampled_from([*LEVELS, None]),
        st.sampled_from([{}, {"record_type": "appointment", "record": "A1"}]),
    ),
    max_size=20,
)
unsolved = st.lists(
    st.builds(
        lambda of, bound, reason: unresolved(
            of, bound, reason, categories=None if reason == "no_rule" else ["contact.phone"]
        ),
        st.sampled_from(EVENTS),
        st.sampled_from([0, 1, 5, 5, 5, None]),
        st.sampled_from(["no_rule", "unknown_content"]),
    ),
    max_size=3,
    unique_by=lambda row: row["event_id"],
)
doubts = st.lists(
    st.sampled_from([set_aside(1, 1), set_aside(2, None), set_aside(3, None, "web"), gap(2), gap(3, "web")]),
    max_size=3,
    unique_by=lambda row: (row["kind"], row["source"], row.get("byte_offset")),
)


@settings(max_examples=15)
@given(disclosures, unsolved, doubts)
def test_counts_are_those_of_a_naive_loop(shown_rows: Table, unsolved_rows: Table, doubt_rows: Table) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = {"disclosures": shown_rows, "unresolved": unsolved_rows, "doubts": doubt_rows}
        with linked(Path(folder), catalogue=CATALOGUE, events=EVENTS, registry=PEOPLE, **made) as case:
            report = assemble(case)
            persons = {row["person"]: row for row in rows_of(case, "persons")}
    naive = Naive(shown_rows, unsolved_rows, doubt_rows, persons)
    assert triple(report["counts"]["persons"]) == naive.count(None)
    for category, row in report["categories"].items():
        assert triple(row["persons"]) == naive.count(category)
    for count in [*report["counts"].values(), *(row["persons"] for row in report["categories"].values())]:
        floor, best, ceiling = triple(count)
        assert floor <= best
        assert ceiling is None or best <= ceiling


def triple(count: dict[str, Any]) -> tuple[Any, Any, Any]:
    return count["floor"], count["best"], count["ceiling"]


class Naive:
    """The counts, one row at a time."""

    def __init__(self, shown_rows: Table, unsolved: Table, doubts: Table, persons: dict[Any, Any]) -> None:
        self.persons = persons
        self.disclosed = shown_rows
        self.rows = [
            row for row in shown_rows if row["count_in"] and not persons[row["person"]]["test_identity"]
        ]
        self.unsolved = unsolved
        self.doubts = doubts

    def count(self, category: str | None) -> tuple[int, int, int | None]:
        rows = [row for row in self.rows if category in (None, row["category"])]
        floor = {self.persons[r["person"]]["person_id"] for r in rows if r["count_in"] == "floor"}
        best = {self.persons[r["person"]]["person_id"] for r in rows if r["count_in"] != "ceiling"}
        named = {self.persons[r["person"]]["sure_id"] for r in rows}
        bounds = [*self.bounds_of_events(category), *(self.bound_of_doubt(one) for one in self.doubts)]
        ceiling = None if None in bounds else len(named) + sum(one for one in bounds if one is not None)
        return len(floor), len(best), ceiling

    def bounds_of_events(self, category: str | None) -> list[int | None]:
        return [
            row["bound"]
            for row in self.unsolved
            if category is None or row["categories"] is None or category in row["categories"]
        ]

    def bound_of_doubt(self, doubt: dict[str, Any]) -> int | None:
        if doubt.get("names") == 1:
            return 1
        number = 1 if doubt["source"] == "gateway" else 2
        events: dict[int, set[object]] = {}
        for row in self.disclosed:
            if row["event_id"] >> 40 == number:
                events.setdefault(row["event_id"], set()).add(self.persons[row["person"]]["sure_id"])
        if not events:
            return None
        return max(map(len, events.values())) * (doubt["missing"] if doubt["kind"] == "gap" else 1)
