# SPDX-License-Identifier: Apache-2.0
"""The e-mail of a notice: text and HTML side by side, nothing that tracks, nothing that needs a link.

Headers: RFC 5322; `Auto-Submitted`: RFC 3834; parts: RFC 2046. What all notices of a wave share is written
once; of what is one notice's own, addresses are structured and no value may hold the end of a line, so that
none can add a header or a recipient.
"""

from __future__ import annotations

from binascii import b2a_qp
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import lru_cache
from typing import Final

from tocsin.notify.genuine.verify_notice import PROOF_HEADER
from tocsin.notify.interface import Notice

_POLICY: Final = SMTP.clone(max_line_length=78)
_LONGEST: Final = 900


def build_message(notice: Notice, sender: str, sender_name: str) -> bytes:
    """The whole message. Raises ValueError for a mailbox or a number that is none."""
    own = {"To": str(Address("", addr_spec=notice.email)), "Message-ID": notice.message_id}
    if notice.proof:
        own[PROOF_HEADER] = notice.proof
    # In quoted-printable a `_` never follows a `=`, so that no text can hold the boundary.
    boundary = f"=_{notice.message_id.strip('<>').partition('@')[0]}"
    head = [_said_to_all(sender, sender_name, notice.subject, notice.released_at, notice.lang)]
    head += [_header(name, value) for name, value in own.items()]
    head.append(_header("Content-Type", f'multipart/alternative; boundary="{boundary}"'))
    parts = [_part(boundary, "plain", notice.text), _part(boundary, "html", notice.html)]
    return b"".join((*head, *parts, f"\r\n--{boundary}--\r\n".encode()))


@lru_cache(maxsize=8)
def _said_to_all(sender: str, sender_name: str, subject: str, date: datetime, lang: str) -> bytes:
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(sender_name, addr_spec=sender)
    message["Subject"] = subject
    message["Date"] = date
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = lang
    message["MIME-Version"] = "1.0"
    return message.as_bytes().rstrip(b"\r\n") + b"\r\n"


def _header(name: str, value: str) -> bytes:
    """Ours are far shorter than the 998 characters of a line (RFC 5322, section 2.1.1)."""
    if not value.isascii() or not value.isprintable() or len(value) > _LONGEST:
        raise ValueError(name)
    return f"{name}: {value}\r\n".encode()


def _part(boundary: str, kind: str, content: str) -> bytes:
    lines = content.replace("\r\n", "\n").replace("\n", "\r\n").encode()
    head = (
        f'\r\n--{boundary}\r\nContent-Type: text/{kind}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head.encode() + b2a_qp(lines)


def envelope_sender(bounces: str, sender: str, message_id: str) -> str:
    """Where bounces go: `bounce+<number of the message>@…`, so that one tells whose it is (VERP)."""
    if not bounces:
        return sender
    local, _at, domain = bounces.rpartition("@")
    return f"{local}+{message_id.strip('<>').partition('@')[0]}@{domain}"
