# SPDX-License-Identifier: Apache-2.0
"""Counters: what is missing is told, what only came late or began anew is not."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.made_case import NOON
from tests.unit.ingest.scenes import GATEWAY, Scene
from tocsin.ingest import reading

Record = tuple[int | None, int]
"""(number, minutes after noon)."""


def line(number: int | None, minute: float, node: str = "a", **others: str) -> str:
    at = (NOON + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ")
    extra = "".join(f',"{name}":"{value}"' for name, value in others.items())
    counted = "" if number is None else f',"seq":{number}'
    return f'{{"ts":"{at}","node":"{node}"{counted}{extra}}}\n'


def minute_of(at: object) -> float:
    assert isinstance(at, datetime)
    return (at - NOON).total_seconds() / 60


def gaps(scene: Scene) -> list[tuple[float, float, object]]:
    scene.ingest()
    return [
        (minute_of(row["from_at"]), minute_of(row["until_at"]), row["missing"]) for row in scene.rows("gaps")
    ]


def log(*numbers: int | None, start: int = 0) -> str:
    return "".join(line(number, start + minute) for minute, number in enumerate(numbers))


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path / "case", GATEWAY)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (log(1, 2, 3), []),
        (log(1, 2, 5), [(1, 2, 2)]),
        (log(1, 3, 6), [(0, 1, 1), (1, 2, 2)]),
        (log(6, 7, 9), [(1, 2, 1)]),
        (line(9, 0) + line(11, 2) + line(10, 1), []),
        (line(2, 0) + line(1, 0) + line(3, 1), []),
        (log(1, 2, 2, 3), []),
        (log(5_000, 5_001, 1, 2, 4), [(3, 4, 1)]),
        (log(1, 2, 3, 1, 2, 4), [(4, 5, 1)]),
        (log(*range(1, 8), 0, 1, 3), [(8, 9, 1)]),
        (line(5_000, 50) + line(7, 1) + line(5_001, 51), [(1, 50, 4_992)]),
        (log(1, None, 2), []),
        (line(1, 0) + line(2, 1, kind="heartbeat") + line(3, 2), []),
        (line(1, 0) + "garbage\n" + line(3, 2), [(0, 2, 1)]),
        (line(1, 0) + '{"ts":"2024-06-11T12:01:00Z","node":"a","seq":2,"x":\n' + line(3, 2), []),
        (line(1, 0) + '{"node":"a","seq":2}\n' + line(3, 2), []),
        (line(1, 0, "a") + line(1, 1, "b") + line(3, 2, "a") + line(2, 3, "b"), [(0, 2, 1)]),
    ],
)  # fmt: skip
def test_numbers_tell_what_is_missing(
    scene: Scene, content: str, found: list[tuple[float, float, object]]
) -> None:
    scene.write("logs/a.log", content)
    assert gaps(scene) == found


LARGEST = 2**63 - 1


@pytest.mark.parametrize(
    ("numbers", "missing"),
    [((1, LARGEST), [10**12]), ((LARGEST, -LARGEST - 1), []), ((-5, 2), [6]), ((LARGEST, 2**63), [])],
)
def test_number_that_is_damaged_stops_nothing(
    scene: Scene, numbers: tuple[int, int], missing: list[object]
) -> None:
    scene.write("logs/a.log", log(*numbers))
    assert [found for _from, _until, found in gaps(scene)] == missing


def cut(number: int) -> str:
    """A record that was cut behind its number and before its node."""
    return f'{{"ts":"2024-06-11T12:01:00Z","seq":{number},"nod\n'


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (line(1, 0) + cut(2) + line(3, 2), []),
        (line(1, 0) + line(2, 0) + cut(2) + line(3, 2), []),
        (line(1, 0) + cut(2) + line(3, 2) + line(4, 3) + cut(5) + line(6, 4), []),
        (line(1, 0) + cut(4), [(0, 1, 2)]),
        (cut(2) + cut(9), [(1, 1, 6)]),
        (line(1, 0) + line(1, 0, "b") + cut(2) + line(3, 2) + line(2, 2, "b"), [(0, 2, 1)]),
    ],
)
def test_record_cut_before_its_node_has_that_of_its_file(
    scene: Scene, content: str, found: list[tuple[float, float, object]]
) -> None:
    scene.write("logs/a.log", content)
    assert gaps(scene) == found


def test_record_cut_before_its_node_has_no_other_files_counter(scene: Scene) -> None:
    scene.write("logs/a.log", line(100, 0) + cut(101) + line(102, 2))
    scene.write("logs/b.log", line(1, 0, "b") + cut(2) + line(3, 2, "b") + line(4, 3, "b"))
    assert gaps(scene) == []


def test_number_of_a_record_that_stands_twice_is_one(scene: Scene) -> None:
    scene.write("logs/a.log", line(1, 0, rid="r") * 2 + line(3, 2))
    assert gaps(scene) == [(0, 2, 1)]


@pytest.mark.parametrize("order", [["a"], ["b"], ["c", "a"], ["a", "b", "c"]])
def test_files_that_come_in_any_order_tell_the_same(scene: Scene, order: list[str]) -> None:
    contents = {
        "a": log(*range(1, 51)),
        "b": log(*range(51, 91), start=50),
        "c": log(*range(101, 121), start=100),
    }
    for name in order:
        scene.write(f"logs/{name}.log", contents[name])
        scene.ingest()
    for name, content in contents.items():
        scene.write(f"logs/{name}.log", content)
    assert gaps(scene) == [(89, 100, 10)]


def test_file_that_is_read_late_fills_its_place(scene: Scene) -> None:
    scene.write("logs/a.log", log(1, 2, 3))
    scene.write("logs/c.log", log(7, 8, start=6))
    assert gaps(scene) == [(2, 6, 3)]
    scene.write("logs/b.log", log(4, 5, 6, start=3))
    assert gaps(scene) == []


def test_batch_that_is_delivered_again_is_no_restart(scene: Scene) -> None:
    numbers = list(range(1, 3_001))
    content = "".join(line(n, n, rid=f"r{n}") for n in numbers)
    again = "".join(line(n, n, rid=f"r{n}") for n in numbers[500:600])
    scene.write("logs/a.log", content)
    scene.write("logs/b.log", again + line(3_001, 3_001))
    assert gaps(scene) == []


def test_chunks_tell_what_one_chunk_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.ingest.read.lines.BATCH_LINES", 10)
    numbers = [n for n in range(1, 400) if n % 97] + [n for n in range(1, 60) if n % 20]
    numbers[30], numbers[45] = numbers[45], numbers[30]
    found = []
    for size in (96 << 20, 1_500):
        monkeypatch.setattr(reading, "CHUNK_BYTES", size)
        scene = Scene(tmp_path / str(size), GATEWAY)
        scene.write("logs/a.log", log(*numbers))
        found.append(gaps(scene))
    assert found[0] == found[1]
    assert sum(int(str(missing)) for _, _, missing in found[0]) == 4 + 2


PERIOD = "{ from = 2024-06-11T06:00:00Z, until = 2024-06-11T18:00:00Z }"


def test_ends_of_the_declared_period_without_events_are_gaps(tmp_path: Path) -> None:
    scene = Scene(tmp_path / "case", GATEWAY + f"period = {PERIOD}\n")
    scene.write("logs/a.log", "".join(line(None, minute) for minute in range(0, 120, 10)))
    assert gaps(scene) == [(-360, 0, None), (110, 360, None)]


def test_declared_period_without_any_event_is_a_gap(tmp_path: Path) -> None:
    scene = Scene(tmp_path / "case", GATEWAY + f"period = {PERIOD}\n")
    scene.write("logs/a.log", line(None, -10_000))
    assert gaps(scene) == [(-360, 360, None)]
