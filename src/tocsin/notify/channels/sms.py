# SPDX-License-Identifier: Apache-2.0
"""Text messages: dropped into a folder for the firm that sends them, or handed to it over HTTP.

`messages.csv`: reference, number (E.164), sender's name, alphabet and segments that the text needs, text.
What the networks tell comes back as a CSV like a carrier's of letters, or by the firm's answers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tocsin.core.one_host import OneHost
from tocsin.notify.channels.folder import Dropped, Signed
from tocsin.notify.channels.provider import Firm, reference_of
from tocsin.notify.gsm import fit
from tocsin.notify.interface import Notice

COLUMNS: Final = ("reference", "phone", "from", "alphabet", "segments", "text")
PURPOSE: Final = "send these text messages (art. 34 GDPR), then destroy them"


class SmsFolder(Dropped):
    """Drops messages."""

    name = "sms_folder"
    kind = "sms"

    def __init__(
        self, folder: Path, notes: Path, from_name: str, signed: Signed, recipient: str = ""
    ) -> None:
        super().__init__(folder, notes, signed, recipient)
        self._from_name = from_name

    def contents(self, notices: Sequence[Notice]) -> dict[str, bytes]:
        """One row a message. Numbers begin with `+`, as firms read them: no text of anybody stands first."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=";")
        writer.writerow(COLUMNS)
        for notice in notices:
            said = fit(notice.text)
            head = (reference_of(notice.message_id), notice.phone, self._from_name)
            writer.writerow([*head, said.alphabet, said.segments, said.text])
        return {"messages.csv": text.getvalue().encode()}

    def head(self, notices: Sequence[Notice]) -> dict[str, object]:
        """How many messages and segments, and what for."""
        segments = sum(fit(notice.text).segments for notice in notices)
        return {"messages": len(notices), "segments": segments, "purpose": PURPOSE}


class SmsProvider(Firm):
    """Hands messages to a firm."""

    name = "sms_provider"
    kind = "sms"
    section = "notify.sms"

    def __init__(self, host: OneHost, token: str, from_name: str, term: str) -> None:
        super().__init__(host, token)
        self._from_name, self._term = from_name, term

    def batch(self, notices: Sequence[Notice]) -> dict[str, object]:
        """One item a message."""
        items = [
            {
                "reference": reference_of(notice.message_id),
                "phone": notice.phone,
                "text": notice.text,
                "segments": fit(notice.text).segments,
            }
            for notice in notices
        ]
        return {"term": self._term, "from": self._from_name, "items": items}
