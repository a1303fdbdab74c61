# SPDX-License-Identifier: Apache-2.0
"""Thieves in words: campaigns, whose sessions, what the owners answered, and a small picture."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.report.sample import golden_report
from tocsin.core.words import words
from tocsin.report.charts import draw_spans
from tocsin.report.facts import summarise
from tocsin.report.reading import read_report
from tocsin.report.thief_notes import (
    answers_line,
    campaign_line,
    cut_line,
    hands_phrase,
    persons_line,
    sessions_line,
    undecided_line,
)

NOON = datetime(2024, 6, 11, 12, tzinfo=UTC)


def test_campaign_is_said_with_its_accounts_places_and_days() -> None:
    report = read_report(golden_report())
    line = campaign_line(words("fr"), report.campaigns[0], report.zone)
    assert line.startswith("campagne 1\u00a0: 3 comptes réunis par 2 appareils ou adresses rares, du 11")
    assert undecided_line(words("en"), report.campaigns[0]) == "One of these accounts waits for a decision."


def test_split_is_said_in_sessions_and_in_persons() -> None:
    split = read_report(golden_report()).split
    assert sessions_line(words("en"), split) == (
        "one account; sessions: 40, of which held to be the thief's: 7 (1 by a hard fact), the owner's: 31,"
        " nobody can say: 2"
    )
    assert persons_line(words("fr"), split).startswith("269 personnes ont été vues pendant ces sessions")
    assert hands_phrase(words("en"), split.sessions).startswith("1 the thief's: a hard fact says so")


def test_decision_that_keeps_persons_off_is_said_with_its_entry_and_reason() -> None:
    split = read_report(golden_report()).split
    assert cut_line(words("en"), split) == (
        "By decision (journal entry 41), 3 persons under a probability of 20% are kept off the notices too:"
        " Comité du 3 mai"
    )
    assert "1 with answers that contradict one another" in answers_line(words("en"), split)


def test_nothing_is_said_of_thieves_that_nobody_found() -> None:
    report = read_report({"case": "x"})
    assert cut_line(words("en"), report.split) == answers_line(words("en"), report.split) == ""
    assert {fact.label for fact in summarise(report, words("en")).facts} == {"Secrecy"}


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_summary_tells_campaigns_and_sessions(lang: str) -> None:
    facts = [fact.text for fact in summarise(read_report(golden_report()), words(lang)).facts]
    assert sum(text.startswith(("campagne 1", "campaign 1")) for text in facts) == 1
    assert any("31" in text and "40" in text for text in facts)


def test_spans_stand_where_they_were_in_time() -> None:
    day = timedelta(days=1)
    first, second, none = draw_spans([(NOON, NOON + day), (NOON + 3 * day, NOON + 4 * day), (None, None)])
    assert (first.x, first.width, second.x, second.width) == (0, 25, 75, 25)
    assert none.width == 0
    [alone] = draw_spans([(NOON, NOON)])
    assert 0 <= alone.x <= 100 - alone.width
