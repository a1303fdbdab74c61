# SPDX-License-Identifier: Apache-2.0
"""Postfix seen live: who sent what to whom, with the lines of a message joined."""

from __future__ import annotations

import os
import shutil
import smtplib
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.live.identity_programs import Program, mail_server, wait_for
from tests.unit.ingest.scenes import Scene

pytestmark = pytest.mark.needs("postfix")


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[dict[str, object]]]:
    if os.geteuid() != 0:
        pytest.skip("needs root: postfix gives up its rights itself")
    folder = Path(tempfile.mkdtemp(prefix="mail-"))
    folder.chmod(0o755)
    try:
        with mail_server(folder) as server:
            send(server)
            wait_for(lambda: server.log.read_bytes().count(b": removed") == 2, "the end of the messages")
        before = datetime.now(UTC) + timedelta(days=1)
        settings = f'zone = "UTC"\nbefore = {before.strftime("%Y-%m-%dT%H:%M:%SZ")}\n'
        scene = Scene(
            tmp_path_factory.mktemp("postfix"),
            f'[[sources]]\nname = "mail"\npaths = ["{folder}/mail.log"]\n{settings}',
        )
        scene.ingest()
        assert not scene.rows("set_aside")
        yield scene.rows("events")
    finally:
        shutil.rmtree(folder)


def send(server: Program) -> None:
    with smtplib.SMTP("127.0.0.1", server.port) as sender:
        to = ["bob@example.org", "eve@elsewhere.example", "refused@elsewhere.example"]
        assert set(sender.sendmail("alice@example.org", to, "Subject: t\n\nhello")) == {to[2]}
        sender.sendmail("", ["bob@example.org"], "Subject: bounce\n\nhello")


def shared(events: list[dict[str, object]], recipient: str) -> list[dict[str, object]]:
    return [event for event in events if event["action"] == "share" and event["object"] == recipient]


def test_message_is_one_act_a_recipient(events: list[dict[str, object]]) -> None:
    (sent,) = shared(events, "eve@elsewhere.example")
    assert (sent["account_name"], sent["address"], sent["outcome"]) == (
        "alice@example.org",
        "127.0.0.1",
        "success",
    )
    assert isinstance(sent["bytes"], int)
    assert sent["bytes"] > 100


def test_sender_who_did_not_sign_in_is_no_account(events: list[dict[str, object]]) -> None:
    assert {event["account"] for event in events} == {None}


def test_refused_recipient_is_a_failure(events: list[dict[str, object]]) -> None:
    (refused,) = shared(events, "refused@elsewhere.example")
    assert (refused["outcome"], refused["account_name"]) == ("failure", "alice@example.org")


def test_two_messages_to_one_recipient_keep_their_senders(events: list[dict[str, object]]) -> None:
    assert sorted(str(event["account_name"]) for event in shared(events, "bob@example.org")) == [
        "None",
        "alice@example.org",
    ]
