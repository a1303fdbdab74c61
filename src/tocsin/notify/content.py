# SPDX-License-Identifier: Apache-2.0
"""What every notice says alike: the texts of the case and our templates; whether anything is missing.

An incomplete notice is fined in itself (art. 34(2) with 33(3) GDPR): one that lacks an element never leaves.
"""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import Final

import msgspec

from tocsin.core.errors import InputError
from tocsin.core.settings import CaseSettings
from tocsin.core.settings.notify import (
    CallSettings,
    NoticeTexts,
    NotifySettings,
    PlanSettings,
    PostSettings,
    PriceSettings,
    ProfessionalSettings,
)
from tocsin.core.words import _
from tocsin.notify.run import Recipients
from tocsin.store.case import Case

LETTERS: Final = "letters"
TEMPLATES: Final = {
    "plain": "person.{lang}.j2",
    "easy": "easy.{lang}.j2",
    "withdrawn": "withdrawn.{lang}.j2",
    "professional": "professional.{lang}.j2",
    "professional_easy": "professional_easy.{lang}.j2",
    "account": "account.{lang}.j2",
    "account_easy": "account_easy.{lang}.j2",
}
"""By variant; for whoever is concerned no more; for professionals by variant too. All are released."""

NAMED_FILES: Final = ("words.{lang}.toml", "notice.css", "page.html.j2")


def texts_of(settings: NotifySettings) -> NoticeTexts:
    """The organisation's own, in the language of the notices."""
    return settings.fr if settings.language == "fr" else settings.en


def in_easy_words(settings: CaseSettings) -> CaseSettings:
    """The same case with every notice easy to read: for whoever asks for theirs so."""
    replace = msgspec.structs.replace
    professionals = replace(settings.notify.professionals, variant="easy")
    return replace(settings, notify=replace(settings.notify, variant="easy", professionals=professionals))


def read_letter_file(name: str) -> str:
    """One of our files of words."""
    return files("tocsin.notify").joinpath(LETTERS, name).read_text("utf-8")


def content_digest(case: Case) -> str:
    """Of all that is said alike: who released it released these words."""
    settings = case.settings.notify
    said = msgspec.structs.replace(
        settings,
        suppress=[],
        partners=[],
        professionals=ProfessionalSettings(variant=settings.professionals.variant),
        plan=PlanSettings(),
        prices=PriceSettings(),
        calls=CallSettings(),
        sms=msgspec.structs.replace(
            settings.sms, folder="", ca_file="", timeout=0.0, batch=0, keep_days=0, use=False
        ),
        post=PostSettings(
            recipient=settings.post.recipient,
            provider=settings.post.provider,
            sender_lines=settings.post.sender_lines,
            two_sided=settings.post.two_sided,
        ),
        email=msgspec.structs.replace(
            settings.email,
            timeout=0.0,
            lease=0.0,
            batch=0,
            rate=0.0,
            relay_log="",
            seed=[],
            host="",
            port=0,
            when_uncertain="ask",
        ),
    )
    hasher = hashlib.sha256(msgspec.json.encode([case.settings.case.id, said]))
    for name in (*TEMPLATES.values(), *NAMED_FILES):
        hasher.update(read_letter_file(name.format(lang=settings.language)).encode())
    return hasher.hexdigest()


def missing_elements(case: Case, recipients: Recipients) -> list[str]:
    """Keys of case.toml without which no notice may leave, in their order."""
    settings, lang = case.settings.notify, case.settings.notify.language
    texts = texts_of(settings)
    needed = {
        "notify.sender": settings.sender,
        "notify.dpo": settings.dpo,
        "notify.phone": settings.phone,
        f"notify.{lang}.what_happened": texts.what_happened,
        f"notify.{lang}.consequences": texts.consequences,
        f"notify.{lang}.measures": texts.measures,
        f"notify.{lang}.authorities": texts.authorities,
    }
    if recipients.by_channel().get("email"):
        needed["notify.email.from"] = settings.email.from_
    if recipients.by_channel().get("sms"):
        needed["notify.sms.from_name"] = settings.sms.from_name
    return [key for key, value in needed.items() if not value.strip()]


def refuse_incomplete(case: Case, recipients: Recipients) -> None:
    """Raise InputError that names every element that is missing."""
    missing = missing_elements(case, recipients)
    if missing:
        raise InputError(
            _("The notice is not complete: {keys}."),
            do=_("Write them in case.toml: a notice that lacks one of them may not leave."),
            where=case.folder / "case.toml",
            code="incomplete_notice",
            keys=", ".join(missing),
        )
