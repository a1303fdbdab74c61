# SPDX-License-Identifier: Apache-2.0
"""Alarms posted to an address of people's, signed as Standard Webhooks has it (standardwebhooks.com, v1).

Headers `webhook-id` (the alarm's id: the key by which a second delivery is known), `webhook-timestamp`
(seconds) and `webhook-signature`: `v1,` and the base64 of HMAC-SHA-256 over `id.timestamp.body`. No
redirection is followed and no proxy of the environment is asked: what is signed goes to one place.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import ssl
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tocsin import __version__
from tocsin.core.errors import InputError, SettingsError
from tocsin.core.one_host import LOOPBACK, NoAnswerError, OneHost
from tocsin.core.settings.watch import WebhookSettings
from tocsin.core.words import _
from tocsin.watch.alarms import Alarm
from tocsin.watch.interface import AlarmChannel, NotTakenError

VARIABLE: Final = "TOCSIN_WATCH_SECRET"
PREFIX: Final = "whsec_"
"""Behind it, a secret is base64; without it, its bytes are the key."""

LEAST_SECRET: Final = 16


class Webhook(AlarmChannel):
    """HTTP POST of one JSON object: type, timestamp, data."""

    name = "webhook"

    def __init__(
        self, settings: WebhookSettings, folder: Path, clock: Callable[[], float] = time.time
    ) -> None:
        parts = urlsplit(settings.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise SettingsError(
                _("The address of [watch.webhook] is none."), do=_("Write url as https://host/path.")
            )
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise SettingsError(
                _("[watch.webhook] would send alarms over a line that is not encrypted."),
                do=_("Write url as https://host/path; http is for this machine alone."),
            )
        self._key = _key(settings, folder)
        self._clock = clock
        self._target = parts.path.removeprefix("/") + (f"?{parts.query}" if parts.query else "")
        context = trusted_context(settings.ca_file, folder) if parts.scheme == "https" else None
        self._host = OneHost(f"{parts.scheme}://{parts.netloc}", timeout=settings.timeout, context=context)

    def send(self, alarm: Alarm) -> None:
        """See the base; anything but a status of 200 to 299 is no."""
        body = body_of(alarm)
        at = str(int(self._clock()))
        headers = {
            "content-type": "application/json",
            "user-agent": f"tocsin/{__version__}",
            "webhook-id": alarm.alarm,
            "webhook-timestamp": at,
            "webhook-signature": signature(self._key, alarm.alarm, at, body),
        }
        try:
            answer = self._host.ask("POST", self._target, body=body, headers=headers)
        except NoAnswerError as error:
            raise NotTakenError(str(error)) from None
        if not 200 <= answer.status < 300:
            raise NotTakenError(str(answer.status))


def body_of(alarm: Alarm) -> bytes:
    """What is posted: the same bytes each time."""
    told = {"type": "tocsin.alarm", "timestamp": alarm.raised_at, "data": asdict(alarm)}
    return json.dumps(told, ensure_ascii=False, sort_keys=True).encode()


def signature(key: bytes, name: str, timestamp: str, body: bytes) -> str:
    """The header `webhook-signature`."""
    signed = hmac.new(key, f"{name}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(signed).decode()


def _key(settings: WebhookSettings, folder: Path) -> bytes:
    secret = os.environ.get(VARIABLE) or _from_file(settings, folder)
    try:
        is_coded = secret.startswith(PREFIX)
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True) if is_coded else secret.encode()
    except binascii.Error:
        key = b""
    if len(key) < LEAST_SECRET:
        raise InputError(
            _("[watch.webhook] has no secret of {n} bytes at least."),
            do=_("Set {variable}, or secret_file; it signs what is sent."),
            code="no_secret",
            n=LEAST_SECRET,
            variable=VARIABLE,
        )
    return key


def _from_file(settings: WebhookSettings, folder: Path) -> str:
    if settings.secret_file is None:
        return ""
    try:
        return (folder / settings.secret_file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise InputError(
            _("The file with the secret of [watch.webhook] cannot be read."),
            do=_("Check secret_file."),
            where=folder / settings.secret_file,
            code="no_secret",
        ) from None


def trusted_context(ca_file: str | None, folder: Path) -> ssl.SSLContext:
    """TLS 1.2 at least, names checked; raises InputError for authorities that cannot be read."""
    try:
        context = ssl.create_default_context(cafile=None if ca_file is None else folder / ca_file)
    except (OSError, ssl.SSLError):
        raise InputError(
            _("The authorities of a [watch] channel cannot be read."),
            do=_("Check ca_file: a PEM file."),
            where=ca_file,
            code="bad_certificate",
        ) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
