# SPDX-License-Identifier: Apache-2.0
"""The French catalogue is whole: nothing is said that it lacks, and it holds nothing that is not said."""

from __future__ import annotations

import string
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from tests.unit.core.said import SOURCE, Sentence, sentences_said

CATALOGUES = sorted((SOURCE / "locale" / "fr" / "LC_MESSAGES").glob("*.po"))


def french(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="fr", abort_invalid=True)


def messages() -> list[Message]:
    return [message for path in CATALOGUES for message in french(path) if message.id]


def key_of(message: Message) -> Sentence:
    one, *many = message.id if isinstance(message.id, tuple | list) else (message.id,)
    return (one, many[0]) if many else one


def translated() -> set[Sentence]:
    return {key_of(message) for message in messages()}


def placeholders(*sentences: str) -> set[str]:
    parsed = (field for sentence in sentences for _text, field, *_rest in string.Formatter().parse(sentence))
    return {field for field in parsed if field is not None}


def test_catalogue_has_every_sentence_that_is_said() -> None:
    missing = sorted(sentences_said() - translated(), key=str)
    assert not missing, "add to a catalogue:\n" + "\n".join(map(str, missing))


def test_catalogue_has_no_sentence_that_is_not_said() -> None:
    unused = sorted(translated() - sentences_said(), key=str)
    assert not unused, "take out of its catalogue:\n" + "\n".join(map(str, unused))


def test_no_sentence_stands_in_two_catalogues() -> None:
    assert [key for key, times in Counter(map(key_of, messages())).items() if times > 1] == []


@pytest.mark.parametrize("message", messages(), ids=lambda m: str(m.id)[:60])
def test_translation_keeps_the_placeholders(message: Message) -> None:
    english = message.id if isinstance(message.id, tuple | list) else (message.id,)
    # French counts nought as singular, so that both of its forms must name the number.
    for sentence in message.string if message.pluralizable else (message.string,):
        assert sentence
        assert placeholders(sentence) == placeholders(*english)


@pytest.mark.parametrize("message", messages(), ids=lambda m: str(m.id)[:60])
def test_translation_has_french_spaces(message: Message) -> None:
    for sentence in message.string if message.pluralizable else (message.string,):
        assert not any(wrong in sentence for wrong in (" ;", " !", " ?", " :", "« ", " »", "'", "..."))


def test_no_translation_is_doubtful() -> None:
    assert not [message.id for message in messages() if message.fuzzy]


def test_nothing_compiled_is_kept() -> None:
    assert not list(Path(SOURCE).rglob("*.mo"))
