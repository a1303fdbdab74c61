# SPDX-License-Identifier: Apache-2.0
"""A file that grows is not read from its beginning each time; one that was rewritten is still noticed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.watch.platform import Platform, line, lines
from tocsin.ingest import prefixes
from tocsin.ingest.read.inputs import Input
from tocsin.watch.run import Watcher

LATER_S = 2 * prefixes.RECHECK_S


class Counted:
    """Bytes that were read of plain files."""

    def __init__(self) -> None:
        self.bytes = 0


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    told, blocks = Counted(), Input.blocks

    def counting(stream: Input, begin: int = 0) -> Iterator[bytes]:
        for block in blocks(stream, begin):
            told.bytes += len(block)
            yield block

    monkeypatch.setattr(Input, "blocks", counting)
    return told


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    made = Platform(tmp_path / "case")
    made.weigh_no_whole()
    made.grow(lines(range(0, 60_000, 60), "dr.b"))
    return made


def looking(platform: Platform) -> Watcher:
    watcher = platform.watcher()
    watcher.look()
    return watcher


def grow(platform: Platform, watcher: Watcher, second: int) -> None:
    platform.grow(line(second, "dr.b", second))
    platform.clock.now += 5
    watcher.look()


def rewrite_middle(platform: Platform) -> None:
    """The same length, another patient; neither the beginning nor the end of what was read."""
    size = platform.log.stat().st_size
    with platform.log.open("r+b") as file:
        file.seek(size // 3)
        file.seek(size // 3 + file.read(4096).index(b"/patients/") + len(b"/patients/"))
        file.write(b"9")


def changed(platform: Platform) -> int:
    return sum(told["code"] == "file_changed" for told in platform.states("warning"))


def test_growing_file_is_read_from_its_beginning_once(platform: Platform, counted: Counted) -> None:
    watcher = looking(platform)
    size, counted.bytes = platform.log.stat().st_size, 0
    for second in (60_000, 60_060):
        grow(platform, watcher, second)
    assert counted.bytes < 2.1 * size  # the first block of each file, which tells its format, at each look
    assert len(platform.said()) == 1002
    files = platform.rows("files", "bytes", "sha256")
    platform.once()  # a new process hashes all of it
    assert platform.rows("files", "bytes", "sha256") == files
    assert files[0][0] == platform.log.stat().st_size


def test_rewritten_middle_of_a_growing_file_is_noticed_within_the_hour_and_by_a_new_process(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prefixes, "WINDOW", 1024)
    watcher = looking(platform)
    rewrite_middle(platform)
    grow(platform, watcher, 60_000)
    assert changed(platform) == 0
    platform.clock.now += LATER_S
    grow(platform, watcher, 60_060)
    assert changed(platform) == 1
    rewrite_middle(platform)
    platform.grow(line(60_120, "dr.b", 1))
    platform.once()
    assert changed(platform) == 2


def test_file_rewritten_without_growing_is_noticed_at_once_whatever_its_times_say(platform: Platform) -> None:
    watcher = looking(platform)
    before = platform.log.stat()
    rewrite_middle(platform)
    os.utime(platform.log, ns=(before.st_atime_ns, before.st_mtime_ns))
    platform.grow(lines(range(3), "dr.a"), "portal.log.2")
    platform.clock.now += 5
    watcher.look()
    assert changed(platform) == 1


def test_file_that_nobody_touches_is_not_read_again(
    platform: Platform, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prefixes, "SETTLED_S", -1.0)
    watcher = looking(platform)
    counted.bytes = 0
    platform.grow(lines(range(3), "dr.a"), "portal.log.2")
    platform.clock.now += 5
    watcher.look()
    assert counted.bytes < 1.1 * platform.log.stat().st_size  # its first block, which tells its format
    assert len(platform.said()) == 1003
