# SPDX-License-Identifier: Apache-2.0
"""The text message of a notice: one segment where the words fit into one, else two; never a link, never care.

It is a pointer: the whole notice is read out at the switchboard. The words are files; of those that say the
same, the first that fits into one segment leaves. Codes and numbers are never changed by a rewording.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from tocsin.core.errors import InputError
from tocsin.core.settings.notify import NotifySettings
from tocsin.core.words import _, visible
from tocsin.notify.codes import grouped
from tocsin.notify.gsm import Fitted, fit
from tocsin.notify.letter import Person, clean, notice_words

MOST_SEGMENTS: Final = 2

CARE: Final = re.compile(
    r"\b(?:h[oô]pita\w*|hospital\w*|cliniq?\w*|sant[eé]|health\w*|soins?|care|m[eé]dic\w*|m[eé]decin\w*|patient\w*"
    r"|onco\w*|cancer\w*|psy\w*|matern\w*|p[eé]diatr\w*|g[eé]riatr\w*|dialys\w*|chirurg\w*|surg\w*|pharma\w*"
    r"|labo\w*|radio\w*|imagerie|ehpad|urgences?|emergency|addict\w*|dent\w*|kin[eé]\w*|infirm\w*|nurs\w*"
    r"|malad\w*|docteur|doctor|cardio\w*|ivg|vih|hiv)\b",
    re.IGNORECASE,
)
"""Words of care in a name; incomplete by nature: the preview shows the message to somebody who reads it."""

PREMIUM: Final = re.compile(r"(?:\+33|0033|0)8[129]\d{7}|3\d{3}|118\d{3}")
"""Numbers that cost more than a call, or may (ARCEP numbering plan)."""

_NAME: Final = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{3,11}")
_CODE: Final = "0" * 16


class SmsWriter:
    """Writes the messages of one case."""

    def __init__(self, settings: NotifySettings) -> None:
        self._said: dict[str, list[str]] = notice_words(settings.language)["sms"]
        self._alike = {"known_as": known_as(settings), "phone": clean(settings.phone)}

    def write(self, person: Person) -> Fitted:
        """The shortest of the texts that say it: what leaves is `text`."""
        code = grouped(person.code)
        return _best([one.format(code=code, **self._alike) for one in self._said[_which(person)]])


def known_as(settings: NotifySettings) -> str:
    """How a message names the organisation."""
    return clean(settings.sms.known_as or settings.sender)


def refuse_unfit_sms(settings: NotifySettings) -> None:
    """Raise InputError when a message would say care, cost its reader, or need over two segments."""
    if not settings.sms.use:
        return
    _refuse_names(settings)
    if PREMIUM.fullmatch(re.sub(r"[\s.()/-]", "", settings.phone)):
        raise InputError(
            _("The telephone number of the notice may cost its caller more than a call."),
            do=_("Write the number of the switchboard in [notify] phone."),
            code="premium_number",
        )
    day = datetime(2000, 1, 1, tzinfo=UTC)
    writer = SmsWriter(settings)
    for kind in ("person", "representative", "account", "withdrawn"):
        blank = Person("", kind, (), (), (), day, day, _CODE, why=kind, kind=kind)
        found = writer.write(blank)
        if found.segments > MOST_SEGMENTS:
            raise InputError(
                _("The text message needs {segments} segments."),
                do=_(
                    "Write a short known_as in [notify.sms], of letters that need no other alphabet: {unfit}"
                ),
                code="sms_too_long",
                segments=found.segments,
                unfit=visible(found.unfit) or "-",
            )


def _refuse_names(settings: NotifySettings) -> None:
    named = known_as(settings)
    for name in (named, settings.sms.from_name):
        care = CARE.search(name)
        if care:
            raise InputError(
                _("A text message is read over shoulders, and '{word}' speaks of care."),
                do=_("Write from_name and known_as in [notify.sms] without it."),
                code="sms_says_care",
                word=visible(care[0]),
            )
    if settings.sms.from_name and not _NAME.fullmatch(settings.sms.from_name):
        raise InputError(
            _("The sender's name of text messages is not one that networks show."),
            do=_("Write 3 to 11 letters and digits, without accents, in [notify.sms] from_name."),
            code="bad_sms_name",
        )


def _which(person: Person) -> str:
    if person.why == "withdrawn":
        return "withdrawn"
    if person.kind == "account":
        return "account"
    return "representative" if person.addressee == "representative" else "person"


def _best(texts: Sequence[str]) -> Fitted:
    fitted = [fit(text) for text in texts]
    return next((one for one in fitted if one.segments == 1), fitted[-1])
