# SPDX-License-Identifier: Apache-2.0
"""A record cut short says what it said whole before the cut, and nothing else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.ingest.salvage import close_json

VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


def is_part(part: object, whole: object) -> bool:
    """Whether an object says nothing that the whole one does not say."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(name in whole and is_part(value, whole[name]) for name, value in part.items())
    return part == whole and type(part) is type(whole)


@given(whole=st.dictionaries(st.text(max_size=3), VALUES, max_size=4), spaced=st.booleans())
def test_cut_object_says_a_part_of_the_whole(whole: dict[str, object], spaced: bool) -> None:
    text = json.dumps(whole, ensure_ascii=False, indent=1 if spaced else None)
    for place in range(len(text)):
        found = close_json(text[:place])
        assert found is None or is_part(json.loads(found), whole)
    assert json.loads(close_json(text) or "{}") == whole


@given(text=st.text(alphabet='{}[]:,"\\ \n\x0001e-.tfnaé\ud800', max_size=40))
def test_any_text_is_salvaged_or_not(text: str) -> None:
    found = close_json(text)
    assert found is None or isinstance(json.loads(found), dict)
    assert found is None or found.encode()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a":"x","b":"y', {"a": "x"}),
        ('{"a":"x","b":12', {"a": "x"}),
        ('{"a":"x","b":12,', {"a": "x", "b": 12}),
        ('{"a":"x","b":"y"', {"a": "x", "b": "y"}),
        ('{"a":{"b":"x","c":', {"a": {"b": "x"}}),
        ('{"a":["x","y', None),
        ('{"a":"x","b":["y"', {"a": "x"}),
        ('{"a":"x","b":nul', {"a": "x"}),
        ('{"a":"x","a":"y","c', None),
        ('{"a":"x"{"a":"y"}', None),
        ('{"a":"x"}{"a":"y"}', None),
        ('{"a":"x\x00y","b":1', None),
        ('{"a":"\\ud800","b":1', None),
        ('{"a":00,', None),
        ("", None),
        ("[", None),
        ("{" * 10, None),
    ],
)
def test_text_says_what_was_read_whole(text: str, found: dict[str, object] | None) -> None:
    closed = close_json(text)
    assert (None if closed is None else json.loads(closed)) == found


def test_nesting_without_end_is_given_up() -> None:
    assert close_json('{"a":' * 100_000) is None
    assert close_json('{"a":' + "[" * 100_000) is None
