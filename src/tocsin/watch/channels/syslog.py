# SPDX-License-Identifier: Apache-2.0
"""Alarms as syslog: RFC 5424 over UDP (RFC 5426), TCP (RFC 6587, octets counted) or TLS (RFC 5425).

The text is in the language of [watch]; machines read the structured data, which has none.
A path (`/dev/log`) is a socket of this machine: there the local form of RFC 3164 is spoken, as by logger(1).
Facility 13 (log audit), severity 1 (alert). UDP tells nobody whether a message came.
"""

from __future__ import annotations

import os
import re
import socket
import ssl
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tocsin.core.errors import SettingsError
from tocsin.core.settings.watch import SyslogSettings
from tocsin.core.words import _, words
from tocsin.watch.alarms import Alarm
from tocsin.watch.channels.webhook import trusted_context
from tocsin.watch.interface import AlarmChannel, NotTakenError

PRIORITY: Final = 13 * 8 + 1
STRUCTURE: Final = "tocsin@32473"
"""The id of our data: 32473 is the number that RFC 5612 keeps for examples; we have none of our own."""

PORTS: Final = {"udp": 514, "tcp": 601, "tls": 6514}
_ESCAPED: Final = re.compile(r'(["\\\]])')
_NOT_A_NAME: Final = re.compile(r"[^\x21-\x7e]+")


class Syslog(AlarmChannel):
    """One message an alarm; a connection is made for each."""

    name = "syslog"

    def __init__(self, settings: SyslogSettings, folder: Path, lang: str) -> None:
        self._lang = lang
        parts = urlsplit(settings.address)
        self._path = settings.address if settings.address.startswith("/") else ""
        if not self._path and (parts.scheme not in PORTS or not parts.hostname):
            raise SettingsError(
                _("The address of [watch.syslog] is none."),
                do=_("Write it as udp://host:514, tcp://host:601, tls://host:6514 or /dev/log."),
            )
        self._kind = parts.scheme
        self._host = parts.hostname or ""
        self._port = 0 if self._path else parts.port or PORTS[parts.scheme]
        self._timeout = settings.timeout
        self._context = trusted_context(settings.ca_file, folder) if parts.scheme == "tls" else None

    def send(self, alarm: Alarm) -> None:
        """See the base."""
        try:
            if self._path:
                self._send_local(alarm)
            elif self._kind == "udp":
                self._send_datagram(message_of(alarm, self._lang))
            else:
                self._send_stream(message_of(alarm, self._lang))
        except OSError as error:
            raise NotTakenError(type(error).__name__) from None

    def _send_local(self, alarm: Alarm) -> None:
        at = datetime.fromisoformat(alarm.raised_at).astimezone()
        head = f"<{PRIORITY}>{at:%b} {at.day:2d} {at:%H:%M:%S} tocsin[{os.getpid()}]:"
        text = f"{head} {_plain(alarm, self._lang)}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.settimeout(self._timeout)
            line.connect(self._path)
            line.send(text.encode())

    def _send_datagram(self, message: bytes) -> None:
        found = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_DGRAM)
        family, kind, protocol, _name, address = found[0]
        with socket.socket(family, kind, protocol) as line:
            line.settimeout(self._timeout)
            line.connect(address)
            line.send(message)

    def _send_stream(self, message: bytes) -> None:
        with socket.create_connection((self._host, self._port), self._timeout) as line:
            if self._context is None:
                _deliver(line, message)
            else:
                with self._context.wrap_socket(line, server_hostname=self._host) as secured:
                    secured.sendall(_framed(message))
                    with suppress(ssl.SSLError, TimeoutError):
                        secured.unwrap()


def _deliver(line: socket.socket, message: bytes) -> None:
    """The whole of it; and the other side's end is waited for, so that a cut is noticed."""
    line.sendall(_framed(message))
    line.shutdown(socket.SHUT_WR)
    with suppress(TimeoutError):
        while line.recv(4096):
            """What it says is not for us."""


def _framed(message: bytes) -> bytes:
    return f"{len(message)} ".encode() + message


def message_of(alarm: Alarm, lang: str) -> bytes:
    """RFC 5424, section 6, one alarm; its text in that language."""
    values = {
        "alarm": alarm.alarm,
        "case": alarm.case,
        "account": alarm.account,
        "reason": alarm.reason,
        "events": str(alarm.events),
        "persons": str(alarm.persons),
        "delay": f"{alarm.delay_s:.0f}",
        "first": alarm.first_at,
        "last": alarm.last_at,
    }
    told = " ".join(f'{name}="{_escaped(value)}"' for name, value in values.items())
    host = _NOT_A_NAME.sub("", socket.gethostname())[:255] or "-"
    head = f"<{PRIORITY}>1 {alarm.raised_at} {host} tocsin {os.getpid()} alarm [{STRUCTURE} {told}] "
    return head.encode() + b"\xef\xbb\xbf" + _plain(alarm, lang).encode()


def _escaped(value: str) -> str:
    """As a parameter's value (section 6.3.3)."""
    return _ESCAPED.sub(r"\\\1", _one_line(value))


def _plain(alarm: Alarm, lang: str) -> str:
    said = {
        "account": alarm.account,
        "why": alarm.words.get(lang, ""),
        "alarm": words(lang).text(_("Alarm {alarm}"), alarm=alarm.alarm),
    }
    return _one_line("{account}: {why} ({alarm})".format_map(said))


def _one_line(text: str) -> str:
    """Without control characters: nothing in it can begin a message of its own."""
    return "".join(c if c.isprintable() else " " for c in text)
