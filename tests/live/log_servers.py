# SPDX-License-Identifier: Apache-2.0
"""Programs that write logs, started for a test in a folder of its own, and what Tocsin reads of them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tocsin.ingest.standalone import Asked, read_files

ZONE = "Europe/Paris"
"""Of the servers' clocks; no log here says it unless its format does."""

START_S = 20.0

Event = dict[str, object]


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that servers under other users may enter."""
    folder = Path(tempfile.mkdtemp(prefix="tocsin-live-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(
    command: list[str], port: int, *, stdout: Path | None = None, stderr: Path | None = None
) -> Iterator[int]:
    """A program that listens on this port, by its process id; it is asked to end, then made to."""
    program = shutil.which(command[0], path=f"{os.environ['PATH']}:/usr/local/sbin:/usr/sbin:/sbin")
    assert program is not None, command[0]
    environment = {**os.environ, "TZ": ZONE}
    nowhere = Path(os.devnull)
    with (stdout or nowhere).open("wb") as out, (stderr or nowhere).open("wb") as err:
        server = subprocess.Popen([program, *command[1:]], stdout=out, stderr=err, env=environment)
    try:
        wait_for(lambda: is_open(port), f"{command[0]} does not listen")
        yield server.pid
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def free_port() -> int:
    """A port of this machine that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_open(port: int) -> bool:
    """Whether something listens there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(is_so: Callable[[], object], what: str) -> None:
    """Raise AssertionError when it does not come to be."""
    until = time.monotonic() + START_S
    while not is_so():
        assert time.monotonic() < until, what
        time.sleep(0.02)


def lines_of(path: Path) -> list[str]:
    """What a program has written so far."""
    return path.read_text("utf-8", "replace").splitlines() if path.exists() else []


def read_log(path: Path, form: str, *, zone: str | None = ZONE) -> list[Event]:
    """The events of a log in its order; it is recognised without help, and no record is set aside."""
    before = datetime.now(UTC) + timedelta(days=1)
    with (
        read_files([path], Asked(zone=zone, before=before), by="test") as (case, _),
        case.engine("files", "events", "set_aside") as engine,
    ):
        assert engine.rows("select distinct format from files") == [(form,)]
        assert engine.rows("select reason, text from set_aside") == []
        names = [str(row[0]) for row in engine.rows("describe select * from events")]
        rows = engine.rows("select * from events order by event_id")
    return [dict(zip(names, row, strict=True)) for row in rows]


def told(events: list[Event], *columns: str) -> list[tuple[object, ...]]:
    """Some columns of the events."""
    return [tuple(event[column] for column in columns) for event in events]


def is_recent(event: Event) -> bool:
    """Whether it is of the last minute: its zone was read rightly."""
    at = event["occurred_at"]
    assert isinstance(at, datetime)
    return abs(datetime.now(UTC) - at) < timedelta(minutes=2)
