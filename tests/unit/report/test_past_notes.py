# SPDX-License-Identifier: Apache-2.0
"""What the page says of a rebuilt past: its measured error, or that there is none."""

from __future__ import annotations

from datetime import UTC, datetime

from tocsin.core.words import words
from tocsin.report.past_notes import past_lines
from tocsin.report.reading import History, PastError, Report

SINCE, UNTIL = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 4, 1, tzinfo=UTC)


def test_past_is_told_with_its_measured_error() -> None:
    error = PastError(copies=2, compared=110, wrong=11, known=90, known_wrong=1, share=0.1)
    history = History(since=SINCE, until=UNTIL, of="patients", persons=7, error=error)
    [line] = past_lines(words("en"), Report(histories=[history]))
    assert line.startswith("7 persons are counted through the past of “patients”")
    assert "11 of 110 rows differ" in line
    assert "1 of 90" in line


def test_past_whose_error_no_copy_measures_says_so() -> None:
    history = History(since=SINCE, until=UNTIL, of="patients", persons=1)
    [line] = past_lines(words("en"), Report(histories=[history]))
    assert line.endswith("Its error could not be measured.")
