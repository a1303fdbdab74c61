# SPDX-License-Identifier: Apache-2.0
"""The line of a key is found in whatever way TOML lets it be written."""

from __future__ import annotations

import pytest

from tocsin.core.settings.place import keys_of, places_of

TEXT = '''# a comment with [a.header]
title = "x" # b = 1
text = """
[not.a.header]
key = 1
""""
raw = \'\'\'
[[neither]]\'\'\'
[owner]
"quoted key" = 1
dotted.inner = 2
list = [ # ]
  "a]", 'b',
  { c = 1, "d" = [2, 3] },
]
[[sources]]
name = "one"
[sources.period]
from = 2020-01-01T00:00:00Z
[[sources]]
name = "two"
[[sources.parts]]
at = 3
'''


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("title",), (2, 1)),
        (("text",), (3, 1)),
        (("raw",), (7, 1)),
        (("owner",), (9, 1)),
        (("owner", "quoted key"), (10, 1)),
        (("owner", "dotted", "inner"), (11, 1)),
        (("owner", "list"), (12, 1)),
        (("owner", "list", 0), (13, 3)),
        (("owner", "list", 1), (13, 9)),
        (("owner", "list", 2, "c"), (14, 5)),
        (("owner", "list", 2, "d", 1), (14, 22)),
        (("sources", 0), (16, 1)),
        (("sources", 0, "name"), (17, 1)),
        (("sources", 0, "period", "from"), (19, 1)),
        (("sources", 1, "name"), (21, 1)),
        (("sources", 1, "parts", 0, "at"), (23, 1)),
    ],
)
def test_key_is_found_where_it_stands(path, place) -> None:
    assert places_of(TEXT)[path] == place


def test_nothing_is_found_in_an_empty_text() -> None:
    assert places_of("") == {}
    assert places_of("# only this") == {}


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("$", ()),
        ("$.case.id", ("case", "id")),
        ("$.sources[1].paths[0]", ("sources", 1, "paths", 0)),
        ("$.registries[0].columns[...]", ("registries", 0, "columns")),
    ],
)
def test_path_is_read_as_keys(path, keys) -> None:
    assert keys_of(path) == keys
