# SPDX-License-Identifier: Apache-2.0
"""What set-aside records and gaps add to the ceiling."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.unit.recount.small_case import KNOWN, Line, act, card, write_case
from tocsin.recount import Recount, recount
from tocsin.recount.counting import count_persons
from tocsin.recount.events import Mark, Place
from tocsin.recount.partial_json import ends_within_list, read_whole_members
from tocsin.recount.sequences import find_gaps

THREE = act("09:05:00", action="list", persons=["P1", "P2", "P3"])
START = datetime(2024, 3, 1, tzinfo=UTC)
HERE = Place("app", "app.log", 1, 0)


def recount_lines(folder: Path, *lines: Line, known: str = KNOWN) -> Recount:
    return recount(write_case(folder, lines, known=known))


def bounds_of(recounted: Recount) -> list[int | None]:
    return [bound for _, bound in recounted.bounds.set_aside]


def test_cut_line_adds_the_largest_disclosure_of_its_source(tmp_path: Path) -> None:
    recounted = recount_lines(tmp_path, THREE, '{"at": "2024-03-01T09:20:00Z", "acc')
    assert bounds_of(recounted) == [3]


@pytest.mark.parametrize(
    "cut",
    [
        '{"at": "2024-03-01T08:20:00Z", "acc',
        '{"account": "someone", "at": "2024-03',
        '{"at": "2024-03-01T10:00:00Z", "x": {"y": 1',
    ],
)
def test_cut_line_adds_nothing_when_a_whole_field_puts_it_outside(tmp_path: Path, cut: str) -> None:
    assert bounds_of(recount_lines(tmp_path, THREE, cut)) == []


def test_cut_line_may_be_the_thief_when_the_account_itself_is_cut(tmp_path: Path) -> None:
    assert bounds_of(recount_lines(tmp_path, THREE, '{"account": "thi')) == [3]


def test_record_without_time_adds_one_when_it_names_one_person(tmp_path: Path) -> None:
    recounted = recount_lines(tmp_path, THREE, card("P4", at="?"), act("?", record_type="visit", record="V1"))
    assert bounds_of(recounted) == [1, 1]


def test_record_without_time_adds_nothing_when_another_account_made_it(tmp_path: Path) -> None:
    assert bounds_of(recount_lines(tmp_path, THREE, card("P4", at="?", account="nurse"))) == []


def test_record_without_time_adds_nothing_when_it_has_no_account(tmp_path: Path) -> None:
    assert bounds_of(recount_lines(tmp_path, THREE, card("P4", at="?", account=None))) == []


def test_ceiling_is_null_when_a_source_that_disclosed_nothing_has_a_cut_line(tmp_path: Path) -> None:
    recounted = recount_lines(tmp_path, act(action="login"), "{")
    figures = count_persons(list(recounted.counted), recounted.bounds)
    assert (figures.ceiling, figures.ceiling_reason) == (None, "set_aside")


def numbered(*numbers: int, minute: int = 10) -> list[Line]:
    return [
        card("P1", f"09:{minute + place}:00", node="a", sequence=number)
        for place, number in enumerate(numbers)
    ]


def test_gap_adds_its_missing_numbers_times_the_largest_disclosure(tmp_path: Path) -> None:
    recounted = recount_lines(tmp_path, THREE, *numbered(4, 5, 8))
    assert [bound for _, bound in recounted.bounds.gaps] == [6]
    assert count_persons(list(recounted.counted), recounted.bounds).ceiling == 3 + 6


def test_gap_adds_nothing_when_it_lies_outside_the_period(tmp_path: Path) -> None:
    early = KNOWN.replace("09:00", "08:00").replace("10:00", "09:10")
    recounted = recount_lines(tmp_path, THREE, *numbered(4, 5, 8), known=early)
    assert len(recounted.gaps) == 1
    assert recounted.bounds.gaps == ()


def test_duplicate_record_fills_no_number_and_starts_no_count(tmp_path: Path) -> None:
    first = card("P1", "09:10:00", node="a", sequence=1, request="r")
    lines = [first, *numbered(2, 3, minute=11), first, *numbered(4, minute=13)]
    assert recount_lines(tmp_path, *lines).gaps == ()


def test_cut_line_fills_its_number_when_it_was_read_whole(tmp_path: Path) -> None:
    cut = '{"at": "2024-03-01T09:10:30Z", "node": "a", "sequence": 2, "acc'
    assert recount_lines(tmp_path, *numbered(1), cut, *numbered(3, minute=11)).gaps == ()


def marks(*numbers: int) -> list[Mark]:
    return [Mark("a", number, START + timedelta(minutes=at), HERE) for at, number in enumerate(numbers)]


@pytest.mark.parametrize(
    ("numbers", "missing"),
    [
        ((1, 2, 3), []),
        ((1, 3, 2, 4), []),
        ((1, 2, 5, 9), [2, 3]),
        ((1, 2, 3, 1, 2), []),
        ((5000, 5001, 1, 2), []),
        ((7, 7, 8), []),
    ],
)
def test_gaps_are_what_no_record_ever_fills(numbers: tuple[int, ...], missing: list[int]) -> None:
    assert [gap.missing for gap in find_gaps("app", marks(*numbers))] == missing


def test_gap_reaches_from_the_record_before_to_the_record_after() -> None:
    (gap,) = find_gaps("app", marks(1, 2, 5))
    assert (gap.start, gap.until) == (START + timedelta(minutes=1), START + timedelta(minutes=2))


def test_gap_lies_between_two_records_whichever_was_written_later() -> None:
    late = [Mark("a", number, START - timedelta(minutes=number), HERE) for number in (1, 4)]
    (gap,) = find_gaps("app", late)
    assert (gap.start, gap.until) == (START - timedelta(minutes=4), START - timedelta(minutes=1))


def test_gap_is_open_where_no_record_after_it_has_a_time() -> None:
    (gap,) = find_gaps("app", [Mark("a", 1, START, HERE), Mark("a", 4, None, HERE)])
    assert (gap.start, gap.until, gap.missing) == (START, None, 2)


@pytest.mark.parametrize(
    ("text", "is_within"),
    [
        ('{"persons": ["P1", "P2', True),
        ('{"list": [{"id": "P1", "of"', True),
        ('{"path": "/a[1", "list": ["P1"], "acc', False),
        ('{"path": "\\"[', False),
    ],
)
def test_cut_within_a_list_is_seen(text: str, is_within: bool) -> None:
    assert ends_within_list(text) is is_within


def test_nodes_count_apart() -> None:
    assert (
        find_gaps("app", [Mark(node, at, START, HERE) for node, at in (("a", 1), ("b", 9), ("a", 2))]) == []
    )


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ('{"a": 1, "b": "x", "c": "y', {"a": 1, "b": "x"}),
        ('{"a": 12', {}),
        ('{"a": 12,', {"a": 12}),
        ('{"a": {"b": true, "c": [1, 2', {"a": {"b": True}}),
        ('{"a": {"b": 1}, "d"', {"a": {"b": 1}}),
        ('{"a": [1, 2], "b": [3', {"a": [1, 2]}),
        ("[1, 2", {}),
        ("", {}),
        ('{"a": "\\u00', {}),
    ],
)
def test_cut_json_gives_the_members_that_were_closed(text: str, whole: dict[str, object]) -> None:
    assert read_whole_members(text) == whole


@pytest.mark.parametrize(
    "text", ['{"a": 1} x', '{"a": 1, b": 2', '{"a": "x""b', '{"a": 1}{"a": 2', '{"a": 1, "b": \t\x00']
)
def test_nothing_is_read_of_a_record_that_is_malformed_before_its_end(tmp_path: Path, text: str) -> None:
    line = text.replace('"a": ', '"account": "nurse", "a": ')
    assert bounds_of(recount_lines(tmp_path, THREE, line)) == [3]


@pytest.mark.parametrize(
    "end", ["", " ", '"b', '"b": -', '"b": tru', '"b": "\\u00', '"b": [1, {"c"', '"b": 12']
)
def test_cut_record_is_read_up_to_its_end(tmp_path: Path, end: str) -> None:
    assert bounds_of(recount_lines(tmp_path, THREE, f'{{"account": "nurse", {end}')) == []
