# SPDX-License-Identifier: Apache-2.0
"""Patterns of a catalogue match what the contract says they match, in SQL as in plain Python."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.store.engine import Engine
from tocsin.store.patterns import (
    PatternError,
    compile_glob,
    compile_object,
    condition_sql,
    extraction_sql,
)

OPENED: list[Engine] = []


@pytest.fixture(scope="module", autouse=True)
def engine() -> Iterator[Engine]:
    with Engine(memory="200MiB", threads=1) as opened:
        OPENED[:] = [opened]
        yield opened


def matches(pattern: str, text: str | None, *, is_object: bool = True) -> bool:
    compiled = compile_object(pattern) if is_object else compile_glob(pattern)
    found = OPENED[0].value(f"select {condition_sql('t', compiled)} from (select $t::varchar as t)", t=text)
    return found is True


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("/a/b", "/a/b", True),
        ("/a/b", "/A/b", False),
        ("/a/*", "/a/b", True),
        ("/a/*", "/a/", False),
        ("/a/*", "/a/b/c", False),
        ("/a/x*", "/a/x", True),
        ("/a/**", "/a/", True),
        ("/a/**", "/a/b/c", True),
        ("/a/{person}/c", "/a/P1/c", True),
        ("/a/{person}/c", "/a//c", False),
        ("/a/{person}/c", "/a/P1/x/c", False),
        ("/a/{person}.pdf", "/a/P1.pdf", True),
        ("/a.c", "/abc", False),
        ("/é/*", "/é/ü", True),
        ("/a/*", "/a/b\nc", True),
        ("/a/[x]", "/a/x", False),
        ("/a/[x]", "/a/[x]", True),
        ("**", None, False),
    ],
)
def test_object_pattern_matches(pattern: str, text: str | None, expected: bool) -> None:
    assert matches(pattern, text) is expected


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("portal", "portal", True),
        ("portal", "Portal", False),
        ("port*", "portal", True),
        ("p?rtal", "portal", True),
        ("p[aeo]rtal", "portal", True),
        ("p[!aeo]rtal", "portal", False),
        ("p[!aeo]rtal", "pxrtal", True),
        ("a*", "b", False),
        ("*", "", True),
        ("a.b*", "aXb", False),
    ],
)
def test_glob_matches(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text, is_object=False) is expected


def test_text_that_looks_like_a_glob_matches_itself_when_asked() -> None:
    pattern = compile_glob("Mozilla/5.0 [fr] (X11*)")
    condition = condition_sql("t", pattern, or_exact=True)
    found = OPENED[0].value(f"select {condition} from (select $t as t)", t="Mozilla/5.0 [fr] (X11*)")
    assert found is True


@pytest.mark.parametrize(
    ("pattern", "text", "values"),
    [
        ("/v1/patients/{person}/card", "/v1/patients/P 1/card", ["P 1"]),
        ("/a/{record:appointment}/{person}", "/a/A1/P2", ["A1", "P2"]),
        ("/a/x-{person}.pdf", "/a/x-P1.pdf", ["P1"]),
        ("/**/files/{file}", "/a/b/files/c d.csv", ["c d.csv"]),
    ],
)
def test_placeholder_gives_what_stands_there(pattern: str, text: str, values: list[str]) -> None:
    compiled = compile_object(pattern)
    found = [
        OPENED[0].value(f"select {extraction_sql('t', compiled, place)} from (select $t as t)", t=text)
        for place in compiled.placeholders
    ]
    assert found == values


@pytest.mark.parametrize("pattern", ["/a/{persons}", "/a/{record}", "/{file:x}", "/{person"])
def test_placeholder_that_means_nothing_is_refused(pattern: str) -> None:
    if pattern == "/{person":
        assert compile_object(pattern).placeholders == ()
        return
    with pytest.raises(PatternError, match="is no placeholder"):
        compile_object(pattern)


LETTERS = st.text("ab/.*'[\\", max_size=8)


@given(LETTERS, LETTERS)
def test_object_pattern_agrees_with_a_plain_reading(pattern: str, text: str) -> None:
    pieces = re.split(r"(\*\*|\*)", pattern)
    regex = ""
    for number, piece in enumerate(pieces):
        if piece == "**":
            regex += ".*"
        elif piece == "*":
            before, after = "".join(pieces[:number])[-1:], "".join(pieces[number + 1 :])[:1]
            regex += "[^/]+" if before in ("", "/") and after in ("", "/") else "[^/]*"
        else:
            regex += re.escape(piece)
    assert matches(pattern, text) is bool(re.fullmatch(regex, text, re.DOTALL))


@given(st.text("ab.*?'\\", max_size=8), st.text("ab.*?'\\", max_size=8))
def test_glob_agrees_with_a_plain_reading(pattern: str, text: str) -> None:
    expected = fnmatch.fnmatchcase(text, pattern)
    assert matches(pattern, text, is_object=False) is expected
