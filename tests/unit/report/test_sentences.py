# SPDX-License-Identifier: Apache-2.0
"""The count, the period, a claim and its grade are said exactly, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.core.words import words
from tocsin.report import sentences
from tocsin.report.reading import Count, Share, Span, Unresolved

FR, EN = words("fr"), words("en")
PARIS = "Europe/Paris"
START = datetime(2024, 6, 11, 8, tzinfo=UTC)


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("floor", "best", "ceiling", "french", "english"),
    [
        (
            12,
            17,
            39,
            "Au moins 12 personnes, vraisemblablement 17, au plus 39",
            "At least 12 persons, most likely 17, at most 39",
        ),
        (
            1,
            2,
            3,
            "Au moins 1 personne, vraisemblablement 2, au plus 3",
            "At least one person, most likely 2, at most 3",
        ),
        (6128, 6128, 6128, "Exactement 6 128 personnes", "Exactly 6,128 persons"),
        (1, 1, 1, "Exactement 1 personne", "Exactly one person"),
        (
            3,
            3,
            9,
            "Au moins 3 personnes, et c’est le plus vraisemblable ; au plus 9",
            "At least and most likely 3 persons, at most 9",
        ),
        (
            0,
            4,
            9,
            "Aucune personne avec certitude, vraisemblablement 4, au plus 9",
            "No person for certain, most likely 4, at most 9",
        ),
        (
            0,
            0,
            1,
            "Aucune personne avec certitude ; au plus 1 n’a pu être écartée",
            "No person for certain, at most one could not be ruled out",
        ),
        (
            0,
            0,
            0,
            "Les données de personne n’ont été montrées, pour autant que ces journaux le disent",
            "Nobody's data were shown, as far as these logs can tell",
        ),
        (
            12,
            17,
            None,
            "Au moins 12 personnes, vraisemblablement 17 ; aucun maximum ne peut être donné",
            "At least 12 persons, most likely 17; no upper bound can be given",
        ),
        (
            0,
            17,
            None,
            "Aucune personne avec certitude, vraisemblablement 17 ; aucun maximum ne peut être donné",
            "No person for certain, most likely 17; no upper bound can be given",
        ),
        (
            0,
            0,
            None,
            "Aucune personne avec certitude ; aucun maximum ne peut être donné",
            "No person for certain, and no upper bound can be given",
        ),
    ],
)
def test_headline_says_floor_best_and_ceiling(floor, best, ceiling, french, english) -> None:
    count = Count(floor, best, ceiling)
    assert plain(sentences.headline(FR, count)) == french
    assert sentences.headline(EN, count) == english


@pytest.mark.parametrize(
    ("count", "english"),
    [
        (Count(12, 17, 39), "12 to 17, at most 39"),
        (Count(3, 3, 9), "3, at most 9"),
        (Count(3, 5, 5), "3 to 5"),
        (Count(3, 3, 3), "3"),
        (Count(3, 5, None), "3 to 5, at most no bound"),
    ],
)
def test_range_is_as_short_as_it_can_be(count, english) -> None:
    assert sentences.range_phrase(EN, count) == english


def test_period_says_the_day_once_when_it_is_one_day() -> None:
    span = Span(START, START + timedelta(hours=2))
    assert plain(sentences.span_phrase(FR, span, PARIS)) == "11 juin 2024, de 10 h 00 à 12 h 00"
    later = Span(START, START + timedelta(days=20))
    assert sentences.span_phrase(EN, later, PARIS) == "from 11 June 2024 at 10:00 to 1 July 2024 at 10:00"
    assert sentences.between_phrase(EN, START, START, PARIS) == "11 June 2024 at 10:00"


def test_period_says_an_open_bound() -> None:
    assert sentences.span_phrase(EN, Span(START, None), PARIS) == "from 11 June 2024 at 10:00 on"
    assert sentences.span_phrase(EN, Span(None, START), PARIS) == "until 11 June 2024 at 10:00"
    assert sentences.span_phrase(EN, Span(), PARIS) == "without limit of time"
    assert sentences.between_phrase(EN, START, None, PARIS) == ""


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("gap", "a hole in the logs may hide any number of persons"),
        ("resolver x has no limit", "resolver x has no limit"),
        ({"fr": "trou", "en": "hole"}, "hole"),
        (None, ""),
    ],
)
def test_missing_ceiling_has_its_reason_in_words(reason, said) -> None:
    assert sentences.ceiling_reason_phrase(EN, Count(1, 2, None, reason)) == said
    assert sentences.ceiling_reason_phrase(EN, Count(1, 2, 3, reason)) == ""


def test_unresolved_says_each_reason_and_bound() -> None:
    rows = [Unresolved("no_rule", 1, 2), Unresolved("odd", 3, None)]
    said = "access that no rule of the catalogue describes: 1 (at most 2 persons); odd: 3 (no bound)"
    assert sentences.unresolved_phrase(EN, rows) == said


@pytest.mark.parametrize(
    ("share", "french"),
    [
        (Share("records:appointment", 3, 12, 0.25), "25 % (3 sur 12)"),
        (Share("records:appointment", 6128, 30_640_000, 0.0002), "0,02 % (6 128 sur 30 640 000)"),
        (Share("persons", 1, 4), "25 % (1 sur 4)"),
        (Share("persons", 0, 0), "0 % (0 sur 0)"),
    ],
)
def test_share_is_said_with_its_count_and_total(share, french) -> None:
    assert plain(sentences.share_phrase(FR, share)) == french
