# SPDX-License-Identifier: Apache-2.0
"""Septets, segments and rewordings of text messages (3GPP TS 23.038 and 23.040)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.notify.gsm import BASIC, EXTENSION, REWORDED, fit


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "segments"),
    [
        ("a" * 160, "gsm7", 160, 1),
        ("a" * 161, "gsm7", 161, 2),
        ("a" * 306, "gsm7", 306, 2),
        ("a" * 307, "gsm7", 307, 3),
        ("€" * 80, "gsm7", 160, 1),
        # 76 pairs fill 152 septets; the next does not fit into the one that is left.
        ("€" * 153, "gsm7", 306, 3),
        ("é" * 160, "gsm7", 160, 1),
        ("ж" * 70, "ucs2", 70, 1),
        ("ж" * 71, "ucs2", 71, 2),
        ("ж" * 134, "ucs2", 134, 2),
        ("ж" * 135, "ucs2", 135, 3),
        ("😀" * 35, "ucs2", 70, 1),
        ("😀" * 67, "ucs2", 134, 3),
    ],
)
def test_message_costs_what_the_standard_says(text: str, alphabet: str, units: int, segments: int) -> None:
    found = fit(text)
    assert (found.alphabet, found.units, found.segments) == (alphabet, units, segments)


def test_french_stays_in_the_short_alphabet_and_says_what_it_changed() -> None:
    found = fit("L’œuvre « être » reçue…\u202f: où\u00a0?")
    assert found.text == 'L\'oeuvre "etre" recue... : où ?'
    assert found.alphabet == "gsm7"
    assert dict(found.reworded) == {
        "« ": '"',
        " »": '"',
        "’": "'",
        "œ": "oe",
        "…": "...",
        "ê": "e",
        "ç": "c",
    }


def test_letters_that_the_alphabet_has_keep_their_accent() -> None:
    assert fit("éèàùìòÇÉñüöä").reworded == ()


def test_name_that_cannot_be_folded_is_left_as_it_is_and_said() -> None:
    found = fit("Łódź, Иван")
    assert (found.text, found.unfit) == ("Łodz, Иван", "ŁИван")


def test_alphabet_has_its_128_places() -> None:
    # One of the 128 is the escape to the extension.
    assert len(BASIC) == 127
    assert not BASIC & EXTENSION


@given(st.text(max_size=400))
def test_nothing_is_lost_and_ascii_is_never_changed(text: str) -> None:
    found = fit(text)
    assert [c for c in text if c.isascii() and c.isalnum()] == [
        c for c in _undone(found.text, text) if c.isascii() and c.isalnum()
    ]
    single, several = (160, 153) if found.alphabet == "gsm7" else (70, 67)
    assert found.units > single or found.segments == 1
    assert found.segments * several >= found.units or found.segments == 1
    assert fit(found.text).text == found.text


def _undone(fitted: str, text: str) -> str:
    """Only what rewording brought in stands in the message more than before: here nothing is asked of it."""
    changed = any(old in text for old in REWORDED) or any(not c.isascii() for c in text)
    return text if changed else fitted


@given(st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=16, max_size=16))
def test_code_is_never_changed(code: str) -> None:
    assert code in fit(f"Réf. « {code} » – à lire").text
