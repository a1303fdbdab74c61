# SPDX-License-Identifier: Apache-2.0
"""Notices through a real Postfix: killed in mid-wave, every person once; its own log is the witness."""

from __future__ import annotations

import os
import random
import re
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.identity_programs import Program, mail_server, wait_for
from tests.unit.notify.scenes import person
from tests.unit.notify.test_notify_sending import released, start, told

pytestmark = pytest.mark.needs("postfix")


@pytest.fixture
def server() -> Iterator[Program]:
    if os.geteuid() != 0:
        pytest.skip("needs root: postfix gives up its rights itself")
    folder = Path(tempfile.mkdtemp(prefix="notify-mail-"))
    folder.chmod(0o755)
    try:
        with mail_server(folder) as running:
            yield running
    finally:
        shutil.rmtree(folder)


def mailboxes(log: Path) -> Counter[str]:
    """How often each mailbox was delivered to, read apart from what is tested."""
    text = log.read_text("utf-8", errors="replace")
    return Counter(re.findall(r"to=<([^>]+)>.*status=sent", text))


def send_with_kills(folder: Path, log: Path, kills: int, seed: int) -> int:
    """Kill −9 at moments of no pattern, then send to the end. Returns the kills that struck in mid-wave."""
    chance, struck = random.Random(seed), 0
    for _kill in range(kills):
        before, process = sum(mailboxes(log).values()), start(folder)
        while process.poll() is None and log.stat().st_size == 0:
            time.sleep(0.01)
        size = log.stat().st_size
        while process.poll() is None and log.stat().st_size < size + 200:
            time.sleep(0.002)
        time.sleep(chance.random() * 0.2)
        struck += process.poll() is None and sum(mailboxes(log).values()) > before
        process.kill()
        process.communicate()
    process = start(folder)
    _out, err = process.communicate()
    assert process.returncode == 0, err.decode()
    return struck


def check_everybody_once(folder: Path, server: Program, size: int, kills: int) -> None:
    rows = [person(n) for n in range(1, size + 1)]
    released(folder, rows, server.port, log=str(server.log))
    assert send_with_kills(folder, server.log, kills, seed=size) > 0
    wait_for(lambda: sum(mailboxes(server.log).values()) >= size, "the last delivery")
    assert mailboxes(server.log) == Counter(f"p{n}@example.com" for n in range(1, size + 1))
    found = told(folder)
    assert (found.to_inform, found.delivered, found.is_closed) == (size, size, True)


def test_postfix_delivers_every_notice_once_over_five_kills(tmp_path: Path, server: Program) -> None:
    check_everybody_once(tmp_path / "case", server, 400, 5)


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("TOCSIN_SLOW"), reason="takes long: set TOCSIN_SLOW")
def test_postfix_delivers_20_000_notices_once_over_fifty_kills(tmp_path: Path, server: Program) -> None:
    check_everybody_once(tmp_path / "case", server, 20_000, 50)
