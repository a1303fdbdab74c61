# SPDX-License-Identifier: Apache-2.0
"""A mapping that cannot mean anything is refused, and one whose own sample is read otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.ingest.mapped_reading import HEAD, LINES, mapping_of
from tocsin.core.errors import InputError, SettingsError
from tocsin.ingest.mapping_check import check_mapping


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + 'acount = { path = "$.a" }', "account"),
        (HEAD + 'event_id = { path = "$.a" }', "not an event column"),
        (HEAD + 'account = { path = "$.a", const = "b" }', "one place"),
        (HEAD + 'account = { column = "a" }', "one place"),
        (HEAD + "account = {}", "one place"),
        (HEAD + 'account = { path = "a.b" }', "JSON path"),
        (HEAD + 'account = { path = "$..a" }', "JSON path"),
        (HEAD + 'account = { path = "$.a[*]" }', "one value"),
        (HEAD + 'account = { path = "$.a", time = "iso8601" }', "not a time"),
        (HEAD + '[skip]\ncolumn = "a"', "[skip]"),
        (HEAD + '[skip]\nin = ["a"]', "[skip]"),
        ('reader = "json-lines"\n[fields]\naccount = { path = "$.a" }', "occurred_at"),
        (HEAD.replace("}", ', time = "epoch" }'), "way to read a time"),
        (HEAD.replace("}", ', time = "%q" }'), "way to read a time"),
        ('reader = "csv"\ndelimiter = ";;"\n[fields]\noccurred_at = { column = 1 }', "delimiter"),
        ('reader = "csv"\nquote = "é"\n[fields]\noccurred_at = { column = 1 }', "quote"),
        ('reader = "csv"\n[fields]\noccurred_at = { column = 0 }', "first one is 1"),
        (LINES.format(field="account = { regex = '(' }"), "regular expression"),
        (LINES.format(field="account = { regex = '(?=a)b' }"), "regular expression"),
        (LINES.format(field="account = { regex = '(?P<name>a)' }"), "value"),
        (LINES.format(field="account = { between = ['a'] }"), "two texts"),
    ],
)  # fmt: skip
def test_mapping_that_means_nothing_is_refused(tmp_path: Path, text: str, said: str) -> None:
    mapping = mapping_of(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        check_mapping(mapping, tmp_path / "mapping.toml", None)
    assert said in str(caught.value)
    assert caught.value.do
    assert caught.value.exit_code == 2


def with_sample(text: str, events: str) -> str:
    return f"""{HEAD}
account = {{ path = "$.a" }}
items = {{ path = "$.n" }}
status = {{ path = "$.n" }}
persons = {{ path = "$.p" }}
[[sample]]
text = '''{text}'''
events = [{events}]
"""


LINE = '{"t":"2024-06-11T12:00:00+02:00","a":"x","n":7,"p":["1"]}'


@pytest.mark.parametrize(
    "events",
    [
        '{ occurred_at = "2024-06-11T10:00:00Z", account = "x", items = 7, status = 7, persons = ["1"] }',
        '{ occurred_at = 2024-06-11T10:00:00Z, items = "7", status = "7" }',
        "{}",
    ],
)
def test_sample_that_is_read_as_it_says_is_accepted(tmp_path: Path, events: str) -> None:
    check_mapping(mapping_of(tmp_path, with_sample(LINE, events)), tmp_path, None)


@pytest.mark.parametrize(
    ("text", "events", "said"),
    [
        (LINE, '{ account = "y" }', "account"),
        (LINE, '{ occurred_at = "2024-06-11T12:00:00Z" }', "occurred_at"),
        (LINE, '{ persons = ["1", "2"] }', "persons"),
        (LINE, '{ person = "1" }', "person"),
        (LINE, "", "1 events instead of 0"),
        (LINE, "{}, {}", "1 events instead of 2"),
        ("broken", "{}", "0 events instead of 1"),
        ("", "{}", "0 events instead of 1"),
    ],
)
def test_sample_that_is_read_otherwise_is_refused(tmp_path: Path, text: str, events: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        check_mapping(mapping_of(tmp_path, with_sample(text, events)), tmp_path / "m.toml", None)
    assert caught.value.code == "mapping_sample"
    assert said in caught.value.what
    assert str(caught.value.where) == str(tmp_path / "m.toml")
    assert '"x"' not in str(caught.value)


def test_sample_is_read_in_the_mapping_s_zone_else_in_the_source_s(tmp_path: Path) -> None:
    bare = '{"t":"2024-06-11T12:00:00"}'
    text = with_sample(bare, '{ occurred_at = "2024-06-11T10:00:00Z" }')
    check_mapping(mapping_of(tmp_path, text), tmp_path, "Europe/Paris")
    check_mapping(mapping_of(tmp_path, 'zone = "Europe/Paris"\n' + text), tmp_path, "UTC")
