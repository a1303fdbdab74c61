# SPDX-License-Identifier: Apache-2.0
"""Each code has its plain words in both languages, and a code without words is shown as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tocsin.core import terms
from tocsin.core.words import words
from tocsin.report import coded, codes, phrases, questions
from tocsin.report.counts import BEYOND_LOGS

FR, EN = words("fr"), words("en")

TABLES = [
    (terms.Category, codes.CATEGORIES),
    (terms.Certainty, codes.CERTAINTIES),
    (terms.Certainty, codes.CERTAINTY_MEANINGS),
    (terms.Certainty, codes.COUNTED_IN),
    (terms.CountIn, codes.BASES),
    (terms.Custody, codes.CUSTODIES),
    (terms.Grade, codes.GRADES),
    (terms.Grade, codes.GRADE_MEANINGS),
    (terms.NonEvent, codes.NON_EVENTS),
    (terms.NothingShown, codes.NOTHING_SHOWN),
    (terms.Origin, codes.ORIGINS),
    (terms.Protection, codes.PROTECTIONS),
    (terms.Verdict, codes.VERDICTS),
]


@pytest.mark.parametrize(("vocabulary", "table"), TABLES)
def test_every_code_of_a_vocabulary_has_words(vocabulary, table) -> None:
    assert set(table) == {code.value for code in vocabulary}


@pytest.mark.parametrize("table", [table for _vocabulary, table in TABLES])
def test_two_codes_of_one_vocabulary_are_told_apart(table) -> None:
    for spoken in (FR, EN):
        if table is not codes.COUNTED_IN:
            assert len({spoken.text(sentence) for sentence in table.values()}) == len(table)


def test_code_without_words_is_shown_as_it_is() -> None:
    assert phrases.phrase(FR, codes.UNRESOLVED, "sql_replay_timeout") == "sql_replay_timeout"


def test_unit_is_named_in_the_plural() -> None:
    assert phrases.unit_phrase(FR, "records:appointment") == "rendez-vous"
    assert phrases.unit_phrase(EN, "records:séance") == "séance"
    assert phrases.unit_phrase(FR, "files") == "fichiers"


@pytest.mark.parametrize(
    ("p", "english"),
    [
        (None, "not assessed"),
        (1.0, "held for certain (p\u00a0=\u00a01)"),
        (0.9999, "almost certain (p\u00a0>\u00a00.999)"),
        (0.93, "very probable (p\u00a0=\u00a00.93)"),
        (0.5, "more probable than not (p\u00a0=\u00a00.5)"),
        (0.2, "rather improbable (p\u00a0=\u00a00.2)"),
        (0.0001, "improbable (p\u00a0<\u00a00.001)"),
        (0.0, "improbable (p\u00a0=\u00a00)"),
    ],
)
def test_probability_is_said_in_words_and_never_rounded_to_certainty(p, english) -> None:
    assert phrases.probability_phrase(EN, p) == english


def test_sentence_that_came_in_both_languages_is_said_in_the_right_one() -> None:
    said = {"code": "x", "values": {}, "fr": "nuit", "en": "night"}
    assert (phrases.say(FR, said), phrases.say(EN, said)) == ("nuit", "night")


def test_sentence_that_came_as_a_code_is_shown_with_its_values() -> None:
    said = {"code": "many", "values": {"n": 6128, "category": "finance.bank", "at": [1, 2], "none": None}}
    assert phrases.say(EN, said) == "many (n 6,128, category bank details, at 1 and 2 and none not stated)"


def test_hypothesis_is_said_under_its_text() -> None:
    assert phrases.say(FR, {"id": "H1", "text": {"fr": "signé", "en": "signed"}}) == "signé"


def test_known_code_is_said_with_its_values() -> None:
    said = {"code": "source_whole", "values": {"source": "gateway", "custody": "outside"}}
    assert phrases.say(EN, said) == (
        "the logs of “gateway” are whole over the period and kept outside the system attacked"
    )


def test_every_question_that_can_be_open_has_its_sentence() -> None:
    written = Path(questions.__file__).read_text("utf-8")
    asked = set(re.findall(r'(?:yield|return|else) "(\w+)"', written)) | {BEYOND_LOGS}
    asked |= {f"{part}_without_bound" for part in ("unresolved", "set_aside", "gaps")}
    assert len(asked) > 25
    assert not asked - set(coded.CODED)


def test_known_code_lacking_a_value_is_shown_as_a_code() -> None:
    code = next(iter(coded.CODED))
    assert phrases.say(EN, {"code": code, "values": {"strange": True}}) == f"{code} (strange yes)"


def test_sentence_that_counts_one_is_said_in_the_singular() -> None:
    def of(count: int) -> dict[str, object]:
        return {"code": "gap", "values": {"count": count}}

    assert [phrases.say(EN, of(n)) for n in (1, 2)] == ["a hole in the logs", "2 holes in the logs"]
    assert [phrases.say(FR, of(n)) for n in (1, 2)] == [
        "une lacune dans les journaux",
        "2 lacunes dans les journaux",
    ]


@pytest.mark.parametrize("code", coded.ONE)
def test_singular_says_the_same_but_for_its_number(code: str) -> None:
    one, several = (set(re.findall(r"\{(\w+)\}", table[code])) for table in (coded.ONE, coded.CODED))
    assert one < several
    assert several - one <= set(coded.COUNTED)
