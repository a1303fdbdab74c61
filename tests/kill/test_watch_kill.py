# SPDX-License-Identifier: Apache-2.0
"""A watch that is killed while logs grow and are rotated: each event once, each alarm, as if it had lived."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.unit.watch.platform import Platform, line, lines
from tocsin.ingest.run import run as ingest
from tocsin.store.case import Case

LONGEST_S = 300


def start(platform: Platform, *options: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tocsin", "watch", str(platform.folder), "--json", "--by", "tests", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def told(output: bytes) -> list[dict[str, object]]:
    """What whole lines tell: a kill may cut the last one."""
    return [json.loads(text)["result"] for text in output.split(b"\n") if text.endswith(b"}")]


def alarms(output: bytes) -> list[tuple[object, object, object]]:
    return [(o["alarm"], o["account"], o["reason"]) for o in told(output) if o["state"] == "alarm"]


def write_some(platform: Platform, turn: int) -> None:
    """More of the log; the second time around, it is rotated first."""
    if turn == 1:
        platform.log.rename(platform.folder / "logs" / "portal.log.1")
    platform.clock.now = time.time() - 60
    platform.grow(lines(range(turn * 100, turn * 100 + 20), "dr.a"))
    platform.grow(line(turn * 100 + 30, ("dr.gone", "pat", "dr.b")[turn % 3], 9_000 + turn))


def stop_when_it_has_read(platform: Platform) -> bytes:
    """SIGTERM: the exit code is the signal's, and the last line says what was done."""
    process, output = start(platform), b""
    assert process.stdout is not None
    for text in process.stdout:
        output += text
        if b'"read"' in text:
            break
    process.send_signal(signal.SIGTERM)
    rest, err = process.communicate(timeout=LONGEST_S)
    assert process.returncode == 143, err.decode()
    assert told(rest)[-1]["state"] == "ended"
    return output + rest


def kill_while_it_grows(platform: Platform, times: int, seed: int, *, stops: bool = False) -> bytes:
    chance, output = random.Random(seed), b""
    for turn in range(times):
        write_some(platform, turn)
        process = start(platform)
        time.sleep(chance.uniform(0.5, 3))
        process.kill()
        output += process.communicate()[0]
    if stops:
        write_some(platform, times)
        output += stop_when_it_has_read(platform)
    process = start(platform, "--once")
    out, err = process.communicate(timeout=LONGEST_S)
    assert process.returncode in (0, 1), err.decode()
    return output + out


def assert_as_if_it_had_lived(platform: Platform, other: Platform, output: bytes) -> None:
    """The same events as one ingestion of the same files, and each alarm, the same each time it is told."""
    shutil.copytree(platform.folder / "logs", other.folder / "logs", dirs_exist_ok=True)
    with Case(other.folder, by="tests") as case:
        ingest(case)
    columns = ("occurred_at", "account", "object")
    assert platform.rows("events", *columns) == other.rows("events", *columns)
    raised = set(alarms(output))
    assert {(account, reason) for _id, account, reason in raised} == {
        ("dr.gone", "departed"),
        ("pat", "beyond_right"),
    }
    assert len(raised) == 2


def test_watch_killed_then_stopped_reads_each_event_once_and_tells_each_alarm(tmp_path: Path) -> None:
    platform = Platform(tmp_path / "case")
    output = kill_while_it_grows(platform, times=1, seed=3, stops=True)
    assert_as_if_it_had_lived(platform, Platform(tmp_path / "other"), output)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_watch_killed_at_any_moment_reads_each_event_once(tmp_path: Path, seed: int) -> None:
    platform = Platform(tmp_path / "case")
    output = kill_while_it_grows(platform, times=6, seed=seed)
    assert_as_if_it_had_lived(platform, Platform(tmp_path / "other"), output)
