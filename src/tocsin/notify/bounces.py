# SPDX-License-Identifier: Apache-2.0
"""Bounces that came back by mail: which notice each is of, and whether it is for good.

A delivery report (RFC 3464) or any message sent to the notice's own return address (VERP). What is only a
delay, and what is of none of our notices, changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Final, NamedTuple

_LARGEST: Final = 4 << 20
_VERP: Final = re.compile(r"\+([0-9a-f]{32})@")
_MESSAGE: Final = re.compile(r"<[0-9a-f]{32}@[^>\s]{1,255}>")
_STATUS: Final = re.compile(r"^\d\.\d{1,3}\.\d{1,3}")


class Bounce(NamedTuple):
    """One report; `token` is the left side of the notice's message id."""

    token: str
    code: str


def read_bounces(folder: Path) -> Iterator[Bounce]:
    """Those in a Maildir, or in a folder of messages; each file once, larger ones than 4 MiB not."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")):
        if path.stat().st_size <= _LARGEST:
            found = bounce_of(path.read_bytes())
            if found is not None:
                yield found


def bounce_of(raw: bytes) -> Bounce | None:
    """What a message says of one of our notices; None when it says nothing for good."""
    message = message_from_bytes(raw)
    code = _code(message)
    token = _token(message)
    return Bounce(token, code) if token and code.startswith("5") else None


def _token(message: Message) -> str:
    for name in ("Delivered-To", "X-Original-To", "To"):
        found = _VERP.search(str(message.get(name, "")))
        if found:
            return found[1]
    for part in message.walk():
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            found = _MESSAGE.search(part.as_string())
            if found:
                return found[0][1:33]
    return ""


def _code(message: Message) -> str:
    """The first status of a report whose action is `failed`."""
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for fields in part.get_payload():  # of one block each
            if not isinstance(fields, Message) or str(fields.get("Action", "")).strip().lower() != "failed":
                continue
            found = _STATUS.match(str(fields.get("Status", "")).strip())
            if found:
                return found[0]
    return ""
