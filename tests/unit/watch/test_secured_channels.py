# SPDX-License-Identifier: Apache-2.0
"""Alarms over TLS: real listeners on loopback with certificates of openssl; nobody else is told anything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.watch.platform import Clock
from tests.unit.watch.receivers import Taken, http_receiver, make_certificate, tcp_receiver
from tests.unit.watch.test_channels import ALARM, SECRET
from tocsin.core.settings.watch import SyslogSettings, WebhookSettings
from tocsin.watch.channels.syslog import Syslog, message_of
from tocsin.watch.channels.webhook import Webhook
from tocsin.watch.interface import AlarmChannel, NotTakenError

pytestmark = pytest.mark.needs("openssl")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Of the receiver, of somebody else, and one for another name."""
    folder = tmp_path_factory.mktemp("certificates")
    names = {"own": "IP:127.0.0.1", "stranger": "IP:127.0.0.1", "elsewhere": "DNS:elsewhere.example"}
    return {key: make_certificate(folder / key, name) for key, name in names.items()}


def webhook(taken: Taken, trusted: Path, monkeypatch: pytest.MonkeyPatch) -> AlarmChannel:
    monkeypatch.setenv("TOCSIN_WATCH_SECRET", SECRET)
    return Webhook(WebhookSettings(url=taken.url, timeout=5, ca_file=str(trusted)), Path(), Clock())


def syslog(taken: Taken, trusted: Path) -> AlarmChannel:
    address = f"tls://127.0.0.1:{taken.address[1]}"
    return Syslog(SyslogSettings(address=address, timeout=5, ca_file=str(trusted)), Path(), "en")


def test_webhook_over_tls_arrives_whole(
    certificates: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with http_receiver(certificate=certificates["own"]) as taken:
        webhook(taken, certificates["own"], monkeypatch).send(ALARM)
    [body], [headers] = taken.bodies, taken.headers
    assert json.loads(body)["data"]["alarm"] == headers["webhook-id"] == ALARM.alarm


def test_syslog_over_tls_arrives_whole_with_its_octets_counted(certificates: dict[str, Path]) -> None:
    with tcp_receiver(certificates["own"]) as taken:
        channel = syslog(taken, certificates["own"])
        for _time in range(2):
            channel.send(ALARM)
    message = message_of(ALARM, "en")
    assert taken.bodies == [f"{len(message)} ".encode() + message] * 2


@pytest.mark.parametrize(
    ("shown", "trusted"), [("own", "stranger"), ("elsewhere", "elsewhere")], ids=["stranger", "other name"]
)
def test_receiver_that_cannot_prove_its_name_is_told_nothing(
    certificates: dict[str, Path], monkeypatch: pytest.MonkeyPatch, shown: str, trusted: str
) -> None:
    with http_receiver(certificate=certificates[shown]) as web, tcp_receiver(certificates[shown]) as line:
        for channel in (
            webhook(web, certificates[trusted], monkeypatch),
            syslog(line, certificates[trusted]),
        ):
            with pytest.raises(NotTakenError) as refused:
                channel.send(ALARM)
            assert refused.value.why == "SSLCertVerificationError"
    assert web.bodies == line.bodies == []


def test_receiver_without_tls_is_told_nothing(
    certificates: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with http_receiver() as web:
        web.scheme = "https"
        with pytest.raises(NotTakenError):
            webhook(web, certificates["own"], monkeypatch).send(ALARM)
    assert web.bodies == []
