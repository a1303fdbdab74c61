# SPDX-License-Identifier: Apache-2.0
"""E-mail through a relay of the organisation's own: one connection, one message a person.

The relay signs (DKIM) and queues. With its log named in case.toml, what was in doubt is settled by the log;
without it, such notices are uncertain.
"""

from __future__ import annotations

import smtplib
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final

from tocsin.core.errors import InputError, MachineError
from tocsin.core.settings.notify import EmailSettings
from tocsin.core.words import _
from tocsin.notify.channels.message import build_message, envelope_sender
from tocsin.notify.interface import Channel, Fate, Handed, Notice
from tocsin.notify.relay_log import RelayLog

_LOOKS: Final = 20
_LOOK_S: Final = 0.1


class Relay(Channel):
    """SMTP to a local relay (RFC 5321)."""

    name = "relay"
    kind = "email"

    def __init__(self, settings: EmailSettings, log: RelayLog | None) -> None:
        if not settings.from_:
            raise InputError(
                _("E-mail has no sender."), do=_("Write from in [notify.email]."), code="no_sender"
            )
        self._settings = settings
        self._log = log
        self._connection: smtplib.SMTP | None = None
        self._next_at = 0.0

    def hand_over(self, notices: Sequence[Notice]) -> Iterator[Handed]:
        """One after the other; a broken connection leaves that one in doubt, and a new one is made."""
        for notice in notices:
            self._keep_pace()
            yield self._hand_one(self._connected(), notice)

    def look_up(self, message_ids: Collection[str]) -> Mapping[str, Fate]:
        """By the relay's log. The relay may be a moment behind: what is half told is looked at again."""
        if self._log is None:
            return dict.fromkeys(message_ids, Fate.UNKNOWN)
        found: dict[str, Fate] = {}
        for _look in range(_LOOKS):
            self._log.follow()
            found = {one: self._log.look_up(one) or Fate.ABSENT for one in message_ids}
            if Fate.UNKNOWN not in found.values() and _look:
                break
            time.sleep(_LOOK_S)
        return found

    def close(self) -> None:
        """Say goodbye."""
        if self._connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._connection.quit()
            self._connection = None

    def _hand_one(self, connection: smtplib.SMTP, notice: Notice) -> Handed:
        settings = self._settings
        message = build_message(notice, settings.from_, settings.from_name)
        sender = envelope_sender(settings.bounces, settings.from_, notice.message_id)
        try:
            connection.sendmail(sender, [notice.email], message)
        except smtplib.SMTPRecipientsRefused as refused:
            [(code, _text)] = refused.recipients.values()
            return Handed(notice.message_id, _fate_of(code), str(code))
        except smtplib.SMTPServerDisconnected:
            self._forget()
            return Handed(notice.message_id, Fate.UNKNOWN)
        except smtplib.SMTPResponseException as refused:
            return Handed(notice.message_id, _fate_of(refused.smtp_code), str(refused.smtp_code))
        except OSError:  # timed out or cut, perhaps after the relay took it
            self._forget()
            return Handed(notice.message_id, Fate.UNKNOWN)
        return Handed(notice.message_id, Fate.ACCEPTED)

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None:
            settings = self._settings
            try:
                self._connection = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout)
            except (OSError, smtplib.SMTPException) as error:
                raise MachineError(
                    _("The mail relay {place} cannot be reached ({kind})."),
                    do=_("Check it, and run again: nothing is lost."),
                    code="relay_unreachable",
                    place=f"{settings.host}:{settings.port}",
                    kind=type(error).__name__,
                ) from None
        return self._connection

    def _forget(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _keep_pace(self) -> None:
        """No faster than [notify.email] rate."""
        if self._settings.rate <= 0:
            return
        now = time.monotonic()
        if now < self._next_at:
            time.sleep(self._next_at - now)
        self._next_at = max(now, self._next_at) + 1 / self._settings.rate


def _fate_of(code: int) -> Fate:
    """RFC 5321, section 4.2.1: 5yz is for good, 4yz may be tried again."""
    return Fate.BOUNCED if code >= 500 else Fate.DEFERRED
