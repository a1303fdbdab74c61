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
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests.live.identity_programs import Program, mail_server, wait_for
from tests.unit.notify.scenes import person
from tests.unit.notify.test_notify_pace import NOON, Clock, most_in
from tests.unit.notify.test_notify_sending import released, start, told
from tocsin.notify.channels.relay import Relay
from tocsin.notify.interface import Handed, Notice
from tocsin.notify.outbox import Outbox
from tocsin.notify.pace import make_pace
from tocsin.notify.released import releases
from tocsin.notify.sending import Sender
from tocsin.notify.waves import fill_outbox
from tocsin.store.case import Case

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


class Watched(Relay):
    """The relay's channel, with the moment of each notice by the case's own clock written down."""

    def __init__(self, case: Case, clock: Clock) -> None:
        super().__init__(case.settings.notify.email, None)
        self._clock, self.taken = clock, list[tuple[float, str]]()

    def hand_over(self, notices: Sequence[Notice]) -> Iterator[Handed]:
        for handed, notice in zip(super().hand_over(notices), notices, strict=True):
            self.taken.append((self._clock(), notice.email.partition("@")[2]))
            yield handed


def test_postfix_is_handed_no_more_an_hour_than_a_domain_takes_and_a_resumed_wave_goes_on(
    tmp_path: Path, server: Program
) -> None:
    folder, clock, taken = tmp_path / "case", Clock(), list[tuple[float, str]]()
    domains = ("slow.example.com", "slower.example.com", "free.example.com")
    rows = [person(n, email=f"p{n}@{domains[n % 3]}") for n in range(60)]
    limits = '[notify.plan]\ndomains = { "slow.example.com" = 12, "slower.example.com" = 4 }\n'
    released(folder, rows, server.port, log=str(server.log), more=limits)
    for limit in (25, 3, 3, None):
        with Case(folder, by="DPO") as case, closing(Outbox.open(folder)) as outbox:
            fill_outbox(case, outbox)
            pace, last = make_pace(case, outbox, "email"), releases(case)[-1]
            with closing(Watched(case, clock)) as channel:
                Sender(case, outbox, channel, last, pace=pace, clock=clock, wait=clock.wait).send(limit=limit)
                taken += channel.taken
    wait_for(lambda: sum(mailboxes(server.log).values()) >= 60, "the last delivery")
    assert mailboxes(server.log) == Counter(str(row["email"]) for row in rows)
    times = {domain: [at for at, one in taken if one == domain] for domain in domains}
    assert [most_in(times[domain], 3600) for domain in domains] == [12, 4, 20]
    assert times["free.example.com"][-1] == NOON, "nobody waits for another domain's limit"
    assert times["slower.example.com"][-1] <= NOON + 3600 * 5
