# SPDX-License-Identifier: Apache-2.0
"""The receiver behind a real rsyslogd, over TCP and TLS with client certificates, through kills."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.live.receiving import (
    PLAIN,
    free_port,
    make_certificates,
    over_tls,
    receiving,
    rsyslog,
    write_case,
)

pytestmark = pytest.mark.needs("rsyslogd", "openssl")


def tls_settings(certificates: Path) -> dict[str, str]:
    names = {"certificate": "server.pem", "key": "server.key", "client_ca": "ca.pem"}
    return {key: str(certificates / name) for key, name in names.items()}


def through_kills(tmp_path: Path, kind: str, kills: int, messages: int) -> None:
    """Every message is in the spool, once, and the accounting says so."""
    certificates, port = tmp_path / "certificates", free_port()
    make_certificates(certificates)
    settings = tls_settings(certificates) if kind == "tls" else {}
    case = write_case(tmp_path / "case", **{kind: f"127.0.0.1:{port}"}, **settings)
    transport = over_tls(certificates) if kind == "tls" else PLAIN
    with receiving(case) as receiver, rsyslog(tmp_path / "rsyslog", port, transport) as sender:
        share = messages // (kills + 1)
        for number in range(kills):
            sender.send(number * share, (number + 1) * share)
            receiver.wait_for(number * share + share // 3)
            receiver.kill()
            receiver.start()
        sender.send(kills * share, messages)
        receiver.wait_for(messages)
        told = receiver.stop()
    assert receiver.numbers() == Counter(range(messages))
    assert told["closes"]
    assert told["received"]["messages"] == told["written"]["messages"] == messages
    assert told["losses"]["possible"]["connections_cut"] == 0
    assert told["losses"]["possible"]["down"] == []


@pytest.mark.parametrize("kind", ["tcp", "tls"])
def test_listen_loses_and_doubles_nothing_when_the_receiver_is_killed(tmp_path: Path, kind: str) -> None:
    through_kills(tmp_path, kind, kills=3, messages=40_000)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["tcp", "tls"])
def test_listen_loses_and_doubles_nothing_through_twenty_kills(tmp_path: Path, kind: str) -> None:
    through_kills(tmp_path, kind, kills=20, messages=1_000_000)


def test_listen_loses_nothing_when_it_is_stopped_in_order_and_started_again(tmp_path: Path) -> None:
    port = free_port()
    case = write_case(tmp_path / "case", tcp=f"127.0.0.1:{port}")
    with receiving(case) as receiver, rsyslog(tmp_path / "rsyslog", port) as sender:
        sender.send(0, 20_000)
        receiver.wait_for(5_000)
        receiver.stop()
        sender.send(20_000, 40_000)
        receiver.start()
        receiver.wait_for(40_000)
        told = receiver.stop()
    assert set(receiver.numbers()) == set(range(40_000))
    assert told["closes"]
    assert [one["after"] for one in told["losses"]["possible"]["down"]] == ["stop"]


def over_relp(tmp_path: Path, kills: int, messages: int) -> None:
    """Receiver and gate are killed together: what was acknowledged stands, what was not is sent again."""
    port = free_port()
    case = write_case(tmp_path / "case", relp=f"127.0.0.1:{port}")
    with receiving(case) as receiver, rsyslog(tmp_path / "rsyslog", port, "", module="omrelp") as sender:
        share = messages // (kills + 1)
        for number in range(kills):
            sender.send(number * share, (number + 1) * share)
            receiver.wait_for(number * share + share // 3)
            receiver.kill(gate=True)
            receiver.start()
        sender.send(kills * share, messages)
        receiver.wait_for_all(messages)
        told = receiver.stop()
    # What was written and not yet acknowledged comes a second time: set aside where it is known for that.
    assert set(receiver.numbers()) == set(range(messages))
    assert told["closes"]


@pytest.mark.needs("omrelp")
def test_listen_over_relp_loses_nothing_when_receiver_and_gate_are_killed(tmp_path: Path) -> None:
    over_relp(tmp_path, kills=2, messages=6_000)


@pytest.mark.slow
@pytest.mark.needs("omrelp")
def test_listen_over_relp_loses_nothing_through_twenty_kills_of_all(tmp_path: Path) -> None:
    over_relp(tmp_path, kills=20, messages=300_000)


def test_listen_tells_which_certificate_sent_what(tmp_path: Path) -> None:
    certificates, port = tmp_path / "certificates", free_port()
    make_certificates(certificates)
    case = write_case(tmp_path / "case", tls=f"127.0.0.1:{port}", **tls_settings(certificates))
    transport = over_tls(certificates)
    with receiving(case) as receiver, rsyslog(tmp_path / "rsyslog", port, transport) as sender:
        sender.send(0, 100)
        receiver.wait_for(100)
        receiver.stop()
    diary = (receiver.folder / "reception.jsonl").read_text()
    assert '"subject": "CN=client,O=Tests,C=FR"' in diary
