# SPDX-License-Identifier: Apache-2.0
"""Lengths of time of a policy: months are the calendar's, and no date falls off its end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.errors import InputError
from tocsin.core.settings.spans import Span, parse_span

NOW = datetime(2026, 8, 31, 12, tzinfo=UTC)
FIRST, LAST = datetime(1990, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001  # Hypothesis gives them their zone
INSTANTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("6 months", Span(months=6)),
        ("6 mois", Span(months=6)),
        ("1 year", Span(months=12)),
        ("2 ans", Span(months=24)),
        ("180 days", Span(hours=180 * 24)),
        ("2 semaines", Span(hours=14 * 24)),
        (" 48h ", Span(hours=48)),
    ],
)
def test_span_is_read_in_both_languages(text: str, span: Span) -> None:
    assert parse_span(text) == span


@pytest.mark.parametrize(
    "text", ["", "six months", "6", "6 moons", "-1 day", "6 months and a day", "1.5 years"]
)
def test_span_is_refused_when_it_says_no_length(text: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_span(text)
    assert refused.value.code == "bad_span"


def test_span_of_months_ends_with_the_shorter_month() -> None:
    assert Span(months=6).before(NOW) == datetime(2026, 2, 28, 12, tzinfo=UTC)
    assert Span(months=18).after(NOW) == datetime(2028, 2, 29, 12, tzinfo=UTC)


def test_span_stops_at_the_ends_of_the_calendar() -> None:
    assert Span(months=12 * 99_999).before(NOW).year == 1
    assert Span(months=12 * 99_999).after(NOW).year == 9999
    assert Span(hours=99_999 * 24 * 700).after(NOW).year == 9999


@given(INSTANTS, st.integers(0, 60), st.integers(0, 2000))
def test_span_there_and_back_is_off_by_days_of_a_month_at_most(at: datetime, months: int, hours: int) -> None:
    span = Span(months, hours)
    assert span.before(at) <= at <= span.after(at)
    assert timedelta(0) <= abs(span.after(span.before(at)) - at) <= timedelta(days=4)


@given(INSTANTS, INSTANTS, st.integers(0, 60))
def test_span_keeps_the_order_of_instants(one: datetime, other: datetime, months: int) -> None:
    first, last = sorted((one, other))
    assert Span(months).before(first).date() <= Span(months).before(last).date()
