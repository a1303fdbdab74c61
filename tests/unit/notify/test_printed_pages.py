# SPDX-License-Identifier: Apache-2.0
"""How many pages a letter takes, and what is seen on it first: each sheet is paid for, and turned over."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import msgspec
import pypdf
import pytest

from tests.unit.notify.test_notify_words import settings
from tocsin.core.settings.notify import NoticeTexts, NotifySettings, PostSettings
from tocsin.notify.account_use import LISTED, AccountUse
from tocsin.notify.genuine.signing import proof_address
from tocsin.notify.letter import Person, Writer
from tocsin.notify.printed.letters import paper_of
from tocsin.notify.printed.render import Sheet, render_chunk, render_copy

AT = datetime(2026, 6, 11, 12, tzinfo=UTC)
ACT = (AT, "agenda", "update", "prescription")
USE = AccountUse("dr.martin", 214, (ACT,) * LISTED, 37, (("martin", "laboratoire"), ("mart2", "visio")))
TEXTS = NoticeTexts(
    what_happened="Le 11 juin 2024, une personne a utilisé le compte d’un médecin sans son accord. "
    "Elle a ouvert des dossiers de patients dans notre logiciel de rendez-vous.",
    consequences="Quelqu’un peut se servir de ces informations pour vous tromper : un faux appel de votre "
    "mutuelle ou de votre banque, un faux message de l’hôpital.",
    measures="Nous avons bloqué le compte le jour même. Nous avons changé les mots de passe et vérifié tous "
    "les accès des six derniers mois.",
    authorities="Nous avons prévenu la CNIL et l’agence régionale de santé, et nous avons déposé plainte.",
    apology="Nous vous prions d’accepter nos excuses.",
    hours="du lundi au vendredi, de 9 h à 18 h",
)
CATEGORIES = ("identity.name", "identity.birth_date", "id.nir", "contact.phone", "contact.address")
OWN = ("professional.name", "professional.id", "finance.bank")


def told(lang: str) -> NotifySettings:
    return msgspec.structs.replace(
        settings(lang).notify,
        sender="Centre hospitalier du Port",
        dpo="Anne Le Gall, dpo@ch-duport.example",
        contact_email="contact@ch-duport.example",
        page="https://verifier.ch-duport.example",
        post=PostSettings(sender_lines=["1 quai des Brumes", "35000 Rennes"]),
        fr=TEXTS,
        en=TEXTS,
    )


def sheet_of(lang: str, kind: str) -> Sheet:
    case = msgspec.structs.replace(settings(lang), notify=told(lang))
    shown = {"person": CATEGORIES, "professional": OWN, "account": ()}[kind]
    use = USE if kind == "account" else None
    certainties = ("shown", "reconstructed", "reachable", "shown", "shown")[: len(shown)]
    controllers = ("Hôpital du Port",)
    person = Person(
        "Anne Durand", "person", controllers, shown, certainties, AT, AT, "0" * 16, kind=kind, use=use
    )
    never = ("health.result",) if kind == "person" else ()
    document = Writer(case, never=never, released_at=AT).write(person).document
    address = proof_address(case.notify.page, "x" * 300)
    return Sheet("r", ("Anne DURAND", "12 RUE DES LICES", "35000 RENNES"), document, address, is_notice=True)


@pytest.mark.parametrize(("lang", "kind"), [(x, y) for x in ("fr", "en") for y in ("person", "account")])
def test_letter_takes_one_sheet_and_what_to_do_stands_on_its_first_page(lang: str, kind: str) -> None:
    case, sheet = msgspec.structs.replace(settings(lang), notify=told(lang)), sheet_of(lang, kind)
    content, [place] = render_chunk(paper_of(case, AT), [sheet])
    assert (place.first, place.last) == (1, 2)
    first, second = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
    assert {"fr": "Ce qu’il faut faire", "en": "What to do now"}[lang] in first
    assert "0000-0000-0000-0000" in second


def test_tagged_copy_says_the_same_with_each_list_whole() -> None:
    case, sheet = msgspec.structs.replace(settings("fr"), notify=told("fr")), sheet_of("fr", "person")
    text = "".join(
        page.extract_text()
        for page in pypdf.PdfReader(io.BytesIO(render_copy(paper_of(case, AT), sheet))).pages
    )
    for words in ("Raccrochez", "0000-0000-0000-0000", "Délégué à la protection", "adresse postale"):
        assert words in text
