# SPDX-License-Identifier: Apache-2.0
"""The rows of one statement on a view bound once, whatever the number of records that tell it."""

from __future__ import annotations

from pathlib import Path

from tests.unit.scope.scenes import event, run_scene, values

STATEMENT = "select * from v_patient where nom = $1"


def told(number: int, kind: str, name: str, **columns: object) -> dict[str, object]:
    """A record of one statement, which no rule covers."""
    given = {"query": STATEMENT, "items": 5, "request": "6b02.4c/2/1", **columns}
    return event(number, object_type=kind, object=name, **given)


def bounds(folder: Path, *events: dict[str, object]) -> dict[object, object]:
    _, case = run_scene(folder, events=[*events, event(90, object="/card/P1")])
    return {row[0]: row[1] for row in values(case, "unresolved", "event_id", "bound")}


def test_table_under_a_view_adds_nothing_and_all_else_adds_up(tmp_path: Path) -> None:
    view = "public.v_patient"
    apart: list[dict[str, object]] = [
        {"query": "select * from v_patient, patient_2"},
        {"items": 7},
        {"source": "web"},
        {"query": "select * from other"},
        {"object_type": "VIEW"},
        {"items": None},
    ]
    events = [told(1, "VIEW", view), told(2, "TABLE", "public.patient_2")]
    for number, columns in enumerate(apart, start=2):
        of: dict[str, object] = {"request": f"6b02.4c/{number}/1"}
        kind = str(columns.pop("object_type", "TABLE"))
        events += [told(10 * number, "VIEW", view, **of)]
        events += [told(10 * number + 1, kind, "public.patient_2", **of, **columns)]
    found = bounds(tmp_path, *events, told(80, "TABLE", "public.patient_2", request="6b02.4c/9/1"))
    assert (found[1], found[2], found[80]) == (5, 0, 5)
    assert [found[10 * number] for number in range(2, 8)] == [5] * 6
    assert [found[10 * number + 1] for number in range(2, 8)] == [5, 7, 5, 5, 5, None]
