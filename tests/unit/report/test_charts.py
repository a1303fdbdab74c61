# SPDX-License-Identifier: Apache-2.0
"""The marks stand where the figures put them, and nothing that is there is too thin to be seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.report.charts import LEAST_SLICE, draw_bracket, draw_slices, draw_timeline, scale_end
from tocsin.report.reading import Bucket, Count

START = datetime(2024, 6, 11, 8, tzinfo=UTC)


def test_bracket_is_to_scale() -> None:
    bracket = draw_bracket(Count(10, 20, 40))
    assert (bracket.floor, bracket.best, bracket.ceiling, bracket.is_open) == (25, 50, 100, False)
    on_wider_scale = draw_bracket(Count(10, 20, 40), 80)
    assert (on_wider_scale.floor, on_wider_scale.ceiling) == (12.5, 50)


def test_bracket_goes_on_when_nothing_bounds_it() -> None:
    bracket = draw_bracket(Count(10, 20, None))
    assert bracket.is_open
    assert bracket.best < bracket.ceiling == 100


def test_bracket_is_empty_when_nobody_is_concerned() -> None:
    assert draw_bracket(Count(0, 0, 0)).ceiling == 0


def test_scale_holds_the_largest() -> None:
    assert scale_end([Count(1, 2, 3), Count(1, 10, None), Count(0, 0, 0)]) == 16
    assert scale_end([]) == 1


def test_slices_fill_the_bar_and_skip_what_is_not_there() -> None:
    slices = draw_slices({"events": 75, "set_aside": 0, "non_events": 25})
    assert [(s.name, s.x, s.width) for s in slices] == [("events", 0, 75), ("non_events", 75, 25)]
    assert draw_slices({"events": 0}) == []


def test_slice_is_seen_when_it_is_one_in_a_billion() -> None:
    slices = draw_slices({"events": 10**9, "set_aside": 1, "non_events": 10**6})
    assert min(s.width for s in slices) == LEAST_SLICE
    assert sum(s.width for s in slices) == pytest.approx(100, abs=0.01)


def test_timeline_keeps_true_places_when_hours_are_missing() -> None:
    hours = [0, 1, 9]
    rows = [Bucket(START + timedelta(hours=h), 2, 4, 3 if h else 4) for h in hours]
    line = draw_timeline(rows)
    assert line is not None
    assert [column.x for column in line.columns] == [0, 10, 90]
    assert {column.width for column in line.columns} == {10}
    assert [column.new_persons for column in line.columns] == [100, 75, 75]
    assert (line.most_persons, line.most_events, line.is_daily) == (4, 2, False)


def test_timeline_is_daily_over_a_change_of_the_clocks() -> None:
    days = [START, START + timedelta(hours=23), START + timedelta(hours=47)]
    line = draw_timeline([Bucket(day, 1, 1, 1) for day in days])
    assert line is not None
    assert line.is_daily


@pytest.mark.parametrize("n", [0, 1, 2])
def test_timeline_is_left_to_the_table_when_it_is_short(n) -> None:
    assert draw_timeline([Bucket(START + timedelta(hours=h), 1, 1, 1) for h in range(n)]) is None


def test_timeline_draws_nothing_high_when_nothing_was_seen() -> None:
    line = draw_timeline([Bucket(START + timedelta(hours=h)) for h in range(3)])
    assert line is not None
    assert {column.persons for column in line.columns} == {0}
