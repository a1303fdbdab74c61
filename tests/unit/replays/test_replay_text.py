# SPDX-License-Identifier: Apache-2.0
"""Text by the million is the same as text one by one; chance depends on nothing but its index."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.replays.chance import Chance
from tocsin.replays.names import FAMILY_NAMES, GIVEN_NAMES, fold
from tocsin.replays.nir import CAPACITY, births
from tocsin.replays.parquet import in_order
from tocsin.replays.text import digits, hexadecimal, join, number, only, strings, words

NUMBERS = st.lists(st.integers(0, 999_999_999), min_size=1, max_size=20)


def lines(rows: int, *parts: object) -> list[str]:
    text, lengths = join(rows, parts)  # type: ignore[arg-type]
    ends = np.cumsum(lengths).tolist()
    return [text[a:b].decode() for a, b in zip([0, *ends], ends, strict=False)]


@given(NUMBERS)
def test_number_is_written_as_python_writes_it(values: list[int]) -> None:
    assert lines(len(values), number(np.array(values), 9)) == [str(value) for value in values]


@given(NUMBERS)
def test_digits_keep_their_leading_zeros(values: list[int]) -> None:
    assert lines(len(values), digits(np.array(values), 9)) == [f"{value:09d}" for value in values]


def test_negative_number_is_no_text() -> None:
    assert lines(3, b"[", number(np.array([-1, 0, 7]), 4), b"]") == ["[]", "[0]", "[7]"]


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=20))
def test_hexadecimal_has_sixteen_digits(values: list[int]) -> None:
    written = lines(len(values), hexadecimal(np.array(values, dtype=np.uint64)))
    assert written == [f"{value:016x}" for value in values]


def test_words_of_any_length_stand_side_by_side() -> None:
    table = words(["é", "", "longer"])
    assert lines(3, table[[2, 1, 0]], b"|", table[[0, 0, 1]]) == ["longer|é", "|é", "é|"]


def test_only_keeps_text_where_it_applies() -> None:
    cells = only(words(["a", "b"]), np.array([False, True]))
    assert lines(2, b"<", cells, b">") == ["<>", "<b>"]


def test_strings_are_null_where_told() -> None:
    column = strings(3, [b"p", digits(np.array([1, 2, 3]), 2)], null=np.array([False, True, False]))
    assert column.to_pylist() == ["p01", None, "p03"]
    column.validate(full=True)


@given(st.integers(0, 2**32), st.lists(st.integers(0, 2**60), min_size=1, max_size=10))
def test_draw_depends_on_its_index_alone(seed: int, index: list[int]) -> None:
    together = Chance(seed).bits("one", np.array(index))
    apart = [int(Chance(seed).bits("one", np.array([one]))[0]) for one in index]
    assert together.tolist() == apart


def test_draws_of_two_streams_differ() -> None:
    index = np.arange(1_000)
    assert not np.any(Chance(1).bits("one", index) == Chance(1).bits("two", index))


def test_draws_are_even() -> None:
    drawn = Chance(1).below("even", np.arange(100_000), 10)
    assert np.bincount(drawn, minlength=10) == pytest.approx(np.full(10, 10_000), rel=0.05)
    assert len(np.bincount(drawn)) == 10
    assert Chance(1).fraction("even", np.arange(100_000)).mean() == pytest.approx(0.5, abs=0.01)


def test_parts_come_in_order_and_whole() -> None:
    parts = list(in_order(lambda part: part, 1_003, at_once=100))
    assert np.concatenate(parts).tolist() == list(range(1_003))


def test_numbers_of_people_are_all_different() -> None:
    index = np.arange(0, CAPACITY, 101)
    born = births(Chance(3), index, index % 3 == 0)
    assert len(np.unique(born.number())) == len(index)
    assert np.all(born.number() // 10**14 == np.where(born.male, 1, 2))


def test_no_given_name_could_be_taken_for_another() -> None:
    for names in GIVEN_NAMES.values():
        assert len(set(names)) == len(names)
    every = sorted({fold(name) for names in GIVEN_NAMES.values() for name in names})
    firsts = [(name, other) for name, other in pairwise(every) if other.startswith(name)]
    assert firsts == []
    parts = [part for name in every for part in name.split()]
    assert len(parts) == len(set(parts))


def test_folded_names_are_plain_capitals() -> None:
    assert fold("d'Ornano-Étienne") == "D ORNANO ETIENNE"
    assert all(fold(name).isascii() and fold(name) for name in FAMILY_NAMES)
