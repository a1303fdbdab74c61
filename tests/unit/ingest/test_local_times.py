# SPDX-License-Identifier: Apache-2.0
"""Clocks that change, and clocks set back: no reading is guessed, no order is made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.ingest.scenes import GATEWAY, GATEWAY_MAPPING, Scene
from tocsin.ingest.local_times import changes_of

PARIS = GATEWAY + 'zone = "Europe/Paris"\n'
DAY = "2024-10-27"
SPRING = "2024-03-31"


def lines(*times: str, day: str = DAY) -> str:
    """Records at these local times, one reading of a patient each."""
    return "".join(
        f'{{"ts":"{time if "T" in time else f"{day}T{time}"}","user":"u","patient":"P{n}"}}\n'
        for n, time in enumerate(times, start=1)
    )


def read(folder: Path, content: str, settings: str = PARIS) -> list[tuple[str, tuple[str, ...]]]:
    """UTC hour and minute of each event, and its flags, in order of lines."""
    scene = Scene(folder, settings, **{"logs/a.log": content})
    scene.ingest()
    rows = sorted(scene.rows("events"), key=lambda row: str(row["person"]))
    return [(clock(row), tuple(row["flags"] or ())) for row in rows]  # type: ignore[arg-type]


def clock(row: dict[str, object]) -> str:
    """Hour and minute of an event, UTC."""
    return f"{row['occurred_at']:%H:%M}"


ORDER = ("hour_by_order",)
TWICE = ("hour_twice",)


def test_step_back_tells_the_first_pass_from_the_second_when_lines_go_on_in_time(tmp_path: Path) -> None:
    found = read(tmp_path, lines("01:50", "02:10", "02:50", "02:05", "02:55", "03:10"))
    assert found == [
        ("23:50", ()),
        ("00:10", ORDER),
        ("00:50", ORDER),
        ("01:05", ORDER),
        ("01:55", ORDER),
        ("02:10", ()),
    ]


@pytest.mark.parametrize(
    "times",
    [
        ("01:50", "02:10", "02:50", "03:10"),
        ("02:50", "02:10"),
        ("03:30", "02:50", "02:10", "01:30"),
        ("01:50", "02:10", "02:50", "02:10", "02:50", "02:10", "03:10"),
        ("01:50", "02:50", "02:10", "01:40", "03:10"),
    ],
    ids=["no_step", "two_lines_alone", "newest_first", "two_steps", "late_line_beside"],
)
def test_hour_is_flagged_and_read_as_the_later_one_when_order_proves_nothing(
    tmp_path: Path, times: tuple[str, ...]
) -> None:
    found = read(tmp_path, lines(*times))
    assert [flags for _, flags in found] == [TWICE if time.startswith("02") else () for time in times]
    assert [at for (at, _), time in zip(found, times, strict=True) if time == "02:10"][:1] == ["01:10"]


def test_time_with_its_own_zone_is_never_doubted(tmp_path: Path) -> None:
    found = read(tmp_path, lines(f"{DAY}T02:30:00+02:00", f"{DAY}T02:30:00+01:00", f"{DAY}T01:10:00Z"))
    assert found == [("00:30", ()), ("01:30", ()), ("01:10", ())]


def test_hour_that_never_came_is_set_aside_with_what_it_names(tmp_path: Path) -> None:
    scene = Scene(tmp_path, PARIS, **{"logs/a.log": lines("01:59", "02:30", "03:30", day=SPRING)})
    scene.ingest()
    assert [clock(row) for row in scene.rows("events")] == ["00:59", "01:30"]
    [row] = scene.rows("set_aside")
    assert (row["line_number"], row["reason"], row["occurred_at"]) == (2, "no_such_time", None)
    assert (row["account"], row["person"]) == ("u", "P2")
    assert "02:30" in str(row["text"])


def test_zone_of_the_mapping_counts_as_one_given(tmp_path: Path) -> None:
    scene = Scene(tmp_path, GATEWAY)
    scene.write("gateway.toml", GATEWAY_MAPPING.replace('"UTC"', '"Europe/Paris"'))
    scene.write("logs/a.log", lines("02:30"))
    scene.ingest()
    assert [row["flags"] for row in scene.rows("events")] == [["hour_twice"]]


def test_changes_of_a_zone_are_its_own() -> None:
    assert changes_of("UTC") == changes_of("No/Where") == ()
    of_2024 = [c for c in changes_of("Europe/Paris") if 1704067200_000000 <= c.at < 1735689600_000000]
    assert [(c.at // 1_000_000, (c.after - c.before) // 3_600_000_000) for c in of_2024] == [
        (1711846800, 1),
        (1729990800, -1),
    ]


def clocks(folder: Path, content: str) -> dict[str, object]:
    scene = Scene(folder, PARIS, **{"logs/a.log": content})
    scene.ingest()
    [row] = scene.rows("file_clocks")
    return row


def test_clock_set_back_is_stated_with_its_largest_step_and_nothing_is_reordered(tmp_path: Path) -> None:
    row = clocks(tmp_path, lines("10:00", "10:30", "09:30", "09:40", "09:38", "09:41", "09:41"))
    expected = {
        "events": 7,
        "steps_back": 1,
        "largest_us": 3_600_000_000,
        "largest_line": 3,
        "late": 1,
        "hour_twice": 0,
        "told_apart": 0,
    }
    assert {name: row[name] for name in expected} == expected


def test_jitter_of_threads_is_no_step(tmp_path: Path) -> None:
    row = clocks(tmp_path, lines("10:00:00", "10:00:59", "10:00:00", "10:01:00"))
    assert (row["steps_back"], row["late"], row["largest_us"]) == (0, 0, None)


def test_hour_that_comes_twice_is_no_clock_set_back(tmp_path: Path) -> None:
    row = clocks(tmp_path / "a", lines("02:50", "02:10"))
    assert (row["steps_back"], row["hour_twice"], row["told_apart"]) == (0, 2, 0)
    row = clocks(tmp_path / "b", lines("02:10", "02:50", "02:10"))
    assert (row["steps_back"], row["hour_twice"], row["told_apart"]) == (0, 0, 3)


def test_counter_that_begins_again_with_its_clock_set_back_fills_no_hole(tmp_path: Path) -> None:
    numbers = [1, 2, 3, 4, 8, 9, 1, 2, 3, 4, 5, 6, 7]
    times = ["10:00", "10:01", "10:02", "10:03", "10:04", "10:05", *(f"10:0{n}" for n in range(1, 8))]
    content = "".join(
        f'{{"ts":"2024-06-11T{time}:00Z","user":"u","node":"a","seq":{n}}}\n'
        for n, time in zip(numbers, times, strict=True)
    )
    scene = Scene(tmp_path, GATEWAY, **{"logs/a.log": content})
    scene.ingest()
    assert [row["missing"] for row in scene.rows("gaps")] == [3]
