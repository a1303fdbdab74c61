# SPDX-License-Identifier: Apache-2.0
"""Alarms reach real servers, signed; what cannot be delivered is kept, sent again, and is the same alarm."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import socket
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.unit.watch.platform import CASE, Clock
from tests.unit.watch.receivers import (
    Taken,
    free_port,
    http_receiver,
    smtp_receiver,
    tcp_receiver,
    udp_receiver,
)
from tocsin.core.errors import TocsinError
from tocsin.core.settings.load import load_case
from tocsin.core.settings.watch import AlarmMailSettings, SyslogSettings, WebhookSettings
from tocsin.core.words import words
from tocsin.watch.alarms import Alarm
from tocsin.watch.channels.email import AlarmMail
from tocsin.watch.channels.syslog import Syslog
from tocsin.watch.channels.webhook import Webhook
from tocsin.watch.courier import Courier, Trouble
from tocsin.watch.interface import AlarmChannel, NotTakenError
from tocsin.watch.ledger import Ledger
from tocsin.watch.wanted import channels_of, check_wanted

SECRET = "a secret of some length"
ALARM = Alarm(
    "0123456789abcdef",
    "portal",
    'dr."x"]\r\nBcc: all',
    "burst",
    None,
    {"fr": "Trente patients é.", "en": "Thirty patients é."},
    "2025-11-14T12:00:00.000000Z",
    "2025-11-14T12:00:30.000000Z",
    "2025-11-14T12:00:31.000000Z",
    "2025-11-14T12:00:33.000000Z",
    31.0,
    events=40,
    persons=30,
    event_ids=[17, 18],
)


def signed(key: bytes, message: bytes) -> str:
    """HMAC-SHA-256 as RFC 2104 defines it, in base64."""
    padded = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(one ^ 0x36 for one in padded) + message).digest()
    return base64.b64encode(hashlib.sha256(bytes(one ^ 0x5C for one in padded) + inner).digest()).decode()


def webhook(taken: Taken, monkeypatch: pytest.MonkeyPatch, secret: str = SECRET) -> Webhook:
    monkeypatch.setenv("TOCSIN_WATCH_SECRET", secret)
    return Webhook(WebhookSettings(url=taken.url, timeout=5), Path(), Clock())


@pytest.mark.parametrize(
    ("secret", "key"),
    [(SECRET, SECRET.encode()), ("whsec_" + base64.b64encode(b"k" * 24).decode(), b"k" * 24)],
    ids=["text", "base64"],
)
def test_webhook_is_signed_over_id_time_and_body(
    monkeypatch: pytest.MonkeyPatch, secret: str, key: bytes
) -> None:
    with http_receiver() as taken:
        webhook(taken, monkeypatch, secret).send(ALARM)
    [body], [headers] = taken.bodies, taken.headers
    message = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    assert headers["webhook-signature"] == f"v1,{signed(key, message)}"
    assert headers["webhook-id"] == ALARM.alarm
    assert headers["webhook-timestamp"] == str(int(Clock().now))
    told = json.loads(body)
    assert (told["type"], told["data"]["account"], told["data"]["persons"]) == (
        "tocsin.alarm",
        ALARM.account,
        30,
    )


@pytest.mark.parametrize("status", [302, 400, 500])
def test_webhook_that_is_refused_or_sent_elsewhere_was_not_taken(
    monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    with http_receiver() as elsewhere, http_receiver() as taken:
        taken.status, taken.location = status, elsewhere.url
        with pytest.raises(NotTakenError) as refused:
            webhook(taken, monkeypatch).send(ALARM)
    assert (refused.value.why, elsewhere.bodies) == (str(status), [])


def test_webhook_that_is_down_and_then_up_gets_each_alarm_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, port, taken = Clock(), free_port(), Taken()
    taken.address = ("127.0.0.1", port)
    ledger = Ledger(tmp_path)
    ledger.settle({}, [ALARM], [], ["webhook"])
    courier = Courier(tmp_path, [webhook(taken, monkeypatch)], clock)
    for _attempt in range(3):
        assert courier.round(ledger) == 0
        clock.now += 60
    with http_receiver(port) as up:
        assert courier.round(ledger) == 1
        clock.now += 10_000
        assert courier.round(ledger) == 0
        assert [headers["webhook-id"] for headers in up.headers] == [ALARM.alarm]
    troubles = [courier.troubles.get(), courier.troubles.get()]
    assert troubles == [Trouble("webhook", "ConnectionRefusedError"), Trouble("webhook", "")]
    assert ledger.deliveries() == {"webhook": {"waiting": 0, "delivered": 1}}
    ledger.close()


def test_delivery_that_a_kill_left_unmarked_is_sent_again_under_the_same_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with http_receiver() as taken:
        channel = webhook(taken, monkeypatch)
        for _process in range(2):
            ledger = Ledger(tmp_path)
            ledger.settle({}, [ALARM], [], ["webhook"])
            courier = Courier(tmp_path, [channel], Clock())
            if not taken.bodies:
                monkeypatch.setattr(ledger, "delivered", _killed)
                with pytest.raises(KeyboardInterrupt):
                    courier.round(ledger)
            else:
                assert courier.round(ledger) == 1
            ledger.close()
    assert {headers["webhook-id"] for headers in taken.headers} == {ALARM.alarm}
    assert taken.bodies[0] == taken.bodies[1]


def _killed(*_given: object) -> None:
    raise KeyboardInterrupt


def test_channel_that_hangs_delays_no_other(tmp_path: Path) -> None:
    """In a thread of its own: whoever watches goes on."""

    class Down(AlarmChannel):
        name = "down"

        def send(self, alarm: Alarm) -> None:
            raise NotTakenError("TimeoutError")

    with tcp_receiver() as taken:
        up = Syslog(SyslogSettings(address=f"tcp://127.0.0.1:{taken.address[1]}"), Path(), "en")
        ledger = Ledger(tmp_path)
        ledger.settle({}, [ALARM], [], ["down", "syslog"])
        assert Courier(tmp_path, [Down(), up], Clock()).round(ledger) == 1
        ledger.close()


def test_syslog_message_is_one_of_rfc_5424_whatever_the_account_is_called() -> None:
    with udp_receiver() as line:
        Syslog(SyslogSettings(address=f"udp://127.0.0.1:{line.getsockname()[1]}"), Path(), "en").send(ALARM)
        datagram = line.recv(65536)
    with tcp_receiver() as taken:
        Syslog(SyslogSettings(address=f"tcp://127.0.0.1:{taken.address[1]}"), Path(), "en").send(ALARM)
    [framed] = taken.bodies
    size, _space, message = framed.partition(b" ")
    assert (int(size), message) == (len(message), datagram)
    text = message.decode()
    assert re.match(r"<105>1 2025-11-14T12:00:33\.000000Z \S+ tocsin \d+ alarm \[tocsin@32473 ", text)
    assert r'account="dr.\"x\"\]  Bcc: all"' in text
    assert 'persons="30"' in text
    assert text.isprintable() or "\ufeff" in text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("lang", "said"), [("fr", "Trente patients é. (Alerte "), ("en", "Thirty patients é. (Alarm ")]
)
def test_syslog_text_is_in_the_language_of_the_case(lang: str, said: str) -> None:
    with udp_receiver() as line:
        address = f"udp://127.0.0.1:{line.getsockname()[1]}"
        Syslog(SyslogSettings(address=address), Path(), lang).send(ALARM)
        assert said in line.recv(65536).decode()


def test_local_syslog_socket_gets_the_local_form(tmp_path: Path) -> None:
    place = tmp_path / "log"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(place))
        Syslog(SyslogSettings(address=str(place)), Path(), "en").send(ALARM)
        assert re.match(rb"<105>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d tocsin\[\d+\]: dr\.", line.recv(65536))


@pytest.mark.parametrize(("lang", "said"), [("fr", "Trente patients é."), ("en", "Thirty patients é.")])
def test_mail_says_who_what_and_where_to_look_and_cannot_be_turned(lang: str, said: str) -> None:
    with smtp_receiver() as taken:
        settings = AlarmMailSettings(
            to=["soc@example.org"], from_="tocsin@example.org", port=taken.address[1], timeout=5
        )
        AlarmMail(settings, words(lang), "Europe/Paris").send(ALARM)
    message = message_from_bytes(taken.bodies[0], policy=policy.default)
    assert message["Message-ID"] == "<0123456789abcdef@example.org>"
    assert message["Bcc"] is None
    assert r"dr.\"x\"" not in str(message["Subject"])
    body = message.get_body()
    assert body is not None
    text = body.get_content()
    assert said in text
    assert "17, 18" in text


@pytest.mark.parametrize(
    "watch",
    [
        'webhook = { url = "http://example.org/" }',
        'webhook = { url = "ftp://example.org/" }',
        'webhook = { url = "https://example.org/" }',
        'webhook = { url = "https://example.org/", secret_file = "none" }',
        'webhook = { url = "https://example.org/", ca_file = "none" }',
        'syslog = { address = "relp://example.org" }',
        'email = { to = [], from = "a@example.org" }',
        'email = { to = ["a@example.org"], from = "nobody" }',
        "burst_minute = 0",
        "every = nan",
    ],
    ids=str,
)
def test_settings_that_cannot_work_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, watch: str
) -> None:
    if "ca_file" in watch or "http:" in watch or "ftp:" in watch:
        monkeypatch.setenv("TOCSIN_WATCH_SECRET", SECRET)
    text = CASE.replace("every = 0.2\n", "") + watch + "\n"
    (tmp_path / "case.toml").write_text(text, "utf-8")
    with pytest.raises(TocsinError) as refused:
        _wanted(tmp_path)
    assert refused.value.exit_code == 2


def _wanted(folder: Path) -> None:
    settings = load_case(folder / "case.toml")
    check_wanted(settings)
    channels_of(settings, folder, Clock())
