# SPDX-License-Identifier: Apache-2.0
"""Where a reading begins again, and which rows stand."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.collect.watermark import Overlap, Standing, Window, order_of, parse_overlap
from tocsin.core.errors import InputError, SettingsError


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (1, 2),
        ("9", "10"),
        ("1.5", "1.50000001"),
        ("12345678901234567890123", "12345678901234567890124"),
        ("2024-06-11T10:00:00+00:00", "2024-06-11T10:00:00.1+00:00"),
        ("2024-06-11T10:00:00.123456788", "2024-06-11T10:00:00.123456789"),
        ("2024-06-11 10:00:00", "2024-06-11T10:00:01"),
        ("2024-06-11T12:00:00+02:00", "2024-06-11T10:00:01Z"),
    ],
)
def test_order_of_puts_watermarks_in_order(before: int | str, after: int | str) -> None:
    assert order_of(before) < order_of(after)  # type: ignore[operator]


@pytest.mark.parametrize("text", ["abc", "", "2024-13-45T00:00:00", "NaN", "0000-00-00T00:00:00"])
def test_order_of_is_none_when_only_the_database_knows(text: str) -> None:
    assert order_of(text) is None


@pytest.mark.parametrize(
    ("given_as", "last", "start"),
    [
        (None, 12, 12),
        (10, 12, 2),
        (10, "12.5", "2.5"),
        ("10 minutes", "2024-06-11T10:00:00.5+00:00", "2024-06-11T09:50:00.5+00:00"),
        ("1 day", "2024-06-11T10:00:00", "2024-06-10T10:00:00"),
        ("9999999 days", "0001-06-11T10:00:00", "0001-01-01T00:00:00"),
    ],
)
def test_overlap_starts_before_the_last(given_as: object, last: int | str, start: int | str) -> None:
    assert parse_overlap(given_as).start(last) == start


@pytest.mark.parametrize("given_as", ["ten", -1, 1.5, True, "10 fortnights", [1]])
def test_overlap_is_refused_when_it_is_no_number_or_span(given_as: object) -> None:
    with pytest.raises(SettingsError):
        parse_overlap(given_as)


@pytest.mark.parametrize(("given_as", "last"), [(10, "2024-06-11T10:00:00"), ("1 day", 12), (10, "abc")])
def test_overlap_is_refused_when_the_watermark_is_of_another_kind(given_as: object, last: int | str) -> None:
    with pytest.raises(InputError):
        parse_overlap(given_as).start(last)


def test_no_overlap_is_false() -> None:
    assert not Overlap()


def test_window_holds_the_last_alone_when_the_order_is_unknown() -> None:
    window = Window("abc", "abc")
    assert window.holds("abc")
    assert not window.holds("abd")
    assert not window.holds(None)
    assert window.is_behind('{"last": "abb"}')


@given(st.lists(st.binary(max_size=3)), st.lists(st.binary(max_size=3)))
def test_standing_drops_each_row_as_often_as_it_stands(brought: list[bytes], asked: list[bytes]) -> None:
    standing = Standing(brought)
    new = Counter(line for line in asked if not standing.take(line))
    assert new == Counter(asked) - Counter(brought)
    assert standing.left == (Counter(brought) - Counter(asked)).total()
    standing.close()
