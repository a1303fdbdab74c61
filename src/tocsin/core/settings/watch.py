# SPDX-License-Identifier: Apache-2.0
"""[watch]: how logs are followed, and where alarms go.

Each struct is one table of case.toml; fields are its keys.
"""

from __future__ import annotations

from typing import Literal

from tocsin.core.settings.frozen import Frozen


class WebhookSettings(Frozen, frozen=True, kw_only=True):
    """[watch.webhook]: alarms are posted there, signed; the secret is in `TOCSIN_WATCH_SECRET` or a file."""

    url: str
    secret_file: str | None = None
    ca_file: str | None = None
    timeout: float = 10.0


class SyslogSettings(Frozen, frozen=True, kw_only=True):
    """[watch.syslog]: alarms as syslog messages (RFC 5424), their text in the language of [watch]."""

    address: str
    ca_file: str | None = None
    timeout: float = 10.0


class AlarmMailSettings(Frozen, frozen=True, kw_only=True):
    """[watch.email]: alarms by e-mail, through a relay of ours."""

    to: list[str]
    from_: str
    host: str = "127.0.0.1"
    port: int = 25
    timeout: float = 10.0


class WatchSettings(Frozen, frozen=True, kw_only=True):
    """[watch]: how `tocsin watch` follows the logs, and whom it alarms."""

    every: float = 5.0
    detect_hours: float = 24.0
    burst_minute: int = 30
    repeat_days: float = 30.0
    silent_minutes: float = 60.0
    language: Literal["fr", "en"] = "fr"
    webhook: WebhookSettings | None = None
    syslog: SyslogSettings | None = None
    email: AlarmMailSettings | None = None
