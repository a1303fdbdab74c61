# SPDX-License-Identifier: Apache-2.0
"""A run that is killed, at a moment or in the middle of a commit, and what must come out all the same."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tocsin.journal import check_journal
from tocsin.replays.r5.replay import R5

SCALE = 0.001
LONGEST_S = 600


@dataclass(frozen=True)
class Whole:
    """A case run to the end at once, and how long that took."""

    case: Path
    untouched: Path
    duration: float


def make_whole(folder: Path) -> Whole:
    """Write the replay once, and run a copy of it."""
    untouched = folder / "untouched"
    R5().write(untouched, SCALE, folder / "truth")
    case = Path(shutil.copytree(untouched, folder / "whole"))
    started = time.monotonic()
    run_to_the_end(case)
    return Whole(case, untouched, time.monotonic() - started)


def start(case: Path) -> subprocess.Popen[bytes]:
    """`tocsin run` in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "tocsin", "run", str(case), "--json", "--by", "tests"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def run_to_the_end(case: Path) -> None:
    process = start(case)
    _out, err = process.communicate(timeout=LONGEST_S)
    assert process.returncode in (0, 1), err.decode()


def kill_after(case: Path, seconds: float) -> bool:
    """Kill a run after a while; whether it was still running."""
    process = start(case)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return True
    return False


def kill_in_commit(case: Path, later: float) -> bool:
    """Kill a run a moment after its next entry is in the journal: parts are being moved, CURRENT renamed."""
    journal = case / "journal" / "journal.jsonl"
    before = _size(journal)
    process = start(case)
    while process.poll() is None and _size(journal) == before:
        time.sleep(0.0002)
    time.sleep(later)
    was_running = process.poll() is None
    process.kill()
    process.communicate()
    return was_running


def kill_many(case: Path, duration: float, times: int, seed: int) -> int:
    """Kill that many runs of one case, one after the other; how many were running when they were."""
    chance = random.Random(seed)
    hits = 0
    for number in range(times):
        if number % 2:
            hits += kill_in_commit(case, chance.choice([0, 0, 0.001, 0.003, 0.01]))
        else:
            hits += kill_after(case, chance.uniform(0.1, 1) * duration)
    return hits


def assert_the_same(case: Path, whole: Path) -> None:
    """Every file of the tables, byte for byte; CURRENT but for the head of the journal; the report."""
    assert _tables(case) == _tables(whole)
    assert _without(case / "tables" / "CURRENT", "journal_head") == _without(
        whole / "tables" / "CURRENT", "journal_head"
    )
    assert _without(case / "report" / "report.json", "run") == _without(
        whole / "report" / "report.json", "run"
    )
    head = json.loads((case / "tables" / "CURRENT").read_text("utf-8"))["journal_head"]
    check_journal(case / "journal", [head])
    left = [p.name for p in (case / "tables").iterdir() if p.name.startswith(".")]
    assert left == [".lock"]


def _tables(case: Path) -> dict[str, bytes]:
    folder = case / "tables"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ("CURRENT", ".lock")
    }


def _without(path: Path, key: str) -> object:
    raw = json.loads(path.read_text("utf-8"))
    raw.pop(key)
    return raw


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
