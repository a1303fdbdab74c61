# SPDX-License-Identifier: Apache-2.0
"""Would somebody of 75 know in ten seconds what to do? Short sentences, everyday words, action first."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from tests.unit.notify.scenes import email_settings, exposed, person, told_case
from tests.unit.notify.test_notify_words import settings
from tocsin.cli.main import run_command
from tocsin.core.settings.notify import ProfessionalSettings
from tocsin.core.terms import Category
from tocsin.notify.account_use import AccountUse
from tocsin.notify.letter import Person, Writer

AT = datetime(2026, 6, 11, 12, tzinfo=UTC)
JARGON = re.compile(
    r"\b(?:susmentionn|ledit|ladite|nonobstant|afférent|diligent|violation de données"
    r"|responsable de traitement|exfiltr|compromi|cyberattaque|intrusion|RGPD"
    r"|GDPR|data breach|controller|data subject|pursuant)",
    re.I,
)
LONGEST = {"plain": 25, "easy": 15}
MEAN = {"plain": 13.0, "easy": 9.0}
FORMS = [(lang, variant) for lang in ("fr", "en") for variant in ("plain", "easy")]
EVERY = [(*form, kind) for form in FORMS for kind in ("person", "professional", "account")]
USE = AccountUse("dr.martin", 214, ((AT, "agenda", "update", "prescription"),), 3, (("martin", "labo"),))


def document(lang: str, variant: str, **changed: object) -> str:
    case = settings(lang)
    professionals = ProfessionalSettings(variant=variant)  # type: ignore[arg-type]
    notify = msgspec.structs.replace(
        case.notify, variant=variant, page="https://verifier.example.org", professionals=professionals
    )
    every = tuple(Category) if changed.get("kind") != "account" else ()
    certainties = tuple(("taken", "shown", "reconstructed", "reachable")[n % 4] for n in range(len(every)))
    held: dict[str, object] = {
        "name": "Anne Durand",
        "addressee": "person",
        "controllers": ("Hôpital du Port",),
        "categories": every,
        "certainties": certainties,
        "first_at": AT,
        "last_at": AT,
        "code": "0" * 16,
    }
    writer = Writer(msgspec.structs.replace(case, notify=notify), never=(), released_at=AT)
    return writer.write(Person(**(held | changed))).document  # type: ignore[arg-type]


def sentences(text: str) -> list[list[str]]:
    """Words of each sentence; items of a list and headings stand by themselves."""
    lines = re.sub(r"^(?:- |# )", "", text, flags=re.MULTILINE)
    found = (re.findall(r"[\w’'-]+", one) for one in re.split(r"[.!?:;]\s|\n", lines))
    return [words for words in found if words]


def of_kind(lang: str, variant: str, kind: str) -> str:
    return document(lang, variant, kind=kind, use=USE if kind == "account" else None)


@pytest.mark.parametrize(("lang", "variant", "kind"), EVERY)
def test_sentences_are_short_and_words_are_everybody_s(lang: str, variant: str, kind: str) -> None:
    text = of_kind(lang, variant, kind)
    told = [words for words in sentences(text) if "Fontenoy" not in words and "Cedex" not in words]
    longest = max(told, key=len)
    assert len(longest) <= LONGEST[variant], " ".join(longest)
    assert sum(map(len, told)) / len(told) <= MEAN[variant]
    assert not JARGON.search(text)


@pytest.mark.parametrize(("lang", "variant", "kind"), EVERY)
def test_what_to_do_comes_first_and_whole(lang: str, variant: str, kind: str) -> None:
    text = of_kind(lang, variant, kind)
    first_heading, second_heading = [found.start() for found in re.finditer(r"^# ", text, re.MULTILINE)][:2]
    assert len(text[:first_heading].split()) <= 60
    todo = text[first_heading:second_heading]
    assert todo.count("\n- ") == 3
    assert re.search(r"Raccrochez|Hang up", todo, re.IGNORECASE)


@pytest.mark.parametrize(("lang", "variant", "kind"), EVERY)
def test_every_mandatory_element_is_there(lang: str, variant: str, kind: str) -> None:
    text = of_kind(lang, variant, kind)
    consequences = {"fr": "à votre nom|sous votre nom", "en": "in your name|under your name"}[lang]
    assert re.search(consequences if kind == "account" else r"C\.", text)
    for element in (
        "W.",
        "M.",
        "A.",
        "02\u00a099\u00a000\u00a000\u00a000",
        "D",
        "S",
        "R",
        "cnil.fr",
        "0000-0000",
    ):
        assert element in text


@pytest.mark.parametrize(("lang", "variant"), FORMS)
def test_what_is_not_sure_is_never_said_to_be(lang: str, variant: str) -> None:
    sure, unsure = (
        document(lang, variant, categories=("contact.phone",), certainties=(certainty,))
        for certainty in ("shown", "reachable")
    )
    doubt = {"fr": "peut-être", "en": "may have"}[lang]
    assert unsure.count(doubt) > sure.count(doubt)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_carer_s_easy_notice_is_about_the_person(lang: str) -> None:
    text = document(lang, "easy", addressee="representative")
    assert re.search("Anne Durand, (?:que vous représentez|whom you represent)", text)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_sheet_for_calls_names_nobody_and_says_what_was_seen(
    tmp_path: Path, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [person(1), person(2)]
    shown = exposed(1, "contact.phone") + exposed(2, "identity.name")
    texts = '[notify.en]\nwhat_happened = "W."\nconsequences = "C."\nmeasures = "M."\nauthorities = "A."\n'
    told_case(
        tmp_path, rows, notify=f'language = "{lang}"', exposure=shown, settings=texts + email_settings(25)
    ).close()
    assert run_command(["notify", str(tmp_path), "sheet", "--by", "t"]) == 0
    assert capsys.readouterr().out.strip().endswith("call-centre.html")
    page = (tmp_path / "notices" / "call-centre.html").read_text("utf-8")
    assert {"fr": "numéro de téléphone", "en": "telephone number"}[lang] in page.lower()
    assert not re.search(r"Durand|p1@example", page)
    assert "<h2>" in page
