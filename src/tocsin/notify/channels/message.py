# SPDX-License-Identifier: Apache-2.0
"""The e-mail of a notice: text and HTML side by side, nothing that tracks, nothing that needs a link.

Headers: RFC 5322; `Auto-Submitted`: RFC 3834. Addresses are structured headers, so that no value can add a
header or a recipient.
"""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from tocsin.notify.genuine.verify_notice import PROOF_HEADER
from tocsin.notify.interface import Notice

_POLICY: Final = SMTP.clone(max_line_length=78)


def build_message(notice: Notice, sender: str, sender_name: str) -> EmailMessage:
    """The whole message."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(sender_name, addr_spec=sender)
    message["To"] = Address("", addr_spec=notice.email)
    message["Subject"] = notice.subject
    message["Date"] = notice.released_at
    message["Message-ID"] = notice.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = notice.lang
    if notice.proof:
        message[PROOF_HEADER] = notice.proof
    message.set_content(notice.text, cte="quoted-printable")
    message.add_alternative(notice.html, subtype="html", cte="quoted-printable")
    return message


def envelope_sender(bounces: str, sender: str, message_id: str) -> str:
    """Where bounces go: `bounce+<number of the message>@…`, so that one tells whose it is (VERP)."""
    if not bounces:
        return sender
    local, _at, domain = bounces.rpartition("@")
    return f"{local}+{message_id.strip('<>').partition('@')[0]}@{domain}"
