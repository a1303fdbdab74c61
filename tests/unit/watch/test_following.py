# SPDX-License-Identifier: Apache-2.0
"""Logs grow, are rotated and emptied while somebody watches: each record is read once, losses are told."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from tests.unit.watch.platform import NOON, Platform, line, lines
from tocsin.ingest.run import run as ingest
from tocsin.store.case import Case
from tocsin.watch import packing
from tocsin.watch.alarms import told_instant
from tocsin.watch.run import Watcher


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return Platform(tmp_path / "case", "[detect]\nenabled = false\n")


def plain_events(platform: Platform, folder: Path) -> list[tuple[object, ...]]:
    """What one ingestion of the same files reads."""
    other = Platform(folder)
    shutil.copytree(platform.folder / "logs", other.folder / "logs", dirs_exist_ok=True)
    with Case(other.folder, by="tests") as case:
        ingest(case)
    return other.rows("events", "occurred_at", "account", "object")


def followed(platform: Platform) -> list[tuple[object, ...]]:
    return platform.rows("events", "occurred_at", "account", "object")


def look(platform: Platform, watcher: Watcher) -> None:
    watcher.look()
    platform.clock.now += 2


def test_log_that_grows_and_is_rotated_in_every_way_is_read_as_by_one_ingestion(
    platform: Platform, tmp_path: Path
) -> None:
    watcher = platform.watcher()
    platform.grow(lines(range(3), "dr.a"))
    look(platform, watcher)
    platform.grow(lines(range(3, 6), "dr.a", 3))
    platform.log.rename(platform.folder / "logs" / "portal.log.1")  # rename and create
    look(platform, watcher)
    platform.grow(lines(range(6, 8), "dr.a", 6), "portal.log.1")  # the program still had the old one open
    platform.grow(lines(range(8, 10), "dr.a", 8))
    look(platform, watcher)

    rotated = platform.folder / "logs" / "portal.log.1"
    (platform.folder / "logs" / "portal.log.1.gz").write_bytes(gzip.compress(rotated.read_bytes()))
    rotated.unlink()
    look(platform, watcher)

    platform.grow(lines(range(10, 12), "dr.a", 10))
    shutil.copy(platform.log, platform.folder / "logs" / "portal.log.2")  # copy and truncate
    platform.log.write_bytes(b"")
    platform.grow(lines(range(12, 14), "dr.a", 12))
    look(platform, watcher)

    assert followed(platform) == plain_events(platform, tmp_path / "plain")
    assert len(followed(platform)) == 14
    assert platform.states("gap", "trouble", "left") == []


def test_line_that_is_still_being_written_waits_for_its_end_or_for_rest(platform: Platform) -> None:
    whole = line(1, "dr.a", 2)
    watcher = platform.watcher()
    platform.grow(line(0, "dr.a", 1) + whole[:40])
    look(platform, watcher)
    assert len(followed(platform)) == 1
    assert platform.rows("set_aside") == []
    platform.grow(whole[40:] + line(2, "dr.a", 3).rstrip("\n"))
    look(platform, watcher)
    assert len(followed(platform)) == 2
    assert platform.rows("files", "bytes", "complete_bytes") == [(2 * len(whole),) * 2]
    platform.clock.now += 10
    look(platform, watcher)
    assert len(followed(platform)) == 3


def test_compressed_file_that_is_not_whole_yet_blinds_nobody(platform: Platform) -> None:
    packed = gzip.compress(lines(range(20), "dr.b").encode())
    watcher = platform.watcher()
    platform.grow(line(0, "dr.a", 1))
    platform.grow(packed[:-20], "portal.log.1.gz")
    look(platform, watcher)
    assert len(followed(platform)) == 1
    platform.grow(line(1, "dr.a", 2))
    platform.clock.now += 60
    look(platform, watcher)
    assert len(followed(platform)) == 2
    assert [Path(str(told["path"])).name for told in platform.states("left")] == ["portal.log.1.gz"]
    platform.grow(packed[-20:], "portal.log.1.gz")
    platform.clock.now += 60
    look(platform, watcher)
    assert len(followed(platform)) == 22


def test_log_that_was_emptied_without_a_copy_is_told_as_a_gap(platform: Platform) -> None:
    watcher = platform.watcher()
    platform.grow(lines(range(5), "dr.a"))
    look(platform, watcher)
    platform.log.write_bytes(b"")
    platform.grow(line(9, "dr.a", 9))
    look(platform, watcher)
    [gap] = platform.states("gap")
    assert (gap["why"], Path(str(gap["about"])).name) == ("gone", "portal.log")
    assert len(followed(platform)) == 6


def test_old_file_that_goes_with_age_is_no_gap(platform: Platform) -> None:
    old = platform.grow(lines(range(5), "dr.a"), "portal.log.9")
    platform.clock.now += 3600
    platform.grow(line(9, "dr.b", 9))
    watcher = platform.watcher()
    look(platform, watcher)
    old.unlink()
    platform.grow(line(10, "dr.b", 10))
    look(platform, watcher)
    assert platform.states("gap") == []
    assert len(followed(platform)) == 7


def test_time_without_a_watch_is_listed_and_read_afterwards(platform: Platform) -> None:
    platform.grow(line(0, "dr.a", 1))
    platform.once()
    alive = platform.folder / "watch" / ".alive"
    stopped = alive.stat().st_mtime
    assert stopped == platform.clock.now
    platform.clock.now += 600
    platform.grow(lines(range(100, 103), "dr.a", 5))
    platform.once()
    [gap], [back] = platform.states("gap"), platform.states("back")
    assert (gap["why"], back["why"], back["events"]) == ("not_watching", "not_watching", 3)
    assert gap["from"] == back["from"] == told_instant(stopped)


def test_case_held_by_another_run_is_waited_for_and_the_wait_is_a_gap(platform: Platform) -> None:
    watcher = platform.watcher()
    platform.grow(line(0, "dr.a", 1))
    with Case(platform.folder, by="somebody"):
        look(platform, watcher)
        look(platform, watcher)
    assert [told["why"] for told in platform.states("trouble")] == ["case_locked"]
    look(platform, watcher)
    [back] = platform.states("back")
    assert (back["why"], back["events"]) == ("case_locked", 1)


def test_whole_ingestion_after_a_watch_reads_nothing_again_and_lists_the_evidence(platform: Platform) -> None:
    platform.grow(lines(range(4), "dr.a") + "half a line")
    platform.once()
    before = platform.said()
    with Case(platform.folder, by="tests") as case:
        report = ingest(case)
    assert not report.is_current
    assert platform.said() == before
    assert (platform.folder / "evidence" / "inputs.json").is_file()
    assert [row for (row,) in platform.rows("set_aside", "reason")] == ["broken"]


def test_source_without_a_file_is_waited_for_and_told_once_when_it_falls_silent(platform: Platform) -> None:
    watcher = platform.watcher()
    look(platform, watcher)
    assert platform.states("trouble", "silent") == []
    platform.grow(line(0, "dr.a", 1))
    look(platform, watcher)
    for _hour in range(3):
        platform.clock.now += 3600
        look(platform, watcher)
    assert [told["source"] for told in platform.states("silent")] == ["portal"]
    platform.grow(line(1, "dr.a", 2))
    look(platform, watcher)
    assert [told["source"] for told in platform.states("speaks")] == ["portal"]


def test_parts_of_many_batches_are_packed_and_the_events_stay(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Over midnight: a stretch may hold two days."""
    monkeypatch.setattr(packing, "MOST_STRETCHES", 2)
    watcher = platform.watcher()
    midnight = NOON.replace(hour=23, minute=59, second=56)
    for second in range(0, 8, 2):
        platform.grow("".join(line(at, "dr.a", at, at=midnight) for at in range(second, second + 3)))
        look(platform, watcher)
        with Case(platform.folder, by="tests", read_only=True) as case:
            parts = case.generation.tables["events"]
            assert len({part.label for part in parts}) <= 3
    assert {part.path.split("/")[1] for part in parts} == {"day=2025-11-14", "day=2025-11-15"}
    assert followed(platform) == plain_events(platform, tmp_path / "plain")
