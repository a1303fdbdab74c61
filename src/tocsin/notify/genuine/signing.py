# SPDX-License-Identifier: Apache-2.0
"""Signs what a notice says of its sender: code, case, issuer, day, telephone, mailbox and page. No person.

The proof travels in a QR code, an e-mail's header or a page's head. A thief may copy it whole; with another
telephone number it no longer holds.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from nacl.signing import SigningKey

from tocsin.core.settings import CaseSettings
from tocsin.core.words import visible
from tocsin.notify.genuine.verify_notice import SIGNED_AS, Proof


class Prover:
    """Makes the proofs of one release."""

    def __init__(self, settings: CaseSettings, key: SigningKey, released_at: datetime) -> None:
        notify = settings.notify
        day = released_at.astimezone(ZoneInfo(settings.case.zone)).date().isoformat()
        self._blank = Proof(
            code="",
            case=_line(settings.case.id),
            issuer=_line(notify.sender),
            date=day,
            phone=_line(notify.phone),
            email=_line(notify.contact_email),
            signature=b"",
        )
        self._page, self._key = _line(notify.page), key

    def prove(self, code: str) -> str:
        """The proof of one code, as text of letters, digits, `-` and `_`."""
        proof = replace(self._blank, code=code)
        text = SIGNED_AS + "\n".join((*proof.fields(), self._page)).encode()
        return replace(proof, signature=self._key.sign(text).signature).text()


def proof_address(page: str, proof: str) -> str:
    """What a QR code holds: behind `#`, so that the page's server never sees it."""
    return f"{page.rstrip('/')}/#{proof}"


def _line(text: str) -> str:
    return visible(" ".join(text.split()))
