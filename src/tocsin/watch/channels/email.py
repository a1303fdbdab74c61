# SPDX-License-Identifier: Apache-2.0
"""Alarms by e-mail through a relay of the organisation's own (RFC 5321), in the language of [watch].

The Message-ID is made of the alarm's id, so that a message sent again after a kill is known for the same.
"""

from __future__ import annotations

import smtplib
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Final

from tocsin.core.errors import SettingsError
from tocsin.core.settings.watch import AlarmMailSettings
from tocsin.core.words import Words, _, visible
from tocsin.watch.alarms import Alarm
from tocsin.watch.interface import AlarmChannel, NotTakenError

MOST_SUBJECT: Final = 150


class AlarmMail(AlarmChannel):
    """One message an alarm, to all who are named."""

    name = "email"

    def __init__(self, settings: AlarmMailSettings, words: Words, zone: str) -> None:
        if not settings.to or any("@" not in parseaddr(one)[1] for one in (*settings.to, settings.from_)):
            raise SettingsError(
                _("[watch.email] has no sender or nobody to write to."),
                do=_('Write from = "tocsin@…" and to = ["…@…"].'),
            )
        self._settings = settings
        self._words = words
        self._zone = zone

    def send(self, alarm: Alarm) -> None:
        """See the base."""
        settings = self._settings
        sender = parseaddr(settings.from_)[1]
        try:
            with smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout) as relay:
                refused = relay.sendmail(
                    sender, [parseaddr(one)[1] for one in settings.to], self.message(alarm).as_bytes()
                )
        except smtplib.SMTPResponseException as error:
            raise NotTakenError(str(error.smtp_code)) from None
        except (smtplib.SMTPException, OSError) as error:
            raise NotTakenError(type(error).__name__) from None
        if len(refused) == len(settings.to):
            raise NotTakenError("refused")

    def message(self, alarm: Alarm) -> EmailMessage:
        """What is sent."""
        say = self._words.text
        message = EmailMessage(policy=SMTP)
        message["From"] = self._settings.from_
        message["To"] = ", ".join(self._settings.to)
        subject = say(_("Tocsin alarm: account {account}"), account=visible(alarm.account))
        message["Subject"] = subject[:MOST_SUBJECT]
        message["Date"] = format_datetime(datetime.fromisoformat(alarm.raised_at))
        domain = parseaddr(self._settings.from_)[1].partition("@")[2]
        message["Message-ID"] = f"<{alarm.alarm}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content("\n".join(self._lines(alarm)) + "\n")
        return message

    def _lines(self, alarm: Alarm) -> list[str]:
        say, words = self._words.text, self._words
        return [
            visible(alarm.words.get(words.lang, "")),
            "",
            say(_("Case: {case}"), case=visible(alarm.case)),
            say(_("Account: {account}"), account=visible(alarm.account)),
            say(
                _("Before this alarm, from {first} to {last}: acts: {events}; distinct patients: {persons}."),
                first=self._instant(alarm.first_at),
                last=self._instant(alarm.log_at),
                events=words.number(alarm.events),
                persons=words.number(alarm.persons),
            ),
            say(_("Records to look at: {events}"), events=", ".join(map(str, alarm.event_ids))),
            say(_("Alarm {alarm}"), alarm=alarm.alarm),
        ]

    def _instant(self, text: str) -> str:
        return self._words.instant(datetime.fromisoformat(text), self._zone)
