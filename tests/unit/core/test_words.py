# SPDX-License-Identifier: Apache-2.0
"""Sentences, figures and dates are those of the language, and nothing invisible gets through."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tocsin.core.errors import InputError, MachineError
from tocsin.core.words import pick_language, visible, words

FR, EN = words("fr"), words("en")
SEEN = datetime(2020, 7, 21, 9, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("flag", "environ", "language"),
    [
        (None, {}, "fr"),
        (None, {"LC_ALL": "C.UTF-8"}, "fr"),
        (None, {"LC_ALL": "C.UTF-8", "LANGUAGE": "en"}, "fr"),
        (None, {"LANG": "en_US.UTF-8"}, "en"),
        (None, {"LANG": "en_US.UTF-8", "LC_ALL": "fr_FR.UTF-8"}, "fr"),
        (None, {"LANG": "fr_FR.UTF-8", "LANGUAGE": "en:fr"}, "en"),
        (None, {"LANG": "br_FR.UTF-8"}, "fr"),
        (None, {"LC_ALL": "", "LANG": "en"}, "en"),
        ("en", {"LANG": "fr_FR.UTF-8"}, "en"),
        ("fr-FR", {"LANG": "en_GB"}, "fr"),
    ],
)
def test_language_is_the_flag_then_the_locale_then_french(flag, environ, language) -> None:
    assert pick_language(flag, environ) == language


def test_language_that_nobody_wrote_is_refused() -> None:
    with pytest.raises(InputError, match="no such language") as refused:
        pick_language("de\x1b[31m", {})
    assert "\x1b" not in str(refused.value)


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (6128, "6\u202f128", "6,128"),
        (33_000_000, "33\u202f000\u202f000", "33,000,000"),
        (0.25, "0,25", "0.25"),
    ],
)
def test_number_is_written_as_the_language_writes_it(value, french, english) -> None:
    assert (FR.number(value), EN.number(value)) == (french, english)


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (0.0002, "0,02\u202f%", "0.02%"),
        (0.000123, "0,012\u202f%", "0.012%"),
        (0.25, "25\u202f%", "25%"),
        (1 / 35, "2,86\u202f%", "2.86%"),
        (0, "0\u202f%", "0%"),
        (1, "100\u202f%", "100%"),
        (0.999999, "> 99,99\u202f%", "> 99.99%"),
    ],
)
def test_share_keeps_what_is_small_and_never_rounds_to_all(value, french, english) -> None:
    assert (FR.share(value), EN.share(value)) == (french, english)


def test_instant_is_that_of_the_zone() -> None:
    assert FR.instant(SEEN, "Europe/Paris") == "21 juillet 2020 à 11\u00a0h\u00a002"
    assert EN.instant(SEEN, "Europe/Paris") == "21 July 2020 at 11:02"
    assert FR.instant(SEEN, "Indian/Reunion") == "21 juillet 2020 à 13\u00a0h\u00a002"


def test_instant_is_in_utc_when_the_zone_has_it_beyond_the_calendar() -> None:
    never, first = datetime(9999, 12, 31, 23, 59, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)
    assert words("en").instant(never, "Europe/Paris") == "31 December 9999 at 23:59"
    assert words("en").instant(first, "America/Martinique") == "1 January 1 at 00:00"


def test_day_is_an_ordinal_when_it_is_the_first_in_french() -> None:
    last_second = datetime(2025, 7, 31, 22, 0, 0, tzinfo=UTC)
    assert FR.day(last_second, "Europe/Paris") == "1er août 2025"
    assert FR.day(last_second, "UTC") == "31 juillet 2025"
    assert EN.day(last_second, "Europe/Paris") == "1 August 2025"


@pytest.mark.parametrize(
    ("n", "french", "english"),
    [(0, "0 personne", "0 persons"), (1, "1 personne", "one person"), (2, "2 personnes", "2 persons")],
)
def test_plural_follows_the_language_at_nought_too(n, french, english) -> None:
    sentence = ("one person", "{n} persons")
    assert (FR.plural(*sentence, n), EN.plural(*sentence, n)) == (french, english)


def test_listing_joins_as_the_language_does() -> None:
    assert FR.listing(["H1", "H2", "H3"]) == "H1, H2 et H3"
    assert EN.listing(["H1", "H2"]) == "H1 and H2"
    assert FR.listing([]) == ""


@pytest.mark.parametrize("spoken", [FR, EN], ids=["fr", "en"])
def test_sentence_with_a_hole_is_refused(spoken) -> None:
    with pytest.raises(MachineError, match="cannot be filled"):
        spoken.text("{day} at {clock}", day="x")


def test_value_is_never_read_as_a_sentence() -> None:
    assert EN.text("{label}: {text}", label="{text.__class__}", text="%s {0}") == "{text.__class__}: %s {0}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("dr.lemoine", "dr.lemoine"),
        ("Étienne d'Ornano 東京", "Étienne d'Ornano 東京"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nb\tc\rd\x00", "a\\x0ab\\x09c\\x0dd\\x00"),
        ("\x9b31m", "\\x9b31m"),
        ("moc\u202egpj.exe", "moc\\u202egpj.exe"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("\u2066isolate\u2069", "\\u2066isolate\\u2069"),
        ("half \ud83d", "half \\ud83d"),
        ("tag\U000e0041", "tag\\U000e0041"),
    ],
)
def test_visible_spells_out_what_acts_or_hides(text, shown) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("lang", "n", "said"),
    [
        ("en", 0, "0 holes in 0 logs"),
        ("en", 1, "1 hole in 1 log"),
        ("en", 2, "2 holes in 2 logs"),
        ("fr", 0, "0 hole in 0 log"),
        ("fr", 1, "1 hole in 1 log"),
        ("fr", 1001, "1\u202f001 holes in 1\u202f001 logs"),
    ],
)
def test_word_agrees_with_the_number_it_names(lang: str, n: int, said: str) -> None:
    sentence = "{n} {n:hole|holes} in {logs} {logs:log|logs}"
    assert words(lang).text(sentence, n=n, logs=n) == said
