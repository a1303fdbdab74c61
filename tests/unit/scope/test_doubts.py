# SPDX-License-Identifier: Apache-2.0
"""Set-aside records and gaps: which of them may hold something in scope."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.scope.scenes import (
    CARD,
    HEAD,
    RECORDS,
    REGISTRY,
    appointment,
    at,
    event,
    person,
    run_scene,
    values,
)

KNOWN = """
[[known]]
account = "thief"
from = 2024-06-11T12:00:00Z
until = 2024-06-11T13:00:00Z
"""


def aside(**columns: object) -> dict[str, object]:
    return {"source": "app", "file_number": 0, "line_number": 1, "byte_offset": 1, "item": 0, **columns}


def doubted(folder: Path, known: str = KNOWN, **tables: object) -> list[tuple[object, ...]]:
    _, case = run_scene(folder, settings=HEAD + known, catalogue="", **tables)
    return values(case, "doubts", "kind", "names", "missing")


@pytest.mark.parametrize(
    ("columns", "is_doubted"),
    [
        ({}, True),
        ({"account": "thief"}, True),
        ({"account": "other"}, False),
        ({"occurred_at": at(0)}, True),
        ({"occurred_at": at(60)}, False),
        ({"occurred_at": at(-1)}, False),
        ({"address": "192.0.2.1"}, True),
    ],
)
def test_record_is_doubted_unless_a_field_read_whole_puts_it_outside(
    tmp_path: Path, columns: dict[str, object], is_doubted: bool
) -> None:
    assert bool(doubted(tmp_path, set_aside=[aside(**columns)])) is is_doubted


@pytest.mark.parametrize(
    ("reason", "is_doubted"),
    [("broken", True), ("too_long", True), ("no_time", False), ("no_zone", False), ("no_such_time", False)],
)
def test_record_read_whole_but_its_time_is_nobodys_where_it_names_no_account(
    tmp_path: Path, reason: str, is_doubted: bool
) -> None:
    assert bool(doubted(tmp_path, set_aside=[aside(reason=reason)])) is is_doubted


def test_record_outside_one_suspect_is_doubted_for_another(tmp_path: Path) -> None:
    known = KNOWN + '[[known]]\naddress = "192.0.2.1"\n'
    records = [aside(account="other"), aside(byte_offset=2, account="other", address="192.0.2.2")]
    assert len(doubted(tmp_path, known, set_aside=records)) == 1


def test_suspect_of_one_source_leaves_others_alone(tmp_path: Path) -> None:
    known = KNOWN + 'source = "web"\n'
    assert doubted(tmp_path, known, set_aside=[aside()]) == []


def test_legitimate_suspect_raises_no_doubt(tmp_path: Path) -> None:
    assert doubted(tmp_path, KNOWN + 'verdict = "legitimate"\n', set_aside=[aside()]) == []


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        ({}, None),
        ({"person": "P1"}, 1),
        ({"person": "P1", "persons": ["P1", "P2"]}, 2),
        ({"persons": []}, None),
        ({"record": "A1"}, 1),
    ],
)
def test_doubt_counts_the_persons_that_the_record_names(
    tmp_path: Path, columns: dict[str, object], names: int | None
) -> None:
    assert doubted(tmp_path, set_aside=[aside(**columns)]) == [("set_aside", names, 1)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('{"person":"P1","persons":["P2","P3', None),
        ('{"person":"P1","persons":[{"id":"P2","tags":["a"]},{"id', None),
        ('{"person":"P1","path":"/a[1', 1),
        (r'{"person":"P1","path":"/a\"[1","tags":["a"],"re', 1),
        ('{"person":"P1","path":"' + "a" * 4096, None),
    ],
)
def test_record_cut_within_a_list_names_nobody_knows_how_many(
    tmp_path: Path, text: str, names: int | None
) -> None:
    record = aside(person="P1", reason="broken", text=text)
    assert doubted(tmp_path, set_aside=[record]) == [("set_aside", names, 1)]


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        ({"object": "/card/P1", "action": "read"}, 1),
        ({"object": "/card/P1"}, None),
        ({"object": "/help", "action": "read"}, None),
        ({"object": "/card/P1", "action": "read", "persons": ["P2", "P3"]}, 2),
    ],
)
def test_record_names_whom_its_path_names(
    tmp_path: Path, columns: dict[str, object], names: int | None
) -> None:
    _, case = run_scene(tmp_path, settings=HEAD + KNOWN, catalogue=CARD, set_aside=[aside(**columns)])
    assert values(case, "doubts", "names") == [(names,)]


def gap(first: float, last: float, **columns: object) -> dict[str, object]:
    return {
        "source": "app",
        "node": "a",
        "kind": "sequence",
        "from_at": at(first),
        "until_at": at(last),
        "missing": 3,
        **columns,
    }


@pytest.mark.parametrize(
    ("first", "last", "is_doubted"),
    [(-10, 0, False), (-10, 1, True), (59, 70, True), (60, 70, False), (-10, 70, True)],
)
def test_gap_is_doubted_where_it_overlaps_a_suspects_period(
    tmp_path: Path, first: float, last: float, is_doubted: bool
) -> None:
    assert doubted(tmp_path, gaps=[gap(first, last)]) == ([("gap", None, 3)] if is_doubted else [])


@pytest.mark.parametrize(
    ("first", "last", "is_doubted"),
    [(20, 10, True), (70, 50, True), (0, 0, True), (60, 60, False), (70, 65, False)],
)
def test_gap_is_doubted_when_the_record_before_it_is_not_the_earlier(
    tmp_path: Path, first: float, last: float, is_doubted: bool
) -> None:
    assert bool(doubted(tmp_path, gaps=[gap(first, last)])) is is_doubted


def test_gap_is_clipped_to_the_suspects_period(tmp_path: Path) -> None:
    _, case = run_scene(
        tmp_path, settings=HEAD + KNOWN, catalogue="", gaps=[gap(-10, 10), gap(50, 70, node="b")]
    )
    assert values(case, "doubts", "node", "from_at", "until_at") == [
        ("a", at(0), at(10)),
        ("b", at(50), at(60)),
    ]


def test_open_gap_and_gap_that_nothing_counts_stay_open(tmp_path: Path) -> None:
    holes = [gap(0, 0, node=None, kind="period", from_at=None, until_at=at(30), missing=None)]
    assert doubted(tmp_path, gaps=holes) == [("gap", None, None)]


def test_gap_of_another_source_is_not_doubted(tmp_path: Path) -> None:
    assert doubted(tmp_path, KNOWN + 'source = "web"\n', gaps=[gap(0, 10)]) == []


def test_suspect_session_is_doubted_only_near_itself(tmp_path: Path) -> None:
    events = [event(1), event(2), event(100)]
    _, case = run_scene(tmp_path / "a", settings=HEAD + KNOWN, catalogue="", events=events)
    first = values(case, "sessions", "session_id", "first_at")[0][0]
    decision = {"selectors": {"account": "thief", "session_id": first}, "verdict": "illegitimate"}
    found = doubted(
        tmp_path / "b",
        "",
        decisions=[decision],
        events=events,
        set_aside=[aside(occurred_at=at(32)), aside(byte_offset=2, occurred_at=at(33)), aside(byte_offset=3)],
        gaps=[gap(20, 30), gap(40, 50)],
    )
    assert [row[0] for row in found] == ["gap", "set_aside", "set_aside"]


@pytest.mark.parametrize(
    ("columns", "is_doubted"),
    [
        ({}, True),
        ({"account": "thief"}, True),
        ({"account": "other"}, False),
        ({"device": "d2"}, False),
        ({"address": "192.0.2.1"}, True),
        ({"session": "logged"}, False),
        ({"source": "web"}, False),
    ],
)
def test_record_of_another_account_source_or_device_is_in_no_session(
    tmp_path: Path, columns: dict[str, object], is_doubted: bool
) -> None:
    events = [event(1, device="d1", address="192.0.2.1"), event(2, device="d1", address="192.0.2.1")]
    _, case = run_scene(tmp_path / "a", settings=HEAD + KNOWN, catalogue="", events=events)
    session = values(case, "sessions", "session_id")[0][0]
    decision = {"selectors": {"session_id": session}, "verdict": "illegitimate"}
    found = doubted(tmp_path / "b", "", decisions=[decision], events=events, set_aside=[aside(**columns)])
    assert bool(found) is is_doubted


def test_session_held_legitimate_keeps_its_row(tmp_path: Path) -> None:
    events = [event(1), event(2)]
    _, case = run_scene(tmp_path / "a", settings=HEAD + KNOWN, catalogue="", events=events)
    session = values(case, "sessions", "session_id")[0][0]
    decision = {"selectors": {"session_id": session}, "verdict": "legitimate"}
    _, case = run_scene(tmp_path / "b", settings=HEAD, catalogue="", decisions=[decision], events=events)
    assert values(case, "sessions", "session_id") == [(session,)]


SEARCH = """
[[shows]]
action = "search"
registry = "patients"
parameters = { from = "query:from" }
replay = "select record from appointment where origin = $from order by record limit 5"
collation = "binary"
categories = ["appointment.date"]
"""
HISTORY = '[[history]]\nname = "old"\nof = "appointment"\npaths = ["old/*"]\n'


def test_records_that_stand_in_are_a_bound_where_their_registry_has_no_past(tmp_path: Path) -> None:
    as_of = RECORDS.replace("[records.columns]", "as_of = 2025-01-01T00:00:00Z\n[records.columns]")
    unsure = {"stands_in": True, "doubts": ["origin", "record"], "valid_until": at(60)}
    _, case = run_scene(
        tmp_path,
        catalogue=SEARCH,
        settings=HEAD + REGISTRY + as_of + 'origin = "from"\n' + KNOWN + HISTORY,
        events=[event(1, action="search", query="from=site")],
        registry=[person("P1"), person("P2")],
        records=[
            appointment("A1", "P1", origin="site", **unsure),
            appointment("A2", "P2", origin="web", **unsure),
        ],
    )
    assert values(case, "disclosures", "person", "certainty") == [("P1", "reachable")]
    # The second may have been of the site, then: one person more, and no fewer than these two.
    assert values(case, "doubts", "kind", "names", "most_persons") == [("past", 2, 2)]
