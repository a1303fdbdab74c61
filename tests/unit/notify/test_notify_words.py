# SPDX-License-Identifier: Apache-2.0
"""The notice itself, its code, and the message that carries it."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as parsed

from tocsin.core.settings.case import CaseHead, CaseSettings
from tocsin.core.settings.notify import NoticeTexts, NotifySettings
from tocsin.core.terms import Category
from tocsin.notify.channels.message import build_message, envelope_sender
from tocsin.notify.codes import grouped, make_code
from tocsin.notify.content import read_letter_file
from tocsin.notify.genuine.verify_notice import ALPHABET, published_digest, read_code
from tocsin.notify.interface import Notice
from tocsin.notify.letter import Letter, Person, Writer

AT = datetime(2024, 6, 11, 12, tzinfo=UTC)
HOSTILE = [
    "<script>alert(1)</script>",
    "=cmd|'/c calc'!A1",
    "\u202eevil\u2066",
    "x" * 120,
    "# Appelez le 08 99 00 00 00",
    "- a\n# b\nBcc: eve@example.com",
    "{{ 7*7 }}{% raw %}",
    "&lt;b&gt;",
]


def settings(lang: str = "fr") -> CaseSettings:
    texts = NoticeTexts(what_happened="W.", consequences="C.", measures="M.", authorities="A.")
    notify = NotifySettings(
        language="fr" if lang == "fr" else "en",
        sender="S",
        phone="02 99 00 00 00",
        dpo="D",
        fr=texts,
        en=texts,
    )
    return CaseSettings(case=CaseHead(id="R"), notify=notify)


def written(
    lang: str = "fr", name: str = "Anne Durand", *, never: tuple[str, ...] = (), **changed: object
) -> Letter:
    kept: dict[str, object] = {
        "addressee": "person",
        "controllers": ("Hôpital du Port",),
        "categories": ("health.reason", "identity.name"),
        "certainties": ("reconstructed", "shown"),
        "first_at": AT,
        "last_at": AT,
        "code": "0" * 16,
    }
    person = Person(name=name, **(kept | changed))  # type: ignore[arg-type]
    return Writer(settings(lang), never=never, released_at=AT).write(person)


def test_first_line_says_through_whom_one_is_known() -> None:
    first = " ".join(written().text.split("\n\n")[0].split())
    assert first == (
        "Vous recevez ce message parce que Hôpital du Port détient des informations sur vous, Anne Durand."
    )


def test_three_things_never_to_say_stand_before_what_happened() -> None:
    for lang, never_say, happened in (
        ("fr", "ne dites jamais", "Ce qui s’est passé"),
        ("en", "never say", "What happened"),
    ):
        text = " ".join(written(lang).text.split())
        assert text.index(never_say) < text.index(happened)
        head = written(lang).text.split(happened)[0]
        assert len(re.findall(r"^- ", head, re.MULTILINE)) == 3


def test_notice_names_this_person_s_data_and_no_others() -> None:
    text = written("en").text
    assert "seen:\n- surname and given names" in text
    assert "probably seen:\n- reason for the visit" in text
    labels = tomllib.loads(read_letter_file("words.en.toml"))["data"]
    own = {labels["health.reason"], labels["identity.name"]}
    assert not [label for label in labels.values() if label not in own and f"- {label}\n" in text]


def test_what_was_proven_unseen_is_said_unless_it_was_seen() -> None:
    text = written("en", never=("finance.bank", "health.reason")).text
    assert "these data were not seen:\n- bank details\n\n" in text


def test_representative_reads_whom_it_is_about() -> None:
    assert "sur Anne Durand, que vous représentez" in " ".join(
        written(addressee="representative").text.split()
    )


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_category_has_its_words(lang: str) -> None:
    assert set(tomllib.loads(read_letter_file(f"words.{lang}.toml"))["data"]) == {c.value for c in Category}


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_subject_says_nothing_of_care(lang: str) -> None:
    subject = written(lang).subject.lower()
    assert not re.search(r"sant|soin|hôpital|clini|médec|patient|health|care|hospital|doctor|durand", subject)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_name_is_a_name(name: str) -> None:
    letter = written(name=name, controllers=(name,))
    page = parsed.fromstring(letter.html)
    assert [element.tag for element in page.iter("script", "b")] == []
    plain_page = parsed.fromstring(written().html)
    assert len(page.findall(".//h2")) == len(plain_page.findall(".//h2"))
    assert len(page.findall(".//li")) == len(plain_page.findall(".//li"))
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", letter.text + letter.html)
    assert "49" not in letter.text


def test_text_and_html_say_the_same() -> None:
    letter = written()
    [shown] = parsed.fromstring(letter.html).iter("article")
    said = re.sub(r"^-[- ]*", "", letter.text, flags=re.MULTILINE)
    assert re.findall(r"\w+", "\n".join(map(str, shown.itertext()))) == re.findall(r"\w+", said)


def test_sentences_are_short() -> None:
    for lang in ("fr", "en"):
        text = re.sub(r"^-[- ]*", ". ", written(lang).text, flags=re.MULTILINE)
        longest = max(re.split(r"[.!?:]\s|\n\n", text), key=lambda sentence: len(sentence.split()))
        assert len(longest.split()) <= 25, longest


@given(st.integers(0, 15), st.integers(1, 31))
def test_wrong_character_of_a_code_is_seen(place: int, shift: int) -> None:
    code = make_code()
    other = ALPHABET[(ALPHABET.index(code[place]) + shift) % 32]
    assert read_code(code) == code
    assert read_code(code[:place] + other + code[place + 1 :]) is None


def test_code_is_read_as_people_type_it() -> None:
    code = make_code()
    typed = grouped(code).lower().replace("0", "o").replace("1", "l").replace("-", " ")
    assert read_code(typed) == code
    assert read_code("") is read_code("É" * 16) is None


def test_published_code_tells_neither_case_nor_code() -> None:
    code = make_code()
    assert len(published_digest("R", code)) == 24
    assert published_digest("R", code) != published_digest("S", code)
    assert len({make_code() for _ in range(1000)}) == 1000


def message(**changed: str) -> Notice:
    letter = written()
    kept = {"email": "a@example.com", "subject": letter.subject, "text": letter.text, "html": letter.html}
    return Notice("<" + "a" * 32 + "@example.org>", "fr", AT, **(kept | changed))  # type: ignore[arg-type]


def test_message_carries_both_forms_and_nothing_that_tracks() -> None:
    raw = build_message(message(), "notice@example.org", "Le service")
    read = message_from_bytes(raw, policy=default)
    assert [part.get_content_type() for part in read.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert not re.search(r"https?://|<img|<a ", read.get_body(("html",)).get_content())  # type: ignore[union-attr]
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["List-Unsubscribe"] is None


def test_both_forms_are_read_back_as_they_were_written() -> None:
    text = "Été : naïf \n.\nFrom ici\n" + "x" * 200 + "\n=_" + "a" * 32 + "\n--\n"
    raw = build_message(message(text=text, html="<p>é\t=</p>\n", proof="Aa0_-" * 60), "n@example.org", "Été")
    read = message_from_bytes(raw, policy=default)
    assert [part.get_content().replace("\r\n", "\n") for part in read.iter_parts()] == [
        text,
        "<p>é\t=</p>\n",
    ]
    assert (read["X-Notice-Proof"], read.defects) == ("Aa0_-" * 60, [])
    assert str(read["From"]) == "Été <n@example.org>"
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert max(map(len, raw.split(b"\r\n\r\n", 1)[1].split(b"\r\n"))) <= 78


@pytest.mark.parametrize("email", ["a@example.com\r\nBcc: eve@example.com", "a@example.com, eve@example.com"])
def test_mailbox_cannot_add_a_recipient(email: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        build_message(message(email=email), "notice@example.org", "")


def test_bounces_come_back_to_an_address_of_their_own() -> None:
    assert envelope_sender("b@example.org", "n@example.org", "<abc@x>") == "b+abc@example.org"
    assert envelope_sender("", "n@example.org", "<abc@x>") == "n@example.org"
