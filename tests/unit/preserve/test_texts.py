# SPDX-License-Identifier: Apache-2.0
"""Both languages say the same things, in their own typography, about the words that case.toml knows."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from tocsin.core.settings.inputs import HolderKind, LogKind
from tocsin.preserve.texts import Texts, needs, texts

KINDS, HOLDERS = get_args(LogKind), get_args(HolderKind)


def sentences(said: Texts) -> list[str]:
    found = [*said.page.values()]
    for kind in said.kinds.values():
        found += [kind.name, kind.question, *kind.fields]
    for holder in said.holders.values():
        found += [holder.name, holder.addressee, *holder.basis, *holder.extra]
    for text in said.letter.values():
        found += text if isinstance(text, list) else [text]
    return found


def test_both_languages_say_the_same_things() -> None:
    french, english = texts("fr"), texts("en")
    assert list(french.letter) == list(english.letter)
    assert list(french.page) == list(english.page)
    for key, text in french.letter.items():
        other = english.letter[key]
        assert isinstance(text, list) == isinstance(other, list)
        assert len(text) == len(other) if isinstance(text, list) else True
        assert re.findall(r"{\w+}", str(text)) == re.findall(r"{\w+}", str(other))
    for name, holder in french.holders.items():
        assert len(holder.basis) == len(english.holders[name].basis)
        assert len(holder.extra) == len(english.holders[name].extra)
    for name, kind in french.kinds.items():
        assert len(kind.fields) == len(english.kinds[name].fields)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_texts_know_every_kind_and_holder_that_case_toml_knows(lang: str) -> None:
    said = texts(lang)
    assert tuple(said.kinds) == KINDS == tuple(needs())
    assert set(said.holders) == set(HOLDERS)
    assert all(holder.basis for name, holder in said.holders.items() if name != "us")


def test_needs_name_holders_that_there_are() -> None:
    for need in needs().values():
        assert {need.usual, *need.usual_for.values()} <= set(HOLDERS)


def test_french_has_its_own_spaces_and_apostrophes() -> None:
    for sentence in sentences(texts("fr")):
        assert not any(wrong in sentence for wrong in (" ;", " !", " ?", " :", "« ", " »", "'", "...")), (
            sentence
        )


def test_no_sentence_is_empty() -> None:
    for lang in ("fr", "en"):
        assert all(
            text.strip() for text in sentences(texts(lang)) if text != texts(lang).holders["us"].addressee
        )
