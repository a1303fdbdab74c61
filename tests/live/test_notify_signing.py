# SPDX-License-Identifier: Apache-2.0
"""Notices through a real Postfix that has them signed by a real OpenDKIM: what arrives holds."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.live.identity_programs import answers, free_port, mail_server, stop, wait_for
from tests.unit.notify.scenes import Sink, person, sink
from tests.unit.notify.test_notify_sending import released, send, told
from tocsin.cli.main import cli
from tocsin.notify.dkim import State, check_message

pytestmark = pytest.mark.needs("postfix", "opendkim", "opendkim-genkey")

SIGNED_TOO = "SignHeaders *,+Message-ID,+Content-Type,+X-Notice-Proof\n"
"""As docs/how-to/notify-professionals-and-text-messages.md says."""


@dataclass
class Signing:
    """A relay that signs, and the next server, which is ours."""

    port: int
    log: Path
    folder: Path
    milter: int
    next_server: Sink

    @property
    def record(self) -> str:
        """The key as `dig +short TXT` prints it."""
        return " ".join(re.findall(r'"[^"]*"', (self.folder / "mail.txt").read_text()))


@pytest.fixture(scope="module")
def relay() -> Iterator[Signing]:
    if os.geteuid() != 0:
        pytest.skip("needs root: postfix gives up its rights itself")
    folder = Path(tempfile.mkdtemp(prefix="notify-signing-"))
    folder.chmod(0o755)
    command = ["opendkim-genkey", "-D", str(folder), "-d", "example.org", "-s", "mail", "-b", "1024"]
    subprocess.run(command, check=True, capture_output=True)
    milter = free_port()
    try:
        with sink(folder / "next.log") as next_server:
            more = (
                f"smtpd_milters = inet:127.0.0.1:{milter}\nmilter_default_action = tempfail\n"
                f"default_transport = smtp:[127.0.0.1]:{next_server.port}\n"
            )
            with mail_server(folder, more) as running:
                yield Signing(running.port, running.log, folder, milter, next_server)
    finally:
        shutil.rmtree(folder)


@contextmanager
def signer(relay: Signing, more: str = SIGNED_TOO) -> Iterator[None]:
    settings = relay.folder / "opendkim.conf"
    settings.write_text(
        f"Socket inet:{relay.milter}@127.0.0.1\nBackground no\nSyslog no\nMode s\nDomain example.org\n"
        f"Selector mail\nKeyFile {relay.folder}/mail.private\nRequireSafeKeys no\n"
        f"Canonicalization relaxed/simple\nOversignHeaders From\n{more}"
    )
    started = subprocess.Popen(["opendkim", "-f", "-x", str(settings)], stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: answers(relay.milter), "opendkim")
        yield
    finally:
        stop(started)


def arrived(relay: Signing, count: int) -> list[bytes]:
    wait_for(lambda: len(relay.next_server.taken) >= count, "the messages at the next server")
    return relay.next_server.taken[-count:]


def opendkim_says(relay: Signing, raw: bytes) -> str:
    """Its own verdict, with the key it would find in the name server's place."""
    data, message = relay.folder / "dns.txt", relay.folder / "message.eml"
    key = "".join(re.findall(r'"([^"]*)"', relay.record))
    data.write_text(f"mail._domainkey.example.org {key}\n")
    message.write_bytes(raw)
    settings = relay.folder / "verify.conf"
    settings.write_text(f"Mode v\nTestDNSData {data}\n")
    command = ["opendkim", "-x", str(settings), "-vvv", "-t", str(message)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return done.stdout + done.stderr


def test_notice_arrives_signed_and_whole_through_postfix_and_opendkim(relay: Signing, tmp_path: Path) -> None:
    folder = tmp_path / "case"
    page = 'page = "https://verifier.example.org"'
    released(folder, [person(1), person(2)], relay.port, log=str(relay.log), notify=page)
    with signer(relay):
        assert send(folder)["email"].handed == 2
        messages = arrived(relay, 2)
    for raw in messages:
        [found] = check_message(raw, relay.record)
        assert (found.state, found.is_aligned, found.uncovered) == (State.VALID, True, ())
        assert "verification" in (said := opendkim_says(relay, raw)), said
        assert "succeeded" in said, said
        [changed] = check_message(raw.replace(b"99=C2=A000=C2=A000", b"99=C2=A000=C2=A001"), relay.record)
        assert changed.state is State.BODY_CHANGED
    received, record = tmp_path / "received.eml", tmp_path / "record.txt"
    received.write_bytes(messages[0])
    record.write_text(relay.record)
    ran = CliRunner().invoke(
        cli, ["notify", str(folder), "check-mail", str(received), "--record", str(record), "--lang", "en"]
    )
    assert ran.exit_code == 0, ran.output
    assert told(folder).delivered == 2


def test_headers_that_a_signer_leaves_out_of_its_own_are_named(relay: Signing, tmp_path: Path) -> None:
    folder = tmp_path / "case"
    page = 'page = "https://verifier.example.org"'
    released(folder, [person(1)], relay.port, log=str(relay.log), notify=page)
    with signer(relay, ""):
        send(folder)
        [raw] = arrived(relay, 1)
    [found] = check_message(raw, relay.record)
    assert (found.state, set(found.uncovered)) == (
        State.VALID,
        {"message-id", "content-type", "x-notice-proof"},
    )


def test_nothing_leaves_unsigned_while_the_signer_is_down(relay: Signing, tmp_path: Path) -> None:
    folder, before = tmp_path / "case", len(relay.next_server.taken)
    released(folder, [person(1), person(2)], relay.port, log=str(relay.log))
    sent = send(folder)["email"]
    assert (sent.handed, sent.deferred, sent.is_whole) == (0, 2, False)
    assert len(relay.next_server.taken) == before
    with closing(sqlite3.connect(folder / "notices" / "outbox.sqlite")) as outbox, outbox:
        outbox.execute("update notice set not_before = 0")
    with signer(relay):
        assert send(folder)["email"].handed == 2
        messages = arrived(relay, 2)
    assert len(relay.next_server.taken) == before + 2
    assert all(b"DKIM-Signature:" in raw for raw in messages)
